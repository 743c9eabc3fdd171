"""API operations on task protection: scale-in and rollouts leave a protected task alone until it expires.

Source: Amazon ECS developer guide, "task-scale-in-protection" and "api_failures_messages".
"""

from ecslab.cloud.ecs.model import JSON, Rollout, Status, Task
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.api import ApiError

DEFAULT = 120
LONGEST = 2880
"""Minutes."""
CHANGED_AT_ONCE, READ_AT_ONCE = 10, 100


def _refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def get(state: State, params: JSON) -> JSON:
    return _answer(*_tasks(state, params, READ_AT_ONCE), state)


def update(state: State, params: JSON) -> JSON:
    if not params.get("tasks"):
        raise _refuse("Tasks can not be empty.")
    minutes = params.get("expiresInMinutes")
    if minutes is not None and not params["protectionEnabled"]:
        raise _refuse("expiresInMinutes can only be specified when protectionEnabled is true.")
    minutes = DEFAULT if minutes is None else minutes
    if not 1 <= minutes <= LONGEST:
        raise _refuse(f"expiresInMinutes must be between 1 and {LONGEST}.")
    tasks, failures = _tasks(state, params, CHANGED_AT_ONCE)
    changed = []
    for task in tasks:
        if params["protectionEnabled"] and _blocked(state, task):
            failures.append({"arn": task.arn, "reason": "DEPLOYMENT_BLOCKED"})
            continue
        until = state.world.now + minutes * 60 * SECOND
        task.protected_until = until if params["protectionEnabled"] else None
        state.wake(task.service)
        changed.append(task)
    state.world.touch()
    return _answer(changed, failures, state)


def _tasks(state: State, params: JSON, limit: int) -> tuple[list[Task], list[JSON]]:
    cluster = state.cluster(params.get("cluster"))
    references = params.get("tasks")
    if references is None:
        references = [task.id for task in cluster.tasks.values() if _valid(task)][:limit]
    if len(references) > limit:
        raise _refuse(f"Tasks can not have more than {limit} elements.")
    found, failures = [], []
    for reference in references:
        task = state.find_task(cluster, reference)
        if task is None:
            arn = reference if reference.startswith("arn:") else state.arn("task", cluster.name, reference)
            failures.append({"arn": arn, "reason": "MISSING"})
        elif not _valid(task):
            failures.append({"arn": task.arn, "reason": "TASK_NOT_VALID"})
        else:
            found.append(task)
    return found, failures


def _valid(task: Task) -> bool:
    return task.service is not None and not task.stopping_or_stopped


def _blocked(state: State, task: Task) -> bool:
    """Protected tasks of an older deployment already keep the service from finishing its rollout."""
    service, deployment = task.service, task.deployment
    if service is None or deployment is service.primary or service.primary.rollout != Rollout.IN_PROGRESS:
        return False
    new = sum(
        other.deployment is service.primary and other.last == Status.RUNNING
        for other in service.tasks.values()
    )
    others = any(
        other.deployment is not service.primary and other.protected(state.world.now)
        for other in service.tasks.values()
    )
    return new >= service.desired and others


def _answer(tasks: list[Task], failures: list[JSON], state: State) -> JSON:
    protected = []
    for task in tasks:
        item: JSON = {"taskArn": task.arn, "protectionEnabled": task.protected(state.world.now)}
        if item["protectionEnabled"]:
            item["expirationDate"] = state.world.epoch_seconds(task.protected_until)
        protected.append(item)
    return {"protectedTasks": protected, "failures": failures}


OPERATIONS = {"GetTaskProtection": get, "UpdateTaskProtection": update}
