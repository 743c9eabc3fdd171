#!/usr/bin/env bash
# Lets each task take any free port of its host.
set -euo pipefail

aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
    networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
    executionRoleArn: executionRoleArn, containerDefinitions: containerDefinitions}' --output json |
    sed 's/"hostPort": [0-9]*/"hostPort": 0/' >web-app.json
revision=$(aws ecs register-task-definition --cli-input-json file://web-app.json \
    --query 'taskDefinition.taskDefinitionArn' --output text)
aws ecs update-service --cluster hosts --service web-app --task-definition "$revision" --query 'service.taskDefinition'
aws ecs wait services-stable --cluster hosts --services web-app
