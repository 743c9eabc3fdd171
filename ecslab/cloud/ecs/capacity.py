"""API operations on capacity providers, and their association with clusters."""

import re

from ecslab.cloud.ecs import capacity_draining, describe, tags
from ecslab.cloud.ecs.capacity_model import FARGATE, CapacityProvider
from ecslab.cloud.ecs.capacity_scaling import group_of
from ecslab.cloud.ecs.model import JSON, Cluster
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.seam import ec2_instances

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
RESERVED = ("aws", "ecs", "fargate")
SCALING = {
    "status": "DISABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10_000,
    "instanceWarmupPeriod": 300,
}
LIMITS = {
    "targetCapacity": (1, 100),
    "minimumScalingStepSize": (1, 10_000),
    "maximumScalingStepSize": (1, 10_000),
    "instanceWarmupPeriod": (0, 10_000),
}


def _client(message: str) -> ApiError:
    return ApiError("ClientException", message)


def _refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def create(state: State, params: JSON) -> JSON:
    name = params.get("name") or ""
    if not NAME.fullmatch(name) or name.lower().startswith(RESERVED):
        raise _client(f"The specified capacity provider name is invalid: {name}.")
    if name in state.providers:
        raise _client(f"The specified capacity provider name '{name}' already exists.")
    tags.check(params.get("tags") or [])
    if params.get("managedInstancesProvider"):
        raise ApiError(
            "UnsupportedFeatureException", "ecslab does not simulate capacity providers of Managed Instances."
        )
    given = params.get("autoScalingGroupProvider") or {}
    reference = given.get("autoScalingGroupArn") or ""
    group = next((g for g in ec2_instances.groups() if reference in (g.arn, g.name)), None)
    if group is None:
        raise _client(f"The Auto Scaling group {reference} was not found.")
    if any(provider.group_arn == group.arn for provider in state.providers.values()):
        raise _client(f"The Auto Scaling group {group.arn} is already used by a capacity provider.")
    protection = given.get("managedTerminationProtection") or "DISABLED"
    scaling = _scaling(given.get("managedScaling") or {}, SCALING)
    _check_protection(protection, scaling, group)
    provider = CapacityProvider(
        name=name,
        arn=state.arn("capacity-provider", name),
        group_arn=group.arn,
        scaling=scaling,
        protection=protection,
        draining=given.get("managedDraining") or "ENABLED",
        tags=list(params.get("tags") or []),
    )
    state.providers[name] = provider
    capacity_draining.hook(provider)
    state.world.touch()
    return {"capacityProvider": _shown(provider, ("TAGS",))}


def _scaling(given: JSON, base: JSON) -> JSON:
    out = {**base, **{key: value for key, value in given.items() if value is not None}}
    if given and "status" not in given and base is SCALING:
        out["status"] = "ENABLED"
    for key, (low, high) in LIMITS.items():
        if not low <= out[key] <= high:
            raise _client(f"The managed scaling {key} must be between {low} and {high}.")
    if out["minimumScalingStepSize"] > out["maximumScalingStepSize"]:
        raise _client("The minimumScalingStepSize must not be greater than the maximumScalingStepSize.")
    return out


def _check_protection(protection: str, scaling: JSON, group: ec2_instances.Group) -> None:
    if protection != "ENABLED":
        return
    if scaling["status"] != "ENABLED":
        raise _client("Managed termination protection requires managed scaling to be enabled.")
    if not group.protects:
        raise _client(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, the Auto Scaling group must have instance protection "
            "from scale in enabled."
        )


def update(state: State, params: JSON) -> JSON:
    provider = _find(state, params.get("name") or "")
    given = params.get("autoScalingGroupProvider") or {}
    scaling = _scaling(given.get("managedScaling") or {}, provider.scaling)
    protection = given.get("managedTerminationProtection") or provider.protection
    group = group_of(provider)
    if group is not None:
        _check_protection(protection, scaling, group)
    provider.scaling, provider.protection = scaling, protection
    provider.draining = given.get("managedDraining") or provider.draining
    provider.updated = "UPDATE_COMPLETE"
    capacity_draining.hook(provider)
    for cluster in state.clusters.values():
        if provider.name in cluster.providers:
            state.room_changed(cluster)
    state.world.touch()
    return {"capacityProvider": _shown(provider, ("TAGS",))}


def _find(state: State, reference: str) -> CapacityProvider:
    provider = state.providers.get(reference.rsplit("/", 1)[-1])
    if provider is None:
        raise _client("The specified capacity provider does not exist.")
    return provider


def delete(state: State, params: JSON) -> JSON:
    name = (params.get("capacityProvider") or "").rsplit("/", 1)[-1]
    if name in FARGATE:
        raise _client(f"The specified capacity provider {name} is reserved and cannot be deleted.")
    provider = _find(state, name)
    if any(name in c.providers and c.status == "ACTIVE" for c in state.clusters.values()):
        raise ApiError(
            "ClientException",
            "The specified capacity provider cannot be deleted because it is associated with a cluster. Remove the "
            "capacity provider from the cluster and try again.",
        )
    del state.providers[name]
    capacity_draining.unhook(provider)
    state.world.touch()
    return {"capacityProvider": {**_shown(provider), "status": "INACTIVE", "updateStatus": "DELETE_COMPLETE"}}


