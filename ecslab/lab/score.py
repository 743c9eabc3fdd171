"""The score of an attempt: points of the goals that pass, less what the hints cost. Pure arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Score:
    """Where an attempt stands."""

    points: float
    """After the cost of hints."""
    max: float
    earned: float
    """Before it."""
    hint_cost: int
    """Percent."""
    passed: bool
    """Every goal that is not optional passes."""
    complete: bool
    """Every goal passes, the optional ones too."""

    @property
    def text(self) -> str:
        """`7.2 of 10 points (hints cost 10 %)`."""
        cost = f" (hints cost {self.hint_cost} %)" if self.hint_cost else ""
        return f"{self.points:g} of {self.max:g} points{cost}"


def score(verdicts: Sequence[Any], optional: Iterable[str] = (), hint_cost: int = 0) -> Score:
    """Optional goals add points when they pass and take none when they don't."""
    extra = set(optional)
    earned = sum(verdict.points for verdict in verdicts)
    needed = [verdict for verdict in verdicts if verdict.id not in extra]
    return Score(
        points=round(earned * (100 - hint_cost) / 100, 2),
        max=sum(verdict.max for verdict in needed),
        earned=earned,
        hint_cost=hint_cost,
        passed=all(verdict.verdict == "pass" for verdict in needed),
        complete=all(verdict.verdict == "pass" for verdict in verdicts),
    )
