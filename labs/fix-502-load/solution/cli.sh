#!/usr/bin/env bash
# Runs the build that does not keep everything for ever. Running it twice changes nothing more.
set -euo pipefail
good=v2.6.1

# 1. A new revision with that build, unless the newest one has it already.
image=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.containerDefinitions[0].image' --output text)
if [ "${image##*:}" != "$good" ]; then
    aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json |
        sed "s#\"$image\"#\"${image%:*}:$good\"#" >web-app.json
    aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.taskDefinitionArn'
fi

# 2. The service runs it.
newest=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.taskDefinitionArn' --output text)
current=$(aws ecs describe-services --cluster shop --services web-app \
    --query 'services[0].taskDefinition' --output text)
if [ "$newest" != "$current" ]; then
    aws ecs update-service --cluster shop --service web-app --task-definition "$newest" \
        --query 'service.deployments[].[status,rolloutState,taskDefinition]'
fi
aws ecs wait services-stable --cluster shop --services web-app