def _shown(provider: CapacityProvider, include: tuple[str, ...] | list[str] = ()) -> JSON:
    answer: JSON = {
        "capacityProviderArn": provider.arn,
        "name": provider.name,
        "status": "ACTIVE",
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": provider.group_arn,
            "managedScaling": dict(provider.scaling),
            "managedTerminationProtection": provider.protection,
            "managedDraining": provider.draining,
        },
        "tags": list(provider.tags) if "TAGS" in include else [],
        "type": "EC2_AUTOSCALING",
    }
    return {**answer, "updateStatus": provider.updated} if provider.updated else answer


def describe_providers(state: State, params: JSON) -> JSON:
    found: list[JSON] = []
    failures: list[JSON] = []
    include = params.get("include") or []
    for reference in params.get("capacityProviders") or [*FARGATE, *state.providers]:
        name = reference.rsplit("/", 1)[-1]
        arn = state.arn("capacity-provider", name)
        if name in FARGATE:
            found.append(
                {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": [], "type": name}
            )
        elif name in state.providers:
            found.append(_shown(state.providers[name], include))
        else:
            failures.append({"arn": arn, "reason": "MISSING"})
    items, token = page(found, {**params, "maxResults": params.get("maxResults") or None})
    return with_token({"capacityProviders": items, "failures": failures}, token)


# --- clusters ---


def checked(state: State, names: list[str]) -> list[str]:
    """The providers that a cluster is to have, by name.

    Raises:
        ApiError: there is no such provider.
    """
    out = [name.rsplit("/", 1)[-1] for name in names]
    for name in out:
        if name not in FARGATE and name not in state.providers:
            raise _refuse(f"The specified capacity provider '{name}' was not found.")
    if len(out) > 20:
        raise _refuse("A cluster can have at most 20 capacity providers.")
    return list(dict.fromkeys(out))


STRATEGY_LIMITS = {"weight": 1000, "base": 100_000}


def checked_strategy(strategy: list[JSON], providers: list[str]) -> list[JSON]:
    """A capacity provider strategy with its defaults filled in.

    Raises:
        ApiError: it names a provider that the cluster doesn't have, or can't be followed.
    """
    out = []
    for item in strategy:
        name = item["capacityProvider"]
        if name not in providers:
            raise ApiError(
                "InvalidParameterException",
                "The specified capacity provider strategy cannot contain a capacity provider that is not "
                "associated with the cluster. Associate the capacity provider with the cluster and try again.",
            )
        for key, highest in STRATEGY_LIMITS.items():
            if not 0 <= item.get(key, 0) <= highest:
                raise ApiError("InvalidParameterException", f"{key} must be between 0 and {highest}.")
        out.append({"capacityProvider": name, "weight": item.get("weight", 0), "base": item.get("base", 0)})
    if sum(item["base"] > 0 for item in out) > 1:
        raise ApiError(
            "InvalidParameterException",
            "The specified capacity provider strategy cannot contain more than one capacity provider with a base.",
        )
    if out and not any(item["weight"] for item in out):
        raise ApiError(
            "InvalidParameterException",
            "The specified capacity provider strategy must contain at least one capacity provider with a weight "
            "greater than 0.",
        )
    return out


def launch_type(strategy: list[JSON]) -> str:
    """What a strategy's tasks run on.

    Raises:
        ApiError: it mixes Fargate and Auto Scaling groups.
    """
    kinds = {"FARGATE" if item["capacityProvider"] in FARGATE else "EC2" for item in strategy}
    if len(kinds) > 1:
        raise _refuse(
            "The specified capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling "
            "groups and Fargate capacity providers."
        )
    return kinds.pop()


def associate(state: State, cluster: Cluster) -> None:
    """Instances that are there already belong to their group's provider from now on."""
    by_group = {p.group_arn: p.name for p in state.providers.values() if p.name in cluster.providers}
    for instance in cluster.instances.values():
        machine = ec2_instances.machine(instance.ec2_id) if instance.ec2_id else None
        instance.provider = by_group.get(machine.group_arn or "") if machine is not None else None
    state.room_changed(cluster)


def put_providers(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params["cluster"])
    providers = checked(state, params["capacityProviders"])
    used = {
        item["capacityProvider"]
        for service in cluster.services.values()
        if service.status == "ACTIVE"
        for item in service.primary.strategy
    }
    used |= {t.provider for t in cluster.tasks.values() if t.provider and t.desired == "RUNNING"}
    if used - set(providers):
        raise ApiError(
            "ResourceInUseException", "The specified capacity provider is in use and cannot be removed."
        )
    strategy = checked_strategy(params["defaultCapacityProviderStrategy"], providers)
    if strategy:
        launch_type(strategy)
    cluster.strategy, cluster.providers = strategy, providers
    associate(state, cluster)
    state.world.touch()
    return {"cluster": describe.cluster(state, cluster, ("SETTINGS",))}


OPERATIONS = {
    "CreateCapacityProvider": create,
    "UpdateCapacityProvider": update,
    "DeleteCapacityProvider": delete,
    "DescribeCapacityProviders": describe_providers,
    "PutClusterCapacityProviders": put_providers,
}
