#!/usr/bin/env bash
# Lets the agents of the instances speak to ECS again.
set -euo pipefail

aws iam attach-role-policy --role-name ecsInstanceRole \
    --policy-arn arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role
aws ecs wait services-stable --cluster hosts --services web-app
