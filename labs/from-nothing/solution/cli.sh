#!/usr/bin/env bash
# The whole shop, from the network to auto scaling. What is there already is left as it is.
set -euo pipefail

# one COMMAND…: its text, empty when AWS has nothing.
one() { "$@" --output text 2>/dev/null | sed 's/^None$//' || true; }

# 1. The network: two private subnets in the default VPC, and a NAT gateway in one of its public ones.
vpc=$(one aws ec2 describe-vpcs --filters Name=is-default,Values=true --query 'Vpcs[0].VpcId')
public_a=$(one aws ec2 describe-subnets --filters Name=default-for-az,Values=true Name=availability-zone,Values=us-east-1a \
    --query 'Subnets[0].SubnetId')
public_b=$(one aws ec2 describe-subnets --filters Name=default-for-az,Values=true Name=availability-zone,Values=us-east-1b \
    --query 'Subnets[0].SubnetId')
subnet() { # ZONE BLOCK
    local id
    id=$(one aws ec2 describe-subnets --filters "Name=cidr-block,Values=$2" --query 'Subnets[0].SubnetId')
    if [ -z "$id" ]; then
        id=$(one aws ec2 create-subnet --vpc-id "$vpc" --availability-zone "$1" --cidr-block "$2" --query Subnet.SubnetId)
    fi
    echo "$id"
}
private_a=$(subnet us-east-1a 172.31.96.0/20)
private_b=$(subnet us-east-1b 172.31.112.0/20)
nat=$(one aws ec2 describe-nat-gateways --filter Name=state,Values=pending,available --query 'NatGateways[0].NatGatewayId')
if [ -z "$nat" ]; then
    address=$(one aws ec2 allocate-address --domain vpc --query AllocationId)
    nat=$(one aws ec2 create-nat-gateway --subnet-id "$public_a" --allocation-id "$address" --query NatGateway.NatGatewayId)
    aws ec2 wait nat-gateway-available --nat-gateway-ids "$nat"
    routes=$(one aws ec2 create-route-table --vpc-id "$vpc" --query RouteTable.RouteTableId)
    aws ec2 create-route --route-table-id "$routes" --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$nat" \
        --query Return
    for id in "$private_a" "$private_b"; do
        aws ec2 associate-route-table --route-table-id "$routes" --subnet-id "$id" --query AssociationId
    done
fi

# 2. Two security groups: customers reach the load balancer, only the load balancer reaches the tasks.
group() { # NAME DESCRIPTION
    local id
    id=$(one aws ec2 describe-security-groups --filters "Name=group-name,Values=$1" --query 'SecurityGroups[0].GroupId')
    if [ -z "$id" ]; then
        id=$(one aws ec2 create-security-group --vpc-id "$vpc" --group-name "$1" --description "$2" --query GroupId)
    fi
    echo "$id"
}
alb_group=$(group shop-alb 'HTTP and HTTPS from anywhere')
task_group=$(group shop-tasks '8080 from the load balancer')
rules() { one aws ec2 describe-security-groups --group-ids "$1" --query 'length(SecurityGroups[0].IpPermissions)'; }
if [ "$(rules "$alb_group")" = 0 ]; then
    for port in 80 443; do
        aws ec2 authorize-security-group-ingress --group-id "$alb_group" --protocol tcp --port "$port" \
            --cidr 0.0.0.0/0 --query Return
    done
fi
if [ "$(rules "$task_group")" = 0 ]; then
    aws ec2 authorize-security-group-ingress --group-id "$task_group" --protocol tcp --port 8080 \
        --source-group "$alb_group" --query Return
fi

# 3. The door: load balancer, target group with a health check, listeners.
balancer=$(one aws elbv2 describe-load-balancers --names shop-alb --query 'LoadBalancers[0].LoadBalancerArn')
if [ -z "$balancer" ]; then
    balancer=$(one aws elbv2 create-load-balancer --name shop-alb --subnets "$public_a" "$public_b" \
        --security-groups "$alb_group" --query 'LoadBalancers[0].LoadBalancerArn')
fi
targets=$(one aws elbv2 describe-target-groups --names shop --query 'TargetGroups[0].TargetGroupArn')
if [ -z "$targets" ]; then
    targets=$(one aws elbv2 create-target-group --name shop --target-type ip --protocol HTTP --port 8080 \
        --vpc-id "$vpc" --health-check-path /health --query 'TargetGroups[0].TargetGroupArn')
