"""What RegisterTaskDefinition refuses, in AWS's words; and the defaults that it fills in.

Pure: a request in, the stored document out. Roles, images and log groups are not looked at here: that
they are missing is found when a task starts.
"""

import copy
import json
import re
from typing import Any

from ecslab.cloud.ecs import health
from ecslab.cloud.ecs.fargate_rules import check_fargate, check_size
from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ports.api import ApiError
from ecslab.terms import fargate

FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
IMAGE = re.compile(r"[A-Za-z0-9_.:/@#-]{1,255}")
CONTAINERS = 10
SIZE = 64 * 1024
EC2_CPU = (128, 196_608)
NETWORK_MODES = ("bridge", "host", "awsvpc", "none")
COMPATIBILITIES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
KEPT = (
    "taskRoleArn",
    "executionRoleArn",
    "requiresCompatibilities",
    "inferenceAccelerators",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "ephemeralStorage",
    "runtimePlatform",
    "enableFaultInjection",
)


def refuse(message: str, code: str = "ClientException") -> ApiError:
    return ApiError(code, message)


def document(params: JSON) -> JSON:
    """The task definition to store.

    Raises:
        ApiError: the request breaks a rule.
    """
    if not FAMILY.fullmatch(params.get("family") or ""):
        raise refuse(
            "Family contains invalid characters."
            if params.get("family")
            else "Family should not be null or empty."
        )
    if len(json.dumps(params)) > SIZE:
        raise refuse("Actual length of task definition exceeds the maximum length of 65536 bytes.")
    given = params.get("containerDefinitions") or []
    if not given:
        raise refuse("Container list cannot be empty.")
    if len(given) > CONTAINERS:
        raise refuse(f"Exceeded the maximum number of containers in a task definition. Limit: {CONTAINERS}.")
    required = params.get("requiresCompatibilities") or []
    for name in required:
        if name not in COMPATIBILITIES:
            raise refuse(f"Invalid requiresCompatibilities value: {name}.")
    mode = params.get("networkMode") or "bridge"
    if mode not in NETWORK_MODES:
        raise refuse(f"Invalid network mode: {mode}.")
    cpu = _size(params.get("cpu"), fargate.cpu_units, "cpu")
    memory = _size(params.get("memory"), fargate.memory_mib, "memory")
    if "FARGATE" in required:
        check_size(mode, cpu, memory)
    _check_containers(given, mode, memory, cpu)
    _check_references(params, given)
    if any(c.get("secrets") for c in given) and not params.get("executionRoleArn"):
        raise refuse(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )
    if "FARGATE" in required:
        check_fargate(params, mode, cpu, memory)
    elif cpu is not None and not EC2_CPU[0] <= cpu <= EC2_CPU[1]:
        raise _bad_size("cpu")
    _check_platform(params)
    containers = [_container(c, mode) for c in given]
    out: JSON = {
        "containerDefinitions": containers,
        "family": params["family"],
        "networkMode": mode,
        "volumes": [_volume(volume) for volume in params.get("volumes") or []],
        "placementConstraints": params.get("placementConstraints") or [],
        "compatibilities": _compatibilities(params, mode, cpu, memory),
    }
    out |= {key: copy.deepcopy(params[key]) for key in KEPT if params.get(key)}
    out |= {"cpu": str(cpu)} if cpu is not None else {}
    out |= {"memory": str(memory)} if memory is not None else {}
    out["requiresAttributes"] = required_attributes(out)
    return out


def _bad_size(what: str) -> ApiError:
    return refuse(
        f"Invalid '{what}' setting for task. For more information, see the Troubleshooting section of the "
        "Amazon ECS Developer Guide."
    )


def _size(text: str | None, parse: Any, what: str) -> int | None:
    if text is None or text == "":
        return None
    value: int | None = parse(str(text))
    if value is None:
        raise _bad_size(what)
    return value


# --- containers ---


def _check_containers(given: list[JSON], mode: str, memory: int | None, cpu: int | None) -> None:
    names: set[str] = set()
    for container in given:
        name = container.get("name")
        if not name:
            raise refuse("Container.name should not be null or empty.")
        if not FAMILY.fullmatch(name):
            raise refuse("Container.name contains invalid characters.")
        if name in names:
            raise refuse(f"Container.name '{name}' is not unique. Container names must be unique.")
        names.add(name)
        if not container.get("image"):
            raise refuse("Container.image should not be null or empty.")
        if not IMAGE.fullmatch(container["image"]):
            raise refuse("Container.image contains invalid characters.")
        _check_memory(container, memory)
        _check_ports(container, mode)
        _check_health(container)
        _check_logging(container)
        _check_restarts(container)
        _check_environment_files(container)
        if any(not pair.get("name") for pair in container.get("environment") or []):
            raise refuse("Environment variable names should not be null or empty.")
    if not any(container.get("essential", True) for container in given):
        raise refuse("Invalid setting for container. At least one container must be essential.")
    if memory is not None and sum(c.get("memory") or 0 for c in given) > memory:
        raise refuse("The total memory of the containers must be lower than the memory of the task.")
    if cpu is not None and sum(c.get("cpu") or 0 for c in given) > cpu:
        raise refuse("The total CPU units of the containers must be lower than the CPU units of the task.")


