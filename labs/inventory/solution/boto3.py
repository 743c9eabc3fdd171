"""inventory.py, finished: lists what runs in this account.

Usage: python inventory.py
"""

import json
from collections import Counter
from collections.abc import Iterator

import boto3

ecs = boto3.client("ecs")


def listed(operation: str, **asked: str) -> list[str]:
    """All ARNs of a list operation, page after page."""
    pages = ecs.get_paginator(operation).paginate(**asked)
    return [arn for page in pages for key in page if key.endswith("Arns") for arn in page[key]]


def batches(arns: list[str], size: int) -> Iterator[list[str]]:
    """The ARNs in portions that a describe operation takes; none for none."""
    for start in range(0, len(arns), size):
        yield arns[start : start + size]


def services_of(cluster: str) -> list[dict]:
    found = []
    for some in batches(listed("list_services", cluster=cluster), 10):
        for service in ecs.describe_services(cluster=cluster, services=some)["services"]:
            found.append(
                {
                    "name": service["serviceName"],
                    "desired": service["desiredCount"],
                    "running": service["runningCount"],
                    "revision": service["taskDefinition"].split("/")[-1],
                }
            )
    return sorted(found, key=lambda service: service["name"])


def zones_of(cluster: str) -> dict:
    zones = Counter()
    for some in batches(listed("list_tasks", cluster=cluster), 100):
        zones.update(task["availabilityZone"] for task in ecs.describe_tasks(cluster=cluster, tasks=some)["tasks"])
    return dict(zones)


def inventory() -> dict:
    names = sorted(arn.split("/")[-1] for arn in listed("list_clusters"))
    return {
        "clusters": [{"name": name, "services": services_of(name), "zones": zones_of(name)} for name in names],
        "revisions": len(listed("list_task_definitions")),
    }


if __name__ == "__main__":
    print(json.dumps(inventory()))
