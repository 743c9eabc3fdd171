"""How an exam went: the score, the objectives with what to study, and every question with its reasons.

It can be made at any time from the record. The scale is an approximation and says so: AWS publishes its
ends and its pass mark, not how it gets there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ecslab.progress.curriculum import Curriculum
from ecslab.progress.exams import ExamRecord
from ecslab.progress.readiness import PASS, scaled
from ecslab.quiz.exam import found
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import Judgement, judge

APPROXIMATION = (
    "The scale of 100 to 1000 is an approximation: a straight line over the scored questions. "
    "AWS does not publish how it scales."
)
GOOD_ENOUGH = 0.7
"""The share of right answers below which an objective is weak: about what the pass mark asks for."""
MOST_STUDY = 2
"""Lessons, and labs, that are named for a weak objective."""


@dataclass(frozen=True)
class Result:
    """The bare result, as the history lists it."""

    exam: int
    form: str
    ended: datetime | None
    right: int
    scored: int
    score: int
    minutes: int

    @property
    def passed(self) -> bool:
        return self.score >= PASS


@dataclass(frozen=True)
class Line:
    """One question of the exam, afterwards."""

    place: int
    key: str
    item: Item | None
    """None: the pack no longer has it as it was asked."""
    scored: bool
    flagged: bool
    chosen: Any
    right: bool
    judgement: Judgement | None
    """None where the question can no longer be shown. One that was not answered has its reasons, too."""

    @property
    def answered(self) -> bool:
        return self.chosen is not None


@dataclass(frozen=True)
class ObjectiveResult:
    """All questions of the exam about one objective, unscored ones too: they say as much about what to study."""

    id: str
    title: str
    right: int
    asked: int
    study: tuple[str, ...]
    """`lesson:ID`, `lab:ID` that teach it."""

    @property
    def weak(self) -> bool:
        return self.right < GOOD_ENOUGH * self.asked


@dataclass(frozen=True)
class Report:
    result: Result
    lines: tuple[Line, ...]
    objectives: tuple[ObjectiveResult, ...]
    """The weakest first."""
    pauses: int
    seed: int
    """Options stood in this order."""

    @property
    def withdrawn(self) -> int:
        return sum(line.item is None for line in self.lines)


def result(record: ExamRecord) -> Result:
    """The score of an exam that was handed in."""
    right = {answer.item for answer in record.sitting.answers if answer.right}
    scored = [item.item for item in record.items if item.scored]
    hits = sum(key in right for key in scored)
    return Result(
        record.id,
        record.form,
        record.sitting.finished,
        hits,
        len(scored),
        scaled(hits / len(scored)) if scored else scaled(0),
        round(min(record.spent, record.allowed) / 60),
    )


def report(record: ExamRecord, items: Mapping[str, Item], course: Curriculum) -> Report:
    """All of it, with the reasons that the pack gives today."""
    right = {answer.item for answer in record.sitting.answers if answer.right}
    lines = []
    for place, row in enumerate(record.items):
        item = found(row, record.sitting.seed, items)
        judgement = _explained(item, row.chosen) if item else None
        lines.append(
            Line(place, row.item, item, row.scored, row.flagged, row.chosen, row.item in right, judgement)
        )
    return Report(
        result(record), tuple(lines), _objectives(lines, course), len(record.pauses), record.sitting.seed
    )


def _explained(item: Item, chosen: Any) -> Judgement:
    """The judgement of an answer; of none, the reasons without a choice."""
    if chosen is not None:
        return judge(item, chosen)
    match item.type:
        case Type.SINGLE:
            model: Any = next(n for n, option in enumerate(item.options) if option.right)
        case Type.MULTIPLE:
            model = [n for n, option in enumerate(item.options) if option.right]
        case _:
            model = list(range(len(item.steps or item.pairs)))
    judgement = judge(item, model)
    reasons = tuple(replace(reason, chosen=False) for reason in judgement.reasons)
    return replace(judgement, right=False, credit=0.0, reasons=reasons)


def _objectives(lines: Sequence[Line], course: Curriculum) -> tuple[ObjectiveResult, ...]:
    titles = {objective.id: objective.title for objective in course.objectives}
    about: dict[str, list[bool]] = {}
    for line in lines:
        for name in line.item.objectives if line.item else ():
            about.setdefault(name, []).append(line.right)
    results = [
        ObjectiveResult(name, titles.get(name, name), sum(hits), len(hits), _study(name, course))
        for name, hits in about.items()
    ]
    return tuple(sorted(results, key=lambda one: (one.right / one.asked, -one.asked, one.title)))


def _study(objective: str, course: Curriculum) -> tuple[str, ...]:
    """Lessons and labs for it: those that are about little else come first, and no more than one can do."""

    def fitting(served_by: Mapping[str, Sequence[str]]) -> list[str]:
        found = [name for name, served in served_by.items() if objective in served]
        return sorted(found, key=lambda name: len(served_by[name]))[:MOST_STUDY]

    lessons = [f"lesson:{name}" for name in fitting(course.lessons)]
    return (*lessons, *(f"lab:{name}" for name in fitting(course.labs)))
