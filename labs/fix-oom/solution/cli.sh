#!/usr/bin/env bash
# Gives the release the smallest size that holds it. Running it twice changes nothing more.
set -euo pipefail

# 1. How much does it need? It says so before it is killed. The next size that Fargate sells with .25 vCPU:
need=$(aws logs filter-log-events --log-group-name /ecs/web-app --query 'events[].message' --output text |
    grep -oE '[0-9]+ MiB in all' | tail -n 1 | grep -oE '[0-9]+')
size=2048
if [ "$need" -lt 1024 ]; then size=1024; fi

# 2. A new revision: the task gets that size, and its only container may use all of it.
has=$(aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.memory' --output text)
if [ "$has" != "$size" ]; then
    aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json |
        sed -E "s/\"memory\": \"$has\"/\"memory\": \"$size\"/; s/\"memory\": $has,/\"memory\": $size,/" >web-app.json
    aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.taskDefinitionArn'
fi

# 3. The service runs it.
newest=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.taskDefinitionArn' --output text)
current=$(aws ecs describe-services --cluster shop --services web-app \
    --query 'services[0].taskDefinition' --output text)
if [ "$newest" != "$current" ]; then
    aws ecs update-service --cluster shop --service web-app --task-definition "$newest" \
        --query 'service.deployments[].[status,rolloutState,taskDefinition]'
fi
aws ecs wait services-stable --cluster shop --services web-app