fi
listeners=$(one aws elbv2 describe-listeners --load-balancer-arn "$balancer" --query 'length(Listeners)')
if [ "$listeners" = 0 ]; then
    certificate=$(one aws acm list-certificates \
        --query "CertificateSummaryList[?DomainName=='shop.example.com'].CertificateArn | [0]")
    aws elbv2 create-listener --load-balancer-arn "$balancer" --protocol HTTP --port 80 \
        --default-actions "Type=forward,TargetGroupArn=$targets" --query 'Listeners[0].Port'
    aws elbv2 create-listener --load-balancer-arn "$balancer" --protocol HTTPS --port 443 \
        --certificates "CertificateArn=$certificate" \
        --default-actions "Type=forward,TargetGroupArn=$targets" --query 'Listeners[0].Port'
fi

# 4. What the tasks lean on: the secret, the log group, two roles.
secret=$(one aws secretsmanager list-secrets --query "SecretList[?Name=='shop/db-password'].ARN | [0]")
if [ -z "$secret" ]; then
    secret=$(one aws secretsmanager create-secret --name shop/db-password --secret-string file://db-password.txt --query ARN)
fi
if [ -z "$(one aws logs describe-log-groups --log-group-name-prefix /ecs/shop --query 'logGroups[0].logGroupName')" ]; then
    aws logs create-log-group --log-group-name /ecs/shop
fi
trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}'
roles=$(one aws iam list-roles --query 'Roles[].RoleName')
case " ${roles//$'\t'/ } " in *" shopExecutionRole "*) ;; *)
    aws iam create-role --role-name shopExecutionRole --assume-role-policy-document "$trust" --query Role.Arn
    aws iam attach-role-policy --role-name shopExecutionRole \
        --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
    aws iam put-role-policy --role-name shopExecutionRole --policy-name read-db-password --policy-document \
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
        "Resource": "'"$secret"'"}]}'
    aws iam create-role --role-name shopRole --assume-role-policy-document "$trust" --query Role.Arn
    ;;
esac

# 5. Cluster, task definition, service.
if [ "$(one aws ecs describe-clusters --clusters prod --query 'clusters[0].status')" != ACTIVE ]; then
    aws ecs create-cluster --cluster-name prod --query cluster.status
fi
if [ -z "$(one aws ecs list-task-definitions --family-prefix shop --query 'taskDefinitionArns[0]')" ]; then
    cat >shop.json <<JSON
{
  "family": "shop",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "256",
  "memory": "512",
  "executionRoleArn": "arn:aws:iam::123456789012:role/shopExecutionRole",
  "taskRoleArn": "arn:aws:iam::123456789012:role/shopRole",
  "containerDefinitions": [
    {
      "name": "app",
      "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.3.0",
      "portMappings": [{"containerPort": 8080}],
      "environment": [{"name": "STAGE", "value": "production"}],
      "secrets": [{"name": "DB_PASSWORD", "valueFrom": "$secret"}],
      "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "/ecs/shop", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app"}
      }
    }
  ]
}
JSON
    aws ecs register-task-definition --cli-input-json file://shop.json --query taskDefinition.revision
fi
if [ "$(one aws ecs describe-services --cluster prod --services shop --query 'services[0].status')" != ACTIVE ]; then
    aws ecs create-service --cluster prod --service-name shop --task-definition shop --launch-type FARGATE \
        --desired-count 2 --query service.status \
        --network-configuration "awsvpcConfiguration={subnets=[$private_a,$private_b],securityGroups=[$task_group]}" \
        --load-balancers "targetGroupArn=$targets,containerName=app,containerPort=8080"
fi
aws ecs wait services-stable --cluster prod --services shop

# 6. Auto scaling: between 2 and 10 tasks, the CPU near 60 percent.
if [ -z "$(one aws application-autoscaling describe-scaling-policies --service-namespace ecs \
    --query 'ScalingPolicies[0].PolicyName')" ]; then
    aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id service/prod/shop \
        --scalable-dimension ecs:service:DesiredCount --min-capacity 2 --max-capacity 10
    aws application-autoscaling put-scaling-policy --service-namespace ecs --resource-id service/prod/shop \
        --scalable-dimension ecs:service:DesiredCount --policy-name cpu --policy-type TargetTrackingScaling \
        --target-tracking-scaling-policy-configuration '{"TargetValue": 60, "ScaleOutCooldown": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}' \
        --query 'Alarms[].AlarmName'
fi
