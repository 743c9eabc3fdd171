#!/usr/bin/env bash
# Names the image that exists and the machines it is built for. Running it twice changes nothing more.
set -euo pipefail

# 1. Which image is there besides the old one?
tag=$(aws ecr list-images --repository-name my-app --filter tagStatus=TAGGED --query 'imageIds[].imageTag' --output text |
    tr '\t' '\n' | grep -- '-arm64$')

# 2. A new revision that names it, to run on ARM, unless the newest one does already.
image=$(aws ecs describe-task-definition --task-definition web-app \
    --query 'taskDefinition.containerDefinitions[0].image' --output text)
if [ "${image##*:}" != "$tag" ]; then
    aws ecs describe-task-definition --task-definition web-app --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json |
        sed "s#\"$image\"#\"${image%:*}:$tag\"#" >web-app.json
    aws ecs register-task-definition --cli-input-json file://web-app.json \
        --runtime-platform cpuArchitecture=ARM64,operatingSystemFamily=LINUX --query 'taskDefinition.taskDefinitionArn'
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
