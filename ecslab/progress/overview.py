"""What was done and is known, for each objective, each module and the whole course.

It reads a store and a curriculum and makes one value of them, the one that Home, `ecslab progress` and
`--json` show. It writes nothing.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ecslab.progress.curriculum import Curriculum, Objective
from ecslab.progress.habits import TimeSpent, time_spent
from ecslab.progress.readiness import (
    CORRECTED,
    Assessment,
    Estimate,
    Evidence,
    Observation,
    Prediction,
)
from ecslab.progress.records import Answer, LabResult, ReviewCard
from ecslab.progress.retention import Retention, Sureness, calibration, retention
from ecslab.progress.review import recall
from ecslab.progress.store import Store


@dataclass(frozen=True)
class ObjectiveStanding:
    """One objective. `None` as a share means that there is nothing to take a share of yet."""

    id: str
    title: str
    module: str
    read: float | None
    questions: int
    answered: int
    right: int
    labs: int
    labs_passed: int
    due: int
    readiness: Estimate


@dataclass(frozen=True)
class ModuleStanding:
    id: str
    title: str
    lessons_read: float | None
    questions: int
    answered: int
    right: int
    labs: int
    labs_passed: int
    due: int
    readiness: Estimate
    objectives: tuple[ObjectiveStanding, ...]

    @property
    def right_share(self) -> float | None:
        return self.right / self.answered if self.answered else None


@dataclass(frozen=True)
class Overview:
    readiness: Estimate
    exam: Prediction
    """The predicted score of an exam in full: an approximation, as the scale is."""
    modules: tuple[ModuleStanding, ...]
    due: int
    streak: int
    time: TimeSpent
    answers: int
    """Every answer ever given, repeated ones too."""
    retention: tuple[Retention, ...]
    calibration: tuple[Sureness, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Record:
    """All that the record says, read once."""

    read: dict[str, float]
    first: dict[str, Answer]
    last: dict[str, Answer]
    cards: dict[str, ReviewCard]
    due: tuple[ReviewCard, ...]
    labs: dict[str, LabResult]
    now: datetime


def overview(store: Store, course: Curriculum, now: datetime) -> Overview:
    answers = store.answers()
    known = [answer for answer in answers if answer.item in course.items]
    record = _Record(
        {lesson.lesson: lesson.share for lesson in store.lessons()},
        {answer.item: answer for answer in reversed(known)},
        {answer.item: answer for answer in known},
        {card.item: card for card in store.cards()},
        tuple(card for card in store.due_cards(now) if course.reviewed(card.item)),
        {lab: result for lab, result in store.best_labs().items() if lab in course.labs},
        now,
    )
    assessment = Assessment(
        {o.id: _evidence(o, course, record) for o in course.objectives},
        {o.id: o.weight for o in course.objectives},
    )
    standings = [_objective(o, course, record, assessment) for o in course.objectives]
    modules = tuple(
        _module(
            module.id,
            module.title,
            [standing for standing in standings if standing.module == module.id],
            course,
            record,
            assessment,
        )
        for module in course.modules
    )
    return Overview(
        assessment.over(),
        assessment.exam(),
        modules,
        len(record.due),
        store.streak(now),
        time_spent(store, now),
        len(answers),
        retention(store.reviews(), now),
        calibration(answers),
    )


def _evidence(objective: Objective, course: Curriculum, record: _Record) -> Evidence:
    """What speaks for one objective; whatever serves several is shared between them."""
    shares = {item: 1 / len(served) for item, served in course.items.items() if objective.id in served}
    answered = [item for item in shares if item in record.last]
    lessons = [record.read.get(name, 0.0) for name, to in course.lessons.items() if objective.id in to]
    reached = {lab: result.share for lab, result in record.labs.items()}
    labs = [reached.get(lab, 0.0) for lab, served in course.labs.items() if objective.id in served]
    return Evidence(
        _share(lessons) or 0.0,
        [Observation(float(record.first[item].right), shares[item]) for item in answered],
        [Observation(_remembered(record.last[item], record), shares[item]) for item in answered],
        sum(shares.values()),
        _share(labs) or 0.0,
    )


def _objective(
    objective: Objective, course: Curriculum, record: _Record, assessment: Assessment
) -> ObjectiveStanding:
    lessons = [name for name, served in course.lessons.items() if objective.id in served]
    items = [name for name, served in course.items.items() if objective.id in served]
    labs = [name for name, served in course.labs.items() if objective.id in served]
    answered = [record.last[item] for item in items if item in record.last]
    return ObjectiveStanding(
        objective.id,
        objective.title,
        objective.module,
        _share([record.read.get(lesson, 0.0) for lesson in lessons]),
        len(items),
        len(answered),
        sum(answer.right for answer in answered),
        len(labs),
        sum(lab in record.labs and record.labs[lab].passed for lab in labs),
        _due({objective.id}, course, record),
        assessment.objective(objective.id),
    )


def _module(
    name: str,
    title: str,
    objectives: list[ObjectiveStanding],
    course: Curriculum,
    record: _Record,
    assessment: Assessment,
) -> ModuleStanding:
    ids = {objective.id for objective in objectives}
    lessons = [lesson for lesson, home in course.homes.items() if home == name]
    items = [item for item, served in course.items.items() if ids & set(served)]
    labs = [lab for lab, served in course.labs.items() if ids & set(served)]
    answered = [record.last[item] for item in items if item in record.last]
    return ModuleStanding(
        name,
        title,
        _share([record.read.get(lesson, 0.0) for lesson in lessons]),
        len(items),
        len(answered),
        sum(answer.right for answer in answered),
        len(labs),
        sum(lab in record.labs and record.labs[lab].passed for lab in labs),
        _due(ids, course, record),
        assessment.over(ids),
        tuple(objectives),
    )


def _due(objectives: set[str], course: Curriculum, record: _Record) -> int:
    """Due cards about any of these objectives: as the course has them, or else as the card does."""
    return sum(bool(objectives & set(course.items.get(c.item, c.objectives))) for c in record.due)


def _remembered(answer: Answer, record: _Record) -> float:
    if not answer.right:
        return CORRECTED
    card = record.cards.get(answer.item)
    return recall(card.state, record.now) if card else 1.0


def _share(parts: list[float]) -> float | None:
    return sum(parts) / len(parts) if parts else None
