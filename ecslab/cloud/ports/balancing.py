"""Load balancers: target groups, their targets' health, and what a client is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ecslab.cloud.ports.api import JSON

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


class Registered(Protocol):
    """A target as the API shows it."""

    ip: str
    port: int
    az: str

    @property
    def shown(self) -> TargetHealth: ...


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

    def has_target_group(self, arn: str) -> bool: ...

    def register(self, group_arn: str, ip: str, port: int, az: str, owner: str) -> None:
        """`owner` is the task id when ECS registers, empty when a person does."""
        ...

    def deregister(self, group_arn: str, ip: str, port: int) -> None:
        """Starts draining; the target is gone after the deregistration delay."""
        ...

    def health(self, group_arn: str, ip: str, port: int) -> TargetHealth | None: ...

    def targets_of(self, group_arn: str) -> Sequence[Registered]: ...

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

    def provision(self, arn: str) -> bool:
        """A load balancer was made; whether it is active at once, as it is while a world is built."""
        ...

    def busy(self) -> bool:
        """Whether clients send requests now."""
        ...
