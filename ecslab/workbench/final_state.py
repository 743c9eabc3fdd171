"""What the world is like at the end of a solution, service by service: all that its calls may have changed.

Two solutions that leave the same here are equivalent, whatever they did on the way. It only describes.
"""

from collections.abc import Callable, Iterator
from typing import Any

Read = Callable[..., dict[str, Any]]
"""A read operation in botocore's words: `read("ecs", "list_clusters") -> answer`, all pages; an error is {}."""

WHOLE = (
    ("ecs", "describe_capacity_providers"),
    ("ec2", "describe_vpcs"),
    ("ec2", "describe_subnets"),
    ("ec2", "describe_security_groups"),
    ("ec2", "describe_route_tables"),
    ("ec2", "describe_network_acls"),
    ("ec2", "describe_vpc_endpoints"),
    ("ec2", "describe_nat_gateways"),
    ("ec2", "describe_launch_templates"),
    ("autoscaling", "describe_auto_scaling_groups"),
    ("logs", "describe_log_groups"),
    ("cloudwatch", "describe_alarms"),
    ("secretsmanager", "list_secrets"),
    ("ssm", "describe_parameters"),
)
"""Operations whose whole answer is state."""
SCALING = ("describe_scalable_targets", "describe_scaling_policies", "describe_scheduled_actions")
OF_A_TASK = (
    "taskDefinitionArn", "group", "launchType", "lastStatus", "desiredStatus", "overrides", "startedBy",
    "enableExecuteCommand", "capacityProviderName", "stopCode",
)  # fmt: skip
"""What of a task that no service runs is state; its ids and times are not."""


def described(read: Read) -> Iterator[tuple[str, Any]]:
    """(what it is about, what the world answers) for everything."""
    for cluster in read("ecs", "list_clusters").get("clusterArns", []):
        yield from _cluster(read, cluster)
    for arn in read("ecs", "list_task_definitions").get("taskDefinitionArns", []):
        yield "definition", read("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])
    for service, operation in WHOLE:
        yield operation, read(service, operation)
    for operation in SCALING:
        yield operation, read("application-autoscaling", operation, ServiceNamespace="ecs")
    yield from _balancers(read)
    yield from _identities(read)
    yield from _images(read)
    yield from _queues(read)


def _cluster(read: Read, cluster: str) -> Iterator[tuple[str, Any]]:
    more = ["SETTINGS", "CONFIGURATIONS", "TAGS"]
    yield "cluster", read("ecs", "describe_clusters", clusters=[cluster], include=more)
    for service in read("ecs", "list_services", cluster=cluster).get("serviceArns", []):
        yield (
            "service",
            read("ecs", "describe_services", cluster=cluster, services=[service], include=["TAGS"]),
        )
    for status in ("RUNNING", "STOPPED"):
        arns = read("ecs", "list_tasks", cluster=cluster, desiredStatus=status).get("taskArns", [])
        for place in range(0, len(arns), 100):
            found = read("ecs", "describe_tasks", cluster=cluster, tasks=arns[place : place + 100])
            alone = [t for t in found.get("tasks", []) if not str(t.get("group", "")).startswith("service:")]
            yield "tasks", [{key: task.get(key) for key in OF_A_TASK} for task in alone]
    arns = read("ecs", "list_container_instances", cluster=cluster).get("containerInstanceArns", [])
    if arns:
        found = read("ecs", "describe_container_instances", cluster=cluster, containerInstances=arns)
        yield "instances", [one.get("status") for one in found.get("containerInstances", [])]


def _balancers(read: Read) -> Iterator[tuple[str, Any]]:
    groups = read("elbv2", "describe_target_groups")
    yield "target groups", groups
    for group in groups.get("TargetGroups", []):
        yield (
            "attributes",
            read("elbv2", "describe_target_group_attributes", TargetGroupArn=group["TargetGroupArn"]),
        )
    balancers = read("elbv2", "describe_load_balancers")
    yield "balancers", balancers
    for balancer in balancers.get("LoadBalancers", []):
        listeners = read("elbv2", "describe_listeners", LoadBalancerArn=balancer["LoadBalancerArn"])
        yield "listeners", listeners
        for listener in listeners.get("Listeners", []):
            yield "rules", read("elbv2", "describe_rules", ListenerArn=listener["ListenerArn"])


def _identities(read: Read) -> Iterator[tuple[str, Any]]:
    for role in read("iam", "list_roles").get("Roles", []):
        name = role["RoleName"]
        yield "role", (role, read("iam", "list_attached_role_policies", RoleName=name))
        for policy in read("iam", "list_role_policies", RoleName=name).get("PolicyNames", []):
            yield "policy", read("iam", "get_role_policy", RoleName=name, PolicyName=policy)
    for policy in read("iam", "list_policies", Scope="Local").get("Policies", []):
        version = policy["DefaultVersionId"]
        yield "policy", read("iam", "get_policy_version", PolicyArn=policy["Arn"], VersionId=version)


def _images(read: Read) -> Iterator[tuple[str, Any]]:
    for repository in read("ecr", "describe_repositories").get("repositories", []):
        yield "repository", repository
        yield "images", read("ecr", "list_images", repositoryName=repository["repositoryName"])


def _queues(read: Read) -> Iterator[tuple[str, Any]]:
    for url in read("sqs", "list_queues").get("QueueUrls", []):
        yield "queue", read("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
