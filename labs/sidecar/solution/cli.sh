#!/usr/bin/env bash
# Puts the metrics agent beside the application. Running it twice changes nothing more.
set -euo pipefail
registry=123456789012.dkr.ecr.us-east-1.amazonaws.com

# 1. What runs now, unless the agent is in it already.
current=$(aws ecs describe-services --cluster shop --services web-app --query 'services[0].taskDefinition' --output text)
agents=$(aws ecs describe-task-definition --task-definition "$current" \
    --query "length(taskDefinition.containerDefinitions[?name=='agent'])" --output text)
if [ "$agents" = 0 ]; then
    aws ecs describe-task-definition --task-definition "$current" --query 'taskDefinition.{family: family,
        networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
        executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
        containerDefinitions: containerDefinitions}' --output json >web-app.json

    # 2. The agent first in the list, and the application waits until it is healthy.
    python - <<PYTHON
import json

description = json.load(open("web-app.json"))
(app,) = description["containerDefinitions"]
app["dependsOn"] = [{"containerName": "agent", "condition": "HEALTHY"}]
agent = {
    "name": "agent",
    "image": "$registry/metrics-agent:1.4",
    "essential": False,
    "healthCheck": {
        "command": ["CMD-SHELL", "wget -q -O /dev/null http://localhost:9273/healthz || exit 1"],
        "interval": 5,
    },
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/web-app",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "agent",
        },
    },
}
description["containerDefinitions"] = [app, agent]
json.dump(description, open("web-app.json", "w"), indent=2)
PYTHON
    revision=$(aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.taskDefinitionArn' --output text)

    # 3. New tasks first, old ones stop when the new ones are healthy.
    aws ecs update-service --cluster shop --service web-app --task-definition "$revision" \
        --deployment-configuration minimumHealthyPercent=100,maximumPercent=200 \
        --query 'service.deployments[].[status,rolloutState,taskDefinition]'
fi
aws ecs wait services-stable --cluster shop --services web-app
