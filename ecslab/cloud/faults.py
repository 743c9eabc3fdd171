"""Faults on demand: what a world's past, a `whatif` or a drill may do to it, as ordinary calls.

A fault never writes a message: it changes a cause and lets the world find out.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

import jmespath

from ecslab.cloud import faults_account, faults_apps
from ecslab.cloud import faults_find as find
from ecslab.cloud.ecs.outages import PROVIDERS
from ecslab.cloud.ecs.plane import EcsPlane
from ecslab.cloud.elb import Balancers
from ecslab.cloud.faults_find import FaultyWorld
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import calls
from ecslab.terms.durations import parse_duration


class UnknownFault(ApiError):
    """Not one of the words: nobody's world refuses it, it was never a fault."""


def play(world: FaultyWorld, fault: JSON) -> None:
    """`{"stop_task": "web-app"}`: one word, its argument. Raises ApiError when it cannot be done."""
    (word, argument), *more = fault.items()
    if more or word not in WORDS:
        raise UnknownFault("ValidationError", f"{fault} is not a fault; it is one of {', '.join(WORDS)}")
    WORDS[word](world, argument)


def set_image(world: FaultyWorld, argument: JSON) -> None:
    """Registers the service's task definition anew with another tag and rolls it out."""
    service = find.service(world, argument["service"])
    definition = world.ecs.call("DescribeTaskDefinition", {"taskDefinition": service["task_definition"]})[
        "taskDefinition"
    ]
    # The answer is the control plane's own: a registered revision never changes.
    kept = deepcopy({k: v for k, v in definition.items() if k in REGISTERED})
    for index, container in enumerate(kept["containerDefinitions"]):
        if container["name"] == argument.get("container", kept["containerDefinitions"][0]["name"]):
            repository, _, _ = container["image"].rpartition(":")
            kept["containerDefinitions"][index] = {**container, "image": f"{repository}:{argument['tag']}"}
    arn = world.ecs.call("RegisterTaskDefinition", kept)["taskDefinition"]["taskDefinitionArn"]
    world.ecs.call(
        "UpdateService",
        {"cluster": service["cluster"], "service": service["name"], "taskDefinition": arn},
    )


REGISTERED = {
    "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes",
    "placementConstraints", "requiresCompatibilities", "cpu", "memory", "pidMode", "ipcMode", "runtimePlatform",
    "ephemeralStorage",
}  # fmt: skip


def stop_task(world: FaultyWorld, argument: Any) -> None:
    """Stops the oldest running task of a service, as a person with the console would."""
    service = find.service(world, argument if isinstance(argument, str) else argument["service"])
    running = [
        task
        for task in world.ecs.snapshot()["tasks"]
        if task["service"] == service["name"] and task["last"] == "RUNNING" and task["desired"] == "RUNNING"
    ]
    if running:
        oldest = min(running, key=lambda task: (task["created"], task["id"]))
        world.ecs.call("StopTask", {"cluster": service["cluster"], "task": oldest["id"]})


def api_call(world: FaultyWorld, argument: JSON) -> None:
    """Any operation: `{"service": "ec2", "operation": "DeleteRoute", "params": {…}}`.

    With `find`, `{"GROUP": {"service": …, "operation": …, "params": …, "query": …}}`, the text `@GROUP` in the
    parameters, and in what is found after it, stands for what the world answers: an id or an ARN that nobody knows
    before.
    """
    found: dict[str, str] = {}
    for name, wanted in argument.get("find", {}).items():
        params = _put_in(wanted.get("params", {}), found)
        value = jmespath.search(
            wanted["query"], calls.read(world, wanted["service"], wanted["operation"], params)
        )
        if not isinstance(value, str):
            raise ApiError("ValidationError", f"{wanted['operation']} finds no {name} ({wanted['query']})")
        found[f"@{name}"] = value
    params = _put_in(argument.get("params", {}), found)
    calls.change(world, argument["service"], argument["operation"], params)


def _put_in(params: Any, found: dict[str, str]) -> Any:
    """The parameters with what was found in place of its names."""
    if isinstance(params, dict):
        return {key: _put_in(part, found) for key, part in params.items()}
    if isinstance(params, list):
        return [_put_in(part, found) for part in params]
    if isinstance(params, str):
        for name, value in found.items():
            params = params.replace(name, value)
    return params


