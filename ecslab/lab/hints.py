"""The ladder of hints: which have been taken, which comes next, and what they cost.

A hint that is taken is on the disk before its text is returned, so that a crash cannot make it free.
One that is taken when the goals are reached and the solution may be read costs nothing: it helps no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ecslab.lab.record import Record
from ecslab.terms.problems import Exit, Problem


@dataclass(frozen=True)
class Hint:
    """A rung of the ladder. `number` counts from 1; `cost` is a percentage of the points."""

    number: int
    cost: int
    text: str
    late: bool = False
    """Taken, or to be taken, when the lab was done."""


class Ladder:
    """The hints of a lab in one attempt.

    Args:
        done: the goals have been reached and the solution may be read.
    """

    def __init__(self, hints: Sequence[Any], record: Record, *, done: bool = False) -> None:
        self.all = [Hint(number, int(hint.cost), hint.text) for number, hint in enumerate(hints, 1)]
        self._record = record
        self._done = done

    @property
    def taken(self) -> list[Hint]:
        late = {line["number"]: bool(line.get("late")) for line in self._record.lines("hint")}
        return [_when(hint, late[hint.number]) for hint in self.all if hint.number in late]

    @property
    def helped(self) -> list[Hint]:
        """Those that were taken before the lab was done."""
        return [hint for hint in self.taken if not hint.late]

    @property
    def next(self) -> Hint | None:
        """The hint that would come next; its text is not to be shown before it is taken."""
        count = len(self.taken)
        return _when(self.all[count], self._done) if count < len(self.all) else None

    @property
    def cost(self) -> int:
        """The percentage of the points that the hints taken so far cost."""
        return min(100, sum(hint.cost for hint in self.taken))

    def take(self) -> Hint:
        """Takes the next hint.

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
        self._record.append("hint", number=hint.number, cost=hint.cost, late=hint.late)
        return hint


def _when(hint: Hint, late: bool) -> Hint:
    return replace(hint, cost=0, late=True) if late else hint
