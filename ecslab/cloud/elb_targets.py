"""A registered target: its address, its health, and how it leaves. Plain state; `elb.py` moves it."""

from dataclasses import dataclass, field

from ecslab.cloud.elb_health import DRAINING, NOT_USED, Health
from ecslab.cloud.ports import JSON, TargetHealth
from ecslab.cloud.timeline import Event
from ecslab.cloud.traffic import Slot

LINGERING = 1_000
"""For about a second after its deregistration a target still gets new requests."""


@dataclass(eq=False)
class Target:
    group: str
    ip: str
    port: int
    az: str
    owner: str
    """The task that ECS registered, or empty."""
    unused: TargetHealth | None = NOT_USED
    """Why nothing is checked: no listener forwards here, or the zone is not enabled."""
    health: Health | None = None
    left: int | None = None
    """When it was deregistered."""
    lingers: bool = False
    """It got requests when it was deregistered."""
    flip: Event | None = None
    gone: Event | None = None
    turns: int | None = None
    """When what its application answers changes next."""
    seen: object = None
    """What was behind the address at the last look."""
    slots: dict[tuple[str, str], Slot] = field(default_factory=dict)
    """What requests from (load balancer, path) met since then."""

    @property
    def key(self) -> str:
        return f"{self.group}|{self.ip}:{self.port}"

    @property
    def shown(self) -> TargetHealth:
        if self.left is not None:
            return DRAINING
        return self.health.shown if self.health is not None else self.unused or NOT_USED

    def lingers_at(self, now: int) -> bool:
        return self.lingers and self.left is not None and now < self.left + LINGERING

    def snapshot(self) -> JSON:
        shown = self.shown
        return {
            "ip": self.ip,
            "port": self.port,
            "az": self.az,
            "state": shown.state,
            "reason": shown.reason,
            "description": shown.description,
            "task": self.owner or None,
        }


def routable(targets: list[Target], now: int) -> list[Target]:
    """Who gets new requests: the healthy ones; when there is none, all that are registered (fail open)."""
    here = [t for t in targets if t.left is None and t.health is not None]
    chosen = [t for t in here if t.shown.state == "healthy"] or here
    return chosen + [t for t in targets if t.lingers_at(now)]
