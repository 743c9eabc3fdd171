"""What a request asks IAM for: its action, the resources it names and the roles that it passes on.

Resources are exact for ECS and for what is told by one name elsewhere; any other request is about `*`.
Source: the Service Authorization Reference. It decides nothing.
"""

from collections.abc import Iterator
from typing import Any

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.dispatch import AnsweringWorld
from ecslab.cloud.seam.operations import Operation

PREFIXES = {"elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing"}
ACTIONS = {("s3", "ListObjectsV2"): "s3:ListBucket", ("s3", "HeadObject"): "s3:GetObject"}

SERVICES = {"CreateService", "UpdateService", "DeleteService", "DescribeServices"}
TASKS = {"StopTask", "DescribeTasks", "ExecuteCommand", "UpdateTaskProtection"}
RUNS = {"RunTask", "StartTask"}
TO_TASKS = "ecs-tasks.amazonaws.com"
PASSING = {"CreateService", "UpdateService", *RUNS}

NAMED = {
    ("iam", "RoleName"): "arn:aws:iam::{account}:role/{name}",
    ("iam", "UserName"): "arn:aws:iam::{account}:user/{name}",
    ("ecr", "repositoryName"): "arn:aws:ecr:{region}:{account}:repository/{name}",
    ("logs", "logGroupName"): "arn:aws:logs:{region}:{account}:log-group:{name}",
    ("ssm", "Name"): "arn:aws:ssm:{region}:{account}:parameter/{name}",
    ("sqs", "QueueName"): "arn:aws:sqs:{region}:{account}:{name}",
    ("dynamodb", "TableName"): "arn:aws:dynamodb:{region}:{account}:table/{name}",
    ("s3", "Bucket"): "arn:aws:s3:::{name}",
}
"""Parameters that name the one resource of a request."""


def action_of(operation: Operation) -> str:
    prefix = PREFIXES.get(operation.service, operation.service)
    return ACTIONS.get((operation.service, operation.name), f"{prefix}:{operation.name}")


def resources_of(world: AnsweringWorld, operation: Operation, params: JSON) -> list[str]:
    """At least one; every one of them must be permitted."""
    found = list(
        _ecs(world, operation.name, params)
        if operation.service == "ecs"
        else _other(world, operation, params)
    )
    return found or ["*"]


def _arn(world: AnsweringWorld, kind: str, name: str) -> str:
    return f"arn:aws:ecs:{world.region}:{world.account}:{kind}/{name}"


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def _ecs(world: AnsweringWorld, name: str, params: JSON) -> Iterator[str]:
    cluster = _last(str(params.get("cluster") or "default"))
    if name == "RegisterTaskDefinition":
        yield _arn(world, "task-definition", f"{params.get('family', '')}:*")
    elif name in RUNS:
        yield _revision(world, str(params.get("taskDefinition", "")))
    elif name in SERVICES:
        for service in _listed(params, "serviceName", "service", "services"):
            yield _arn(world, "service", f"{cluster}/{_last(service)}")
    elif name in TASKS:
        for task in _listed(params, "task", "tasks"):
            yield _arn(world, "task", f"{cluster}/{_last(task)}")
    elif name.endswith(("Cluster", "Clusters", "ClusterSettings")) and name != "CreateCluster":
        for given in _listed(params, "cluster", "clusters") or ["default"]:
            yield _arn(world, "cluster", _last(given))


def _listed(params: JSON, *keys: str) -> list[str]:
    values = [params[key] for key in keys if params.get(key)]
    return [str(item) for value in values for item in (value if isinstance(value, list) else [value])]


def _revision(world: AnsweringWorld, reference: str) -> str:
    found = _definition(world, reference)
    return str(found["taskDefinitionArn"]) if found else _arn(world, "task-definition", _last(reference))


def _definition(world: AnsweringWorld, reference: str) -> JSON:
    """Empty: there is none, which is for ECS to say."""
    try:
        return dict(world.ecs.call("DescribeTaskDefinition", {"taskDefinition": reference})["taskDefinition"])
    except ApiError:
        return {}


def _other(world: AnsweringWorld, operation: Operation, params: JSON) -> Iterator[str]:
    for key, value in params.items():
        if isinstance(value, str) and value.startswith("arn:") and not key.startswith("Policy"):
            yield value
            return
        pattern = NAMED.get((operation.service, key))
        if pattern is not None and isinstance(value, str):
            name = value.lstrip("/")
            if operation.service == "logs":
                name = value
            yield pattern.format(region=world.region, account=world.account, name=name)
            return


def passed_roles(world: AnsweringWorld, operation: Operation, params: JSON) -> list[tuple[str, str]]:
    """The roles that a request of ECS hands on, for which iam:PassRole is needed, and the service that gets each."""
    if operation.service != "ecs":
        return []
    holders: list[Any] = []
    own: list[Any] = []
    if operation.name == "RegisterTaskDefinition":
        holders = [params]
    elif operation.name in PASSING and params.get("taskDefinition"):
        holders = [_definition(world, str(params["taskDefinition"])), params.get("overrides") or {}]
    if operation.name in PASSING:
        own = [item.get("advancedConfiguration") or {} for item in params.get("loadBalancers") or []]
        own += (params.get("deploymentConfiguration") or {}).get("lifecycleHooks") or []
    roles = [(h.get(key), TO_TASKS) for h in holders for key in ("executionRoleArn", "taskRoleArn")]
    roles += [(holder.get("roleArn"), "ecs.amazonaws.com") for holder in own]
    full = [
        (role if role.startswith("arn:") else f"arn:aws:iam::{world.account}:role/{role}", service)
        for role, service in roles
        if role
    ]
    return list(dict.fromkeys(full))
