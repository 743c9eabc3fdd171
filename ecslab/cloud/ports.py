"""What the parts of the mock AWS ask of each other, as types: no behaviour lives here.

Each part is an object that gets the `World` when it is built and finds the others on it
(`world.vpc`, `world.iam`, `world.elb`, …). All times are integer simulated milliseconds since the
world's epoch; memory is MiB, CPU is CPU units (1024 = 1 vCPU).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ecslab.cloud.decisions import Decisions
from ecslab.cloud.draws import Draws
from ecslab.cloud.metrics_series import Key, Point
from ecslab.cloud.timeline import Timeline

JSON = dict[str, Any]


class ApiError(Exception):
    """An error AWS answers a request with: HTTP 400 unless said otherwise."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


# --- network -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subnet:
    id: str
    arn: str
    vpc_id: str
    az: str
    cidr: str


@dataclass(frozen=True)
class Eni:
    id: str
    mac: str
    private_ip: str
    private_dns: str
    public_ip: str | None
    subnet_id: str
    vpc_id: str
    az: str
    groups: tuple[str, ...]


class NoFreeAddress(Exception):
    """The subnet has no address left."""


class Vpc(Protocol):
    def subnet(self, subnet_id: str) -> Subnet | None: ...

    def has_group(self, group_id: str) -> bool: ...

    def default_group(self, vpc_id: str) -> str: ...

    def create_eni(
        self, subnet_id: str, groups: Sequence[str], *, public: bool, description: str, key: str
    ) -> Eni:
        """Raises NoFreeAddress. `key` names the draw of its ids (the task id)."""
        ...

    def delete_eni(self, eni_id: str) -> None: ...

    def reaches(self, eni: Eni, service: str) -> bool:
        """Whether a task behind `eni` gets packets to an AWS service and back (route, public
        address or NAT or endpoint, security groups both ways, NACL). `service` is the endpoint
        suffix, `ecr.api ecr.dkr s3 secretsmanager ssm logs kms ssmmessages sts`, or `internet`."""
        ...

    def reaches_host(self, eni: Eni, host: str, port: int) -> bool:
        """The task's own outbound call to `host:port` (an address, a name, or another task)."""
        ...

    def reaches_members(self, eni: Eni, subnets: Sequence[str], groups: Sequence[str], port: int) -> bool:
        """The task's own outbound call to `port` of whatever has these subnets and groups."""
        ...

    def admits(
        self, source_subnets: Sequence[str], source_groups: Sequence[str], eni_id: str, port: int
    ) -> bool:
        """Whether TCP from an ALB with these subnets and groups gets to `eni_id:port` and back."""
        ...


# --- identity, secrets, logs ---------------------------------------------------------------------


class Iam(Protocol):
    def can_assume(self, role_arn: str, service: str = "ecs-tasks.amazonaws.com") -> bool:
        """The role exists in this account and its trust policy admits the service."""
        ...

    def allows(
        self,
        role_arn: str,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
    ) -> bool:
        """Identity policies of the role: attached managed, customer managed and inline; an
        explicit Deny wins; `*` and `?` match; the conditions that matter here."""
        ...

    def has_linked_role(self) -> bool:
        """Whether ECS can assume its service-linked role, AWSServiceRoleForECS."""
        ...

    def create_linked_role(self) -> None: ...

    def forget_linked_role(self) -> None: ...


@dataclass(frozen=True)
class SecretAnswer:
    """What fetching a container secret's `valueFrom` gives, permission and network aside."""

    service: Literal["secretsmanager", "ssm"]
    action: str
    """`secretsmanager:GetSecretValue` or `ssm:GetParameters`."""
    arn: str
    """What IAM is asked about."""
    found: bool
    value: str | None = None
    missing_key: str | None = None
    """A JSON key that the secret's value does not have."""
    kms_key_arn: str | None = None
    """Set when a customer managed key must be decrypted with."""


class Secrets(Protocol):
    def fetch(self, value_from: str) -> SecretAnswer: ...

    def environment_file(self, arn: str) -> str | None:
        """What an S3 object holds; None: there is no such object."""
        ...


