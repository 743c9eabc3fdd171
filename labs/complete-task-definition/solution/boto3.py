"""A complete task definition, the permission it needs, and one task of it. Running it twice changes nothing more."""

import json

import boto3

ACCOUNT = "123456789012"
REGION = "us-east-1"
CLUSTER = "prod-cluster"
FAMILY = "checkout"
PORT = 5000

ecs, ec2, iam, secrets = (boto3.client(name) for name in ("ecs", "ec2", "iam", "secretsmanager"))


def allow_reading(secret: str) -> None:
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
    iam.put_role_policy(
        RoleName="checkoutExecutionRole",
        PolicyName="read-db-password",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def register(secret: str) -> None:
    ecs.register_task_definition(
        family=FAMILY,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/checkoutExecutionRole",
        taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/checkoutAppRole",
        containerDefinitions=[
            {
                "name": "app",
                "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/checkout:v3",
                "essential": True,
                "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
                "environment": [{"name": "STAGE", "value": "production"}],
                "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
                "healthCheck": {"command": ["CMD-SHELL", f"curl -f http://localhost:{PORT}/ready || exit 1"]},
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/checkout",
                        "awslogs-region": REGION,
                        "awslogs-stream-prefix": "app",
                    },
                },
            }
        ],
    )


def run_one() -> None:
    by_name = [{"Name": "tag:Name", "Values": ["private-a", "private-b"]}]
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["app"]}])["SecurityGroups"]
    ecs.run_task(
        cluster=CLUSTER,
        taskDefinition=FAMILY,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=by_name)["Subnets"]],
                "securityGroups": [groups[0]["GroupId"]],
                "assignPublicIp": "DISABLED",
            }
        },
    )


secret = secrets.describe_secret(SecretId="checkout/db-password")["ARN"]
allow_reading(secret)
if not ecs.list_task_definition_families(familyPrefix=FAMILY, status="ACTIVE")["families"]:
    register(secret)
if not ecs.list_tasks(cluster=CLUSTER, family=FAMILY)["taskArns"]:
    run_one()
tasks = ecs.list_tasks(cluster=CLUSTER, family=FAMILY)["taskArns"]
ecs.get_waiter("tasks_running").wait(cluster=CLUSTER, tasks=tasks)
print([task["healthStatus"] for task in ecs.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]])
