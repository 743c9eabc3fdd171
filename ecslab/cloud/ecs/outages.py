"""What the world takes away from Fargate: capacity, Spot tasks, a whole Availability Zone; and gives back.

Causes only: what services then say and do, they find out themselves. Losing a zone ends the containers that
run there and leaves its subnets without capacity; routes and load balancer nodes stay as they are.
Source: Amazon ECS developer guide, "fargate-capacity-providers" and "service-event-messages-list".
"""

from collections.abc import Sequence

from ecslab.cloud.ecs import messages
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import Status, StopCode, Task
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

PROVIDERS = ("FARGATE", "FARGATE_SPOT")


class Outages:
    def __init__(self, state: State, lifecycle: Lifecycle) -> None:
        self._state = state
        self._lifecycle = lifecycle
        state.world.timeline.on("ecs-capacity", lambda provider, _: self.restore(provider))

    # --- Spot ---

    def interrupt_spot(self, service: str | None = None) -> None:
        """Reclaims the Spot tasks of a service, or all: they are told to stop, and have two minutes at most."""
        for task in list(self._state.tasks.values()):
            mine = service is None or (task.service is not None and task.service.name == service)
            if task.provider == "FARGATE_SPOT" and mine and not task.stopping_or_stopped:
                self._lifecycle.stop(task, StopCode.NOTICE, messages.SPOT_INTERRUPTED)
                self._state.wake(task.service)

    # --- capacity ---

    def exhaust(self, provider: str, lasting: int | None = None) -> None:
        """No capacity for new tasks of `FARGATE` or `FARGATE_SPOT`, for so many ms or until restored."""
        if provider not in PROVIDERS:
            raise ApiError("ValidationError", f"{provider!r} is not one of {', '.join(PROVIDERS)}")
        self._state.exhausted.add(provider)
        if lasting is not None:
            world = self._state.world
            world.timeline.at(world.now + lasting, "ecs-capacity", provider)
        self._state.world.touch()

    def restore(self, provider: str) -> None:
        self._state.exhausted.discard(provider)
        self._state.world.touch()
        self._wake_all()

    def limit_vcpus(self, vcpus: int | None) -> None:
        """The account's quota of vCPUs that run at once, on demand and Spot each; None: no limit."""
        self._state.vcpu_limit = vcpus
        self._state.world.touch()
        self._wake_all()

    # --- zones ---

    def lose_zone(self, zone: str) -> None:
        self._state.lost_zones.add(zone)
        for task in list(self._state.tasks.values()):
            if task.az == zone and task.last != Status.STOPPED:
                self._end(task)
        self._wake_all()

    def _end(self, task: Task) -> None:
        if any(container.alive for container in task.containers):
            self._lifecycle.containers.kill_all(task)
        elif not task.stopping_or_stopped:
            self._lifecycle.stop(task, StopCode.FAILED_TO_START, messages.NO_CAPACITY)

    def restore_zone(self, zone: str) -> None:
        self._state.lost_zones.discard(zone)
        self._wake_all()

    def _wake_all(self) -> None:
        for service in self._state.services.values():
            self._state.wake(service)


def shortage(state: State, provider: str | None, subnets: Sequence[str], cpu: int) -> str | None:
    """Why Fargate can't start a task of so many CPU units of this provider (None: the launch type) in any of
    these subnets."""
    if (provider or "FARGATE") in state.exhausted or not usable(state, subnets):
        return messages.NO_CAPACITY
    if state.vcpu_limit is not None and _used(state, provider) + cpu > state.vcpu_limit * 1024:
        return messages.VCPU_LIMIT
    return None


def _used(state: State, provider: str | None) -> int:
    """CPU units of the tasks that count against the same quota: Spot has one of its own."""
    spot = provider == "FARGATE_SPOT"
    counted = (t for t in state.tasks.values() if t.launch_type == "FARGATE" and t.last != Status.STOPPED)
    return sum(int(task.cpu or 0) for task in counted if (task.provider == "FARGATE_SPOT") == spot)


def usable(state: State, subnets: Sequence[str]) -> list[str]:
    """The subnets that are not in a lost zone; those that are gone altogether are found out by the task."""
    if not state.lost_zones:
        return list(subnets)
    found = [(subnet_id, state.world.vpc.subnet(subnet_id)) for subnet_id in subnets]
    return [subnet_id for subnet_id, s in found if s is None or s.az not in state.lost_zones]
