"""Gives the release the smallest size that holds it. Running it twice changes nothing more."""

import re

import boto3

SIZES = (512, 1024, 2048)
"""What Fargate sells with .25 vCPU, in MiB."""
KEEP = (
    "family networkMode requiresCompatibilities cpu memory executionRoleArn taskRoleArn containerDefinitions"
).split()

ecs, logs = boto3.client("ecs"), boto3.client("logs")
pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/ecs/web-app")
lines = [event["message"] for page in pages for event in page["events"]]
need = max(int(found[1]) for line in lines if (found := re.search(r"(\d+) MiB in all", line)))
size = next(size for size in SIZES if size > need)

newest = ecs.describe_task_definition(taskDefinition="web-app")["taskDefinition"]
revision = newest["taskDefinitionArn"]
if newest["memory"] != str(size):
    newest["memory"] = str(size)
    newest["containerDefinitions"][0]["memory"] = size
    answer = ecs.register_task_definition(**{key: newest[key] for key in KEEP})
    revision = answer["taskDefinition"]["taskDefinitionArn"]
if ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["taskDefinition"] != revision:
    ecs.update_service(cluster="shop", service="web-app", taskDefinition=revision)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
print(f"web-app needs {need} MiB and has {size}")
