"""Six tasks of web-app: two on Fargate, all others on Fargate Spot. Running it twice changes nothing more."""

from collections import Counter

import boto3

CLUSTER = "shop"
SERVICE = "web-app"
STRATEGY = [
    {"capacityProvider": "FARGATE", "base": 2, "weight": 0},
    {"capacityProvider": "FARGATE_SPOT", "weight": 1},
]

ecs = boto3.client("ecs")

ecs.put_cluster_capacity_providers(
    cluster=CLUSTER, capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
)
service = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
if not service.get("capacityProviderStrategy"):
    ecs.update_service(
        cluster=CLUSTER,
        service=SERVICE,
        desiredCount=6,
        capacityProviderStrategy=STRATEGY,
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
        forceNewDeployment=True,
    )
ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[SERVICE])
tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]
described = ecs.describe_tasks(cluster=CLUSTER, tasks=tasks)["tasks"]
print(dict(Counter(task["capacityProviderName"] for task in described)))
