"""Lets new tasks be entered, and replaces the old ones."""

import boto3

ecs = boto3.client("ecs")
ecs.update_service(cluster="shop", service="web-app", enableExecuteCommand=True, forceNewDeployment=True)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
