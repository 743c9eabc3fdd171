"""How ready somebody is, and how little that figure may be worth: a hierarchical beta-binomial estimate.

For each objective the question is: of the things that could be asked about it, what share would be
answered or done right today? The belief about it is a Beta distribution.

- **Before any evidence** it is as wide as `PRIOR_STRENGTH` observations. Its middle lies at `UNREAD` and
  rises to `READ` with the share of the lessons that was read, and from there by `DONE` with the share of the labs:
  reading and doing raise hope, never certainty. A lab is no observation: who goes on until its goals turn green
  ends with most of the points, whatever was known before.
- **New questions** are judged by first answers: one observation each. What was asked once is no fair
  sample any more, practice makes it easier than the rest.
- **Questions that were practised** stand for themselves: one that was right last counts as the chance that
  it is still remembered (FSRS), one that was wrong as `CORRECTED`: its reason was read, and that fades.
  What FSRS says may be off for this learner, everywhere at once: `MEMORY_DOUBT`.
- Evidence that serves several objectives is shared between them, so that nothing counts twice.
- **The learner has a level** that shifts the middle of every objective (on the logit scale, as wide as
  `LEVEL_SPREAD` before any evidence). It is learned from all the evidence together, so that somebody who
  does well everywhere is not taken for a beginner where nothing was asked yet; and because it is shared,
  many objectives without evidence do not add up to certainty.

Intervals are the middle 80 % of the belief. Over 500 simulated learners those of the whole and of the exam
hold the truth about four times in five, those of single objectives a little more often
(`tests/progress/test_coverage.py` describes the learners). Pure arithmetic; no file, no clock.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PRIOR_STRENGTH = 7.0
UNREAD = 0.2
READ = 0.5
CORRECTED = 0.25
MEMORY_DOUBT = 0.25
BEYOND = 3.0
"""Questions about an objective that the course does not have, for those that it has: they are a sample."""
DONE = 0.4
"""On the logit scale."""
LEVEL_SPREAD = 0.8
INTERVAL = (0.1, 0.9)
_LEVELS = tuple(n / 5 for n in range(-15, 16))
"""In spreads: three to either side."""
_GRID = 500

LOWEST, HIGHEST, PASS = 100, 1000, 720
"""AWS reports 100 to 1000 and passes at 720; how it gets there from the answers it does not publish."""
EXAM_ITEMS = 50
"""Scored questions of an exam in full."""


@dataclass(frozen=True)
class Estimate:
    """A share between 0 and 1 with the interval that holds it four times in five."""

    mean: float
    low: float
    high: float
    evidence: float
    """How many observations stand behind it; 0 is a guess from lessons and labs alone."""


@dataclass(frozen=True)
class Observation:
    """A question that was answered: how well it went (0 to 1) and how many observations it is worth."""

    value: float
    weight: float = 1.0


@dataclass(frozen=True)
class Evidence:
    """What is known about one objective."""

    read: float = 0.0
    """The share of its lessons that was read."""
    observations: Sequence[Observation] = ()
    """First answers."""
    practised: Sequence[Observation] = ()
    """Each question that was answered: the chance that it would be right today."""
    pool: float = 0.0
    """All questions about it, those never answered included, in the weights of `practised`."""
    done: float = 0.0
    """The share of the points of its labs that was reached."""

    @property
    def weight(self) -> float:
        return sum(observation.weight for observation in self.observations)

    @property
    def covered(self) -> float:
        """The share of what could be asked that was practised: a course never has all of it."""
        practised = sum(observation.weight for observation in self.practised)
        return min(practised, self.pool) / (self.pool + BEYOND)

    @property
    def held(self) -> float:
        """The chance of a right answer to one that was practised."""
        return _good(self.practised) / (sum(p.weight for p in self.practised) or 1.0)


@dataclass(frozen=True)
class Prediction:
    """An exam score, scaled, with the interval that holds it four times in five. An approximation."""

    score: int
    low: int
    high: int


class Assessment:
    """The belief about every objective at once. Objectives that are not weighted weigh 1."""

    def __init__(self, evidence: Mapping[str, Evidence], weights: Mapping[str, float]) -> None:
        self._evidence = evidence
        self._weights = weights
        counts = {name: (_good(known.observations), known.weight) for name, known in evidence.items()}
        logs = []
        self._beliefs: list[dict[str, tuple[float, float]]] = []
        for level in _LEVELS:
            log, beliefs = -(level**2) / 2, {}
            for name, known in evidence.items():
                middle = _middle(known, level * LEVEL_SPREAD)
                a, b = PRIOR_STRENGTH * middle, PRIOR_STRENGTH * (1 - middle)
                good, tried = counts[name]
                log += _log_beta(a + good, b + tried - good) - _log_beta(a, b)
                beliefs[name] = (a + good, b + tried - good)
            logs.append(log)
            self._beliefs.append(beliefs)
        top = max(logs)
        likely = [math.exp(log - top) for log in logs]
        self._likely = [value / sum(likely) for value in likely]

    def objective(self, name: str) -> Estimate:
        return self.over([name])

    def over(self, names: Iterable[str] | None = None) -> Estimate:
        """The weighted mean over some objectives, or over all of them."""
        chosen = list(self._evidence if names is None else names)
        if not chosen:
            return Estimate(0.0, 0.0, 1.0, 0.0)
        mean, variance, _ = self._moments(chosen)
        low, high = _interval(mean, variance)
        return Estimate(mean, low, high, sum(self._evidence[name].weight for name in chosen))

    def exam(self, items: int = EXAM_ITEMS) -> Prediction:
        """The score in an exam of so many scored questions, over the objectives by weight."""
        if not self._evidence:
            return Prediction(LOWEST, LOWEST, HIGHEST)
        mean, variance, luck = self._moments(list(self._evidence))
        low, high = _interval(mean, variance + luck / items)
        return Prediction(scaled(mean), scaled(low), scaled(high))

    def _moments(self, names: list[str]) -> tuple[float, float, float]:
        """Mean and variance of the weighted share, and the variance that one single question adds."""
        total = sum(self._weights.get(name, 1.0) for name in names)
        parts = [
            (
                name,
                self._weights.get(name, 1.0) / total,
                self._evidence[name].covered,
                self._evidence[name].held,
            )
            for name in names
        ]
        mean = square = luck = 0.0
        for likely, beliefs in zip(self._likely, self._beliefs, strict=True):
            here = spread = 0.0
            for name, share, covered, held in parts:
                a, b = beliefs[name]
                new = a / (a + b)
                middle = covered * held + (1 - covered) * new
                here += share * middle
                spread += (share * (1 - covered)) ** 2 * new * (1 - new) / (a + b + 1)
                luck += likely * share * middle * (1 - middle)
            mean += likely * here
            square += likely * (here**2 + spread)
        doubt = MEMORY_DOUBT * sum(share * covered * held * (1 - held) for _, share, covered, held in parts)
        return mean, max(0.0, square - mean**2) + doubt**2, luck


def scaled(share: float) -> int:
    """A share of right answers on the scale of the exams: a straight line, which is our approximation."""
    return round(LOWEST + (HIGHEST - LOWEST) * share)


def _good(observations: Sequence[Observation]) -> float:
    return sum(observation.value * observation.weight for observation in observations)


def _middle(known: Evidence, level: float) -> float:
    """The middle of the belief before any answer."""
    unread, all_read = _logit(UNREAD), _logit(READ)
    return 1 / (1 + math.exp(-(unread + (all_read - unread) * known.read + DONE * known.done + level)))


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _interval(mean: float, variance: float) -> tuple[float, float]:
    """The middle 80 % of the Beta distribution with these moments."""
    strength = max(1e-3, mean * (1 - mean) / max(variance, 1e-9) - 1)
    low, high = (_quantile(mean * strength, (1 - mean) * strength, share) for share in INTERVAL)
    return min(low, mean), max(high, mean)


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
