#!/usr/bin/env bash
# Lets the target group ask /health again.
set -euo pipefail

group=$(aws elbv2 describe-target-groups --names web-tg --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 modify-target-group --target-group-arn "$group" --health-check-path /health --query 'TargetGroups[0].HealthCheckPath'
aws ecs wait services-stable --cluster shop --services web-app
