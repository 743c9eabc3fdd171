#!/usr/bin/env bash
# Rolls v1.3.1 out: new tasks first, old ones stop when the new ones are healthy. Idempotent.
set -euo pipefail
image=123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.3.1

# 1. What runs now, and how a rollout may go about it.
aws ecs describe-services --cluster shop --services web-app --query 'services[0].[taskDefinition,deploymentConfiguration]'
current=$(aws ecs describe-services --cluster shop --services web-app \
    --query 'services[0].taskDefinition' --output text)
runs=$(aws ecs describe-task-definition --task-definition "$current" \
    --query 'taskDefinition.containerDefinitions[0].image' --output text)

if [ "$runs" != "$image" ]; then
    # 2. The same task definition with the new image.
    aws ecs describe-task-definition --task-definition "$current" --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json |
        sed "s|\"$runs\"|\"$image\"|" >web-app.json
    next=$(aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.taskDefinitionArn' --output text)

    # 3. Two new tasks next to the two old ones.
    aws ecs update-service --cluster shop --service web-app --task-definition "$next" \
        --deployment-configuration minimumHealthyPercent=100,maximumPercent=200 \
        --query 'service.deployments[].[status,rolloutState,taskDefinition]'
fi

# 4. Wait for the end of the rollout, and look at what runs then.
aws ecs wait services-stable --cluster shop --services web-app
aws ecs describe-services --cluster shop --services web-app \
    --query 'services[0].deployments[].[status,rolloutState,taskDefinition,runningCount]'
