#!/usr/bin/env bash
# Goes back to the revision that worked.
set -euo pipefail

aws ecs update-service --cluster shop --service web-app --task-definition web-app:1 --query service.taskDefinition
aws ecs wait services-stable --cluster shop --services web-app
