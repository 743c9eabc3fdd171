"""API operations on task definitions: families and their revisions."""

from ecslab.cloud.ecs import describe, messages, tags, validation
from ecslab.cloud.ecs.model import JSON, Status, TaskDefinition
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.api import ApiError

DELETING = "ecs-definition-delete"
DELETION = 60 * SECOND
LOOK_AGAIN = 600 * SECOND
UNKNOWN = (
    "The specified task definition does not exist. Specify a valid account, family, revision and try again."
)
NO_IDENTIFIER = (
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
)


def finish_deletion(state: State, definition: TaskDefinition) -> None:
    """A deleted revision is gone once no task and no service uses it."""
    if _used(state, definition):
        state.world.timeline.at(state.world.now + LOOK_AGAIN, DELETING, definition.arn, definition)
        return
    state.families[definition.family].remove(definition)
    if not state.families[definition.family]:
        del state.families[definition.family]
    state.world.touch()


def _used(state: State, definition: TaskDefinition) -> bool:
    tasks = any(
        task.definition is definition and task.last != Status.STOPPED for task in state.tasks.values()
    )
    return tasks or any(
        deployment.definition is definition
        for service in state.services.values()
        if service.status != "INACTIVE"
        for deployment in service.deployments
    )


def register(state: State, params: JSON) -> JSON:
    document = validation.document(params)
    tags.check(params.get("tags") or [])
    revisions = state.families.setdefault(document["family"], [])
    revision = state.revisions[document["family"]] = state.revisions.get(document["family"], 0) + 1
    definition = TaskDefinition(
        family=document["family"],
        revision=revision,
        arn=state.arn("task-definition", f"{document['family']}:{revision}"),
        document=document,
        registered=state.world.now,
        tags=list(params.get("tags") or []),
    )
    revisions.append(definition)
    state.world.touch()
    return {"taskDefinition": describe.definition(state, definition), "tags": list(definition.tags)}


def describe_definition(state: State, params: JSON) -> JSON:
    definition = state.find_definition(params["taskDefinition"])
    if definition is None:
        raise ApiError("ClientException", messages.DEFINITION_UNKNOWN)
    answer: JSON = {"taskDefinition": describe.definition(state, definition)}
    if "TAGS" in params.get("include", []):
        answer["tags"] = list(definition.tags)
    return answer


def _with_revision(state: State, reference: str) -> TaskDefinition | None:
    _family, colon, revision = reference.rsplit("/", 1)[-1].partition(":")
    if not colon or not revision:
        raise ApiError("ClientException", "Revision is missing.")
    if not revision.isdecimal():
        raise ApiError("InvalidParameterException", f"Invalid revision number. Number: {revision}")
    return state.find_definition(reference)


def deregister(state: State, params: JSON) -> JSON:
    definition = _with_revision(state, params["taskDefinition"])
    if definition is None or definition.status == "DELETE_IN_PROGRESS":
        raise ApiError("ClientException", "Unable to describe task definition.")
    if definition.status == "ACTIVE":
        definition.status = "INACTIVE"
        definition.deregistered = state.world.now
        state.world.touch()
    return {"taskDefinition": describe.definition(state, definition)}


def delete(state: State, params: JSON) -> JSON:
    references = params["taskDefinitions"]
    if not 1 <= len(references) <= 10:
        raise ApiError(
            "InvalidParameterException", "The number of task definitions must be between 1 and 10."
        )
    deleted, failures = [], []
    for reference in references:
        has_revision = reference.rpartition(":")[2].isdecimal()
        definition = state.find_definition(reference) if has_revision else None
        if definition is None:
            failures.append({"arn": reference, "reason": UNKNOWN if has_revision else NO_IDENTIFIER})
        elif definition.status == "ACTIVE":
            failures.append(
                {
                    "arn": definition.arn,
                    "reason": "The specified task definition is still in ACTIVE status. Please deregister the "
                    "target and try again.",
                }
            )
        else:
            if definition.status == "INACTIVE":
                definition.status = "DELETE_IN_PROGRESS"
                definition.delete_requested = state.world.now
                state.world.timeline.at(state.world.now + DELETION, DELETING, definition.arn, definition)
                state.world.touch()
            deleted.append(describe.definition(state, definition))
    return {"taskDefinitions": deleted, "failures": failures}


def list_definitions(state: State, params: JSON) -> JSON:
    status = params.get("status") or "ACTIVE"
    family = params.get("familyPrefix")
    descending = params.get("sort") == "DESC"
    arns = [
        definition.arn
        for name in sorted(state.families)
        if family in (None, "", name)
        for definition in state.families[name]
        if definition.status == status
    ]
    items, token = page(arns[::-1] if descending else arns, params)
    return with_token({"taskDefinitionArns": items}, token)


def list_families(state: State, params: JSON) -> JSON:
    status = params.get("status") or "ALL"
    prefix = params.get("familyPrefix") or ""
    names = []
    for name in sorted(state.families):
        active = any(definition.status == "ACTIVE" for definition in state.families[name])
        if name.startswith(prefix) and status in ("ALL", "ACTIVE" if active else "INACTIVE"):
            names.append(name)
    items, token = page(names, params)
    return with_token({"families": items}, token)


OPERATIONS = {
    "RegisterTaskDefinition": register,
    "DescribeTaskDefinition": describe_definition,
    "DeregisterTaskDefinition": deregister,
    "DeleteTaskDefinitions": delete,
    "ListTaskDefinitions": list_definitions,
    "ListTaskDefinitionFamilies": list_families,
}
