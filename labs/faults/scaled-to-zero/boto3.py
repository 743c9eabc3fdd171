"""Asks for two tasks again."""

import boto3

ecs = boto3.client("ecs")
ecs.update_service(cluster="shop", service="web-app", desiredCount=2)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
