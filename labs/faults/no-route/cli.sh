#!/usr/bin/env bash
# Gives the private subnets their route to the NAT gateway back.
set -euo pipefail

table=$(aws ec2 describe-route-tables --filters Name=tag:Name,Values=private --query 'RouteTables[0].RouteTableId' --output text)
nat=$(aws ec2 describe-nat-gateways --filter Name=state,Values=available --query 'NatGateways[0].NatGatewayId' --output text)
aws ec2 create-route --route-table-id "$table" --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$nat"
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
aws ecs update-service --cluster shop --service web-app --force-new-deployment --query service.serviceName
aws ecs wait services-stable --cluster shop --services web-app
