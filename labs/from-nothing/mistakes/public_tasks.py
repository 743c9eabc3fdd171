"""Builds the shop, then puts its tasks into the public subnets, with public addresses."""

import runpy
from pathlib import Path

import boto3

built = runpy.run_path(str(Path(__file__).parent.parent / "solution" / "boto3.py"))
network = {
    "subnets": built["public"],
    "securityGroups": [built["task_group"]],
    "assignPublicIp": "ENABLED",
}
boto3.client("ecs").update_service(
    cluster="prod", service="shop", networkConfiguration={"awsvpcConfiguration": network}
)
