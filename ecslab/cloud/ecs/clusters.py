"""API operations on clusters, and on what of capacity providers Fargate needs."""

import re

from ecslab.cloud.ecs import describe, messages, tags
from ecslab.cloud.ecs.model import JSON, Cluster
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports import ApiError

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
PROVIDERS = ("FARGATE", "FARGATE_SPOT")
INSIGHTS = ("enabled", "disabled", "enhanced")


def create(state: State, params: JSON) -> JSON:
    name = params.get("clusterName") or "default"
    if not NAME.fullmatch(name):
        raise ApiError(
            "InvalidParameterException", f"Invalid identifier: Identifier for cluster is invalid: {name}"
        )
    existing = state.clusters.get(name)
    if existing is not None and existing.status == "ACTIVE":
        return {"cluster": describe.cluster(state, existing, ("SETTINGS", "TAGS"))}
    tags.check(params.get("tags", []))
    providers = _providers(params.get("capacityProviders", []))
    strategy = checked_strategy(params.get("defaultCapacityProviderStrategy", []), providers)
    cluster = Cluster(
        name,
        state.arn("cluster", name),
        state.world.now,
        settings=_settings(state, params.get("settings", [])),
        configuration=params.get("configuration"),
        service_connect=params.get("serviceConnectDefaults"),
        providers=providers,
        strategy=strategy,
        tags=list(params.get("tags", [])),
    )
    state.clusters[name] = cluster
    state.world.touch()
    return {"cluster": describe.cluster(state, cluster, ("SETTINGS", "TAGS", "CONFIGURATIONS"))}


def _settings(state: State, given: list[JSON]) -> list[JSON]:
    value = state.settings.get("containerInsights", "disabled")
    for setting in given:
        if setting.get("name") != "containerInsights" or setting.get("value") not in INSIGHTS:
            raise ApiError("InvalidParameterException", f"Invalid cluster setting: {setting.get('name')}")
        value = setting["value"]
    return [{"name": "containerInsights", "value": value}]


def _providers(names: list[str]) -> list[str]:
    for name in names:
        if name not in PROVIDERS:
            raise ApiError(
                "InvalidParameterException", f"The specified capacity provider '{name}' was not found."
            )
    return list(names)


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


def describe_clusters(state: State, params: JSON) -> JSON:
    found, failures = [], []
    for reference in params.get("clusters") or ["default"]:
        cluster = state.find_cluster(reference)
        if cluster is None:
            arn = reference if reference.startswith("arn:") else state.arn("cluster", reference)
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(describe.cluster(state, cluster, params.get("include", [])))
    return {"clusters": found, "failures": failures}


def list_clusters(state: State, params: JSON) -> JSON:
    arns = [c.arn for c in sorted(state.clusters.values(), key=lambda c: c.name) if c.status == "ACTIVE"]
    items, token = page(arns, params)
    return with_token({"clusterArns": items}, token)


def delete(state: State, params: JSON) -> JSON:
    cluster = state.find_cluster(params["cluster"])
    if cluster is None:
        raise ApiError("ClusterNotFoundException", messages.CLUSTER_NOT_FOUND)
    if any(service.status == "ACTIVE" for service in cluster.services.values()):
        raise ApiError("ClusterContainsServicesException", messages.CONTAINS_SERVICES)
    if any(task.last != "STOPPED" for task in cluster.tasks.values()):
        raise ApiError("ClusterContainsTasksException", messages.CONTAINS_TASKS)
    cluster.status = "INACTIVE"
    state.world.touch()
    return {"cluster": describe.cluster(state, cluster)}


def update(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params["cluster"])
    if "settings" in params:
        cluster.settings = _settings(state, params["settings"])
    if "configuration" in params:
        cluster.configuration = params["configuration"]
    if "serviceConnectDefaults" in params:
        cluster.service_connect = params["serviceConnectDefaults"]
    state.world.touch()
    return {"cluster": describe.cluster(state, cluster, ("SETTINGS", "CONFIGURATIONS"))}


def put_providers(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params["cluster"])
    providers = _providers(params["capacityProviders"])
    used = {
        item["capacityProvider"]
        for service in cluster.services.values()
        if service.status == "ACTIVE"
        for item in service.primary.strategy
    }
    if used - set(providers):
        raise ApiError(
            "ResourceInUseException",
            "The specified capacity provider is in use and cannot be removed.",
        )
    cluster.strategy = checked_strategy(params["defaultCapacityProviderStrategy"], providers)
    cluster.providers = providers
    state.world.touch()
    return {"cluster": describe.cluster(state, cluster, ("SETTINGS",))}


def describe_providers(state: State, params: JSON) -> JSON:
    found: list[JSON] = []
    failures: list[JSON] = []
    for reference in params.get("capacityProviders") or PROVIDERS:
        name = reference.rsplit("/", 1)[-1]
        arn = state.arn("capacity-provider", name)
        if name in PROVIDERS:
            found.append(
                {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": [], "type": name}
            )
        else:
            failures.append({"arn": arn, "reason": "MISSING"})
    return {"capacityProviders": found, "failures": failures}


def list_instances(state: State, params: JSON) -> JSON:
    state.cluster(params.get("cluster"))
    return {"containerInstanceArns": []}


def describe_instances(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    failures = [
        {
            "arn": name if name.startswith("arn:") else state.arn("container-instance", cluster.name, name),
            "reason": "MISSING",
        }
        for name in params["containerInstances"]
    ]
    return {"containerInstances": [], "failures": failures}


OPERATIONS = {
    "CreateCluster": create,
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "DeleteCluster": delete,
    "UpdateCluster": update,
    "UpdateClusterSettings": update,
    "PutClusterCapacityProviders": put_providers,
    "DescribeCapacityProviders": describe_providers,
    "ListContainerInstances": list_instances,
    "DescribeContainerInstances": describe_instances,
}
