"""What grading gives: one grade a file, or why there is none. Plain values that travel between processes."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["pass", "fail", "not judged"]


@dataclass(frozen=True)
class Part:
    """A goal of a lab or a question, as the grader judged it."""

    id: str
    title: str
    verdict: Outcome
    points: float
    max: float
    message: str = ""
    claimed: str = ""
    """What the file says; empty: nothing."""
    hidden: bool = False
    optional: bool = False
    chosen: tuple[str, ...] = ()
    """For a question with options: the texts of those that were chosen."""
    options: tuple[tuple[str, bool], ...] = ()
    """All of its options, and whether they are right."""


@dataclass(frozen=True)
class Rerun:
    """What the learner's program did in a fresh world."""

    file: str
    status: int | None
    """Its exit status; None: it was not there, or was ended."""
    output: str
    """The last lines that it printed."""
    passed: bool
    missed: tuple[str, ...] = ()
    """Goals that it does not reach."""


@dataclass(frozen=True)
class Grade:
    file: str
    kind: str
    subject: str
    seed: int
    made: str
    learner: str
    learner_id: str
    points: float
    max: float
    passed: bool | None
    """None: nothing says what it takes to pass."""
    parts: tuple[Part, ...]
    hints: int = 0
    """How many were taken, as the file says."""
    hint_cost: int = 0
    gave_up: bool = False
    minutes: float = 0.0
    reached: dict[str, float] = field(default_factory=dict)
    disagreements: tuple[str, ...] = ()
    """Where the file says something else than its replay."""
    notes: tuple[str, ...] = ()
    """What it was made with, where that is not what it was graded with."""
    rerun: Rerun | None = None
    seconds: float = 0.0

    @property
    def who(self) -> str:
        return self.learner or self.learner_id or "–"

    @property
    def share(self) -> float:
        return self.points / self.max if self.max else 0.0

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        fields["seconds"] = round(self.seconds, 3)
        return fields


@dataclass(frozen=True)
class Refused:
    """A file that could not be graded, and why, in one line."""

    file: str
    why: str
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "why": self.why}


Graded = Grade | Refused


def good(graded: Graded) -> bool:
    """Nothing speaks against it: it was graded, agrees with its replay, and passes where that can be said."""
    if isinstance(graded, Refused):
        return False
    rerun = graded.rerun is None or graded.rerun.passed
    return not graded.disagreements and graded.passed is not False and rerun
