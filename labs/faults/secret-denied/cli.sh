#!/usr/bin/env bash
# Takes the policy away that denies the execution role what it needs.
set -euo pipefail

aws iam delete-role-policy --role-name ecsTaskExecutionRole --policy-name deny-secretsmanager-GetSecretValue
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
aws ecs update-service --cluster shop --service web-app --force-new-deployment --query service.serviceName
aws ecs wait services-stable --cluster shop --services web-app
