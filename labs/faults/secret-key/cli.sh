#!/usr/bin/env bash
# Gives the secret the key that the task definition names.
set -euo pipefail

value=$(aws secretsmanager get-secret-value --secret-id db-password --query SecretString --output text)
aws secretsmanager put-secret-value --secret-id db-password --secret-string "${value/PASSWORD/password}" --query VersionId
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
aws ecs update-service --cluster shop --service web-app --force-new-deployment --query service.serviceName
aws ecs wait services-stable --cluster shop --services web-app
