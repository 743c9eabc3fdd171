#!/usr/bin/env bash
# Lets the load balancer's group reach the tasks on port 8080 again.
set -euo pipefail

app=$(aws ec2 describe-security-groups --filters Name=group-name,Values=app --query 'SecurityGroups[0].GroupId' --output text)
alb=$(aws ec2 describe-security-groups --filters Name=group-name,Values=alb --query 'SecurityGroups[0].GroupId' --output text)
aws ec2 authorize-security-group-ingress --group-id "$app" --protocol tcp --port 8080 --source-group "$alb"
aws ecs wait services-stable --cluster shop --services web-app
