"""What Fargate asks of a task definition beyond the general rules. Pure.

Source: Amazon ECS developer guide, "fargate-tasks-services" and "task-cpu-memory-error".
"""

from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ports.api import ApiError
from ecslab.terms import fargate

CONTAINER_PARAMETERS = (
    "disableNetworking", "dnsSearchDomains", "dnsServers", "dockerSecurityOptions", "extraHosts", "links", "privileged",
)  # fmt: skip
LINUX_PARAMETERS = ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness")


def _refuse(message: str) -> ApiError:
    return ApiError("ClientException", message)


def check_fargate(params: JSON, mode: str, cpu: int | None, memory: int | None) -> None:
    """Raises ApiError when the task definition can't run on Fargate."""
    check_size(mode, cpu, memory)
    _check_task(params)
    for container in params["containerDefinitions"]:
        _check_container(container, params)


def check_size(mode: str, cpu: int | None, memory: int | None) -> None:
    """What is refused first: network mode and the task's size."""
    if mode != "awsvpc":
        raise _refuse("Fargate only supports network mode 'awsvpc'.")
    if cpu is None:
        raise _refuse("Fargate requires that 'cpu' be defined at the task level.")
    if memory is None:
        raise _refuse("Fargate requires that 'memory' be defined at the task level.")
    if not fargate.valid(cpu, memory):
        raise _refuse("No Fargate configuration exists for given values.")


def _check_task(params: JSON) -> None:
    pid = params.get("pidMode")
    if pid not in (None, "task"):
        raise _refuse(
            f"Tasks using the Fargate launch type do not support pidMode '{pid}'. The supported value for "
            "pidMode is 'task'."
        )
    if params.get("ipcMode"):
        raise _refuse("Tasks using the Fargate launch type do not support ipcMode.")
    if params.get("placementConstraints"):
        raise _refuse("Fargate does not support task placement constraints.")
    if params.get("inferenceAccelerators"):
        raise _refuse("Fargate launch type does not support inference accelerators.")
    _check_storage(params)


def _check_storage(params: JSON) -> None:
    for volume in params.get("volumes") or []:
        if (volume.get("host") or {}).get("sourcePath"):
            raise _refuse("host.sourcePath should not be set for volumes in Fargate.")
        if volume.get("dockerVolumeConfiguration"):
            raise _refuse("Fargate launch type does not support dockerVolumeConfiguration.")
    size = (params.get("ephemeralStorage") or {}).get("sizeInGiB")
    if size is not None and size < fargate.EPHEMERAL_LOW:
        raise _refuse(f"EphemeralStorage size should be at least {fargate.EPHEMERAL_LOW}.")
    if size is not None and size > fargate.EPHEMERAL_HIGH:
        raise _refuse(f"EphemeralStorage size should be at most {fargate.EPHEMERAL_HIGH}.")


def _check_container(container: JSON, params: JSON) -> None:
    for key in CONTAINER_PARAMETERS:
        if container.get(key):
            raise _refuse(f"Fargate launch type does not support '{key}'.")
    linux = container.get("linuxParameters") or {}
    for key in LINUX_PARAMETERS:
        if linux.get(key) is not None and linux.get(key) != []:
            raise _refuse(f"Fargate launch type does not support linuxParameters '{key}'.")
    added = (linux.get("capabilities") or {}).get("add") or []
    if set(added) - {"SYS_PTRACE"}:
        raise _refuse("Fargate launch type only supports adding the SYS_PTRACE capability.")
    for requirement in container.get("resourceRequirements") or []:
        if requirement.get("type") == "GPU":
            raise _refuse("Fargate launch type does not support GPU resource requirements.")
    firelens = container.get("firelensConfiguration") or {}
    if (firelens.get("options") or {}).get("config-file-type") == "s3":
        raise _refuse("Fargate launch type does not support FirelensConfiguration config file from 's3'")
    for key in ("startTimeout", "stopTimeout"):
        value = container.get(key)
        if value is not None and not 2 <= value <= fargate.STOP_TIMEOUT_LIMIT:
            raise _refuse(
                f"Invalid {key}: {value}. On Fargate it must be between 2 and {fargate.STOP_TIMEOUT_LIMIT} seconds."
            )
    _check_roles(container, params)


def _check_roles(container: JSON, params: JSON) -> None:
    role = params.get("executionRoleArn")
    need = "Fargate requires task definition to have execution role ARN to support"
    config = container.get("logConfiguration") or {}
    driver = config.get("logDriver")
    if driver is not None and driver not in fargate.LOG_DRIVERS:
        raise _refuse(f"Fargate launch type does not support log driver '{driver}'.")
    if driver == "awslogs":
        if not role:
            raise _refuse(f"{need} log driver awslogs.")
        if not (config.get("options") or {}).get("awslogs-stream-prefix"):
            raise _refuse("Log driver awslogs requires options: awslogs-stream-prefix")
    if not role and ".dkr.ecr." in container.get("image", ""):
        raise _refuse(f"{need} ECR images.")
    if not role and container.get("repositoryCredentials"):
        raise _refuse(f"{need} private registry authentication.")
