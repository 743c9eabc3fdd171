"""Somebody who has studied the built-in pack for three weeks, so that pictures show a record and not its absence."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ecslab.content.packs import builtin
from ecslab.lesson import recalls
from ecslab.lesson.pages import load_lesson
from ecslab.progress import drills, exams
from ecslab.progress.drills import DrillResult
from ecslab.progress.records import Answer, Confidence
from ecslab.progress.store import Store
from ecslab.quiz import course, exam
from ecslab.quiz.items import Item, Type

DAYS = 21
LESSONS = 7
"""How many lessons were read, one every third day."""
LABS = ("first-cluster", "scale-to-five", "first-service", "fix-restarts-health")
DRILLS = ("log-group", "no-route")
KNOWN = {Confidence.GUESS: 0.5, Confidence.UNSURE: 0.75, Confidence.SURE: 0.95}
"""How often somebody who is so sure is right."""


class Clock:
    """The time at which something is put on record."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) - timedelta(days=DAYS)

    def __call__(self) -> datetime:
        return self.now


def studied(home: Path) -> None:
    """Writes the record of that learner."""
    clock, draw = Clock(), random.Random(7)
    with Store.open(home / "progress.sqlite3", clock=clock) as store:
        items = course.items(builtin())
        quizzes = {quiz.id: quiz for quiz in course.quizzes(builtin())}
        for number, summary in enumerate(builtin().lessons()[:LESSONS]):
            _read(store, clock, summary.id, DAYS - number * 3)
            lesson = load_lesson(builtin(), summary.id)
            quiz = quizzes.get(lesson.quiz or summary.id)
            for item in quiz.items if quiz else ():
                _answer(store, clock, item, draw, 0.6 + 0.05 * number)
        for number, lab in enumerate(LABS):
            clock.now = datetime.now(UTC) - timedelta(days=12 - 3 * number)
            _solve(store, lab, hints=number % 2)
        for number, fault in enumerate(DRILLS):
            clock.now = datetime.now(UTC) - timedelta(days=9 - number)
            _drill(store, fault, points=100.0 - 40 * number)
        clock.now = datetime.now(UTC) - timedelta(days=1)
        _sit_exam(store, items, draw)


def _read(store: Store, clock: Clock, lesson: str, days_ago: int) -> None:
    clock.now = datetime.now(UTC) - timedelta(days=days_ago)
    pages = load_lesson(builtin(), lesson)
    for page in range(len(pages.pages)):
        store.mark_page(lesson, page, len(pages.pages))
        clock.now += timedelta(minutes=2)
    recalls.enqueue(store, recalls.cards(pages), clock.now)


def _answer(store: Store, clock: Clock, item: Item, draw: random.Random, knows: float) -> None:
    """An item, and again what is due of it later; sure answers are right more often."""
    right = draw.random() < knows
    chances = (0.1, 0.2, 0.7) if right else (0.4, 0.4, 0.2)
    sure = draw.choices([Confidence.GUESS, Confidence.UNSURE, Confidence.SURE], chances)[0]
    answered = Answer(item.key, item.hash, 0, right, float(right), sure, item.objectives)
    store.record_answer(answered, clock.now)
    clock.now += timedelta(minutes=1)
    for days in (3, 9):
        again, right = clock.now + timedelta(days), draw.random() < KNOWN[sure]
        if again < datetime.now(UTC):
            later = Answer(item.key, item.hash, 0, right, float(right), sure, item.objectives)
            store.record_answer(later, again)


def _solve(store: Store, lab: str, *, hints: int) -> None:
    found = builtin().lab(lab)
    attempt = store.start_lab(lab, seed=1, objectives=found.objectives)
    points = found.max_points * (1 - 0.1 * hints)
    store.record_lab(attempt, points=points, maximum=found.max_points, passed=True, hints=hints)


def _drill(store: Store, fault: str, *, points: float) -> None:
    found = next(one for one in builtin().faults() if one.id == fault)
    drills.keep(
        store,
        DrillResult(
            fault,
            found.worlds[0],
            1,
            found.objectives,
            True,
            points > 80,
            1,
            False,
            points,
            40_000,
            260_000,
            410.0,
        ),
        "",
    )


def _sit_exam(store: Store, items: dict[str, Item], draw: random.Random) -> None:
    weights = {objective.id: objective.weight for objective in course.curriculum(builtin()).objectives}
    sitting = exam.begin(store, exams.EXAM, items, weights, length="short", seed=4)
    sitting.resume()
    for question in sitting.questions:
        if question.item is not None:
            sitting.choose(_choice(question.item, draw.random() < 0.8), question.place)
    sitting.hand_in()


def _choice(item: Item, right: bool) -> Any:
    """An answer in the shape that the exam keeps."""
    if item.type in (Type.SINGLE, Type.MULTIPLE):
        chosen = [place for place, option in enumerate(item.options) if option.right]
        wrong = [place for place, option in enumerate(item.options) if not option.right]
        given = chosen if right else wrong[: len(chosen)]
        return given[0] if item.type is Type.SINGLE else given
    count = len(item.steps or item.pairs)
    return list(range(count)) if right else [*range(1, count), 0]
