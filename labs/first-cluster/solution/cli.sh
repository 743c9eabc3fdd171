#!/usr/bin/env bash
# Counts once and leaves nothing behind but the log. Running it twice counts twice.
set -euo pipefail

# 1. The cluster, and the task definition from the workspace.
aws ecs create-cluster --cluster-name night-shift --query 'cluster.[clusterName,status]'
aws ecs register-task-definition --cli-input-json file://stock-count.json \
    --query 'taskDefinition.[taskDefinitionArn,status]'

# 2. One task, in a private subnet: no public address, the way out is the NAT gateway.
subnet=$(aws ec2 describe-subnets --filters Name=tag:Name,Values=private-a \
    --query 'Subnets[0].SubnetId' --output text)
group=$(aws ec2 describe-security-groups --filters Name=group-name,Values=app \
    --query 'SecurityGroups[0].GroupId' --output text)
task=$(aws ecs run-task --cluster night-shift --task-definition stock-count --launch-type FARGATE \
    --network-configuration "awsvpcConfiguration={subnets=[$subnet],securityGroups=[$group],assignPublicIp=DISABLED}" \
    --query 'tasks[0].taskArn' --output text)

# 3. Wait until it has ended, see how it ended, and read what it wrote: prefix/container/task id.
aws ecs wait tasks-stopped --cluster night-shift --tasks "$task"
aws ecs describe-tasks --cluster night-shift --tasks "$task" \
    --query 'tasks[0].[lastStatus,stopCode,stoppedReason,containers[0].exitCode]'
parcels=$(aws logs filter-log-events --log-group-name /ecs/stock-count \
    --log-stream-names "evening/count/${task##*/}" --query 'events[].message' --output text |
    grep -oE 'parcels left: [0-9]+' | grep -oE '[0-9]+')
ecslab lab answer parcels "$parcels"

# 4. Leave nothing: every revision of the family, then the cluster.
for revision in $(aws ecs list-task-definitions --family-prefix stock-count --query 'taskDefinitionArns' --output text); do
    aws ecs deregister-task-definition --task-definition "$revision" --query 'taskDefinition.status'
done
aws ecs delete-cluster --cluster night-shift --query 'cluster.status'
