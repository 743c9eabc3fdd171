"""Managed draining and managed termination protection: an Auto Scaling group's instance with tasks goes last.

An instance that its group terminates waits in a lifecycle hook while ECS drains it; when no task is left but those
of daemons, the hook is completed. Source: Amazon ECS developer guide, "managed-instance-draining" and
"managed-termination-protection".
"""

from ecslab.cloud.ecs.capacity_model import CapacityProvider
from ecslab.cloud.ecs.capacity_scaling import group_of, work_of
from ecslab.cloud.ecs.instances import Instances
from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.model import Cluster
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.seam import ec2_instances

HOOK = "ecs-managed-draining-termination-hook"
LONGEST = 48 * 3600 * SECOND
"""The hook's heartbeat timeout: the instance goes then, whatever still runs there."""
DONE = "ecs-drained"


class Draining:
    def __init__(self, state: State, instances: Instances) -> None:
        self.state = state
        self.instances = instances
        self._leaving: dict[str, ContainerInstance] = {}
        """By EC2 instance id."""
        state.world.timeline.on(DONE, lambda entity, _: self._look(entity))
        state.rooms.append(self._room)

    # --- what Auto Scaling asks ---

    def takes(self, machine: str) -> bool:
        instance = self.state.hosts.get(machine)
        provider = self._provider(instance)
        if instance is None or provider is None or provider.draining != "ENABLED" or not work_of(instance):
            return False
        world = self.state.world
        if machine not in self._leaving:
            self._leaving[machine] = instance
            self.instances.drain(instance)
            world.record(
                "scaling", provider.name,
                f"capacity provider {provider.name} drains {machine}, which its Auto Scaling group terminates",
            )  # fmt: skip
            world.timeline.at(world.now + LONGEST, DONE, machine)
        return True

    def protects(self, machine: str) -> bool | None:
        instance = self.state.hosts.get(machine)
        provider = self._provider(instance)
        if instance is None or provider is None or provider.protection != "ENABLED":
            return None
        return bool(work_of(instance))

    def _provider(self, instance: ContainerInstance | None) -> CapacityProvider | None:
        return self.state.providers.get(instance.provider or "") if instance is not None else None

    # --- when it is empty ---

    def _room(self, cluster: Cluster) -> None:
        world = self.state.world
        for machine, instance in self._leaving.items():
            if instance.cluster is cluster and not work_of(instance):
                world.timeline.at(world.now + SECOND, DONE, machine)

    def _look(self, machine: str) -> None:
        instance = self._leaving.get(machine)
        if instance is None:
            return
        known = ec2_instances.machine(machine)
        late = self.state.world.now >= instance.drained_from + LONGEST
        if known is not None and known.state == "running" and work_of(instance) and not late:
            return
        del self._leaving[machine]
        ec2_instances.complete_termination(machine, (DONE, machine))


def hook(provider: CapacityProvider) -> None:
    """The lifecycle hook of a provider's group, as its setting wants it."""
    group = group_of(provider)
    if group is not None:
        ec2_instances.set_hook(group.name, HOOK, LONGEST // SECOND, wanted=provider.draining == "ENABLED")


def unhook(provider: CapacityProvider) -> None:
    group = group_of(provider)
    if group is not None:
        ec2_instances.set_hook(group.name, HOOK, 0, wanted=False)
