#!/usr/bin/env bash
# Lets new tasks be entered, and replaces the old ones.
set -euo pipefail

aws ecs update-service --cluster shop --service web-app --enable-execute-command --force-new-deployment \
    --query service.enableExecuteCommand
aws ecs wait services-stable --cluster shop --services web-app
