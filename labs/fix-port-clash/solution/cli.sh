#!/usr/bin/env bash
# Lets each host choose the ports of its tasks. Running it twice changes nothing more.
set -euo pipefail

# 1. The load balancer may reach the ports that hosts choose from.
hosts=$(aws ec2 describe-security-groups --filters Name=group-name,Values=hosts \
    --query 'SecurityGroups[0].GroupId' --output text)
alb=$(aws ec2 describe-security-groups --filters Name=group-name,Values=alb \
    --query 'SecurityGroups[0].GroupId' --output text)
open=$(aws ec2 describe-security-groups --group-ids "$hosts" \
    --query 'length(SecurityGroups[0].IpPermissions[?FromPort==`32768`])' --output text)
if [ "$open" = 0 ]; then
    aws ec2 authorize-security-group-ingress --group-id "$hosts" --protocol tcp --port 32768-60999 --source-group "$alb"
fi

# 2. The newest revision, which has the new image, with a port that the host chooses.
fixed=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.containerDefinitions[0].portMappings[0].hostPort' --output text)
if [ "$fixed" != 0 ]; then
    aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, containerDefinitions: containerDefinitions}' --output json |
        sed "s/\"hostPort\": $fixed/\"hostPort\": 0/" >web-app.json
    aws ecs register-task-definition --cli-input-json file://web-app.json --query 'taskDefinition.taskDefinitionArn'
fi

# 3. The service runs it.
newest=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.taskDefinitionArn' --output text)
current=$(aws ecs describe-services --cluster hosts --services web-app \
    --query 'services[0].taskDefinition' --output text)
if [ "$newest" != "$current" ]; then
    aws ecs update-service --cluster hosts --service web-app --task-definition "$newest" \
        --query 'service.deployments[].[status,rolloutState,taskDefinition]'
fi
aws ecs wait services-stable --cluster hosts --services web-app
