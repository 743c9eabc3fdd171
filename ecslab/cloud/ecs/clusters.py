"""API operations on clusters; and the rules of capacity provider strategies."""

import re

from ecslab.cloud.ecs import capacity, describe, messages, tags
from ecslab.cloud.ecs.model import JSON, Cluster
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports import ApiError

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
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
    if not state.world.iam.has_linked_role():
        state.world.iam.create_linked_role()
        raise ApiError("InvalidParameterException", messages.NO_LINKED_ROLE)
    tags.check(params.get("tags", []))
    providers = capacity.checked(state, params.get("capacityProviders", []))
    strategy = capacity.checked_strategy(params.get("defaultCapacityProviderStrategy", []), providers)
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


def describe_clusters(state: State, params: JSON) -> JSON:
    found, failures = [], []
    references = params.get("clusters") or ["default"]
    if len(references) > 100:
        raise ApiError("InvalidParameterException", "Clusters cannot have more than 100 elements.")
    for reference in references:
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
    if cluster.instances:
        raise ApiError("ClusterContainsContainerInstancesException", messages.CONTAINS_INSTANCES)
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


OPERATIONS = {
    "CreateCluster": create,
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "DeleteCluster": delete,
    "UpdateCluster": update,
    "UpdateClusterSettings": update,
}
