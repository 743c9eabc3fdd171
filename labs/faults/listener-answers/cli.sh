#!/usr/bin/env bash
# Lets the listener forward to web-tg again.
set -euo pipefail

balancer=$(aws elbv2 describe-load-balancers --names web-alb --query 'LoadBalancers[0].LoadBalancerArn' --output text)
listener=$(aws elbv2 describe-listeners --load-balancer-arn "$balancer" --query 'Listeners[0].ListenerArn' --output text)
group=$(aws elbv2 describe-target-groups --names web-tg --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 modify-listener --listener-arn "$listener" --default-actions "Type=forward,TargetGroupArn=$group" \
    --query 'Listeners[0].DefaultActions[0].Type'
