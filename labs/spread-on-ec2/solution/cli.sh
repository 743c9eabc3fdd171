#!/usr/bin/env bash
# Six tasks on two instances, one in each zone. Running it twice changes nothing more.
set -euo pipefail

# 1. The task definition: bridge network, and a host port that the instance chooses.
families=$(aws ecs list-task-definition-families --family-prefix catalog --status ACTIVE \
    --query 'length(families)' --output text)
if [ "$families" = 0 ]; then
    aws ecs register-task-definition --family catalog --network-mode bridge --requires-compatibilities EC2 \
        --container-definitions '[{
            "name": "app", "essential": true, "cpu": 128, "memory": 256,
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.2.3",
            "portMappings": [{"containerPort": 8080, "hostPort": 0}]}]' \
        --query 'taskDefinition.[taskDefinitionArn,status]'
fi

# 2. The service: even over the zones first, then as few instances as possible.
services=$(aws ecs describe-services --cluster hosts --services catalog \
    --query "length(services[?status=='ACTIVE'])" --output text)
if [ "$services" = 0 ]; then
    group=$(aws elbv2 describe-target-groups --names hosts-tg --query 'TargetGroups[0].TargetGroupArn' --output text)
    aws ecs create-service --cluster hosts --service-name catalog --task-definition catalog \
        --desired-count 6 --launch-type EC2 \
        --placement-strategy type=spread,field=attribute:ecs.availability-zone type=binpack,field=memory \
        --load-balancers "targetGroupArn=$group,containerName=app,containerPort=8080" \
        --query 'service.[serviceName,status,placementStrategy]'
fi
aws ecs wait services-stable --cluster hosts --services catalog
