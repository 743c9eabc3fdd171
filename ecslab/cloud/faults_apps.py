"""Faults of an application: what a service's image does changes, for the tasks that run and for new ones.

Another image (a fixed version) is not affected; that is how a learner repairs most of them.
"""

from collections.abc import Callable
from typing import Any

from ecslab.cloud import faults_find as find
from ecslab.cloud.faults_find import FaultyWorld
from ecslab.cloud.ports.api import JSON
from ecslab.terms.durations import parse_duration

LEAK = 100
"""MiB a minute, unless said otherwise."""
SLOW = "10s"


def _alter(world: FaultyWorld, argument: JSON, change: Callable[[JSON], JSON]) -> None:
    image = find.image(world, argument)
    world.registry.alter(image, change(world.registry.program(image)))
    world.ecs.image_altered(image.content)


def _routes(program: JSON, path: str | None, changes: JSON) -> JSON:
    """Routes with one, or all, changed. A path that is no route yet becomes one."""
    routes: JSON = dict(program.get("routes") or {})
    fallback: JSON = routes.get("*", {"status": 404})
    for name in [path] if path else [*routes, "*"]:
        routes[name] = {**routes.get(name, fallback), **changes}
    return {"routes": routes}


def slow_app(world: FaultyWorld, argument: Any) -> None:
    given = find.spelled(argument, "service")
    latency = parse_duration(given.get("by", SLOW))
    _alter(world, given, lambda program: _routes(program, given.get("path"), {"latency": latency}))


def answer_500(world: FaultyWorld, argument: Any) -> None:
    given = find.spelled(argument, "service")
    changes = {"status": 500, "body": "internal server error\n"}
    _alter(world, given, lambda program: _routes(program, given.get("path"), changes))


def crash_app(world: FaultyWorld, argument: Any) -> None:
    """So long after now, and so long after each start."""
    given = find.spelled(argument, "service")
    leaving = {"after": parse_duration(given.get("after", "5s")), "code": given.get("code", 1)}
    _alter(world, given, lambda program: {"exit": leaving})


def leak_memory(world: FaultyWorld, argument: Any) -> None:
    given = find.spelled(argument, "service")
    _alter(world, given, lambda program: {"leak": given.get("per_minute", LEAK)})


def stop_listening(world: FaultyWorld, argument: Any) -> None:
    _alter(world, find.spelled(argument, "service"), lambda program: {"listen": []})


def change_port(world: FaultyWorld, argument: JSON) -> None:
    def change(program: JSON) -> JSON:
        listeners = program.get("listen") or [{}]
        return {"listen": [{**listener, "port": argument["port"]} for listener in listeners[:1]]}

    _alter(world, argument, change)


WORDS: dict[str, Callable[[FaultyWorld, Any], None]] = {
    "slow_app": slow_app,
    "answer_500": answer_500,
    "crash_app": crash_app,
    "leak_memory": leak_memory,
    "stop_listening": stop_listening,
    "change_port": change_port,
}
