"""Statistics over samples of a metric: pure arithmetic.

A sample is what one minute (or one PutMetricData) says; a period's statistics combine the samples in it.
It knows no world and no clock; times are milliseconds since the Unix epoch.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MINUTE = 60_000

SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")

Dimensions = tuple[tuple[str, str], ...]
"""(name, value), sorted."""
Key = tuple[str, str, Dimensions]
"""(namespace, metric, dimensions): what names a metric."""

Weighted = tuple[tuple[float, float], ...]
"""(value, how often)."""


@dataclass(frozen=True)
class Sample:
    t: int
    total: float
    count: float
    low: float
    high: float
    unit: str = "None"
    values: Weighted = ()
    """Where single values are known: what percentiles are taken of."""

    @classmethod
    def of(cls, t: int, values: Sequence[tuple[float, float]], unit: str) -> "Sample":
        kept = tuple((value, weight) for value, weight in values if weight > 0)
        return cls(
            t=t,
            total=sum(value * weight for value, weight in kept),
            count=sum(weight for _, weight in kept),
            low=min(value for value, _ in kept),
            high=max(value for value, _ in kept),
            unit=unit,
            values=kept,
        )

    @classmethod
    def one(cls, t: int, value: float, unit: str) -> "Sample":
        return cls(t, value, 1, value, value, unit, ((value, 1),))


@dataclass(frozen=True)
class Point:
    """All samples of one period together."""

    t: int
    samples: tuple[Sample, ...]

    @property
    def unit(self) -> str:
        return self.samples[0].unit

    def statistic(self, name: str) -> float:
        """`Average`, `p99` … of the period. The name is one that `is_statistic` accepts."""
        if name == "Sum":
            return sum(sample.total for sample in self.samples)
        if name == "SampleCount":
            return sum(sample.count for sample in self.samples)
        if name == "Minimum":
            return min(sample.low for sample in self.samples)
        if name == "Maximum":
            return max(sample.high for sample in self.samples)
        count = self.statistic("SampleCount")
        if name == "Average":
            return self.statistic("Sum") / count if count else 0.0
        match = _PERCENTILE.fullmatch(name)
        assert match is not None
        return self._percentile(float(match[1]) / 100)

    def _percentile(self, share: float) -> float:
        """The lowest value that at least this share of all values does not exceed."""
        values = sorted(
            pair
            for sample in self.samples
            for pair in (sample.values or ((sample.total / max(sample.count, 1), sample.count),))
        )
        wanted = share * sum(weight for _, weight in values)
        seen = 0.0
        for value, weight in values:
            seen += weight
            if seen >= wanted - 1e-9:
                return value
        return values[-1][0]


def is_statistic(name: str) -> bool:
    return name in SIMPLE or _PERCENTILE.fullmatch(name) is not None


def points(samples: Iterable[Sample], start: int, end: int, period: int) -> list[Point]:
    """One point for each period of [start, end) that has samples, oldest first; periods begin at `start`."""
    found: dict[int, list[Sample]] = {}
    for sample in samples:
        if start <= sample.t < end:
            found.setdefault(start + (sample.t - start) // period * period, []).append(sample)
    return [Point(t, tuple(found[t])) for t in sorted(found)]
