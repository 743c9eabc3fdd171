"""CloudWatch alarms at work: each is looked at once a period, as long as what it reads may change.

An alarm over a world in which nothing happens sleeps until something does. What an alarm does to a
service is Application Auto Scaling's business.
"""

from collections.abc import Callable
from typing import Protocol

from ecslab.cloud.metrics_alarms import SPARE, Rule, decide
from ecslab.cloud.metrics_query import Store, latest, series_of
from ecslab.cloud.metrics_series import MINUTE, Key
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import cloudwatch
from ecslab.cloud.seam.cloudwatch import AlarmView
from ecslab.cloud.timeline import Event

PHASE = (5_000, 50_000)
"""ms after the end of a minute at which an alarm looks at it."""
SCALES = "arn:aws:autoscaling:"


class Scaler(Protocol):
    def triggered(self, action: str, alarm: AlarmView, value: float) -> bool:
        """An alarm is in a state that triggers a scaling policy. True: asking again at a later time,
        with nothing else changed, would come to the same."""
        ...


class Numbers(Store, Protocol):
    """What alarms read."""

    @property
    def now(self) -> int:
        """Unix ms."""
        ...

    @property
    def changed_at(self) -> int:
        """When something happened last, in the world's time."""
        ...

    def varies(self, key: Key) -> bool: ...


class Watch:
    def __init__(self, world: World, metrics: Numbers) -> None:
        self._world = world
        self._metrics = metrics
        self._due: dict[str, Event | None] = {}
        """Alarm -> when it is looked at next; None: it sleeps."""
        self.scaler: Scaler | None = None
        self.watchers: list[Callable[[str, str], None]] = []
        """Called with (alarm, new state)."""
        world.timeline.on("cloudwatch-alarm", lambda name, _: self._look(name))

    # --- what others tell ------------------------------------------------------------------------

    def put(self, name: str) -> None:
        """An alarm is new, or is another."""
        self._cancel(name)
        self._plan(name)

    def deleted(self, name: str) -> None:
        self._cancel(name)
        self._due.pop(name, None)

    def set_by_hand(self, name: str) -> None:
        """Somebody has set the state: its actions run, then it is looked at as ever."""
        alarm = cloudwatch.alarm(name)
        if alarm is not None:
            self._changed(alarm)
            self._act(alarm, self.value(alarm))
            self.put(name)

    def wake(self) -> None:
        """Something that an alarm may read has changed."""
        for name, event in list(self._due.items()):
            if event is None:
                self._plan(name)

    def state(self, name: str) -> str | None:
        alarm = cloudwatch.alarm(name)
        return alarm.state if alarm is not None else None

    # --- when ------------------------------------------------------------------------------------

    def _cancel(self, name: str) -> None:
        self._world.timeline.cancel(self._due.get(name))
        self._due[name] = None

    def _plan(self, name: str) -> None:
        alarm = cloudwatch.alarm(name)
        if alarm is None:
            self._due.pop(name, None)
            return
        step = min(alarm.rule.period, MINUTE)
        phase = self._world.draws.integer(*PHASE, "alarm-phase", name) % step
        now = self._metrics.now
        due = now + step - (now - phase) % step
        self._due[name] = self._world.timeline.at(
            self._world.now + due - now, "cloudwatch-alarm", name, alarm.rule
        )

    # --- looking ---------------------------------------------------------------------------------

    def _recent(self, alarm: AlarmView) -> list[tuple[int, float | None]]:
        rule = alarm.rule
        end = self._metrics.now // min(rule.period, MINUTE) * min(rule.period, MINUTE)
        number = rule.periods + SPARE
        start = end - number * rule.period
        found = series_of(self._metrics, alarm.queries, start, end)
        times = [start + index * rule.period for index in range(number)]
        return [(t, found.get(t)) for t in times]

    def value(self, alarm: AlarmView) -> float:
        value = latest(self._recent(alarm))
        return alarm.rule.threshold if value is None else value

    def _look(self, name: str) -> None:
        alarm = cloudwatch.alarm(name)
        if alarm is None:
            self._due.pop(name, None)
            return
        self._due[name] = None
        recent = self._recent(alarm)
        decision = decide(alarm.rule, recent, alarm.state, self._metrics.now)
        if decision.state != alarm.state:
            alarm = cloudwatch.set_state(name, decision.state, decision.reason, decision.data)
            self._changed(alarm)
        value = latest(recent)
        idle = self._act(alarm, alarm.rule.threshold if value is None else value)
        if not (idle and self._calm(alarm)):
            self._plan(name)

    def _calm(self, alarm: AlarmView) -> bool:
        """Everything that it reads has been the same for longer than it looks back."""
        rule: Rule = alarm.rule
        window = (rule.periods + SPARE + 1) * max(rule.period, MINUTE)
        if self._world.now - self._metrics.changed_at <= window:
            return False
        return not any(self._metrics.varies(key) for key in alarm.keys)

    def _changed(self, alarm: AlarmView) -> None:
        message = f"alarm {alarm.name} is {alarm.state}: {alarm.reason}"
        self._world.record("scaling", alarm.name, message, state=alarm.state, metric=alarm.metric)
        self._world.touch()
        for watcher in self.watchers:
            watcher(alarm.name, alarm.state)
        for action in alarm.actions:
            if alarm.enabled and not action.startswith(SCALES):
                cloudwatch.note_action(alarm.name, action)

    def _act(self, alarm: AlarmView, value: float) -> bool:
        """Has scaling policies triggered, again and again while the state lasts."""
        if self.scaler is None or not alarm.enabled:
            return True
        wanted = [action for action in alarm.actions if action.startswith(SCALES)]
        idle = [self.scaler.triggered(action, alarm, value) for action in wanted]
        return all(idle)
