"""A registered target: its address, its health, and how it leaves. Plain state; `elb.py` moves it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ecslab.cloud.elb_health import DRAINING, NOT_USED, Health
from ecslab.cloud.elb_turns import next_warmth
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import TargetHealth
from ecslab.cloud.seam.elbv2 import GroupView
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
    ending_until: int | None = None
    """Unhealthy behind a Network Load Balancer: until when its connections live on."""
    warm_since: int | None = None
    """When it began to warm up, in a target group with slow start; None: it gets its whole share."""
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
        if self.health is None:
            return self.unused or NOT_USED
        if self.ending_until is not None and self.health.state == "unhealthy":
            return replace(self.health.shown, state="unhealthy.draining")
        return self.health.shown

    def turned(self, before: TargetHealth, group: GroupView, others: "list[Target]", now: int) -> None:
        """What begins and ends with another health: slow start, and connections that live on.

        The first healthy targets of a group get their whole share (Elastic Load Balancing user guide,
        "target-group-attributes", slow start mode).
        """
        healthy = self.health is not None and self.health.state == "healthy"
        was = before.state == "healthy"
        if healthy and not was:
            full = [
                t for t in others if t is not self and t.shown.state == "healthy" and t.warm_since is None
            ]
            self.warm_since = now if group.slow_start and full else None
        elif not healthy:
            self.warm_since = None
            if was and self.health is not None and group.unhealthy_draining:
                self.ending_until = now + group.unhealthy_draining
        if self.warm_since is not None and next_warmth(self.warm_since, now, group.slow_start) is None:
            self.warm_since = None
        if healthy or (self.ending_until is not None and now >= self.ending_until):
            self.ending_until = None

    def own_turns(self, group: GroupView, now: int) -> list[int]:
        """When time alone changes its share or its state next."""
        found = [next_warmth(self.warm_since, now, group.slow_start), self.ending_until]
        return [moment for moment in found if moment is not None and moment > now]

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


def is_routable(target: Target, targets: Iterable[Target], fewest: int) -> bool:
    """Whether one that is registered is among the `routable` of its group."""
    if target.health is None or target.shown.state == "healthy":
        return target.health is not None
    return sum(t.shown.state == "healthy" for t in targets) < fewest


def routable(targets: list[Target], now: int, fewest: int) -> list[Target]:
    """Who gets new requests: the healthy ones; when these are too few, all that are registered (fail open)."""
    here = [t for t in targets if t.left is None and t.health is not None]
    healthy = [t for t in here if t.shown.state == "healthy"]
    chosen = healthy if len(healthy) >= fewest else here
    return chosen + [t for t in targets if t.lingers_at(now)]
