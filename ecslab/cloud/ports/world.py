"""The world that the parts find each other on, and its event log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ecslab.cloud.decisions import Decisions
from ecslab.cloud.draws import Draws
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import Elb
from ecslab.cloud.ports.ecs import Ecs
from ecslab.cloud.ports.identity import Iam, Secrets
from ecslab.cloud.ports.images import Registry
from ecslab.cloud.ports.logs import Logs
from ecslab.cloud.ports.metrics import Metrics, Scaling
from ecslab.cloud.ports.network import Vpc
from ecslab.cloud.timeline import Timeline

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