class Logs(Protocol):
    def has_group(self, group: str) -> bool: ...

    def create_group(self, group: str) -> None: ...

    def create_stream(self, group: str, stream: str) -> None: ...

    def put(self, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        """Appends (time, text) lines; a group deleted meanwhile swallows them."""
        ...


# --- images and what they do when they run -------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a TCP connection with one HTTP request to a container gives.

    `refused`: RST, nothing listens there. `timeout`: accepted and never answered. `reset`: closed
    while the request was outstanding. `status`: an HTTP response after `latency` ms.
    """

    kind: Literal["status", "refused", "timeout", "reset"]
    status: int = 0
    latency: int = 0
    body: str = ""
    content_type: str = "text/plain"
    set_cookie: str = ""


@dataclass(frozen=True)
class Ending:
    """How a container ends by itself: `after` ms from its start."""

    after: int
    code: int
    reason: str | None = None
    """The container's `reason`, such as `OutOfMemoryError: Container killed due to memory usage`."""


class Run(Protocol):
    """One container while it runs: everything it will do, decided when it starts.

    `at` is always milliseconds since the container started. A stopping container (SIGTERM sent at
    `stopping`, ms since start, or None) may still answer.
    """

    def ending(self) -> Ending | None: ...

    def changes(self) -> Sequence[int]:
        """Offsets at which answers or health-check results change by themselves."""
        ...

    def answer(
        self,
        port: int,
        path: str,
        at: int,
        *,
        method: str = "GET",
        loopback: bool = False,
        stopping: int | None = None,
    ) -> Answer: ...

    def healthy(self, command: Sequence[str], at: int) -> bool:
        """The result of a container healthCheck command."""
        ...

    def stop(self) -> tuple[int | None, int]:
        """On SIGTERM: (ms until it exits by itself or None when it ignores the signal, exit code)."""
        ...

    def lines(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """Log lines in [start, end), offsets from the container's start."""
        ...

    def cpu(self, requests_per_second: float) -> float:
        """CPU units used."""
        ...

    def memory(self, at: int) -> float: ...

    @property
    def drains(self) -> bool:
        """Whether requests that are under way when SIGTERM comes get their answer."""
        ...

    def altered(self, program: JSON, at: int) -> "Run":
        """This run when its image's program becomes another one `at` ms after the start."""
        ...


@dataclass(frozen=True)
class Image:
    reference: str
    digest: str
    """`sha256:…`, stable for the image's content."""
    size: int
    """Compressed MB; decides how long a pull takes."""
    architectures: tuple[str, ...]
    """`X86_64`, `ARM64`."""
    program: JSON
    """The behaviour, as resolved from images.yaml: all durations in ms."""
    content: str = ""
    """What the image is, in whatever repository: the digest of its configuration."""


class Registry(Protocol):
    def is_ecr(self, reference: str) -> bool:
        """A private ECR registry (`<account>.dkr.ecr.<region>.amazonaws.com/…`)."""
        ...

    def repository_arn(self, reference: str) -> str: ...

    def find(self, reference: str) -> Image | None:
        """The image behind a reference, as the registry stands now, or None: no such repository,
        tag or digest. Docker Hub short names (`nginx`, `nginx:1.27`) resolve as Docker does."""
        ...

    def program(self, image: Image) -> JSON:
        """What the image does now: its own program, or what a fault has made of it."""
        ...

    def alter(self, image: Image, changes: JSON) -> None:
        """Keys of the image's program that are others from now on, wherever the image runs."""
        ...

    def run(
        self,
        image: Image,
        *,
        environment: Mapping[str, str],
        secrets: Mapping[str, str],
        command: Sequence[str] | None,
        memory_limit: int | None,
        eni: Eni | None,
        task_role: str | None,
        key: str,
    ) -> Run:
        """Starts the simulated application. `key` names its draws (container id)."""
        ...


# --- load balancers ------------------------------------------------------------------------------

HealthState = Literal[
    "initial", "healthy", "unhealthy", "unhealthy.draining", "unused", "draining", "unavailable"
]


@dataclass(frozen=True)
class TargetGroup:
    arn: str
    name: str
    protocol: str
    port: int
    target_type: str
    vpc_id: str
    health_path: str
    load_balancer_arns: tuple[str, ...]
    """Load balancers of which a listener or rule forwards here."""


@dataclass(frozen=True)
class TargetHealth:
    state: HealthState
    reason: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Forwarding:
    """A rule of an Application Load Balancer, or the listener of a Network Load Balancer, that forwards."""

    arn: str
    listener: str
    whole_listener: bool
    """It is the listener's default action: changed with the listener, not as a rule."""
    weights: Mapping[str, int]
    """Target group -> weight."""


@dataclass(frozen=True)
class LoadBalancerAnswer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed: int
    """Simulated ms the client waited."""


class Elb(Protocol):
    def target_group(self, arn: str) -> TargetGroup | None: ...

    def register(self, group_arn: str, ip: str, port: int, az: str, owner: str) -> None:
        """`owner` is the task id when ECS registers, empty when a person does."""
        ...

    def deregister(self, group_arn: str, ip: str, port: int) -> None:
        """Starts draining; the target is gone after the deregistration delay."""
        ...

    def health(self, group_arn: str, ip: str, port: int) -> TargetHealth | None: ...

    def forwarding(self, arn: str) -> Forwarding | None: ...

    def reweigh(self, arn: str, weights: Mapping[str, int]) -> None:
        """Has a rule or listener forward to these target groups; all else about it stays."""
        ...

    def refresh(self, *addresses: str) -> None:
        """Something outside changed (a security group, a listener, a container): look at every
        target again and schedule when it flips. Flips call `world.ecs.target_changed`.

        With addresses (an instance's id is one too): only what is behind these has changed."""
        ...

    def balancer_at(self, host: str) -> str | None:
        """ARN of the load balancer whose DNS name is `host`, whatever its case."""
        ...

    def request(
        self,
        arn: str,
        port: int,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        secure: bool = False,
    ) -> LoadBalancerAnswer | None:
        """Routes one client request, sent in TLS when `secure`. None: no listener on that port
        (connection refused)."""
        ...

    def protocol_at(self, arn: str, port: int) -> str | None:
        """`HTTP`, `HTTPS`, …: of the listener a client of the internet meets; None: nobody there."""
        ...

    def probe(self, name: str, port: int, path: str) -> JSON:
        """What any client would get now, without a trace: `{"status": worst, "statuses": [...],
        "failed": n, "requests": n}` (the last two: the world's own traffic since the attempt
        began). `{"status": None}`: no such load balancer or listener."""
        ...

    def snapshot(self) -> JSON:
        """`{"load_balancers": [...], "target_groups": [...], "traffic": [...]}` for the screen."""
        ...

    def busy(self) -> bool:
        """Whether clients send requests now."""
        ...


# --- ECS, as the others see it -------------------------------------------------------------------


@dataclass(frozen=True)
class Application:
    """The container that owns an address and port."""

    run: Run
    started: int
    stopping: int | None
    """World time at which SIGTERM was sent."""
    eni_id: str
    task_id: str
    ports: Mapping[int, int] | None = field(default=None, hash=False)
    """On a container instance: the host ports that lead to it, and where to. None: its own ports."""

    def port(self, outside: int) -> int | None:
        """The container's port behind a port of its address."""
        return outside if self.ports is None else self.ports.get(outside)


class Ecs(Protocol):
    def call(self, operation: str, params: JSON) -> JSON:
        """Plays one API operation (`CreateService`, parameters and answer in the API's spelling,
        timestamps as epoch seconds). Raises ApiError."""
        ...

    def operations(self) -> Sequence[str]:
        """The operations that `call` plays."""
        ...

    def applications(self, ip: str) -> Sequence[Application]:
        """The running containers behind a private address; empty: no task has it."""
        ...

    def members(self, service: str) -> tuple[Sequence[str], Sequence[str]] | None:
        """The subnets and security groups of a service's tasks; None: it is not there or wants no task."""
        ...

    def target_changed(self, group_arn: str, ip: str, port: int) -> None: ...

    def image_altered(self, content: str) -> None:
        """The program of an image has changed: its running containers follow."""
        ...

    def steady(self) -> bool:
        """Every ACTIVE service has one COMPLETED deployment, running = desired and none pending;
        no task in transition."""
        ...

    def snapshot(self) -> JSON:
        """`{"clusters": [...], "services": [...], "tasks": [...], "task_definitions": [...]}`."""
        ...


# --- metrics and scaling -------------------------------------------------------------------------


class Alarms(Protocol):
    watchers: list[Callable[[str, str], None]]
    """Called with (alarm name, new state)."""

    def state(self, name: str) -> str | None:
        """`OK`, `ALARM`, `INSUFFICIENT_DATA`; None: there is no such alarm."""
        ...

    def put(self, name: str) -> None: ...

    def deleted(self, name: str) -> None: ...

    def set_by_hand(self, name: str) -> None: ...

    def wake(self) -> None:
        """Something that alarms or what they trigger depend on has changed."""
        ...


class Metrics(Protocol):
    @property
    def alarms(self) -> Alarms: ...

    def points(self, key: Key, start: int, end: int, period: int, unit: str | None = None) -> list[Point]: ...

    def known(self) -> list[Key]: ...

    def put(self) -> None:
        """Somebody has put data of their own."""
        ...

    def snapshot(self) -> list[JSON]: ...


class Scaling(Protocol):
    def call(self, operation: str, params: JSON) -> JSON:
        """Plays one operation of Application Auto Scaling on namespace `ecs`. Raises ApiError."""
        ...

    def operations(self) -> Sequence[str]: ...

    def snapshot(self) -> list[JSON]: ...


# --- the world -----------------------------------------------------------------------------------

Source = Literal["service", "task", "deployment", "log", "scaling", "target"]


@dataclass(eq=False, slots=True)
class Happening:
    """One line of the world's event log: what the screen, `event` checks and debriefs read."""

    n: int
    t: int
    source: Source
    subject: str
    """Service name, task id, `group/stream` …"""
    message: str
    detail: JSON = field(default_factory=dict)


class World(Protocol):
    seed: int
    region: str
    account: str
    now: int
    begun: int
    """When the attempt began; before that the world was being built."""
    draws: Draws
    decisions: Decisions
    timeline: Timeline
    vpc: Vpc
    iam: Iam
    secrets: Secrets
    logs: Logs
    registry: Registry
    elb: Elb
    ecs: Ecs
    metrics: Metrics
    scaling: Scaling
    hooks: Mapping[str, JSON]
    """Lambda functions that lifecycle hooks find -> `{"answers": [...], "after": ms}`."""

    def epoch_seconds(self, t: int | None = None) -> float:
        """A world time (default: now) as the epoch seconds that the API shows."""
        ...

    def record(self, source: Source, subject: str, message: str, **detail: Any) -> None:
        """Appends to the event log."""
        ...

    def touch(self) -> None:
        """Something a check or the screen may read has changed."""
        ...
