"""Lets ECS tasks assume the execution role again."""

import json

import boto3

iam, ecs = boto3.client("iam"), boto3.client("ecs")
trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
iam.update_assume_role_policy(
    RoleName="ecsTaskExecutionRole",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)
# ECS waits longer and longer between attempts that fail; a new deployment tries at once.
ecs.update_service(cluster="shop", service="web-app", forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
