"""A service's events: 100 kept, newest first; a lasting trouble is said again after six hours."""

from ecslab.cloud.ecs import eventbridge
from ecslab.cloud.ecs.model import Service, ServiceEvent
from ecslab.cloud.ecs.state import SECOND, State

KEPT = 100
SILENCE = 6 * 3600 * SECOND


def say(state: State, service: Service, message: str, *, task_set: str | None = None) -> None:
    """Adds `(service NAME) message`."""
    world = state.world
    name = f"{service.name}, taskSet {task_set}" if task_set else service.name
    text = f"(service {name}) {message}"
    service.event_count += 1
    time = world.now
    if service.events and service.events[0].t >= time:
        time = service.events[0].t + 1
    service.events.insert(0, ServiceEvent(service.event_count, time, text))
    del service.events[KEPT:]
    detail = eventbridge.service_action(message)
    world.record("service", service.name, text, cluster=service.cluster.name, **detail)
    if detail.get("event") == "SERVICE_STEADY_STATE" and service.primary.strategy:
        act(state, service, "CAPACITY_PROVIDER_STEADY_STATE", "has its capacity provider strategy fulfilled")
    world.touch()


def act(state: State, service: Service, name: str, text: str) -> None:
    """A service action that DescribeServices does not show among the events."""
    state.world.record(
        "deployment", service.name, f"(service {service.name}) {text}", cluster=service.cluster.name,
        **eventbridge.action(name),
    )  # fmt: skip


def complain(state: State, service: Service, message: str) -> None:
    """Says what keeps being wrong, unless it was said within the last six hours."""
    now = state.world.now
    last = service.said.get(message)
    if last is None or now - last >= SILENCE:
        service.said[message] = now
        say(state, service, message)
