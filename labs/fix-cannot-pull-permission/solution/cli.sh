#!/usr/bin/env bash
# Gives the execution role back what a task needs to start. Running it twice changes nothing more.
set -euo pipefail
policy=arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy

# 1. Which role pulls the image? The one that the task definition names as execution role.
role=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.executionRoleArn' --output text | sed 's#.*/##')

# 2. The policy that AWS keeps for this purpose: pulling from ECR and writing logs.
attached=$(aws iam list-attached-role-policies --role-name "$role" --query 'AttachedPolicies[].PolicyArn' --output text)
if [[ "$attached" != *"$policy"* ]]; then
    aws iam attach-role-policy --role-name "$role" --policy-arn "$policy"
fi

# 3. The service tries again by itself, after a pause; a new deployment does not wait for it.
running=$(aws ecs describe-services --cluster shop --services web-app --query 'services[0].runningCount' --output text)
if [ "$running" = 0 ]; then
    aws ecs update-service --cluster shop --service web-app --force-new-deployment --query 'service.status'
fi
aws ecs wait services-stable --cluster shop --services web-app
