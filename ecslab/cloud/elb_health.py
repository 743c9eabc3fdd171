"""The health of one target, computed between changes instead of polled.

The outcome of a check is constant until somebody sets another, so the time of the next change of
state follows from arithmetic. A value object: it knows no target group, no network and no queue.
"""

from dataclasses import dataclass, replace
from typing import Literal

from ecslab.cloud.ports.balancing import HealthState, TargetHealth

Kind = Literal["ok", "code", "timeout", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What one health check gives, `takes` ms after it starts (at least 1)."""

    kind: Kind
    code: int = 0
    takes: int = 1

    def explanation(self) -> tuple[str, str]:
        if self.kind == "code":
            return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{self.code}]"
        if self.kind == "timeout":
            return "Target.Timeout", "Request timed out"
        return "Target.FailedHealthChecks", "Health checks failed"


@dataclass(frozen=True)
class Settings:
    interval: int
    timeout: int
    healthy: int
    unhealthy: int


REGISTERING = TargetHealth("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = TargetHealth("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = TargetHealth("healthy")
DRAINING = TargetHealth("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_REGISTERED = TargetHealth(
    "unused", "Target.NotRegistered", "Target is not registered to the target group"
)
NOT_USED = TargetHealth(
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
ZONE_NOT_ENABLED = TargetHealth(
    "unused",
    "Target.NotInUse",
    "Target is in an Availability Zone that is not enabled for the load balancer",
)


def not_running(state: str) -> TargetHealth:
    """Of an instance that is `stopped`, `terminated`, …"""
    known = state in ("stopped", "terminated")
    text = f"Target is in the {state} state" if known else "Target is in an invalid state"
    return TargetHealth("unused", "Target.InvalidState", text)


@dataclass
class Health:
    """The run of health checks against one target.

    A check that starts at T sees the outcome that is set at T: `settle` plays the checks that start
    before the time it is given, with the outcome as it was.
    """

    settings: Settings
    outcome: Outcome
    registered: int
    """When registration is over and checking begins."""
    next_check: int
    shown: TargetHealth = REGISTERING
    decides: tuple[int, Outcome] | None = None
    """A check under way: when it ends, and how."""
    good: int = 0
    bad: int = 0

    @property
    def state(self) -> HealthState:
        return self.shown.state

    def settle(self, now: int) -> bool:
        """Plays everything up to `now`; whether what is shown has changed."""
        before = self.shown
        if self.shown == REGISTERING and self.registered <= now:
            self.shown = CHECKING
        while True:
            if self.decides is not None:
                if self.decides[0] > now:
                    break
                self._count(self.decides[1])
                self.decides = None
            if self.next_check >= now:
                break
            if self._stable():
                self._skip(now)
                if self.next_check >= now:
                    break
            self._start()
        return self.shown != before

    def next_change(self) -> int | None:
        """When what is shown changes next if the outcome stays, or None: never."""
        if self.shown == REGISTERING:
            return self.registered
        if self._stable() and (self.decides is None or self.decides[1] == self.outcome):
            return None
        ahead = replace(self)
        for _ in range(self.settings.healthy + self.settings.unhealthy + 2):
            if ahead.decides is None:
                ahead._start()
            if ahead.decides is None:
                return None
            time, outcome = ahead.decides
            ahead.decides = None
            ahead._count(outcome)
            if ahead.shown != self.shown:
                return time
        return None

    def reschedule(self, settings: Settings, now: int) -> None:
        """New settings: the next check comes an interval after the last one."""
        last = self.next_check - self.settings.interval
        first_is_due = self.good == self.bad == 0 and self.decides is None
        if not first_is_due:
            self.next_check = max(now, last + settings.interval)
        self.settings = settings

    def _start(self) -> None:
        self.decides = (self.next_check + max(1, self.outcome.takes), self.outcome)
        self.next_check += self.settings.interval

    def _stable(self) -> bool:
        """Whether more checks with this outcome change nothing."""
        if self.outcome.kind == "ok":
            return self.state == "healthy"
        if self.state != "unhealthy" or self.bad < self.settings.unhealthy:
            return False
        return (self.shown.reason, self.shown.description) == self.outcome.explanation()

    def _skip(self, now: int) -> None:
        """Leaps over whole checks that end by `now`."""
        takes = max(1, self.outcome.takes)
        count = max(0, (now - takes - self.next_check) // self.settings.interval + 1)
        if count:
            self.next_check += count * self.settings.interval
            if self.outcome.kind == "ok":
                self.good, self.bad = min(self.good + count, self.settings.healthy), 0
            else:
                self.good, self.bad = 0, min(self.bad + count, 1000)

    def _count(self, outcome: Outcome) -> None:
        if outcome.kind == "ok":
            self.good, self.bad = min(self.good + 1, 1000), 0
            if self.state == "initial" or (self.state == "unhealthy" and self.good >= self.settings.healthy):
                self.shown = HEALTHY
            return
        self.good, self.bad = 0, min(self.bad + 1, 1000)
        if self.state == "unhealthy" or self.bad >= self.settings.unhealthy:
            self.shown = TargetHealth("unhealthy", *outcome.explanation())


def matches(matcher: str, status: int) -> bool:
    """`200`, `200,202`, `200-299`, and mixtures."""
    for part in matcher.split(","):
        low, _, high = part.strip().partition("-")
        if low.isdigit() and int(low) <= status <= int(high if high.isdigit() else low):
            return True
    return False
