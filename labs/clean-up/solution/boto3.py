"""cleanup.py, finished: removes what nobody uses from this account, and nothing else.

Usage: python cleanup.py
"""

import sys
from collections.abc import Iterator

import boto3

ecs = boto3.client("ecs")
scaling = boto3.client("application-autoscaling")

AT_ONCE = 10
"""How many services can be described in one call; of tasks it could be a hundred."""


def listed(operation: str, **asked: str) -> list[str]:
    """All ARNs of a list operation, page after page."""
    pages = ecs.get_paginator(operation).paginate(**asked)
    return [arn for page in pages for key in page if key.endswith("Arns") for arn in page[key]]


def batches(arns: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(arns), AT_ONCE):
        yield arns[start : start + AT_ONCE]


def services_in(cluster: str) -> list[dict]:
    return [
        service
        for some in batches(listed("list_services", cluster=cluster))
        for service in ecs.describe_services(cluster=cluster, services=some)["services"]
    ]


def tasks_in(cluster: str) -> list[dict]:
    return [
        task
        for some in batches(listed("list_tasks", cluster=cluster))
        for task in ecs.describe_tasks(cluster=cluster, tasks=some)["tasks"]
    ]


def scaled() -> set[str]:
    """What auto scaling looks after, as service/CLUSTER/SERVICE."""
    pages = scaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="ecs")
    return {target["ResourceId"] for page in pages for target in page["ScalableTargets"]}


def idle(cluster: str) -> list[str]:
    """The services of a cluster that run nothing and are to run nothing."""
    watched = scaled()
    return [
        service["serviceName"]
        for service in services_in(cluster)
        if not (service["desiredCount"] or service["runningCount"] or service["pendingCount"])
        and f"service/{cluster}/{service['serviceName']}" not in watched
    ]


def remove_services(cluster: str) -> None:
    for name in idle(cluster):
        ecs.delete_service(cluster=cluster, service=name)
        print("deleted the service", name, file=sys.stderr)


def remove_cluster(cluster: str) -> None:
    kinds = ("list_services", "list_tasks", "list_container_instances")
    if not any(listed(kind, cluster=cluster) for kind in kinds):
        ecs.delete_cluster(cluster=cluster)
        print("deleted the cluster", cluster, file=sys.stderr)


def used(clusters: list[str]) -> set[str]:
    """Revisions that something names that runs or may run."""
    found = set()
    for cluster in clusters:
        for service in services_in(cluster):
            found |= {deployment["taskDefinition"] for deployment in service["deployments"]}
        found |= {task["taskDefinitionArn"] for task in tasks_in(cluster)}
    return found


def newest(revisions: list[str]) -> set[str]:
    last = {}
    for arn in revisions:
        family, _, number = arn.rpartition(":")
        last[family] = max(last.get(family, 0), int(number))
    return {f"{family}:{number}" for family, number in last.items()}


def main() -> None:
    for name in [arn.split("/")[-1] for arn in listed("list_clusters")]:
        remove_services(name)
        remove_cluster(name)
    revisions = listed("list_task_definitions")
    for arn in sorted(set(revisions) - newest(revisions) - used(listed("list_clusters"))):
        ecs.deregister_task_definition(taskDefinition=arn)
        print("deregistered", arn, file=sys.stderr)


if __name__ == "__main__":
    main()
