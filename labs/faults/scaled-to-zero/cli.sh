#!/usr/bin/env bash
# Asks for two tasks again.
set -euo pipefail

aws ecs update-service --cluster shop --service web-app --desired-count 2 --query service.desiredCount
aws ecs wait services-stable --cluster shop --services web-app
