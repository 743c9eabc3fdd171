#!/usr/bin/env bash
# Rolls v1.2.4 out, which stays up.
set -euo pipefail

aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
    networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
    executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
    containerDefinitions: containerDefinitions}' --output json | sed 's/my-app:v1.2.3/my-app:v1.2.4/' >next.json
aws ecs register-task-definition --cli-input-json file://next.json --query taskDefinition.taskDefinitionArn
aws ecs update-service --cluster shop --service web-app --task-definition web-app --query service.taskDefinition
aws ecs wait services-stable --cluster shop --services web-app