def _check_memory(container: JSON, task_memory: int | None) -> None:
    name, hard, soft = container["name"], container.get("memory"), container.get("memoryReservation")
    if task_memory is None and hard is None and soft is None:
        raise refuse(
            f"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be "
            "specified."
        )
    if any(value is not None and value < 6 for value in (hard, soft)):
        raise refuse(f"Invalid setting for container '{name}'. 'memory' must be at least 6 MiB.")
    if hard is not None and soft is not None and hard < soft:
        raise refuse(
            f"Invalid setting for container '{name}'. 'memory' must be greater than 'memoryReservation'."
        )


def _check_ports(container: JSON, mode: str) -> None:
    mappings = container.get("portMappings") or []
    if mode == "none" and mappings:
        raise refuse("When networkMode=none, port mappings are not allowed.")
    seen = set()
    for mapping in mappings:
        port = mapping.get("containerPort")
        if port is None and not mapping.get("containerPortRange"):
            raise refuse("containerPort or containerPortRange must be specified in port mappings.")
        if port is None:
            continue
        if not 1 <= port <= 65_535:
            raise refuse("Invalid container port. Port must be between 1 and 65535.")
        host = mapping.get("hostPort")
        if host and host != port and mode in ("awsvpc", "host"):
            raise refuse(
                f"When networkMode={mode}, the host ports and container ports in port mappings must match."
            )
        if port in seen:
            raise refuse(
                f"The container port {port} is mapped more than once in container '{container['name']}'."
            )
        seen.add(port)


HEALTH_LIMITS = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}


def _check_health(container: JSON) -> None:
    check = container.get("healthCheck")
    if check is None:
        return
    if not check.get("command"):
        raise refuse("The health check command must not be empty.")
    for key, (low, high) in HEALTH_LIMITS.items():
        value = check.get(key)
        if value is not None and not low <= value <= high:
            raise refuse(f"Invalid health check {key}: {value}. It must be between {low} and {high}.")


def _check_logging(container: JSON) -> None:
    config = container.get("logConfiguration")
    if not config or config.get("logDriver") != "awslogs":
        return
    options = config.get("options") or {}
    missing = [name for name in ("awslogs-group", "awslogs-region") if not options.get(name)]
    if missing:
        raise refuse(f"Log driver awslogs requires options: {', '.join(missing)}")
    if "awslogs-datetime-format" in options and "awslogs-multiline-pattern" in options:
        raise refuse(
            "Log driver awslogs options awslogs-datetime-format and awslogs-multiline-pattern are mutually exclusive"
        )


RESTART_PERIOD = (60, 1800)
IGNORED_EXIT_CODES = 50
ENVIRONMENT_FILES = 10


def _check_restarts(container: JSON) -> None:
    policy = container.get("restartPolicy") or {}
    period, low, high = policy.get("restartAttemptPeriod"), *RESTART_PERIOD
    if period is not None and not low <= period <= high:
        raise refuse(
            f"Invalid restartPolicy for container '{container['name']}'. restartAttemptPeriod must be between {low} "
            f"and {high} seconds."
        )
    if len(policy.get("ignoredExitCodes") or []) > IGNORED_EXIT_CODES:
        raise refuse(
            f"Invalid restartPolicy for container '{container['name']}'. At most {IGNORED_EXIT_CODES} "
            "ignoredExitCodes can be specified."
        )


def _check_environment_files(container: JSON) -> None:
    files = container.get("environmentFiles") or []
    if len(files) > ENVIRONMENT_FILES:
        raise refuse(f"A container can have at most {ENVIRONMENT_FILES} environment files.")
    for file in files:
        if file.get("type") != "s3":
            raise refuse("Invalid environmentFiles type. The only supported type is s3.")
        value = str(file.get("value"))
        if not value.startswith("arn:") or not value.endswith(".env"):
            raise refuse(
                f"Invalid environmentFiles value '{value}'. It must be the ARN of an Amazon S3 object whose name ends "
                "in .env."
            )


CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")


def _check_references(params: JSON, given: list[JSON]) -> None:
    """Names that containers use: of other containers and of volumes."""
    by_name = {container["name"]: container for container in given}
    volumes = {volume.get("name") for volume in params.get("volumes") or []}
    for container in given:
        for mount in container.get("mountPoints") or []:
            if mount.get("sourceVolume") not in volumes:
                raise refuse(f"Unknown volume '{mount.get('sourceVolume')}'.")
        for dependency in container.get("dependsOn") or []:
            _check_dependency(container, dependency, by_name)
    _check_cycles(by_name)


