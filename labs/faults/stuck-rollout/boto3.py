"""Gives the deployment room to start new tasks beside the old ones."""

import boto3

ecs = boto3.client("ecs")
ecs.update_service(
    cluster="shop",
    service="web-app",
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
