"""What an application cannot start without: variables, secrets, hosts it calls, permissions it uses.

Pure: the network and the permissions are asked through callbacks, once, when the container starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ecslab.cloud.ports.api import JSON

AT_ONCE = 400
"""How long an application takes to find out that its configuration is incomplete."""
CONNECT_TIMEOUT = 10_000


@dataclass(frozen=True)
class Surroundings:
    """The world as one container sees it when it starts."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    reaches: Callable[[str, int], bool] = lambda host, port: True
    reaches_service: Callable[[str, int], bool] = lambda service, port: True
    refusal: Callable[[str, str], str] = lambda action, resource: ""
    caller: str = "arn:aws:sts::123456789012:assumed-role/none/task"


@dataclass(frozen=True)
class Failure:
    at: int
    line: str


def first_failure(needs: JSON, environment: Mapping[str, str], around: Surroundings) -> Failure | None:
    """The need that ends the application, if there is one."""
    for name in needs.get("env") or []:
        key, _, wanted = str(name).partition("=")
        if key not in environment:
            return Failure(AT_ONCE, f"Error: required environment variable {key} is not set")
        if wanted and environment[key] != wanted:
            return Failure(AT_ONCE, f"Error: environment variable {key} has an unexpected value")
    for name in needs.get("secrets") or []:
        if name not in environment:
            return Failure(AT_ONCE, f"Error: secret {name} is not set in the environment")
    return next(iter(_failures(needs, around, fatal=True)), None)


def soft_failures(needs: JSON, around: Surroundings) -> list[Failure]:
    """Needs that are only complained about."""
    return _failures(needs, around, fatal=False)


def _failures(needs: JSON, around: Surroundings, *, fatal: bool) -> list[Failure]:
    found = []
    for need in needs.get("reach") or []:
        host, port = str(need["host"]), int(need.get("port", 443))
        if bool(need.get("fatal", True)) != fatal:
            continue
        service = need.get("service")
        if not (around.reaches_service(service, port) if service else around.reaches(host, port)):
            found.append(Failure(CONNECT_TIMEOUT, f"Error: connect ETIMEDOUT {host}:{port}"))
    for need in needs.get("allow") or []:
        action, resource = str(need["action"]), str(need.get("resource", "*"))
        if bool(need.get("fatal", True)) == fatal and (why := around.refusal(action, resource)):
            line = (
                f"AccessDeniedException: User: {around.caller} is not authorized to perform: {action} "
                f"on resource: {resource} {why}"
            )
            found.append(Failure(AT_ONCE, line))
    return found
