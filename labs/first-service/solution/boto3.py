"""Cluster, task definition, service behind web-alb. Running it twice changes nothing more."""

import boto3

ACCOUNT = "123456789012"
REGION = "us-east-1"
CLUSTER = "prod-cluster"
NAME = "web-app"

ecs, ec2, elbv2 = (boto3.client(name) for name in ("ecs", "ec2", "elbv2"))


def register() -> None:
    ecs.register_task_definition(
        family=NAME,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole",
        taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/ecsAppRole",
        containerDefinitions=[
            {
                "name": "app",
                "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/my-app:v1.2.3",
                "essential": True,
                "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
                "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"]},
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/web-app",
                        "awslogs-region": REGION,
                        "awslogs-stream-prefix": "app",
                    },
                },
            }
        ],
    )


def create_service() -> None:
    by_name = [{"Name": "tag:Name", "Values": ["private-a", "private-b"]}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=by_name)["Subnets"]]
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["app"]}])["SecurityGroups"]
    target_group = elbv2.describe_target_groups(Names=["web-tg"])["TargetGroups"][0]["TargetGroupArn"]
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=NAME,
        taskDefinition=NAME,
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": subnets,
                "securityGroups": [groups[0]["GroupId"]],
                "assignPublicIp": "DISABLED",
            }
        },
        loadBalancers=[{"targetGroupArn": target_group, "containerName": "app", "containerPort": 8080}],
    )


ecs.create_cluster(clusterName=CLUSTER)
if not ecs.list_task_definition_families(familyPrefix=NAME, status="ACTIVE")["families"]:
    register()
found = ecs.describe_services(cluster=CLUSTER, services=[NAME])["services"]
if not any(service["status"] == "ACTIVE" for service in found):
    create_service()
ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[NAME])
print(f"{NAME} runs in {CLUSTER}")
