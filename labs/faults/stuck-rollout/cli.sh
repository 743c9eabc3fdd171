#!/usr/bin/env bash
# Gives the deployment room to start new tasks beside the old ones.
set -euo pipefail

aws ecs update-service --cluster shop --service web-app --query service.deploymentConfiguration \
    --deployment-configuration minimumHealthyPercent=100,maximumPercent=200
aws ecs wait services-stable --cluster shop --services web-app
