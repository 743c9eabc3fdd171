"""The ladder of hints: which have been taken, which comes next, and what they cost.

A hint that is taken is on the disk before its text is returned, so that a crash cannot make it free. Once all goals
are reached the solution lies open, and what is read then costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecslab.lab.record import Record
from ecslab.terms.problems import Exit, Problem


@dataclass(frozen=True)
class Hint:
    """A rung of the ladder. `number` counts from 1; `cost` is a percentage of the points."""

    number: int
    cost: int
    text: str


class Ladder:
    """The hints of a lab in one attempt."""

    def __init__(self, hints: Sequence[Any], record: Record) -> None:
        self.all = [Hint(number, int(hint.cost), hint.text) for number, hint in enumerate(hints, 1)]
        self._record = record

    @property
    def taken(self) -> list[Hint]:
        numbers = {line["number"] for line in self._record.lines("hint")}
        return [hint for hint in self.all if hint.number in numbers]

    @property
    def next(self) -> Hint | None:
        """The hint that would come next; its text is not to be shown before it is taken."""
        count = len(self.taken)
        return self.all[count] if count < len(self.all) else None

    @property
    def counted(self) -> list[Hint]:
        """Those that helped: taken before all goals were reached."""
        late = {line["number"] for line in self._record.lines("hint") if line.get("late")}
        return [hint for hint in self.taken if hint.number not in late]

    @property
    def cost(self) -> int:
        """The percentage of the points that the hints taken so far cost."""
        return min(100, sum(hint.cost for hint in self.counted))

    def take(self, *, late: bool = False) -> Hint:
        """Takes the next hint; a late one, read for interest, counts for nothing.

        Raises:
            Problem: there are no more.
        """
        hint = self.next
        if hint is None:
            raise Problem(
                "there are no more hints in this lab",
                "`ecslab lab check` says where each goal stands; `ecslab lab debrief --give-up` shows the solution",
                status=Exit.NEGATIVE,
            )
        self._record.append("hint", number=hint.number, cost=hint.cost, **({"late": True} if late else {}))
        return hint
