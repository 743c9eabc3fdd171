"""Tags of ECS resources, by ARN."""

from ecslab.cloud.ecs import messages
from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

LIMIT = 50


def check(tags: list[JSON]) -> None:
    keys = [tag.get("key") for tag in tags]
    if len(keys) > LIMIT:
        raise ApiError("InvalidParameterException", f"Tags can not be more than {LIMIT}.")
    if len(set(keys)) != len(keys):
        raise ApiError(
            "InvalidParameterException",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    for key in keys:
        if not key or len(key) > 128:
            raise ApiError("InvalidParameterException", "Tag key must be between 1 and 128 characters long.")
        if key.lower().startswith("aws:"):
            raise ApiError("InvalidParameterException", "Tag keys can not begin with aws:.")


def of_resource(state: State, arn: str) -> list[JSON]:
    """The list that holds the resource's tags."""
    kind = arn.split(":", 5)[-1].split("/", 1)[0] if arn.startswith("arn:aws:ecs:") else ""
    for cluster in state.clusters.values():
        if cluster.arn == arn and cluster.status == "ACTIVE":
            return cluster.tags
        for service in cluster.services.values():
            if service.arn == arn:
                return service.tags
        for task in cluster.tasks.values():
            if task.arn == arn:
                return task.tags
    if kind == "task-definition":
        definition = state.find_definition(arn)
        if definition is not None:
            return definition.tags
    if kind == "cluster":
        raise ApiError("ClusterNotFoundException", messages.CLUSTER_NOT_FOUND)
    if kind in ("service", "task", "task-definition", "container-instance", "capacity-provider"):
        raise ApiError(
            "InvalidParameterException",
            "The specified resource was not found. Specify a valid resource and try again.",
        )
    raise ApiError("InvalidParameterException", "Invalid parameter at 'resourceArn'.")


def tag(state: State, params: JSON) -> JSON:
    tags = of_resource(state, params["resourceArn"])
    check(params["tags"])
    merged = {tag["key"]: tag for tag in tags} | {tag["key"]: tag for tag in params["tags"]}
    tags[:] = merged.values()
    state.world.touch()
    return {}


def untag(state: State, params: JSON) -> JSON:
    tags = of_resource(state, params["resourceArn"])
    tags[:] = [tag for tag in tags if tag["key"] not in params["tagKeys"]]
    state.world.touch()
    return {}


def list_tags(state: State, params: JSON) -> JSON:
    return {"tags": list(of_resource(state, params["resourceArn"]))}


OPERATIONS = {"TagResource": tag, "UntagResource": untag, "ListTagsForResource": list_tags}