def interrupt_spot(world: FaultyWorld, argument: Any) -> None:
    """Reclaims the Spot tasks of a service (`true`: all of them)."""
    _plane(world).outages.interrupt_spot(None if argument is True else str(argument))


def exhaust_fargate(world: FaultyWorld, argument: Any) -> None:
    """`FARGATE` or `FARGATE_SPOT` (`true`: both) have no capacity; `{provider, for: 10m}` for a while."""
    given = argument if isinstance(argument, dict) else {"provider": argument}
    lasting = parse_duration(given["for"]) if "for" in given else None
    provider = given.get("provider", True)
    for name in PROVIDERS if provider is True else (str(provider),):
        _plane(world).outages.exhaust(name, lasting)


def restore_fargate(world: FaultyWorld, argument: Any) -> None:
    for name in PROVIDERS if argument is True else (str(argument),):
        _plane(world).outages.restore(name)


def limit_vcpus(world: FaultyWorld, argument: Any) -> None:
    """The quota of Fargate vCPUs that run at once: a number, or true for no limit."""
    given = argument["vcpus"] if isinstance(argument, dict) else argument
    _plane(world).outages.limit_vcpus(None if given is True else int(given))


def limit_pulls(world: FaultyWorld, argument: Any) -> None:
    """Anonymous pulls from Docker Hub that one public address gets: `{pulls, per}`, or true for no limit."""
    given = argument if isinstance(argument, dict) else {"pulls": argument}
    pulls = given["pulls"]
    world.registry.limit_pulls(None if pulls is True else int(pulls), parse_duration(given.get("per", "6h")))


def lose_az(world: FaultyWorld, argument: Any) -> None:
    """Everything that runs in the zone `us-east-1a` (or `a`) ends, and nothing can be started there."""
    _plane(world).outages.lose_zone(_zone(world, argument))


def restore_az(world: FaultyWorld, argument: Any) -> None:
    _plane(world).outages.restore_zone(_zone(world, argument))


def traffic(world: FaultyWorld, argument: Any) -> None:
    """Clients send at another rate from now on: requests a second, to the world's one load balancer unless named."""
    given = find.spelled(argument, "rate")
    rate = _per_second(given.get("rate"))
    elb = cast(Balancers, world.elb)
    names = [balancer["name"] for balancer in elb.snapshot()["load_balancers"]]
    name = given.get("load_balancer") or (names[0] if len(names) == 1 else None)
    if name not in names:
        raise ApiError("LoadBalancerNotFound", f"there is no load balancer {name!r} in this world")
    elb.set_rate(str(name), int(given.get("port", 80)), str(given.get("path", "/")), rate)


def _per_second(given: Any) -> float:
    """`20/s`, `90/m`, or a number a second."""
    number, _, unit = str(given).strip().partition("/")
    try:
        rate = float(number) / {"": 1, "s": 1, "m": 60, "h": 3600}[unit]
    except (ValueError, KeyError):
        raise ApiError("ValidationError", f"{given!r} is not a rate; write it like 20/s or 90/m") from None
    if not 0 <= rate <= 1_000_000:
        raise ApiError("ValidationError", f"{given!r} is not a rate between 0 and 1000000 a second")
    return rate


def _zone(world: FaultyWorld, name: Any) -> str:
    return str(name) if str(name).startswith(world.region) else f"{world.region}{name}"


def _plane(world: FaultyWorld) -> EcsPlane:
    assert isinstance(world.ecs, EcsPlane)
    return world.ecs


WORDS: dict[str, Callable[[FaultyWorld, Any], None]] = {
    "set_image": set_image,
    "stop_task": stop_task,
    "interrupt_spot": interrupt_spot,
    "exhaust_fargate": exhaust_fargate,
    "restore_fargate": restore_fargate,
    "limit_vcpus": limit_vcpus,
    "limit_pulls": limit_pulls,
    "lose_az": lose_az,
    "restore_az": restore_az,
    "traffic": traffic,
    **faults_apps.WORDS,
    **faults_account.WORDS,
    "call": api_call,
}
