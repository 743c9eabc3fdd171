"""What ECS keeps: clusters, task definitions, tasks, services and their deployments.

Plain data with AWS's names and states. Nothing here acts, schedules or speaks the API's spelling.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from ecslab.cloud.ecs.instances_model import Binding, ContainerInstance, Demand
from ecslab.cloud.ecs.stages_model import Passage
from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.images import Image, Run
from ecslab.cloud.ports.network import Eni
from ecslab.cloud.timeline import Event

JSON = dict[str, Any]


class Status(StrEnum):
    """`lastStatus` of a task, in the order in which a task goes through them."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


STARTING = (Status.PROVISIONING, Status.PENDING, Status.ACTIVATING)
"""What a service's `pendingCount` counts."""


class StopCode(StrEnum):
    FAILED_TO_START = "TaskFailedToStart"
    ESSENTIAL_EXITED = "EssentialContainerExited"
    USER = "UserInitiated"
    SCHEDULER = "ServiceSchedulerInitiated"
    NOTICE = "TerminationNotice"
    SPOT = "SpotInterruption"


class Health(StrEnum):
    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


class Rollout(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(eq=False)
class TaskDefinition:
    family: str
    revision: int
    arn: str
    document: JSON
    """As the API shows it, defaults filled in; status and times are kept beside it."""
    registered: int
    status: str = "ACTIVE"
    deregistered: int | None = None
    delete_requested: int | None = None
    tags: list[JSON] = field(default_factory=list)

    @cached_property
    def name(self) -> str:
        return f"{self.family}:{self.revision}"

    @property
    def containers(self) -> list[JSON]:
        containers: list[JSON] = self.document["containerDefinitions"]
        return containers

    @property
    def network_mode(self) -> str:
        return str(self.document["networkMode"])

    @property
    def fargate(self) -> bool:
        return "FARGATE" in self.document["compatibilities"]

    @property
    def architecture(self) -> str:
        return str(self.document.get("runtimePlatform", {}).get("cpuArchitecture") or "X86_64")


@dataclass(eq=False)
class Cluster:
    name: str
    arn: str
    created: int
    status: str = "ACTIVE"
    settings: list[JSON] = field(default_factory=list)
    configuration: JSON | None = None
    service_connect: JSON | None = None
    providers: list[str] = field(default_factory=list)
    strategy: list[JSON] = field(default_factory=list)
    tags: list[JSON] = field(default_factory=list)
    services: dict[str, "Service"] = field(default_factory=dict)
    tasks: dict[str, "Task"] = field(default_factory=dict)
    instances: dict[str, ContainerInstance] = field(default_factory=dict)
    """Container instances by id."""
    departed: set[str] = field(default_factory=set)
    """Ids of those that were deregistered."""
    runs: int = 0
    """Tasks that RunTask has made here; keys the draws of the next one."""


@dataclass(eq=False)
class LogStream:
    group: str
    stream: str
    writable: bool
    position: int = 0
    """Offset from the container's start up to which lines have been put."""
    flushed: int = 0
    """World time of the last put."""


@dataclass(eq=False)
class Container:
    name: str
    definition: JSON
    """The task definition's container with the task's overrides applied."""
    key: str
    """Names its draws."""
    image: Image | None = None
    status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None
    health: Health = Health.UNKNOWN
    secrets: dict[str, str] = field(default_factory=dict)
    from_files: dict[str, str] = field(default_factory=dict)
    """Variables of its environment files."""
    run: Run | None = None
    restarts: int = 0
    started: int | None = None
    stopping: int | None = None
    stopped: int | None = None
    log: LogStream | None = None
    application: Application | None = None
    """As others met it last."""
    bindings: list[Binding] = field(default_factory=list)
    """Its ports on a container instance."""
    events: list[Event] = field(default_factory=list)

    @property
    def essential(self) -> bool:
        return bool(self.definition["essential"])

    @property
    def alive(self) -> bool:
        return self.status == "RUNNING"

    @property
    def checked(self) -> bool:
        return "healthCheck" in self.definition


@dataclass(eq=False)
class Target:
    """One entry of a target group that ECS made for a task."""

    group_arn: str
    container: str
    port: int
    ip: str
    az: str
    state: str = "initial"
    since: int = 0
    description: str | None = None
    released: bool = False


@dataclass(eq=False)
class Task:
    id: str
    arn: str
    cluster: Cluster
    definition: TaskDefinition
    created: int
    group: str
    launch_type: str
    provider: str | None
    platform_version: str
    network: JSON
    """`awsvpcConfiguration` with the one subnet that was chosen first."""
    az: str
    containers: list[Container]
    overrides: JSON
    attachment_id: str
    service: "Service | None" = None
    deployment: "Deployment | None" = None
    started_by: str | None = None
    tags: list[JSON] = field(default_factory=list)
    execute_command: bool = False
    last: Status = Status.PROVISIONING
    desired: str = "RUNNING"
    health: Health = Health.UNKNOWN
    version: int = 1
    eni: Eni | None = None
    attachment: str = "PRECREATED"
    connected: int | None = None
    pull_started: int | None = None
    pull_stopped: int | None = None
    started: int | None = None
    stopping: int | None = None
    execution_stopped: int | None = None
    stopped: int | None = None
    stop_code: StopCode | None = None
    stopped_reason: str | None = None
    targets: list[Target] | None = None
    """None until the service has registered it."""
    pace: float | None = None
    """How slowly it comes up compared with another; drawn at its first step."""
    step: str = "attach"
    patience: int | None = None
    """Until when the step in hand is tried again before the task gives up."""
    unhealthy_since: int | None = None
    proven: bool = False
    """Its health checks have passed once."""
    established: bool = False
    """It has counted as healthy once."""
    instance: ContainerInstance | None = None
    """Where a task of launch type EC2 runs."""
    demand: Demand | None = None
    constraints: list[JSON] = field(default_factory=list)
    strategy: list[JSON] = field(default_factory=list)
    """With `constraints`: how a task is to be placed that waits for capacity."""
    protected_until: int | None = None
    """Until when scale-in and rollouts leave it alone."""

    @property
    def stopping_or_stopped(self) -> bool:
        return self.desired == "STOPPED"

    @property
    def in_transition(self) -> bool:
        return self.last != Status.STOPPED and (self.last != Status.RUNNING or self.stopping_or_stopped)

    def protected(self, now: int) -> bool:
        return self.protected_until is not None and now < self.protected_until

    @property
    def execution_role(self) -> str | None:
        role: str | None = self.overrides.get("executionRoleArn") or self.definition.document.get(
            "executionRoleArn"
        )
        return role

    @property
    def task_role(self) -> str | None:
        role: str | None = self.overrides.get("taskRoleArn") or self.definition.document.get("taskRoleArn")
        return role

    @property
    def cpu(self) -> str | None:
        value: str | None = self.overrides.get("cpu") or self.definition.document.get("cpu")
        return value

    @property
    def memory(self) -> str | None:
        value: str | None = self.overrides.get("memory") or self.definition.document.get("memory")
        return value

    @property
    def registered(self) -> list[Target]:
        """The targets that stand for it in target groups now."""
        return [target for target in self.targets or [] if not target.released]


@dataclass(eq=False)
class Deployment:
    id: str
    definition: TaskDefinition
    created: int
    updated: int
    network: JSON
    load_balancers: list[JSON]
    launch_type: str | None
    strategy: list[JSON]
    platform_version: str
    """As requested: `LATEST` or a version."""
    revision_arn: str
    record_arn: str
    """Of the service deployment."""
    sources: "list[Deployment]" = field(default_factory=list)
    """The revisions that were active when it began, the one that it replaces first."""
    status: str = "PRIMARY"
    rollout: Rollout = Rollout.IN_PROGRESS
    rollout_reason: str = ""
    failed: int = 0
    rounds: int = 0
    """Rounds of starts, one after the other, that never got to RUNNING."""
    last_round: int = 0
    """When the last of them ended; a task that started before it says nothing of the next."""
    retry_at: int = 0
    capacity_rounds: int = 0
    """Times in a row that there was no capacity for its tasks."""
    stalled: bool = False
    """The circuit breaker ended it and there is nothing to go back to."""
    finished: int | None = None
    outcome: str = "IN_PROGRESS"
    """The status that the service deployments API shows."""
    outcome_reason: str | None = None
    failures_seen: int = 0
    rolled_back: JSON | None = None
    stop_requested: bool = False
    """StopServiceDeployment was called: the scheduler rolls it back when it next looks."""
    monitored: bool | None = None
    """Whether alarms are watched; None until the scheduler has looked at them for the first time."""
    triggered: list[str] = field(default_factory=list)
    """Alarms that made it fail."""
    bake_until: int | None = None
    """It has all its tasks; alarms are watched until then."""
    digests: dict[str, str] = field(default_factory=dict)
    """Image digests that the first task resolved: the others use the same."""
    passage: Passage | None = None
    """Its lifecycle stages, when it is more than a rolling deployment without hooks."""
    groups: dict[str, str] = field(default_factory=dict)
    """`targetGroupArn` of its load balancers -> the target group of the pair that its own tasks are in."""

    @property
    def attached(self) -> list[JSON]:
        """Its load balancers with the target groups that its own tasks are in."""
        return [
            {**balancer, "targetGroupArn": self.groups.get(arn, arn)}
            for balancer in self.load_balancers
            for arn in (balancer["targetGroupArn"],)
        ]


@dataclass(eq=False)
class ServiceEvent:
    number: int
    t: int
    message: str
    id: str | None = None
    """Drawn by its number when somebody reads it: most are dropped before."""


@dataclass(eq=False)
class Service:
    name: str
    arn: str
    key: str
    """Names its draws: differs when a service of this name is made again."""
    cluster: Cluster
    created: int
    desired: int
    settings: JSON
    """What the API shows back as given: deploymentConfiguration, schedulingStrategy, …"""
    created_by: str
    status: str = "ACTIVE"
    tags: list[JSON] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    """PRIMARY first."""
    history: list[Deployment] = field(default_factory=list)
    events: list[ServiceEvent] = field(default_factory=list)
    """Newest first, 100 at most."""
    tasks: dict[str, Task] = field(default_factory=dict)
    """Until it has taken notice of their end."""
    made: int = 0
    """Tasks made so far; keys the draws of the next one."""
    event_count: int = 0
    said: dict[str, int] = field(default_factory=dict)
    """Messages about a lasting trouble -> when they were last said."""
    settled: bool = False
    """Has reached a steady state since it last did something."""
    settled_at: int = 0
    drained_at: int | None = None
    """When the last task of an older deployment was gone."""
    given_up: int = 0
    """Unhealthy tasks that were stopped before a replacement was started."""
    wake: Event | None = None
    phase: int | None = None
    """Of the boundaries at which its scheduler acts; drawn when it is first woken."""
    wake_from: int = 0
    """The time at or after which `wake` is the first boundary."""
    extra: Task | None = None
    """The task that AZ rebalancing has started beyond the desired count."""
    unbalanced: bool = False
    """It has said that its zones are out of balance."""

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def minimum_percent(self) -> int:
        return int(self.settings["deploymentConfiguration"]["minimumHealthyPercent"])

    @property
    def maximum_percent(self) -> int:
        return int(self.settings["deploymentConfiguration"]["maximumPercent"])

    @property
    def breaker(self) -> JSON:
        breaker: JSON = self.settings["deploymentConfiguration"]["deploymentCircuitBreaker"]
        return breaker

    @property
    def alarms(self) -> JSON:
        alarms: JSON = self.settings["deploymentConfiguration"].get("alarms") or {}
        return alarms

    @property
    def grace(self) -> int:
        """ms after a task's start in which failed health checks don't count."""
        return 1000 * int(self.settings.get("healthCheckGracePeriodSeconds") or 0)
