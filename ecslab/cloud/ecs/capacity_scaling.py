"""Tasks that wait for capacity, and managed scaling: the size that a capacity provider gives its group.

Looks once a minute at most, and only when something has changed. Source: Amazon ECS developer guide,
"cluster-auto-scaling": CapacityProviderReservation = needed / running instances, held at the target.
"""

from math import ceil

from ecslab.cloud.ecs import instances_place
from ecslab.cloud.ecs.capacity_model import CapacityProvider
from ecslab.cloud.ecs.instances_model import ContainerInstance, demand_of
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import JSON, Cluster, StopCode, Task
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.seam import ec2_instances

MINUTE = 60 * SECOND
PATIENCE = 10 * MINUTE
"""How long a task waits in PROVISIONING."""
QUIET = 15 * MINUTE
"""How long a group must be too big before it shrinks."""


class Scaling:
    def __init__(self, state: State, lifecycle: Lifecycle) -> None:
        self.state = state
        self.lifecycle = lifecycle
        self._waiting: dict[str, Task] = {}
        self._looking: set[str] = set()
        timeline = state.world.timeline
        timeline.on("ecs-room", self._on_capacity)
        timeline.on("ecs-scale", self._on_scale)
        timeline.on("ecs-waited", self._on_waited)
        state.rooms.append(self._room)

    # --- tasks that wait ---

    def waits(self, task: Task, rules: list[JSON], strategy: list[JSON]) -> bool:
        """Takes on a task that found no place, if its provider may get more instances."""
        provider = self.state.providers.get(task.provider or "")
        if provider is None or not provider.managed:
            return False
        world = self.state.world
        task.constraints, task.strategy = rules, strategy
        self._waiting[task.id] = task
        world.timeline.at(world.now + PATIENCE, "ecs-waited", task.id)
        self._look(provider)
        return True

    def _room(self, cluster: Cluster) -> None:
        world = self.state.world
        if any(task.cluster is cluster for task in self._waiting.values()):
            world.timeline.at(world.now + SECOND, "ecs-room", cluster.name)
        for provider in self.state.providers.values():
            if provider.name in cluster.providers:
                self._look(provider)

    def _on_capacity(self, entity: str, data: None) -> None:
        for task in list(self._waiting.values()):
            if task.cluster.name != entity:
                continue
            if task.stopping_or_stopped:
                del self._waiting[task.id]
                continue
            candidates = instances_place.instances_of(task.cluster, task.provider)
            found = instances_place.find(self.state, task, candidates, task.constraints, task.strategy)
            if isinstance(found, ContainerInstance):
                del self._waiting[task.id]
                instances_place.put(self.state, task, found)
                self.lifecycle.placed(task)

    def _on_waited(self, entity: str, data: None) -> None:
        task = self._waiting.pop(entity, None)
        if task is None or task.stopping_or_stopped:
            return
        candidates = instances_place.instances_of(task.cluster, task.provider)
        found = instances_place.find(self.state, task, candidates, task.constraints, task.strategy)
        reason = instances_place.EMPTY_PROVIDER
        if isinstance(found, instances_place.Refusal) and found.reasons:
            reason = found.reasons[0][1][0]
        self.lifecycle.stop(task, StopCode.FAILED_TO_START, reason)

    # --- the group's size ---

    def _look(self, provider: CapacityProvider) -> None:
        if not provider.managed or provider.name in self._looking:
            return
        self._looking.add(provider.name)
        world = self.state.world
        due = (world.now // MINUTE + 1) * MINUTE
        world.timeline.at(due, "ecs-scale", provider.name)

    def _on_scale(self, entity: str, data: None) -> None:
        self._looking.discard(entity)
        provider = self.state.providers.get(entity)
        group = group_of(provider) if provider is not None else None
        if provider is None or group is None or not provider.managed:
            return
        now = self.state.world.now
        wanted = ceil(self._needed(provider, group) * 100 / provider.target)
        wanted = max(group.minimum, min(group.maximum, wanted))
        if wanted > group.desired:
            provider.idle_since = None
            step = max(provider.step_minimum, min(provider.step_maximum, wanted - group.desired))
            size = min(group.maximum, group.desired + step)
            self._resize(provider, group.name, group.desired, size)
        elif wanted < group.desired:
            provider.idle_since = now if provider.idle_since is None else provider.idle_since
            if now >= provider.idle_since + QUIET:
                provider.idle_since = None
                self._shrink(provider, group, group.desired - wanted)
            self._look(provider)
        else:
            provider.idle_since = None

    def _needed(self, provider: CapacityProvider, group: ec2_instances.Group) -> int:
        """Instances with tasks, and those that the waiting tasks need on top."""
        here = self._instances(provider)
        needed = sum(bool(work_of(instance)) for instance in here)
        vcpus, memory, interfaces = ec2_instances.size_of(group.instance_type)
        bins: list[list[int]] = []
        for task in self._waiting.values():
            if task.provider != provider.name or task.stopping_or_stopped:
                continue
            demand = demand_of(task)
            size = [demand.cpu, demand.memory, int(demand.interface), len(demand.ports)]
            for room in bins:
                if all(left >= part for left, part in zip(room, size, strict=True)):
                    break
            else:
                room = [vcpus * 1024, memory - memory // 25 - 24, interfaces - 1, 1]
                bins.append(room)
            room[:] = [left - part for left, part in zip(room, size, strict=True)]
        return needed + len(bins)

    def _instances(self, provider: CapacityProvider) -> list[ContainerInstance]:
        return [
            instance
            for cluster in self.state.clusters.values()
            for instance in cluster.instances.values()
            if instance.provider == provider.name
        ]

    def _resize(self, provider: CapacityProvider, group: str, before: int, size: int) -> None:
        ec2_instances.set_desired(group, size, (provider.name, self.state.world.now))
        self._tell(provider, f"sets the desired capacity of {group} from {before} to {size}")

    def _shrink(self, provider: CapacityProvider, group: ec2_instances.Group, count: int) -> None:
        """Takes instances away that have no tasks but those of daemons."""
        idle = [i.ec2_id for i in self._instances(provider) if not work_of(i) and i.ec2_id in group.machines]
        gone = sorted(str(identity) for identity in idle)[:count]
        for identity in gone:
            ec2_instances.remove(identity, (provider.name, identity))
        if gone:
            self._tell(provider, f"takes {', '.join(gone)} out of {group.name}")

    def _tell(self, provider: CapacityProvider, text: str) -> None:
        self.state.world.record("scaling", provider.name, f"capacity provider {provider.name} {text}")
        self.state.world.touch()


def work_of(instance: ContainerInstance) -> list[Task]:
    """Its tasks but those of daemons."""
    return [
        task
        for task in instance.tasks
        if task.service is None or task.service.settings["schedulingStrategy"] != "DAEMON"
    ]


def group_of(provider: CapacityProvider) -> ec2_instances.Group | None:
    return next((g for g in ec2_instances.groups() if provider.group_arn in (g.arn, g.name)), None)
