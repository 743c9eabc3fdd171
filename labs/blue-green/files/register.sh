#!/usr/bin/env bash
# Registers a revision of web-app that differs from the newest one in the tag of its image.
# Usage: bash register.sh TAG
set -euo pipefail
: "${1:?usage: bash register.sh TAG}"

aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
    networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
    executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
    containerDefinitions: containerDefinitions}' --output json |
    sed "s|/my-app:[^\"]*|/my-app:$1|" >web-app.json
aws ecs register-task-definition --cli-input-json file://web-app.json \
    --query 'taskDefinition.taskDefinitionArn' --output text
