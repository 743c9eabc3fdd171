#!/usr/bin/env bash
# Moves the service to Fargate capacity that is not taken back.
set -euo pipefail

aws ecs update-service --cluster shop --service web-app --force-new-deployment --query service.capacityProviderStrategy \
    --capacity-provider-strategy capacityProvider=FARGATE,weight=1,base=2
aws ecs wait services-stable --cluster shop --services web-app
