#!/usr/bin/env bash
# Has web-app deploy blue/green, takes v1.3.0 back in its bake time, and brings v1.3.1 to its end.
# Changes nothing when v1.3.1 is out already.
set -euo pipefail

deployment() {
    aws ecs list-service-deployments --cluster shop --service web-app \
        --query 'serviceDeployments[0].serviceDeploymentArn' --output text
}
hook() {
    aws ecs describe-service-deployments --service-deployment-arns "$1" \
        --query "serviceDeployments[0].lifecycleHookDetails[?status=='AWAITING_ACTION'].hookId" --output text
}
let_go_on() {
    until waiting=$(hook "$1") && [[ $waiting == ecs-pause-* ]]; do sleep 0.3; done
    aws ecs continue-service-deployment --service-deployment-arn "$1" --hook-id "$waiting"
}
address=http://$(aws elbv2 describe-load-balancers --names web-alb --query 'LoadBalancers[0].DNSName' --output text)
current=$(aws ecs describe-services --cluster shop --services web-app --query 'services[0].taskDefinition' --output text)
image=$(aws ecs describe-task-definition --task-definition "$current" \
    --query 'taskDefinition.containerDefinitions[0].image' --output text)
if [ "${image##*:}" = v1.3.1 ]; then exit; fi

# 1. The parts that shift traffic: two target groups, two rules, a role.
alb=$(aws elbv2 describe-load-balancers --names web-alb --query 'LoadBalancers[0].LoadBalancerArn' --output text)
listener=$(aws elbv2 describe-listeners --load-balancer-arn "$alb" --query 'Listeners[0].ListenerArn' --output text)
rule() {
    aws elbv2 describe-rules --listener-arn "$listener" --query "Rules[?Priority=='$1'].RuleArn" --output text
}
group() {
    aws elbv2 describe-target-groups --names "$1" --query 'TargetGroups[0].TargetGroupArn' --output text
}
cat >balancers.json <<END
[{"targetGroupArn": "$(group web-tg)", "containerName": "app", "containerPort": 8080,
  "advancedConfiguration": {"alternateTargetGroupArn": "$(group web-tg-2)",
    "productionListenerRule": "$(rule 2)", "testListenerRule": "$(rule 1)",
    "roleArn": "$(aws iam get-role --role-name ecsInfrastructureRole --query Role.Arn --output text)"}}]
END
cat >how.json <<'END'
{"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 12,
 "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}]}
END

# 2. v1.3.0 starts beside v1.2.3 and waits on the test rule, where it can be asked.
first=$(bash register.sh v1.3.0)
aws ecs update-service --cluster shop --service web-app --task-definition "$first" \
    --load-balancers file://balancers.json --deployment-configuration file://how.json \
    --query 'service.deployments[].[status,taskDefinition]'
bad=$(deployment)
until build=$(curl -sf -H 'x-env: green' "$address/build"); do sleep 0.3; done
ecslab lab answer seen "${build##* }"
let_go_on "$bad"

# 3. It bakes. Its tasks end after seven minutes, with the reason in their last line: customers go back to v1.2.3.
until aws logs filter-log-events --log-group-name /ecs/web-app --filter-pattern fatal \
    --query 'events[0].message' --output text | grep EMFILE; do
    aws ecs wait services-stable --cluster shop --services web-app || true
done
aws ecs stop-service-deployment --service-deployment-arn "$bad" --stop-type ROLLBACK
aws ecs wait services-stable --cluster shop --services web-app

# 4. v1.3.1 goes the same way, through its whole bake time. The rollback has brought the old service revision back,
#    with its load balancer settings.
next=$(bash register.sh v1.3.1)
aws ecs update-service --cluster shop --service web-app --task-definition "$next" \
    --load-balancers file://balancers.json --query 'service.deployments[].[status,taskDefinition]'
let_go_on "$(deployment)"
until aws ecs wait services-stable --cluster shop --services web-app; do :; done
