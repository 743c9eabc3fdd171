"""A container instance: an EC2 instance that offers its CPU, memory and ports to a cluster's tasks.

Plain data and arithmetic. What is left of an instance is always computed from the tasks on it, so that
the books can't differ from what runs there.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecslab.cloud.ecs.model import Cluster, Task

JSON = dict[str, Any]

RESERVED_TCP = (22, 2375, 2376, 51678, 51679)
DYNAMIC = (32_768, 60_999)
"""Host ports that Docker picks from when a mapping names none."""


@dataclass(frozen=True)
class Demand:
    """What one task takes of an instance."""

    cpu: int = 0
    memory: int = 0
    ports: tuple[tuple[str, int], ...] = ()
    """(protocol, host port) that must be free."""
    dynamic: tuple[tuple[str, int, str], ...] = ()
    """(container, container port, protocol) that get any free host port."""
    interface: bool = False


@dataclass(eq=False)
class ContainerInstance:
    id: str
    arn: str
    cluster: "Cluster"
    ec2_id: str | None
    registered: int
    cpu: int
    memory: int
    interfaces: int
    """How many tasks with an interface of their own fit."""
    attributes: dict[str, str | None] = field(default_factory=dict)
    status: str = "ACTIVE"
    connected: bool = True
    """As long as its machine runs; the network may still keep the agent from ECS."""
    drained_from: int = 0
    """Since when it is DRAINING."""
    provider: str | None = None
    role: str | None = None
    version: int = 1
    tags: list[JSON] = field(default_factory=list)
    reserved_udp: tuple[int, ...] = ()
    held: "dict[str, Task]" = field(default_factory=dict)
    """Its tasks by id until they are STOPPED."""

    @property
    def az(self) -> str:
        return self.attributes.get("ecs.availability-zone") or ""

    @property
    def tasks(self) -> "list[Task]":
        """The tasks that hold something of it."""
        return list(self.held.values())

    @property
    def remaining_cpu(self) -> int:
        return self.cpu - sum(demand_of(task).cpu for task in self.tasks)

    @property
    def remaining_memory(self) -> int:
        return self.memory - sum(demand_of(task).memory for task in self.tasks)

    def static_ports(self, protocol: str) -> list[int]:
        """Reserved ports and those that running tasks name, as the API lists them."""
        fixed = list(RESERVED_TCP) if protocol == "tcp" else list(self.reserved_udp)
        taken = {port for t in self.tasks for kind, port in demand_of(t).ports if kind == protocol}
        return fixed + sorted(taken - set(fixed))

    def used_ports(self) -> set[tuple[str, int]]:
        used = {("tcp", port) for port in RESERVED_TCP} | {("udp", port) for port in self.reserved_udp}
        for task in self.tasks:
            used |= set(demand_of(task).ports)
            used |= {(b.protocol, b.host_port) for c in task.containers for b in c.bindings}
        return used

    @property
    def free_interfaces(self) -> int:
        return self.interfaces - sum(demand_of(task).interface for task in self.tasks)


@dataclass(frozen=True)
class Binding:
    """A container's port as the world outside the instance reaches it."""

    container_port: int
    host_port: int
    protocol: str = "tcp"


def demand_of(task: "Task") -> Demand:
    if task.demand is None:
        definitions = [container.definition for container in task.containers]
        task.demand = demand(task.definition.network_mode, definitions, task.cpu, task.memory)
    return task.demand


def demand(mode: str, containers: list[JSON], cpu: str | None, memory: str | None) -> Demand:
    """The task's size where it has one, otherwise the sum of its containers'."""
    units = int(cpu) if cpu else sum(int(c.get("cpu") or 0) for c in containers)
    mib = int(memory) if memory else sum(_memory(c) for c in containers)
    ports: list[tuple[str, int]] = []
    dynamic: list[tuple[str, int, str]] = []
    if mode in ("bridge", "host"):
        for container in containers:
            for mapping in container.get("portMappings", []):
                if "containerPort" not in mapping:
                    continue
                protocol = mapping.get("protocol", "tcp")
                host = mapping.get("hostPort") or (mapping["containerPort"] if mode == "host" else 0)
                if host:
                    ports.append((protocol, host))
                else:
                    dynamic.append((container["name"], mapping["containerPort"], protocol))
    return Demand(units, mib, tuple(ports), tuple(dynamic), mode == "awsvpc")


def _memory(container: JSON) -> int:
    return int(container.get("memoryReservation") or container.get("memory") or 0)
