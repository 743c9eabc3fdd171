"""What was done and is known, for each objective, each module and the whole course.

It reads a store and a curriculum and makes one value of them, the one that Home, `ecslab progress` and
`--json` show. It writes nothing.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ecslab.progress.curriculum import Curriculum, Objective
from ecslab.progress.readiness import LAB_WEIGHT, Estimate, Observation, estimate, overall
from ecslab.progress.records import Answer, LabResult, ReviewCard
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
    modules: tuple[ModuleStanding, ...]
    due: int
    streak: int
    answers: int
    """Every answer ever given, repeated ones too."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Evidence:
    """All that the record says, read once."""

    read: dict[str, float]
    answers: dict[str, Answer]
    cards: dict[str, ReviewCard]
    due: frozenset[str]
    labs: dict[str, LabResult]
    now: datetime


def overview(store: Store, course: Curriculum, now: datetime) -> Overview:
    answers = store.answers()
    evidence = _Evidence(
        {lesson.lesson: lesson.share for lesson in store.lessons()},
        {answer.item: answer for answer in answers if answer.item in course.items},
        {card.item: card for card in store.cards()},
        frozenset(card.item for card in store.due_cards(now) if card.item in course.items),
        {lab: result for lab, result in store.best_labs().items() if lab in course.labs},
        now,
    )
    standings = {o.id: _objective(o, course, evidence) for o in course.objectives}
    weights = {o.id: o.weight for o in course.objectives}
    modules = tuple(
        _module(
            module.id,
            module.title,
            [s for s in standings.values() if s.module == module.id],
            course,
            evidence,
        )
        for module in course.modules
    )
    whole = overall({name: s.readiness for name, s in standings.items()}, weights)
    return Overview(whole, modules, len(evidence.due), store.streak(now), len(answers))


def _objective(objective: Objective, course: Curriculum, evidence: _Evidence) -> ObjectiveStanding:
    lessons = [name for name, served in course.lessons.items() if objective.id in served]
    items = [name for name, served in course.items.items() if objective.id in served]
    labs = [name for name, served in course.labs.items() if objective.id in served]
    answered = [evidence.answers[item] for item in items if item in evidence.answers]
    done = [evidence.labs[lab] for lab in labs if lab in evidence.labs]
    read = _share([evidence.read.get(lesson, 0.0) for lesson in lessons])
    observations = [
        Observation(_remembered(answer, evidence), 1 / len(course.items[answer.item])) for answer in answered
    ]
    observations += [Observation(lab.share, LAB_WEIGHT / len(course.labs[lab.lab])) for lab in done]
    return ObjectiveStanding(
        objective.id,
        objective.title,
        objective.module,
        read,
        len(items),
        len(answered),
        sum(answer.right for answer in answered),
        len(labs),
        sum(lab.passed for lab in done),
        sum(item in evidence.due for item in items),
        estimate(read or 0.0, observations),
    )


def _module(
    name: str, title: str, objectives: list[ObjectiveStanding], course: Curriculum, evidence: _Evidence
) -> ModuleStanding:
    ids = {objective.id for objective in objectives}
    lessons = [lesson for lesson, home in course.homes.items() if home == name]
    items = [item for item, served in course.items.items() if ids & set(served)]
    labs = [lab for lab, served in course.labs.items() if ids & set(served)]
    answered = [evidence.answers[item] for item in items if item in evidence.answers]
    weights = {o.id: o.weight for o in course.objectives}
    return ModuleStanding(
        name,
        title,
        _share([evidence.read.get(lesson, 0.0) for lesson in lessons]),
        len(items),
        len(answered),
        sum(answer.right for answer in answered),
        len(labs),
        sum(lab in evidence.labs and evidence.labs[lab].passed for lab in labs),
        sum(item in evidence.due for item in items),
        overall({o.id: o.readiness for o in objectives}, weights),
        tuple(objectives),
    )


def _remembered(answer: Answer, evidence: _Evidence) -> float:
    if not answer.right:
        return 0.0
    card = evidence.cards.get(answer.item)
    return recall(card.state, evidence.now) if card else 1.0


def _share(parts: list[float]) -> float | None:
    return sum(parts) / len(parts) if parts else None
