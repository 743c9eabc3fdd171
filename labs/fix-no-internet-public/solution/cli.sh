#!/usr/bin/env bash
# Gives each task of the service a public address. Running it twice changes nothing more.
set -euo pipefail
network='services[0].networkConfiguration.awsvpcConfiguration'

has=$(aws ecs describe-services --cluster shop --services web-app --query "$network.assignPublicIp" --output text)
if [ "$has" != ENABLED ]; then
    # Subnets and groups have to be said again: the network configuration is replaced whole.
    subnets=$(aws ecs describe-services --cluster shop --services web-app --query "join(',', $network.subnets)" --output text)
    groups=$(aws ecs describe-services --cluster shop --services web-app \
        --query "join(',', $network.securityGroups)" --output text)
    aws ecs update-service --cluster shop --service web-app --network-configuration \
        "awsvpcConfiguration={subnets=[$subnets],securityGroups=[$groups],assignPublicIp=ENABLED}" \
        --query 'service.networkConfiguration'
fi
aws ecs wait services-stable --cluster shop --services web-app
