"""Availability Zone rebalancing: a steady service whose tasks sit too much in one zone moves them, one by one.

Decides and says; the controller starts the extra task and stops the one it replaces.
Source: Amazon ECS developer guide, "service-rebalancing"; service events of real services.
"""

from collections import Counter

from ecslab.cloud.ecs import messages, outages
from ecslab.cloud.ecs.events import say
from ecslab.cloud.ecs.model import Rollout, Service, Task
from ecslab.cloud.ecs.state import State
from ecslab.terms import rolling

TOLERATED = 1
"""Tasks that one zone may have more than another."""


def zones(state: State, service: Service) -> Counter[str]:
    """Tasks of the service in each zone that it may use now."""
    subnets = service.primary.network.get("awsvpcConfiguration", {}).get("subnets", [])
    counts: Counter[str] = Counter()
    for subnet_id in outages.usable(state, subnets):
        subnet = state.world.vpc.subnet(subnet_id)
        if subnet is not None:
            counts[subnet.az] += 0
    counts.update(task.az for task in service.tasks.values() if not task.stopping_or_stopped)
    return counts


def emptiest_zone(state: State, service: Service) -> str | None:
    """Where an extra task should start, if the service is steady, may have one, and is out of balance."""
    if service.settings.get("availabilityZoneRebalancing") != "ENABLED" or service.extra is not None:
        return None
    if not service.settled or service.primary.rollout != Rollout.COMPLETED:
        return None
    if service.primary.launch_type == "EC2" or service.desired < 1:
        return None
    if service.desired + 1 > rolling.maximum_tasks(service.desired, service.maximum_percent):
        return None
    counts = zones(state, service)
    if len(counts) < 2 or max(counts.values()) - min(counts.values()) <= TOLERATED:
        _tell_balanced(state, service, counts)
        return None
    if not service.unbalanced:
        service.unbalanced = True
        say(state, service, messages.unbalanced(_listed(counts)))
    return min(sorted(counts), key=lambda zone: counts[zone])


def _tell_balanced(state: State, service: Service, counts: Counter[str]) -> None:
    if service.unbalanced:
        service.unbalanced = False
        say(state, service, messages.balanced(_listed(counts)))


def _listed(counts: Counter[str]) -> list[tuple[int, str]]:
    return sorted(((count, zone) for zone, count in counts.items()), key=lambda pair: (-pair[0], pair[1]))


def surplus(state: State, service: Service, extra: Task) -> Task | None:
    """The task that the extra one replaces: the newest unprotected one of the fullest zone."""
    counts = zones(state, service)
    candidates = [
        task
        for task in service.tasks.values()
        if task is not extra and not task.stopping_or_stopped and not task.protected(state.world.now)
    ]
    return max(candidates, key=lambda task: (counts[task.az], task.created, task.id), default=None)
