"""Lets the agents of the instances speak to ECS again."""

import boto3

POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"

boto3.client("iam").attach_role_policy(RoleName="ecsInstanceRole", PolicyArn=POLICY)
boto3.client("ecs").get_waiter("services_stable").wait(cluster="hosts", services=["web-app"])
