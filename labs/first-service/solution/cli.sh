#!/usr/bin/env bash
# Cluster, task definition, service behind web-alb. Running it twice changes nothing more.
set -euo pipefail

# 1. The cluster. Creating one that exists returns it.
aws ecs create-cluster --cluster-name prod-cluster --query 'cluster.[clusterName,status]'

# 2. The task definition, unless a revision is registered already.
families=$(aws ecs list-task-definition-families --family-prefix web-app --status ACTIVE \
    --query 'length(families)' --output text)
if [ "$families" = 0 ]; then
    cat >web-app.json <<'JSON'
{
  "family": "web-app",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "256",
  "memory": "512",
  "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
  "taskRoleArn": "arn:aws:iam::123456789012:role/ecsAppRole",
  "containerDefinitions": [
    {
      "name": "app",
      "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.2.3",
      "essential": true,
      "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
      "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"]},
      "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
          "awslogs-group": "/ecs/web-app",
          "awslogs-region": "us-east-1",
          "awslogs-stream-prefix": "app"
        }
      }
    }
  ]
}
JSON
    aws ecs register-task-definition --cli-input-json file://web-app.json \
        --query 'taskDefinition.[taskDefinitionArn,status]'
fi

# 3. The service: private subnets, the group of the applications, the target group of the load balancer.
services=$(aws ecs describe-services --cluster prod-cluster --services web-app \
    --query "length(services[?status=='ACTIVE'])" --output text)
if [ "$services" = 0 ]; then
    subnets=$(aws ec2 describe-subnets --filters Name=tag:Name,Values=private-a,private-b \
        --query "join(',', Subnets[].SubnetId)" --output text)
    group=$(aws ec2 describe-security-groups --filters Name=group-name,Values=app \
        --query 'SecurityGroups[0].GroupId' --output text)
    target=$(aws elbv2 describe-target-groups --names web-tg --query 'TargetGroups[0].TargetGroupArn' --output text)
    aws ecs create-service --cluster prod-cluster --service-name web-app --task-definition web-app \
        --desired-count 2 --launch-type FARGATE \
        --network-configuration "awsvpcConfiguration={subnets=[$subnets],securityGroups=[$group],assignPublicIp=DISABLED}" \
        --load-balancers "targetGroupArn=$target,containerName=app,containerPort=8080" \
        --query 'service.[serviceName,status,desiredCount]'
fi

# 4. Watch it come up.
aws ecs wait services-stable --cluster prod-cluster --services web-app
aws ecs describe-services --cluster prod-cluster --services web-app --query 'services[0].events[:5].message'
