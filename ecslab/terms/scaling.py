"""How many tasks a scaling policy wants: pure arithmetic over counts and a metric's value.

Sources: Application Auto Scaling user guide, "Target tracking" and "Step scaling"; ECS developer guide,
"Automatically scale your service" (the running count is the starting point).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]

SCALE_IN_SHARE = 4
"""A scale-in of target tracking takes away at most one task in this many (one at least)."""


@dataclass(frozen=True)
class Cooling:
    """The last scale-out, while it cools down."""

    before: int
    after: int


def proportional(running: int, value: float, target: float) -> int:
    """The count at which the metric would be at the target."""
    return math.ceil(round(running * value / target, 9))


def track_out(running: int, value: float, target: float, cooling: Cooling | None) -> int:
    """While an earlier scale-out cools down, what it added counts as part of what is added now."""
    wanted = proportional(running, value, target)
    if cooling is None or running < cooling.after:
        return wanted
    more = (wanted - running) - (cooling.after - cooling.before)
    return running + max(0, more)


def track_in(running: int, wishes: Sequence[tuple[float, float]]) -> int:
    """`wishes`: (value, target) of every policy that may scale in. Gradual; never below what any wants."""
    wanted = max(proportional(running, value, target) for value, target in wishes)
    return max(wanted, running - max(1, running // SCALE_IN_SHARE))


def step_for(delta: float, steps: Sequence[JSON], *, above: bool) -> JSON | None:
    """The step adjustment for a breach of `delta`; bounds: lower inclusive above the threshold, upper
    inclusive below it."""
    for step in steps:
        low = float(step.get("MetricIntervalLowerBound", -math.inf))
        high = float(step.get("MetricIntervalUpperBound", math.inf))
        if (low <= delta < high) if above else (low < delta <= high):
            return step
    return None


def adjusted(base: int, kind: str, adjustment: int, least: int | None) -> int:
    """The count after one step from `base`."""
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return max(0, base + adjustment)
    change = base * adjustment / 100
    whole = math.floor(abs(change)) if abs(change) >= 1 else math.ceil(abs(change))
    size = max(whole, least or 0)
    return max(0, base + (size if change > 0 else -size))


def gaps_or_overlaps(steps: Sequence[JSON]) -> str | None:
    """What is wrong with the intervals of step adjustments, if anything."""
    bounds = sorted(
        (
            float(step.get("MetricIntervalLowerBound", -math.inf)),
            float(step.get("MetricIntervalUpperBound", math.inf)),
        )
        for step in steps
    )
    if any(low >= high for low, high in bounds):
        return "a lower bound must be less than the upper bound"
    for (_, high), (low, _) in itertools.pairwise(bounds):
        if low < high:
            return "intervals overlap"
        if low > high:
            return "there is a gap between intervals"
    return None
