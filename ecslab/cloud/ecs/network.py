"""Checks of what RunTask, CreateService and UpdateService have in common: where and on what tasks run."""

from ecslab.cloud.ecs import capacity, messages
from ecslab.cloud.ecs.model import JSON, Cluster, TaskDefinition
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

PLATFORMS = ("LATEST", "1.4.0", "1.3.0")


def _refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def checked_network(
    state: State, definition: TaskDefinition, given: JSON | None, launch: str = "FARGATE"
) -> JSON:
    """The network configuration as it is kept, with `assignPublicIp` filled in; {} without awsvpc."""
    network = (given or {}).get("awsvpcConfiguration")
    if definition.network_mode != "awsvpc":
        if network:
            raise _refuse(messages.WRONG_NETWORK)
        return {}
    if not network:
        raise _refuse(messages.NEEDS_NETWORK)
    subnets, groups = network.get("subnets") or [], network.get("securityGroups") or []
    if not subnets:
        raise _refuse(messages.NO_SUBNETS)
    if len(subnets) > 16:
        raise _refuse("subnets can have at most 16 items.")
    if len(groups) > 5:
        raise _refuse("securityGroups can have at most 5 items.")
    vpcs = set()
    for subnet_id in subnets:
        subnet = state.world.vpc.subnet(subnet_id)
        if subnet is None:
            raise _refuse(messages.bad_subnet(subnet_id))
        vpcs.add(subnet.vpc_id)
    if len(vpcs) > 1:
        raise _refuse("All subnets must be in the same VPC.")
    for group in groups:
        if not state.world.vpc.has_group(group):
            raise _refuse(messages.bad_group(group))
    public = network.get("assignPublicIp") or "DISABLED"
    if public == "ENABLED" and launch == "EC2":
        raise _refuse("Assign public IP is not supported for this launch type.")
    if public not in ("ENABLED", "DISABLED"):
        raise _refuse(f"Invalid assignPublicIp value: {public}.")
    return {
        "awsvpcConfiguration": {
            "subnets": list(subnets),
            "securityGroups": list(groups),
            "assignPublicIp": public,
        }
    }


def launch_of(cluster: Cluster, definition: TaskDefinition, params: JSON) -> tuple[str, list[JSON]]:
    """(launch type, capacity provider strategy) that a request asks for, and that the definition can do."""
    given, strategy = params.get("launchType"), params.get("capacityProviderStrategy") or []
    if given and strategy:
        raise _refuse(messages.BOTH_LAUNCHES)
    if strategy:
        strategy = capacity.checked_strategy(strategy, cluster.providers)
    elif not given:
        strategy = list(cluster.strategy)
    launch = capacity.launch_type(strategy) if strategy else given or "EC2"
    if launch in ("EXTERNAL", "MANAGED_INSTANCES"):
        raise ApiError("UnsupportedFeatureException", f"ecslab does not simulate the launch type {launch}.")
    if launch == "FARGATE" and not definition.fargate:
        raise _refuse(messages.NOT_FARGATE)
    if launch == "EC2" and "EC2" not in definition.document["compatibilities"]:
        raise _refuse("Task definition does not support launch_type EC2.")
    return launch, strategy


def checked_platform(version: str | None, launch: str) -> str:
    if launch == "EC2":
        if version:
            raise _refuse("The platform version must be null when specifying an EC2 launch type.")
        return ""
    if version and version not in PLATFORMS:
        raise ApiError("PlatformUnknownException", "The specified platform version does not exist.")
    return version or "LATEST"
