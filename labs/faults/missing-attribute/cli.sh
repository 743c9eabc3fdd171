#!/usr/bin/env bash
# Takes the service back to the revision that the instances can run.
set -euo pipefail

aws ecs update-service --cluster hosts --service web-app --task-definition web-app:1 --query service.taskDefinition
aws ecs wait services-stable --cluster hosts --services web-app
