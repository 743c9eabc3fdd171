"""CloudWatch's metrics of a world: what happened, as numbers a minute, and what people put themselves.

Nothing is sampled. The history notes changes; a minute is worked out when somebody, or an alarm, reads it.
Only whole minutes that are over can be read.
"""

from collections.abc import Iterable
from typing import cast

from ecslab.cloud.elb import Balancers
from ecslab.cloud.metrics_history import History, Met, loadbalancer_dimension
from ecslab.cloud.metrics_series import MINUTE, Key, Point, Sample, points
from ecslab.cloud.metrics_sources import ALB, ECS, Sources
from ecslab.cloud.metrics_watch import Watch
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.balancing import LoadBalancerAnswer
from ecslab.cloud.ports.world import Source, World
from ecslab.cloud.seam import cloudwatch


class Metrics:
    def __init__(self, world: World, epoch_ms: int) -> None:
        self._world = world
        self._epoch = epoch_ms
        self.history = History(world)
        self._sources = Sources(self.history, epoch_ms)
        self.alarms = Watch(world, self)
        cast(Balancers, world.elb).watchers.append(self._served)

    # --- what others tell ------------------------------------------------------------------------

    def begin(self) -> None:
        """The attempt begins: the world's own clients are counted from here."""
        cast(Balancers, self._world.elb).traffic.changed()
        self._served()

    def happened(self, source: Source, subject: str, detail: JSON) -> None:
        """A line of the event log."""
        changed = (source == "task" and self.history.task_changed(subject)) or (
            source == "target" and self.history.target_changed(detail)
        )
        if changed:
            self.alarms.wake()

    def task_changed(self, task_id: str) -> None:
        if self.history.task_changed(task_id):
            self.alarms.wake()

    def _served(self) -> None:
        if self.history.served():
            self.alarms.wake()

    def browsed(self, arn: str, answer: LoadBalancerAnswer) -> None:
        """A client has had an answer from a load balancer at this moment."""
        target = cast(Balancers, self._world.elb).front.chosen
        met = Met(
            balancer=loadbalancer_dimension(arn),
            address=(target.ip, target.port) if target else None,
            status=answer.status,
            by_target=target.answered if target else False,
            latency=answer.elapsed,
            count=1,
            run=target.application.run if target and target.application else None,
        )
        self.history.asked_once(met)
        self.alarms.wake()

    def put(self) -> None:
        """Somebody has put data of a metric of their own."""
        self.history.changed_at = self._world.now
        self.alarms.wake()

    # --- reading ---------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Unix ms."""
        return self._epoch + self._world.now

    @property
    def changed_at(self) -> int:
        return self.history.changed_at

    def points(self, key: Key, start: int, end: int, period: int, unit: str | None = None) -> list[Point]:
        """The periods of [start, end) that have data, oldest first. Unix ms."""
        samples = self._samples(key, start, end)
        return points((s for s in samples if unit is None or s.unit == unit), start, end, period)

    def _samples(self, key: Key, start: int, end: int) -> Iterable[Sample]:
        if key[0] not in (ECS, ALB):
            return [sample for known, sample in cloudwatch.custom() if known == key]
        last = min(end, self.now // MINUTE * MINUTE)
        first = max(start, self._epoch // MINUTE * MINUTE)
        minutes = range(-(-first // MINUTE) * MINUTE, last, MINUTE)
        found = (self._sources.sample(key, minute) for minute in minutes if minute + MINUTE <= last)
        return [sample for sample in found if sample is not None]

    def known(self) -> list[Key]:
        """All metrics that have data."""
        own = dict.fromkeys(key for key, _ in cloudwatch.custom())
        return [*self._sources.known(self._world.now), *own]

    def varies(self, key: Key) -> bool:
        """Whether the metric may change although nothing happens."""
        if key[0] == ALB:
            return any((60 * flow.segments[-1].stream.rate).denominator != 1 for flow in self.history.flows)
        if key[1] == "MemoryUtilization":
            far = self._world.now + 86_400_000
            return any(
                run.memory(self._world.now - began) != run.memory(far - began)
                for spans in self.history.services.values()
                for span in spans.live.values()
                for run, began in span.runs
            )
        return key[0] != ECS

    # --- what is seen ----------------------------------------------------------------------------

    def snapshot(self) -> list[JSON]:
        return [
            {
                "name": alarm.name,
                "state": alarm.state,
                "metric": alarm.metric,
                "threshold": alarm.threshold,
                "reason": alarm.reason,
            }
            for alarm in cloudwatch.alarms()
        ]
