"""Scales web-app to five tasks and back to two. Running it twice does the same again."""

from collections import Counter

import boto3

CLUSTER = "shop"
SERVICE = "web-app"

ecs = boto3.client("ecs")


def scale_to(count: int) -> None:
    ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=count)
    ecs.get_waiter("services_stable").wait(cluster=CLUSTER, services=[SERVICE])
    arns = ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"]
    tasks = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
    zones = Counter(task["availabilityZone"] for task in tasks)
    print(f"{count} tasks:", ", ".join(f"{number} in {zone}" for zone, number in sorted(zones.items())))


scale_to(5)
scale_to(2)