def _check_dependency(container: JSON, dependency: JSON, by_name: dict[str, JSON]) -> None:
    name, condition = dependency.get("containerName"), dependency.get("condition")
    other = by_name.get(str(name))
    if other is None or other is container:
        raise refuse(
            f"Invalid 'dependsOn' setting for container '{container['name']}': unknown container '{name}'."
        )
    if condition not in CONDITIONS:
        raise refuse(f"Invalid 'dependsOn' condition '{condition}' for container '{container['name']}'.")
    if condition == "HEALTHY" and not other.get("healthCheck"):
        raise refuse(
            f"Invalid 'dependsOn' setting for container '{container['name']}': container '{name}' must have a "
            "health check for the HEALTHY condition."
        )
    if condition in ("COMPLETE", "SUCCESS") and other.get("essential", True):
        raise refuse(
            f"Invalid 'dependsOn' setting for container '{container['name']}': the {condition} condition can't be "
            f"set on essential container '{name}'."
        )


def _check_cycles(by_name: dict[str, JSON]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise refuse("Container dependencies must not contain a cycle.")
        if name not in done:
            for dependency in by_name[name].get("dependsOn") or []:
                visit(dependency["containerName"], (*path, name))
            done.add(name)

    for name in by_name:
        visit(name, ())


def _check_platform(params: JSON) -> None:
    architecture = (params.get("runtimePlatform") or {}).get("cpuArchitecture")
    if architecture not in (None, "X86_64", "ARM64"):
        raise refuse(f"Invalid cpuArchitecture: {architecture}.")


# --- what is stored ---


def _container(given: JSON, mode: str) -> JSON:
    out: JSON = {
        "cpu": 0,
        "essential": True,
        "environment": [],
        "mountPoints": [],
        "volumesFrom": [],
        "systemControls": [],
        **copy.deepcopy({key: value for key, value in given.items() if value is not None}),
    }
    out["portMappings"] = [_port(mapping, mode) for mapping in given.get("portMappings") or []]
    if "healthCheck" in out:
        out["healthCheck"] = {**health.DEFAULTS, **out["healthCheck"]}
    return out


def _port(mapping: JSON, mode: str) -> JSON:
    out = {**mapping, "protocol": mapping.get("protocol") or "tcp"}
    if "containerPort" in mapping and not mapping.get("hostPort"):
        out["hostPort"] = mapping["containerPort"] if mode in ("awsvpc", "host") else 0
    return out


def _volume(volume: JSON) -> JSON:
    if "efsVolumeConfiguration" in volume:
        return {
            **volume,
            "efsVolumeConfiguration": {"rootDirectory": "/", **volume["efsVolumeConfiguration"]},
        }
    other = any(key.endswith("Configuration") or key == "configuredAtLaunch" for key in volume)
    return dict(volume) if other else {**volume, "host": volume.get("host") or {}}


def _compatibilities(params: JSON, mode: str, cpu: int | None, memory: int | None) -> list[str]:
    out = ["EC2"]
    try:
        check_fargate(params, mode, cpu, memory)
        out.append("FARGATE")
    except ApiError:
        if mode != "awsvpc":
            out.insert(0, "EXTERNAL")
    return out


CAPABILITY = "com.amazonaws.ecs.capability."


def required_attributes(stored: JSON) -> list[JSON]:
    """The agent capabilities that a container instance would need."""
    names: set[str] = set()
    execution = bool(stored.get("executionRoleArn"))
    for container in stored["containerDefinitions"]:
        if container.get("logConfiguration"):
            driver = container["logConfiguration"].get("logDriver")
            names |= {f"{CAPABILITY}logging-driver.{driver}", f"{CAPABILITY}docker-remote-api.1.19"}
            if driver == "awslogs" and execution:
                names.add("ecs.capability.execution-role-awslogs")
        if ".dkr.ecr." in container["image"]:
            names.add(f"{CAPABILITY}ecr-auth")
            if execution:
                names.add("ecs.capability.execution-role-ecr-pull")
        if container.get("healthCheck"):
            names |= {"ecs.capability.container-health-check", f"{CAPABILITY}docker-remote-api.1.29"}
        for secret in container.get("secrets", []):
            store = "asm" if ":secretsmanager:" in secret["valueFrom"] else "ssm"
            names.add(f"ecs.capability.secrets.{store}.environment-variables")
        if container.get("dependsOn"):
            names.add("ecs.capability.container-ordering")
    if stored.get("taskRoleArn"):
        names.add(f"{CAPABILITY}task-iam-role")
    if stored["networkMode"] == "awsvpc":
        names.add("ecs.capability.task-eni")
    names.add(f"{CAPABILITY}docker-remote-api.1.18")
    return [{"name": name} for name in sorted(names)]
