"""Lets ECS tasks assume the role again that the events name. Running it twice changes nothing more."""

import json
import re

import boto3

ecs, iam = boto3.client("ecs"), boto3.client("iam")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}

events = ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["events"]
role = next(found[1] for e in events if (found := re.search(r"unable to assume the role '\S+/(\w+)'", e["message"])))
if iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"] != TRUST:
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(TRUST))
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"ECS tasks may assume {role} again")
