"""Everything that ECS knows in this world, and how a request's names and ARNs lead to it.

It also announces changes (event log, screen) and asks for a service's attention. It decides nothing.
"""

from collections.abc import Callable

from ecslab.cloud.ecs import eventbridge, messages
from ecslab.cloud.ecs.capacity_model import CapacityProvider
from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.model import JSON, Cluster, Container, Service, Task, TaskDefinition
from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.ports.world import World

SECOND = 1000
BEAT = 10 * SECOND
"""A service's scheduler acts on boundaries of about this length, on a phase of its own."""
JITTER = 900
"""ms by which a boundary may be late."""


class State:
    def __init__(self, world: World) -> None:
        self.world = world
        self.clusters: dict[str, Cluster] = {}
        self.families: dict[str, list[TaskDefinition]] = {}
        self.revisions: dict[str, int] = {}
        """Family -> the last revision given out: a deleted one's number is never used again."""
        self.tasks: dict[str, Task] = {}
        self.moving: dict[str, Task] = {}
        """Those on their way up or down."""
        self.services: dict[str, Service] = {}
        """By key."""
        self.addresses: dict[str, Task] = {}
        self.hosts: dict[str, ContainerInstance] = {}
        """Container instances by EC2 instance id and by private address."""
        self.providers: dict[str, CapacityProvider] = {}
        """Capacity providers of the account's own, by name."""
        self.rooms: list[Callable[[Cluster], None]] = []
        """Called when a cluster's instances have more room, or other instances are there."""
        self.settings: dict[str, str] = {}
        self.exhausted: set[str] = set()
        """Fargate capacity providers that have nothing left."""
        self.vcpu_limit: int | None = None
        """The quota of Fargate vCPUs that run at once; None: more than a world needs."""
        self.lost_zones: set[str] = set()
        self.run_tokens: dict[str, tuple[JSON, list[str]]] = {}

    # --- ARNs ---

    def arn(self, kind: str, *parts: str) -> str:
        return f"arn:aws:ecs:{self.world.region}:{self.world.account}:{kind}/{'/'.join(parts)}"

    @property
    def caller(self) -> str:
        """Who the API says has made things; worlds have one person."""
        return f"arn:aws:iam::{self.world.account}:user/learner"

    # --- finding ---

    def cluster(self, reference: str | None) -> Cluster:
        cluster = self.find_cluster(reference)
        if cluster is None:
            raise ApiError("ClusterNotFoundException", messages.CLUSTER_NOT_FOUND)
        if cluster.status != "ACTIVE":
            raise ApiError("ClusterNotFoundException", messages.CLUSTER_INACTIVE)
        return cluster

    def find_cluster(self, reference: str | None) -> Cluster | None:
        reference = reference or "default"
        if reference.startswith("arn:"):
            return next((c for c in self.clusters.values() if c.arn == reference), None)
        return self.clusters.get(reference)

    def find_service(self, cluster: Cluster, reference: str) -> Service | None:
        if not reference.startswith("arn:"):
            return cluster.services.get(reference)
        short = self.arn("service", reference.rsplit("/", 1)[-1])
        return next((s for s in cluster.services.values() if reference in (s.arn, short)), None)

    def service(self, cluster: Cluster, reference: str) -> Service:
        service = self.find_service(cluster, reference)
        if service is None:
            raise ApiError("ServiceNotFoundException", messages.SERVICE_NOT_FOUND)
        return service

    def find_task(self, cluster: Cluster, reference: str) -> Task | None:
        name = reference
        if reference.startswith("arn:"):
            name = reference.rsplit("/", 1)[-1]
            task = cluster.tasks.get(name)
            if task is not None and task.arn == reference:
                return task
            if "/" in reference.split("task/", 1)[-1]:
                return None
        if len(name) not in (32, 36):
            raise ApiError("InvalidParameterException", messages.TASK_ID_LENGTH)
        return cluster.tasks.get(name)

    def find_definition(self, reference: str) -> TaskDefinition | None:
        """`family`, `family:revision` or an ARN; a family alone is its latest ACTIVE revision."""
        name = reference
        if reference.startswith("arn:"):
            prefix = self.arn("task-definition", "")
            if not reference.startswith(prefix):
                return None
            name = reference[len(prefix) :]
        family, _, revision = name.partition(":")
        revisions = self.families.get(family, [])
        if not revision:
            return next((d for d in reversed(revisions) if d.status == "ACTIVE"), None)
        return next((d for d in revisions if str(d.revision) == revision), None)

    def usable_definition(self, reference: str, *, inactive: str = "ClientException") -> TaskDefinition:
        definition = self.find_definition(reference)
        if definition is None or definition.status == "DELETE_IN_PROGRESS":
            raise ApiError("ClientException", messages.DEFINITION_NOT_FOUND)
        if definition.status == "INACTIVE":
            raise ApiError(inactive, messages.DEFINITION_INACTIVE)
        return definition

    # --- announcing ---

    def task_changed(self, task: Task, message: str | None = None) -> None:
        """One more state change of a task: its version, the event log, the screen."""
        task.version += 1
        if task.in_transition:
            self.moving[task.id] = task
        else:
            self.moving.pop(task.id, None)
        last = str(task.last)
        text = message or last
        if message is None and last == "STOPPED":
            code = f" ({task.stop_code})" if task.stop_code else ""
            text = f"STOPPED{code}: {task.stopped_reason}"
        self.world.record(
            "task",
            task.id,
            text,
            cluster=task.cluster.name,
            service=task.service.name if task.service else None,
            group=task.group,
            task_definition=task.definition.name,
            last=last,
            desired=task.desired,
            stop_code=str(task.stop_code) if task.stop_code else None,
            stopped_reason=task.stopped_reason,
            detail_type=eventbridge.TASK,
        )

    def container_changed(self, task: Task, container: Container, text: str) -> None:
        self.task_changed(task, f"{container.name}: {text}")

    def adopt(self, instance: ContainerInstance, address: str = "") -> None:
        """Makes a container instance known under its EC2 id and its address."""
        for name in filter(None, (instance.ec2_id, address)):
            self.hosts[name] = instance

    def abandon(self, instance: ContainerInstance) -> None:
        for name in [name for name, held in self.hosts.items() if held is instance]:
            del self.hosts[name]

    def room_changed(self, cluster: Cluster) -> None:
        for look in self.rooms:
            look(cluster)

    def wake(self, service: Service | None, at: int | None = None) -> None:
        """Has the service's scheduler look at its next boundary, or its first one from `at` on."""
        if service is None or service.status == "INACTIVE":
            return
        soon = self.world.now + 1
        earliest = soon if at is None or at < soon else at
        if service.wake is not None and service.wake_from <= earliest:
            return
        time = self.next_beat(service, earliest)
        if service.wake is not None:
            if service.wake.time <= time:
                return
            self.world.timeline.cancel(service.wake)
        service.wake_from = earliest
        service.wake = self.world.timeline.at(time, "ecs-service", service.key)

    def next_beat(self, service: Service, earliest: int) -> int:
        """The first boundary of the service at or after `earliest`; boundaries jitter a little."""
        if service.phase is None:
            service.phase = self.world.draws.integer(0, BEAT - 1, "ecs-phase", service.key)
        phase = service.phase
        number = -((phase + JITTER - earliest) // BEAT)
        while True:
            jitter = self.world.draws.integer(0, JITTER, "ecs-beat", service.key, number)
            time = phase + number * BEAT + jitter
            if time >= earliest:
                return time
            number += 1
