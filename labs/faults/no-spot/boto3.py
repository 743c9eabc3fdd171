"""Moves the service to Fargate capacity that is not taken back."""

import boto3

ecs = boto3.client("ecs")
ecs.update_service(
    cluster="shop",
    service="web-app",
    capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 2}],
    forceNewDeployment=True,
)
ecs.get_waiter("services_stable").wait(cluster="shop", services=["web-app"])
