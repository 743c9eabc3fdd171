"""What is true of a world at every moment, whatever has been asked of it and whatever has happened to it."""

import hashlib
import json
from collections import Counter
from typing import Any

from ecslab.cloud.ecs import condition
from ecslab.cloud.ecs.instances import FORCED
from ecslab.cloud.ecs.instances_model import demand_of
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import Service, Status, StopCode, Task
from ecslab.cloud.ecs.plane import EcsPlane
from ecslab.cloud.seam import ec2
from ecslab.cloud.seam.ec2 import TaskInterface
from ecslab.cloud.world import World
from ecslab.terms import rolling

LOST = ("Host EC2 (instance ", FORCED)
"""Reasons that come without a stop code."""


def plane_of(world: World) -> EcsPlane:
    assert isinstance(world.ecs, EcsPlane)
    return world.ecs


def guard(world: World) -> None:
    """From now on no task is started beyond a service's maximum, and none is scaled in below its minimum."""
    lifecycle: Lifecycle = plane_of(world).lifecycle
    start, stop = lifecycle.start, lifecycle.stop

    def starting(task: Task) -> None:
        service = task.service
        if service is not None and service.status == "ACTIVE":
            others = [t for t in service.tasks.values() if t is not task and not t.stopping_or_stopped]
            assert len(others) < rolling.maximum_tasks(service.desired, service.maximum_percent)
        start(task)

    def stopping(task: Task, code: StopCode, reason: str) -> None:
        service = task.service
        scaled = code == StopCode.SCHEDULER and reason.startswith("Scaling activity")
        if service is not None and service.status == "ACTIVE" and scaled and _counts(world, service, task):
            left = [t for t in service.tasks.values() if t is not task and _counts(world, service, t)]
            assert len(left) >= rolling.minimum_healthy(service.desired, service.minimum_percent)
        stop(task, code, reason)

    lifecycle.start, lifecycle.stop = starting, stopping  # type: ignore[method-assign]


def _counts(world: World, service: Service, task: Task) -> bool:
    return condition.of(service, task, world.now).counts(world.now)


def digest(world: World) -> str:
    """Of everything that has happened and is there to be seen."""
    happened = [[e.t, e.source, e.subject, e.message] for e in world.events]
    described = json.dumps([happened, world.snapshot()], sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()


def check(world: World) -> None:
    assert not world.dispatcher.exceptions, world.dispatcher.exceptions[0]
    _tasks(world)
    _interfaces(world)
    _services(world)
    _clusters(world)
    _targets(world)
    _instances(world)
    world.snapshot()


def _tasks(world: World) -> None:
    """A stopped task says why, and leaves nothing behind."""
    state = plane_of(world).state
    for task in state.tasks.values():
        assert task.cluster.tasks[task.id] is task
        assert (task.id in state.moving) == task.in_transition
        if task.last == Status.STOPPED:
            lost = task.instance is not None and str(task.stopped_reason).startswith(LOST)
            assert task.stop_code or lost
            assert task.stopped_reason and task.stopped is not None and not task.registered
            assert all(container.status == "STOPPED" for container in task.containers)
            assert task.attachment == "DELETED"
        elif task.last == Status.RUNNING:
            assert task.started is not None


def _interfaces(world: World) -> None:
    """Every interface of a task belongs to one that has not stopped, and no address is given twice."""
    state = plane_of(world).state
    held = {task.eni.id for task in state.tasks.values() if task.eni and task.last != Status.STOPPED}
    enis = ec2.backend().enis
    made = [eni for eni in enis.values() if isinstance(eni, TaskInterface)]
    assert {eni.id for eni in made if not eni.description.startswith("ELB ")} == held
    addresses = Counter((eni.subnet.id, eni.private_ip_address) for eni in enis.values())
    assert all(number == 1 for number in addresses.values())
    known = {task.eni.id for task in state.addresses.values() if task.eni}
    assert known == held


def _services(world: World) -> None:
    for service in plane_of(world).state.services.values():
        if service.status == "INACTIVE":
            assert not service.tasks and not service.deployments
            continue
        if service.cluster.status != "ACTIVE":
            assert service.status == "DRAINING"
            continue
        shown = _described(world, service)
        statuses = Counter(deployment["status"] for deployment in shown["deployments"])
        assert service.status != "ACTIVE" or statuses["PRIMARY"] == 1
        for count in ("runningCount", "pendingCount"):
            assert shown[count] == sum(deployment[count] for deployment in shown["deployments"])


def _described(world: World, service: Service) -> dict[str, Any]:
    params = {"cluster": service.cluster.name, "services": [service.arn]}
    found = world.ecs.call("DescribeServices", params)["services"]
    return dict(found[0])


def _clusters(world: World) -> None:
    """The counters of a cluster are those of its tasks and services."""
    for cluster in plane_of(world).state.clusters.values():
        found = world.ecs.call("DescribeClusters", {"clusters": [cluster.name]})["clusters"][0]
        last = Counter(task.last for task in cluster.tasks.values())
        assert found["runningTasksCount"] == last[Status.RUNNING]
        active = sum(service.status == "ACTIVE" for service in cluster.services.values())
        assert found["activeServicesCount"] == active


def _targets(world: World) -> None:
    """A target that ECS made stands for a living task or drains, and a running task has its targets."""
    tasks = plane_of(world).state.tasks
    for group in world.elb.snapshot()["target_groups"]:
        for target in group["targets"]:
            owner = tasks.get(target["task"] or "")
            living = owner is not None and owner.last != Status.STOPPED
            assert target["task"] is None or living or target["state"] == "draining"
    for task in tasks.values():
        if task.last == Status.RUNNING and task.deployment and task.deployment.load_balancers:
            assert task.targets is not None


def _instances(world: World) -> None:
    """No instance gives more than it has, and no port twice."""
    state = plane_of(world).state
    for cluster in state.clusters.values():
        for instance in cluster.instances.values():
            held = [t for t in state.tasks.values() if t.instance is instance and t.last != Status.STOPPED]
            assert {task.id for task in held} == {task.id for task in instance.tasks}
            assert instance.cpu >= sum(demand_of(task).cpu for task in held)
            assert instance.memory >= sum(demand_of(task).memory for task in held)
            ports = Counter((b.protocol, b.host_port) for t in held for c in t.containers for b in c.bindings)
            assert all(number == 1 for number in ports.values())
