"""How ready somebody is, and how little that figure may be worth: a beta-binomial estimate.

For each objective the question is: of the things that could be asked about it, what share would be
answered or done right today? The belief is a Beta distribution.

- **Before any evidence** it is as wide as `PRIOR_STRENGTH` observations, and its mean rises from
  `UNREAD` to `READ` with the share of the lessons that was read: reading raises hope, never certainty.
- **A question** is one observation, its last answer. A right one counts as the chance that it is still
  remembered (FSRS), a wrong one as 0.
- **A lab** is `LAB_WEIGHT` observations of its best score: it is many small tasks under one heading.
- Evidence that serves several objectives is shared between them, so that nothing counts twice.

The interval is the middle 80 % of that belief. The overall figure is the weighted mean over all
objectives of the course, those without evidence included. Its parts are not independent (who was wrongly
taken for a beginner in one is in others too): they are correlated by `CORRELATION`, so that many
objectives without evidence do not add up to certainty. Pure arithmetic; no file, no clock.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PRIOR_STRENGTH = 3.0
UNREAD = 0.2
READ = 0.5
LAB_WEIGHT = 3.0
CORRELATION = 0.5
INTERVAL = (0.1, 0.9)
_GRID = 500


@dataclass(frozen=True)
class Estimate:
    """A share between 0 and 1 with the interval that holds it four times in five."""

    mean: float
    low: float
    high: float
    evidence: float
    """How many observations stand behind it; 0 is a guess from reading alone."""


@dataclass(frozen=True)
class Observation:
    """Something that was tried: how well it went (0 to 1) and how many observations it is worth."""

    value: float
    weight: float = 1.0


def estimate(read: float, observations: Sequence[Observation]) -> Estimate:
    """One objective, of whose lessons the share `read` was read."""
    prior = UNREAD + (READ - UNREAD) * min(1.0, max(0.0, read))
    good = PRIOR_STRENGTH * prior + sum(o.value * o.weight for o in observations)
    evidence = sum(o.weight for o in observations)
    return _estimate(good, PRIOR_STRENGTH + evidence - good, evidence)


def overall(estimates: Mapping[str, Estimate], weights: Mapping[str, float]) -> Estimate:
    """The whole course: a weighted mean, with the uncertainty of correlated parts."""
    total = sum(weights.get(name, 1.0) for name in estimates)
    if not estimates or total <= 0:
        return Estimate(0.0, 0.0, 1.0, 0.0)
    mean = alone = together = 0.0
    for name, part in estimates.items():
        share = weights.get(name, 1.0) / total
        strength = PRIOR_STRENGTH + part.evidence
        mean += share * part.mean
        spread = share * math.sqrt(part.mean * (1 - part.mean) / (strength + 1))
        alone += spread**2
        together += spread
    variance = (1 - CORRELATION) * alone + CORRELATION * together**2
    evidence = sum(part.evidence for part in estimates.values())
    strength = mean * (1 - mean) / variance - 1 if variance > 0 else 1e6
    return _estimate(mean * strength, (1 - mean) * strength, evidence)


def _estimate(good: float, bad: float, evidence: float) -> Estimate:
    low, high = (_quantile(good, bad, share) for share in INTERVAL)
    mean = good / (good + bad)
    return Estimate(mean, min(low, mean), max(high, mean), evidence)


def _quantile(a: float, b: float, share: float) -> float:
    """Where the Beta(a, b) distribution has `share` below it, on a grid fine enough for whole percents."""
    points = [(i + 0.5) / _GRID for i in range(_GRID)]
    logs = [(a - 1) * math.log(x) + (b - 1) * math.log1p(-x) for x in points]
    top = max(logs)
    densities = [math.exp(value - top) for value in logs]
    wanted = share * sum(densities)
    reached = 0.0
    for x, density in zip(points, densities, strict=True):
        reached += density
        if reached >= wanted:
            return x
    return 1.0
