"""A deployment's way through its lifecycle stages, as state. `stages` moves it, `hooks` answers for the hooks."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ecslab.cloud.ecs.shifting import Stage, Stop

JSON = dict[str, Any]


@dataclass(eq=False)
class HookRun:
    """One hook at one stop: a Lambda function that is asked until it answers, or a pause."""

    id: str
    stage: Stage
    hook: JSON
    """As configured."""
    status: str
    expires: int
    asks: int | None = None
    """When its function is invoked next."""
    reason: str = ""
    """Why it failed."""

    @property
    def pause(self) -> bool:
        return bool(self.hook["targetType"] == "PAUSE")

    @property
    def done(self) -> bool:
        return self.status not in ("AWAITING_ACTION", "IN_PROGRESS")


@dataclass(eq=False)
class Passage:
    stops: tuple[Stop, ...]
    configured: list[JSON] = field(default_factory=list)
    """The service's lifecycle hooks when the deployment began."""
    at: int = 0
    entered: int | None = None
    """When the present stop was entered; None: not yet."""
    until: int = 0
    """The stop lasts at least until then."""
    runs: list[HookRun] = field(default_factory=list)
    """The hooks of the present stop."""
    calls: dict[str, int] = field(default_factory=dict)
    """How often each function has been asked in this deployment."""
    invoked: int = 0
    """Hook runs made so far; keys the draws of the next one."""
    production: Fraction = Fraction(0)
    test: Fraction = Fraction(0)
    """The percentages that green gets now."""
    back: bool = False
    """It goes no further: rolled back, or overtaken by another deployment."""
    remains: Fraction = Fraction(0)
    """The percentage of traffic that is left to green then: none, or all where nothing else could serve it."""
    hooked: bool = True
    """Whether going back runs hooks."""
    over: bool = False

    @property
    def stop(self) -> Stop:
        return self.stops[self.at]

    @property
    def stage(self) -> Stage:
        if self.back:
            return Stage.CLEAN_UP if self.over else Stage.PRODUCTION_TRAFFIC_SHIFT
        return self.stop.stage

    @property
    def rolling(self) -> bool:
        """A rolling deployment has a passage only for the hooks before it scales up."""
        return self.stops[-1].stage == Stage.SCALE_UP

    @property
    def scaled(self) -> bool:
        """Whether the new revision has its tasks, or is getting them."""
        return any(stop.stage == Stage.SCALE_UP for stop in self.stops[: self.at + 1])

    def next(self) -> None:
        self.at += 1
        self.entered = None
        self.runs = []

    def turn_back(self, *, hooked: bool, remains: Fraction = Fraction(0)) -> None:
        if self.rolling:
            self.over = True
        elif not self.back:
            self.back, self.hooked, self.remains = True, hooked, remains
            self.entered, self.until, self.runs = None, 0, []
