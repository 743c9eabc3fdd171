"""EC2 instances that become container instances by themselves, and what their end means for tasks.

An instance joins about a minute after its start when it has an agent (`ECS_CLUSTER` in its user data, or an
ECS image), a role that may register it, and a way to ECS. As on AWS nobody tells why one does not come.
"""

import json
import re
from typing import Any

from ecslab.cloud.ecs.instances import DRIVERS, Instances, standard_attributes
from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.model import Cluster
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.seam import ec2, ec2_instances
from ecslab.cloud.seam.ec2_instances import Machine

BOOT = (48 * SECOND, 75 * SECOND)
REBOOT = (20 * SECOND, 40 * SECOND)
AGAIN = (60 * SECOND, 120 * SECOND)
"""How long an agent that could not register waits."""
SETTING = re.compile(
    r"(ECS_[A-Z_]+)=(?:'([^'\n]*)'|\"((?:[^\"\\\n]|\\.)*)\"|(\{[^\n]*\}|\[[^\n]*\]|[^\s;&|>'\"]*))"
)
OVERHEAD = 24
"""MiB of each instance, and one part in twenty-five, that the system keeps."""


class Joining:
    def __init__(self, state: State, instances: Instances) -> None:
        self.state = state
        self.instances = instances
        self._states: dict[str, str] = {}
        self._settings: dict[str, dict[str, str]] = {}
        state.world.timeline.on("ecs-join", self._on_join)

    def machines_changed(self) -> None:
        """EC2 instances were started, stopped or terminated."""
        for machine in ec2_instances.machines():
            before = self._states.get(machine.id)
            self._states[machine.id] = machine.state
            if machine.state == before:
                continue
            if machine.state == "running":
                delay = BOOT if before is None else REBOOT
                self._at(machine.id, delay)
            elif machine.state in ("terminated", "shutting-down", "stopped", "stopping"):
                self._gone(machine)

    def _at(self, identity: str, delay: tuple[int, int]) -> None:
        world = self.state.world
        wait = world.draws.integer(*delay, "ecs-join", identity, world.now)
        world.timeline.at(world.now + wait, "ecs-join", identity)

    def _gone(self, machine: Machine) -> None:
        instance = self.state.hosts.get(machine.id)
        if instance is None:
            return
        if machine.state in ("terminated", "shutting-down"):
            self.instances.remove(instance, f"Host EC2 (instance {machine.id}) terminated.")
            return
        instance.connected = False
        for task in instance.tasks:
            self.instances.lifecycle.lose(task, f"Host EC2 (instance {machine.id}) stopped.")
        self.instances.announce(instance, "lost its agent")

    # --- joining ---

    def _on_join(self, entity: str, data: None) -> None:
        machine = ec2_instances.machine(entity)
        if machine is None or machine.state != "running":
            return
        known = self.state.hosts.get(entity)
        if known is not None:
            known.connected = True
            self.instances.announce(known, "has its agent back")
            self.state.room_changed(known.cluster)
            return
        settings = settings_of(machine.user_data)
        if not machine.ecs_ami and "ECS_CLUSTER" not in settings:
            return
        name = settings.get("ECS_CLUSTER") or "default"
        cluster = self.state.clusters.get(name)
        if cluster is None or cluster.status != "ACTIVE" or not self._may(machine, cluster):
            self._at(entity, AGAIN)
            return
        self._join(machine, cluster, settings)

    def _may(self, machine: Machine, cluster: Cluster) -> bool:
        world = self.state.world
        eni = ec2.interface(machine.eni_id)
        role = machine.role_arn
        if role is None or eni is None or not world.vpc.reaches(eni, "ecs"):
            return False
        return world.iam.can_assume(role, "ec2.amazonaws.com") and world.iam.allows(
            role, "ecs:RegisterContainerInstance", cluster.arn
        )

    def _join(self, machine: Machine, cluster: Cluster, settings: dict[str, str]) -> ContainerInstance:
        memory = machine.memory - machine.memory // 25 - OVERHEAD - _number(settings, "ECS_RESERVED_MEMORY")
        instance = self.instances.add(
            cluster,
            ec2_id=machine.id,
            cpu=machine.vcpus * 1024,
            memory=memory,
            interfaces=machine.interfaces - 1,
            attributes=_attributes(machine, settings),
            provider=self._provider(machine, cluster),
        )
        self.state.adopt(instance, machine.private_ip)
        return instance

    def _provider(self, machine: Machine, cluster: Cluster) -> str | None:
        if machine.group_arn is None:
            return None
        found = (p for p in self.state.providers.values() if p.group_arn == machine.group_arn)
        return next((p.name for p in found if p.name in cluster.providers), None)


def settings_of(user_data: str) -> dict[str, str]:
    """The agent's settings that a start script writes to `/etc/ecs/ecs.config`, in whatever way."""
    lines = "\n".join(line for line in user_data.splitlines() if not line.lstrip().startswith("#"))
    out = {}
    for match in SETTING.finditer(lines.replace("\\n", "\n")):
        out[match[1]] = next((g for g in match.groups()[1:] if g is not None), "").replace('\\"', '"').strip()
    return out


def _number(settings: dict[str, str], name: str) -> int:
    value = settings.get(name, "0")
    return int(value) if value.isdigit() else 0


def _attributes(machine: Machine, settings: dict[str, str]) -> dict[str, str | None]:
    drivers = _parsed(settings.get("ECS_AVAILABLE_LOGGING_DRIVERS"))
    names = tuple(str(d) for d in drivers) if isinstance(drivers, list) else DRIVERS
    own = _parsed(settings.get("ECS_INSTANCE_ATTRIBUTES"))
    return {
        **standard_attributes(names),
        "ecs.availability-zone": machine.az,
        "ecs.instance-type": machine.type,
        "ecs.ami-id": machine.ami,
        "ecs.cpu-architecture": "arm64" if machine.arm else "x86_64",
        "ecs.subnet-id": machine.subnet_id,
        "ecs.vpc-id": machine.vpc_id,
        **({str(key): str(value) for key, value in own.items()} if isinstance(own, dict) else {}),
    }


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None
