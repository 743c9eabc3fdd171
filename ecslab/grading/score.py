"""What the verdicts of an attempt are worth. Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecslab.grading.judge import Verdict


@dataclass(frozen=True)
class Score:
    points: float
    """Points passed, less what hints cost."""
    max: float
    bonus: float = 0
    """Points of optional checks: they are never taken away and never missing."""
    hints: int = 0
    """What the hints cost, in percent of the points."""
    passed: bool = False
    """Every check that must be met is met."""

    @property
    def percent(self) -> float:
        return 100 * self.points / self.max if self.max else 100.0 if self.passed else 0.0

    def as_json(self, verdicts: Sequence[Verdict]) -> dict[str, Any]:
        """The form of `ecslab lab check --json`."""
        return {
            "passed": self.passed,
            "points": self.points,
            "max": self.max,
            "checks": [verdict.as_json() for verdict in verdicts],
        }


def score(verdicts: Sequence[Verdict], hint_cost: int = 0) -> Score:
    """Points passed times (1 - cost of hints). A check that the grader failed on counts for nothing.

    Args:
        hint_cost: the sum of the costs of the hints taken, in percent; more than 100 is 100.
    """
    counted = [v for v in verdicts if not v.optional and not v.fault]
    cost = min(max(hint_cost, 0), 100)
    earned = sum(v.points for v in counted)
    return Score(
        points=round(earned * (100 - cost) / 100, 2),
        max=sum(v.max for v in counted),
        bonus=sum(v.points for v in verdicts if v.optional),
        hints=cost,
        passed=bool(counted) and all(v.passed for v in counted),
    )
