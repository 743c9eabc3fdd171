"""ECS Exec up to its session: what it needs, the agent in each container, and how it fails without it.

The session itself (a shell through Session Manager) is not simulated, and says so.
Source: Amazon ECS developer guide, "ecs-exec"; error texts of real accounts.
"""

from ecslab.cloud.ecs import instances_link, launch, messages
from ecslab.cloud.ecs.model import JSON, Container, Task, TaskDefinition
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What the task role must be allowed."""


def _refuse(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def check_role(
    enabled: object, definition: TaskDefinition, doing: str, overrides: JSON | None = None
) -> None:
    """Raises ApiError when ECS Exec is asked for and there is no task role. `doing`: created, updated, started."""
    role = (overrides or {}).get("taskRoleArn") or definition.document.get("taskRoleArn")
    if enabled and not role:
        what = "task" if doing == "started" else "service"
        raise _refuse(
            f"The {what} couldn't be {doing} because a valid taskRoleArn is not being used. Specify a valid task "
            "role in your task definition and try again."
        )


def agents(state: State, task: Task, container: Container) -> list[JSON] | None:
    """`managedAgents` of a container."""
    if not task.execute_command:
        return None
    agent: JSON = {"name": "ExecuteCommandAgent", "lastStatus": "PENDING"}
    if container.started is not None:
        agent["lastStartedAt"] = state.world.epoch_seconds(container.started)
        agent["lastStatus"] = "RUNNING" if container.alive and _can_run(container) else "STOPPED"
    elif container.status == "STOPPED":
        agent["lastStatus"] = "STOPPED"
    return [agent]


def _can_run(container: Container) -> bool:
    """The agent writes into the container's file system."""
    return not container.definition.get("readonlyRootFilesystem")


def execute(state: State, params: JSON) -> JSON:
    cluster = state.cluster(params.get("cluster"))
    task = state.find_task(cluster, params["task"])
    if task is None:
        raise _refuse(messages.TASK_NOT_FOUND)
    if params.get("interactive") is False:
        raise _refuse("Interactive is the only mode supported currently.")
    container = _container(task, params.get("container"))
    if not task.execute_command or not container.alive or task.stopping_or_stopped:
        raise _refuse(messages.EXEC_DISABLED)
    if not _can_run(container) or not _connected(state, task):
        raise ApiError("TargetNotConnectedException", messages.EXEC_NOT_CONNECTED)
    raise ApiError("UnsupportedFeatureException", messages.EXEC_UNSIMULATED)


def _container(task: Task, name: str | None) -> Container:
    if name:
        found = next((container for container in task.containers if container.name == name), None)
        if found is None:
            raise _refuse("The container specified was not found in the task.")
        return found
    if len(task.containers) > 1:
        raise _refuse("A container name must be specified for a task with more than one container.")
    return task.containers[0]


def _connected(state: State, task: Task) -> bool:
    if not task.task_role or not instances_link.reaches(state, task, "ssmmessages"):
        return False
    role = launch.role_arn(state, task.task_role)
    return all(state.world.iam.allows(role, action, "*") for action in ACTIONS)


OPERATIONS = {"ExecuteCommand": execute}
