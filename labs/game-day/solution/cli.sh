#!/usr/bin/env bash
# Walks the map from the store to the load balancer and mends what is not as it should be. Run on a shop that is
# well, it changes nothing.
set -euo pipefail

account=123456789012.dkr.ecr.us-east-1.amazonaws.com
broken=""

# found SERVICE CAUSE: says so, answers the question about the service, and has it start anew below.
found() {
    echo "$1: $2"
    case $1 in
    web-app) ecslab lab answer why-web "$2" ;;
    catalog | orders) ecslab lab answer why-second "$2" ;;
    *) ecslab lab answer why-third "$2" ;;
    esac
    broken="$broken $1"
}

group() {
    aws ec2 describe-security-groups --filters "Name=group-name,Values=$1" \
        --query 'SecurityGroups[0].GroupId' --output text
}

# wants SERVICE COUNT
wants() {
    local desired
    desired=$(aws ecs describe-services --cluster shop --services "$1" --query 'services[0].desiredCount' --output text)
    if [ "$desired" != "$2" ]; then
        aws ecs update-service --cluster shop --service "$1" --desired-count "$2" --query 'service.desiredCount'
        found "$1" 'desired count'
    fi
}

# free SERVICE ROLE KIND: no policy of the role forbids anything.
free() {
    local policy
    for policy in $(aws iam list-role-policies --role-name "$2" --query PolicyNames --output text); do
        if aws iam get-role-policy --role-name "$2" --policy-name "$policy" --query PolicyDocument | grep -q '"Deny"'; then
            aws iam delete-role-policy --role-name "$2" --policy-name "$policy"
            found "$1" "permission of the $3"
        fi
    done
}

# trusted SERVICE ROLE: the tasks of ECS may take it.
trusted() {
    local who
    who=$(aws iam get-role --role-name "$2" \
        --query 'Role.AssumeRolePolicyDocument.Statement[0].Principal.Service' --output text)
    if [ "$who" != ecs-tasks.amazonaws.com ]; then
        aws iam update-assume-role-policy --role-name "$2" --policy-document '{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
        found "$1" 'trust of the execution role'
    fi
}

# admits GROUP PORT CALLER SERVICE: what calls may get in. SERVICE is the one that goes without when it may not.
admits() {
    local to from there
    to=$(group "$1") from=$(group "$3")
    there=$(aws ec2 describe-security-groups --group-ids "$to" --output text \
        --query "SecurityGroups[0].IpPermissions[?FromPort==\`$2\`].UserIdGroupPairs[].GroupId")
    case " ${there//$'\t'/ } " in *" $from "*) return ;; esac
    aws ec2 authorize-security-group-ingress --group-id "$to" --protocol tcp --port "$2" --source-group "$from" \
        --query 'SecurityGroupRules[].SecurityGroupRuleId'
    found "$4" 'security group'
}

# out SERVICE GROUP: its tasks get out.
out() {
    local id rules
    id=$(group "$2")
    rules=$(aws ec2 describe-security-groups --group-ids "$id" \
        --query 'length(SecurityGroups[0].IpPermissionsEgress)' --output text)
    if [ "$rules" = 0 ]; then
        aws ec2 authorize-security-group-egress --group-id "$id" --query 'SecurityGroupRules[].SecurityGroupRuleId' \
            --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]'
        found "$1" 'security group'
    fi
}

# logs SERVICE: its log group exists.
logs() {
    local there
    there=$(aws logs describe-log-groups --log-group-name-prefix "/ecs/$1" --query 'length(logGroups)' --output text)
    if [ "$there" = 0 ]; then
        aws logs create-log-group --log-group-name "/ecs/$1"
        found "$1" 'log group'
    fi
}

# image SERVICE NEXT: what it runs is in the repository, or it goes on with the next release.
image() {
    local runs tag
    runs=$(aws ecs describe-services --cluster shop --services "$1" --query 'services[0].taskDefinition' --output text)
    tag=$(aws ecs describe-task-definition --task-definition "$runs" \
        --query 'taskDefinition.containerDefinitions[0].image' --output text)
    tag=${tag##*:}
    if ! aws ecr describe-images --repository-name "$1" --image-ids "imageTag=$tag" >/dev/null 2>&1; then
        aws ecs describe-task-definition --task-definition "$runs" --query 'taskDefinition.{family: family,
            networkMode: networkMode, requiresCompatibilities: requiresCompatibilities, cpu: cpu, memory: memory,
            executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn,
            containerDefinitions: containerDefinitions}' --output json |
            sed "s|$account/$1:$tag|$account/$1:$2|" >"$1.json"
        aws ecs register-task-definition --cli-input-json "file://$1.json" --query 'taskDefinition.revision'
        aws ecs update-service --cluster shop --service "$1" --task-definition "$1" --query 'service.taskDefinition'
        found "$1" image
    fi
}

# again SERVICE…: ECS waits longer and longer between starts that fail; a new deployment tries at once.
again() {
    local service
    for service in "$@"; do
        case " $broken " in *" $service "*)
            aws ecs update-service --cluster shop --service "$service" --force-new-deployment --query 'service.serviceName'
            aws ecs wait services-stable --cluster shop --services "$service"
            ;;
        esac
    done
}

# 1. The store, on which three services lean.
wants store 1
trusted store storeExecutionRole
free store storeExecutionRole 'execution role'
for caller in catalog orders worker; do
    admits store 5432 "$caller" "$caller"
done
again store

# 2. What leans on the store.
wants worker 1
out worker worker
free worker workerRole 'task role'
trusted catalog catalogExecutionRole
free orders ordersRole 'task role'
image catalog v1.1.0
image orders v1.1.0
again worker catalog orders

# 3. web-app, which leans on catalog and orders, and the way of the customers to it.
free web-app ecsTaskExecutionRole 'execution role'
logs web-app
admits app 8080 alb web-app
balancer=$(aws elbv2 describe-load-balancers --names web-alb --query 'LoadBalancers[0].LoadBalancerArn' --output text)
read -r listener action < <(aws elbv2 describe-listeners --load-balancer-arn "$balancer" --output text \
    --query 'Listeners[0].[ListenerArn,DefaultActions[0].Type]')
if [ "$action" != forward ]; then
    target=$(aws elbv2 describe-target-groups --names web-tg --query 'TargetGroups[0].TargetGroupArn' --output text)
    aws elbv2 modify-listener --listener-arn "$listener" --default-actions "Type=forward,TargetGroupArn=$target" \
        --query 'Listeners[0].DefaultActions[0].Type'
    found web-app listener
fi
again web-app
aws ecs wait services-stable --cluster shop --services web-app catalog orders worker store
