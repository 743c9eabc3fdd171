#!/usr/bin/env bash
# Makes the log group again.
set -euo pipefail

aws logs create-log-group --log-group-name /ecs/web-app
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
aws ecs update-service --cluster shop --service web-app --force-new-deployment --query service.serviceName
aws ecs wait services-stable --cluster shop --services web-app
