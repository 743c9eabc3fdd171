"""What the progress record holds, as values: plain, frozen, free of SQL and of the screen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ecslab.terms.problems import Problem


class ProgressProblem(Problem):
    """The record of progress cannot be opened, read or written."""


class Kind(StrEnum):
    """Why somebody sits down to answer questions."""

    QUIZ = "quiz"
    REVIEW = "review"
    EXAM = "exam"


class Confidence(StrEnum):
    """How sure the learner was, said before the answer was revealed."""

    GUESS = "guess"
    UNSURE = "unsure"
    SURE = "sure"


@dataclass(frozen=True)
class LessonProgress:
    """How far a lesson has been read. Pages count from 0."""

    lesson: str
    read: frozenset[int] = frozenset()
    pages: int = 0
    """How many pages the lesson had when it was last opened; 0 if it never was."""
    position: int = 0
    """The page on which reading goes on."""

    @property
    def share(self) -> float:
        return min(1.0, len(self.read) / self.pages) if self.pages else 0.0

    @property
    def finished(self) -> bool:
        return bool(self.pages) and len(self.read) >= self.pages


@dataclass(frozen=True)
class Answer:
    """One question answered once."""

    item: str
    """The item's key: `quiz-id/item-id`."""
    hash: str
    """Of the item's content: an edited question is another question."""
    chosen: Any
    """What was chosen, as JSON can carry it; what it means depends on the type of the item."""
    right: bool
    credit: float
    confidence: Confidence | None = None
    objectives: tuple[str, ...] = ()
    answered: datetime | None = None
    sitting: int | None = None
    variant: int | None = None
    """The seed of the values that a generated question was asked with."""


@dataclass(frozen=True)
class Flag:
    """A question that somebody holds to be bad."""

    item: str
    hash: str
    variant: int | None
    note: str
    at: datetime


@dataclass(frozen=True)
class SittingRecord:
    """A row of questions that somebody began to answer."""

    id: int
    kind: Kind
    quiz: str
    seed: int
    items: tuple[str, ...]
    started: datetime
    finished: datetime | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class LabResult:
    """How an attempt at a lab stood the last time it was looked at, and the best it ever did."""

    attempt: int
    lab: str
    points: float
    maximum: float
    passed: bool
    hints: int
    objectives: tuple[str, ...]
    at: datetime
    verdicts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.points / self.maximum if self.maximum else 0.0


@dataclass(frozen=True)
class ReviewCard:
    """A question in the review queue, with the state of its memory (FSRS, JSON)."""

    item: str
    hash: str
    objectives: tuple[str, ...]
    state: str
    due: datetime


@dataclass(frozen=True)
class Review:
    """Something that was asked again, and what had been expected of it."""

    item: str
    rating: int
    at: datetime
    expected: datetime | None = None
    """When it had been due; None the first time."""
    predicted: float | None = None
    """The chance of recall that the schedule predicted for that moment."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as text whose alphabetical order is the order of time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
