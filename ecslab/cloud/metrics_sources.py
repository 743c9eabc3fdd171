"""AWS's own metrics of a world, a sample a minute, worked out from the history when somebody reads them.

What one minute says never changes once it is over, so it is worked out once. Custom metrics are not here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ecslab.cloud.metrics_history import History, Span, Spans, group_dimension
from ecslab.cloud.metrics_series import MINUTE, Dimensions, Key, Sample
from ecslab.cloud.ports.images import Run

ECS = "AWS/ECS"
ALB = "AWS/ApplicationELB"
REMEMBERED = 4_000
"""Minutes of which the result is kept."""

Number = TypeVar("Number", int, float)


@dataclass
class Tally:
    """What a minute's requests came to, of one load balancer or of one target group."""

    requests: int = 0
    """For which a target was chosen."""
    target: dict[int, int] = field(default_factory=dict)
    """Status class -> the targets' own answers."""
    balancer: dict[int, int] = field(default_factory=dict)
    """Status -> answers that the load balancer made."""
    latencies: dict[float, int] = field(default_factory=dict)
    """Seconds -> how often."""


class Sources:
    def __init__(self, history: History, epoch_ms: int) -> None:
        self._history = history
        self._epoch = epoch_ms
        self._tallies: dict[int, dict[str, Tally]] = {}
        self._utilisations: dict[tuple[tuple[str, str], int], tuple[Sample, Sample] | None] = {}

    def sample(self, key: Key, minute: int) -> Sample | None:
        """What a metric says of the minute that begins at `minute` (Unix ms, a whole minute, over)."""
        namespace, metric, dimensions = key
        values = dict(dimensions)
        if namespace == ECS and set(values) == {"ClusterName", "ServiceName"}:
            return self._ecs(metric, (values["ClusterName"], values["ServiceName"]), minute)
        if namespace == ALB and set(values) <= {"LoadBalancer", "TargetGroup"}:
            return self._alb(metric, values.get("LoadBalancer"), values.get("TargetGroup"), minute)
        return None

    def _begin(self, minute: int) -> int:
        """The world's time at which it begins."""
        return minute - self._epoch

    # --- ECS -------------------------------------------------------------------------------------

    def _ecs(self, metric: str, service: tuple[str, str], minute: int) -> Sample | None:
        if metric not in ("CPUUtilization", "MemoryUtilization") or service not in self._history.services:
            return None
        key = (service, minute)
        if key not in self._utilisations:
            _forget_oldest(self._utilisations)
            self._utilisations[key] = self._utilisation(self._history.services[service], minute)
        both = self._utilisations[key]
        return None if both is None else both[metric == "MemoryUtilization"]

    def _utilisation(self, spans: Spans, minute: int) -> tuple[Sample, Sample] | None:
        start = self._begin(minute)
        end = start + MINUTE
        shares = [
            (span, max(start, span.started), min(end, span.ended if span.ended is not None else end))
            for span in spans.during(start, end)
        ]
        parts = [(span, a, b) for span, a, b in shares if b > a]
        if not parts:
            return None
        rates: dict[tuple[int, int], dict[Run, float]] = {}
        cpu, memory = [], []
        for span, a, b in parts:
            if (a, b) not in rates:
                rates[a, b] = self._history.rates(a, b)
            cpu.append((_cpu(span, a, b, rates[a, b]), b - a))
            memory.append((_memory(span, a, b), b - a))
        tasks = len({span.task for span, _, _ in parts})
        return _percent(minute, cpu, tasks), _percent(minute, memory, tasks)

    # --- load balancers --------------------------------------------------------------------------

    def _alb(self, metric: str, balancer: str | None, group: str | None, minute: int) -> Sample | None:
        if metric in ("HealthyHostCount", "UnHealthyHostCount"):
            return self._hosts(metric, balancer, group, minute) if balancer and group else None
        counter = _COUNTERS.get(metric)
        place = group or balancer
        if place is None or (group is not None and balancer is None and metric != "RequestCountPerTarget"):
            return None
        tally = self._tally(minute).get(place)
        if tally is None:
            return None
        if metric == "TargetResponseTime":
            times = list(tally.latencies.items())
            return Sample.of(minute, times, "Seconds") if times else None
        if metric == "RequestCountPerTarget":
            return self._per_target(tally, group, minute) if group else None
        if counter is None or (group is not None and metric.startswith("HTTPCode_ELB")):
            return None
        number = counter(tally)
        return Sample(minute, number, number, 1, 1, "Count", ((1, number),)) if number else None

    def _per_target(self, tally: Tally, group: str, minute: int) -> Sample | None:
        targets = self._average(group, minute, lambda level: level[1]) or 1
        return Sample.one(minute, tally.requests / targets, "None") if tally.requests else None

    def _average(self, group: str, minute: int, part: Callable[[tuple[int, int, int]], int]) -> float:
        levels = self._levels(group, minute)
        held = sum(ms for _, ms in levels)
        return sum(part(level) * ms for level, ms in levels) / held if held else 0.0

    def _levels(self, group: str, minute: int) -> list[tuple[tuple[int, int, int], int]]:
        """((registered, healthy, unhealthy), ms) of a minute."""
        start = self._begin(minute)
        return [
            ((level.registered, level.healthy, level.unhealthy), ms)
            for arn in self._history.groups
            if group_dimension(arn) == group
            for level, ms in self._history.levels(arn, start, start + MINUTE)
            if level.registered
        ]

    def _hosts(self, metric: str, balancer: str, group: str, minute: int) -> Sample | None:
        if self.balancer_of(group) != balancer:
            return None
        which = 1 if metric == "HealthyHostCount" else 2
        levels = [(level[which], ms / MINUTE) for level, ms in self._levels(group, minute)]
        return Sample.of(minute, levels, "Count") if levels else None

    def balancer_of(self, group: str) -> str | None:
        users = self._history.users
        return next((users[arn] for arn in users if group_dimension(arn) == group), None)

    def _tally(self, minute: int) -> dict[str, Tally]:
        """By load balancer and by target group."""
        if minute not in self._tallies:
            _forget_oldest(self._tallies)
            start = self._begin(minute)
            self._tallies[minute] = self._counted(start, start + MINUTE)
        return self._tallies[minute]

    def _counted(self, start: int, end: int) -> dict[str, Tally]:
        found: dict[str, Tally] = {}
        for met in self._history.met(start, end):
            if not met.balancer or not met.status:
                continue
            group = self._history.behind.get(met.address) if met.address is not None else None
            places = [met.balancer, *([group_dimension(group)] if group else [])]
            for place in places:
                tally = found.setdefault(place, Tally())
                if met.address is not None:
                    tally.requests += met.count
                if met.by_target:
                    _add(tally.target, met.status // 100, met.count)
                    _add(tally.latencies, met.latency / 1000, met.count)
                else:
                    _add(tally.balancer, met.status, met.count)
        return found

    # --- which there are -------------------------------------------------------------------------

    def known(self, now: int) -> Iterator[Key]:
        """The metrics that have had data up to the world's time `now`, as ListMetrics shows them."""
        for (cluster, service), spans in self._history.services.items():
            if spans.live or spans.ended:
                dimensions = (("ClusterName", cluster), ("ServiceName", service))
                for metric in ("CPUUtilization", "MemoryUtilization"):
                    yield ECS, metric, dimensions
        for arn, balancer in self._history.users.items():
            both = (("LoadBalancer", balancer), ("TargetGroup", group_dimension(arn)))
            for metric in ("HealthyHostCount", "UnHealthyHostCount"):
                yield ALB, metric, both
        for place, tally in self._counted(0, now).items():
            yield from self._counted_keys(place, tally)

    def _counted_keys(self, place: str, tally: Tally) -> Iterator[Key]:
        is_group = place.startswith("targetgroup/")
        dimensions: Dimensions = (("LoadBalancer", place),)
        if is_group:
            dimensions = (("LoadBalancer", self.balancer_of(place) or ""), ("TargetGroup", place))
        for metric, counter in _COUNTERS.items():
            if counter(tally) and not (is_group and metric.startswith("HTTPCode_ELB")):
                yield ALB, metric, dimensions
        if tally.latencies:
            yield ALB, "TargetResponseTime", dimensions
        if is_group and tally.requests:
            yield ALB, "RequestCountPerTarget", dimensions
            yield ALB, "RequestCountPerTarget", (("TargetGroup", place),)


def _target_code(number: int) -> Callable[[Tally], int]:
    return lambda tally: tally.target.get(number, 0)


def _elb_code(low: int, high: int) -> Callable[[Tally], int]:
    return lambda tally: sum(count for status, count in tally.balancer.items() if low <= status <= high)


_COUNTERS: dict[str, Callable[[Tally], int]] = {
    "RequestCount": lambda tally: tally.requests,
    **{f"HTTPCode_Target_{number}XX_Count": _target_code(number) for number in (2, 3, 4, 5)},
    **{f"HTTPCode_ELB_{number}XX_Count": _elb_code(number * 100, number * 100 + 99) for number in (3, 4, 5)},
    **{f"HTTPCode_ELB_{status}_Count": _elb_code(status, status) for status in (500, 502, 503, 504)},
}


def _add(counts: dict[Number, int], key: Number, number: int) -> None:
    counts[key] = counts.get(key, 0) + number


def _cpu(span: Span, start: int, end: int, rates: dict[Run, float]) -> float:
    """Percent of its reservation that a task used in [start, end)."""
    used = 0.0
    for run, began in span.runs:
        ending = run.ending()
        gone = began + ending.after if ending is not None else end
        part = max(0, min(end, gone) - start) / (end - start)
        used += part * run.cpu(rates.get(run, 0.0))
    return _share(used, span.cpu, span.capped)


def _memory(span: Span, start: int, end: int) -> float:
    used = sum((run.memory(start - began) + run.memory(end - 1 - began)) / 2 for run, began in span.runs)
    return _share(used, span.memory, span.capped)


def _share(used: float, reserved: float, capped: bool) -> float:
    percent = 100 * used / reserved if reserved else 0.0
    return min(percent, 100.0) if capped else percent


def _percent(minute: int, values: list[tuple[float, int]], tasks: int) -> Sample:
    """All tasks of a service together, each with the time it ran; one value a task."""
    held = sum(ms for _, ms in values)
    average = round(sum(value * ms for value, ms in values) / held, 10)
    low, high = min(value for value, _ in values), max(value for value, _ in values)
    return Sample(minute, average * tasks, tasks, low, high, "Percent", tuple((v, 1.0) for v, _ in values))


def _forget_oldest(kept: dict[Any, Any]) -> None:
    if len(kept) >= REMEMBERED:
        for key in list(kept)[: REMEMBERED // 4]:
            del kept[key]
