#!/usr/bin/env bash
# Moves the service to the port its application listens on. Running it twice changes nothing more.
set -euo pipefail

# 1. Where does the application listen? Its newest log line says so.
port=$(aws logs filter-log-events --log-group-name /ecs/web-app --query 'events[].[timestamp,message]' --output text |
    sort -n | grep 'v2.0.0 listening on port' | tail -n 1 | grep -oE '[0-9]+$')

# 2. Let the load balancer's group reach the tasks there.
app=$(aws ec2 describe-security-groups --filters Name=group-name,Values=app \
    --query 'SecurityGroups[0].GroupId' --output text)
alb=$(aws ec2 describe-security-groups --filters Name=group-name,Values=alb \
    --query 'SecurityGroups[0].GroupId' --output text)
open=$(aws ec2 describe-security-groups --group-ids "$app" \
    --query "length(SecurityGroups[0].IpPermissions[?FromPort==\`$port\`])" --output text)
if [ "$open" = 0 ]; then
    aws ec2 authorize-security-group-ingress --group-id "$app" --protocol tcp --port "$port" --source-group "$alb"
fi

# 3. A new revision that names the port, unless the newest one does already.
mapped=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.containerDefinitions[0].portMappings[0].containerPort' --output text)
if [ "$mapped" != "$port" ]; then
    aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json |
        sed "s/Port\": $mapped/Port\": $port/" >web-app.json
    aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.taskDefinitionArn'
fi

# 4. The service registers its tasks at that port, and never again stops all old tasks first.
newest=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.taskDefinitionArn' --output text)
current=$(aws ecs describe-services --cluster shop --services web-app \
    --query 'services[0].taskDefinition' --output text)
if [ "$newest" != "$current" ]; then
    group=$(aws elbv2 describe-target-groups --names web-tg --query 'TargetGroups[0].TargetGroupArn' --output text)
    aws ecs update-service --cluster shop --service web-app --task-definition "$newest" \
        --load-balancers "targetGroupArn=$group,containerName=app,containerPort=$port" \
        --deployment-configuration minimumHealthyPercent=100,maximumPercent=200 \
        --query 'service.deployments[].[status,rolloutState,taskDefinition]'
fi

# 5. Watch it settle.
aws ecs wait services-stable --cluster shop --services web-app
