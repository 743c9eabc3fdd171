#!/usr/bin/env bash
# Gives the service a subnet in each zone.
set -euo pipefail

subnets=$(aws ec2 describe-subnets --filters Name=tag:Name,Values=private-a,private-b --query 'Subnets[].SubnetId' --output text)
group=$(aws ec2 describe-security-groups --filters Name=group-name,Values=app --query 'SecurityGroups[0].GroupId' --output text)
aws ecs update-service --cluster shop --service web-app --query service.networkConfiguration --network-configuration \
    "awsvpcConfiguration={subnets=[$(echo "$subnets" | tr '[:blank:]' ,)],securityGroups=[$group],assignPublicIp=DISABLED}"
aws ecs wait services-stable --cluster shop --services web-app
