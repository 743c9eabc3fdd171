"""The exam: its form, how questions are drawn, and an exam in progress.

The form is that of the AWS associate exams as their guides have it (DVA-C02, SOA-C03): 65 questions in 130
minutes, 50 scored and 15 unscored ones that are not told apart, all of a question or nothing, no penalty
for guessing. A pool that has fewer questions gives a smaller exam in the same proportions, and says so.
Nothing is judged before the exam is handed in; every change is in the record before the call returns.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ecslab.progress import exams
from ecslab.progress.exams import ExamItem, ExamRecord, Why
from ecslab.progress.records import Answer, utc_now
from ecslab.progress.store import Store
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import judge
from ecslab.quiz.sitting import shuffled, variant_seed
from ecslab.terms.problems import Exit, Problem

TYPES = (Type.SINGLE, Type.MULTIPLE, Type.ORDERING, Type.MATCHING)
"""What AWS asks: multiple choice, multiple response and, since SOA-C03, ordering and matching."""


@dataclass(frozen=True)
class Form:
    """How long an exam is."""

    name: str
    items: int
    minutes: int
    unscored: int

    def within(self, pool: int) -> "Form":
        """The same exam where there are only so many questions."""
        if pool >= self.items:
            return self
        part = pool / self.items
        return replace(
            self, items=pool, minutes=max(1, round(self.minutes * part)), unscored=round(self.unscored * part)
        )

    @property
    def scored(self) -> int:
        return self.items - self.unscored


FORMS = {
    form.name: form for form in (Form("full", 65, 130, 15), Form("half", 30, 60, 7), Form("short", 15, 30, 3))
}


def asked(item: Item, seed: int) -> Item:
    """The question as an exam with this seed asks it: a generated one with values of its own."""
    return item.variant(variant_seed(seed, item.key))


def pool(items: Mapping[str, Item], seed: int = 0) -> list[Item]:
    """The questions that suit an exam, as an exam with this seed asks them."""
    return [made for item in items.values() if (made := asked(item, seed)).type in TYPES]


def draw(items: Sequence[Item], weights: Mapping[str, float], count: int, seed: int) -> list[Item]:
    """So many different questions, over the objectives by weight.

    One after another, each for the objective that is furthest behind its share and still has a question.
    A question counts for each of its objectives in equal parts.
    """
    chance = random.Random(seed)
    left = list(items)
    chance.shuffle(left)
    total = sum(weights.get(name, 1.0) for name in {name for item in left for name in item.objectives})
    had: dict[str, float] = {}
    drawn: list[Item] = []
    while left and len(drawn) < count:

        def behind(name: str) -> float:
            share = weights.get(name, 1.0) / total
            return share * (len(drawn) + 1) - had.get(name, 0.0)

        needed = max(sorted({name for item in left for name in item.objectives}), key=behind, default=None)
        found = next((item for item in left if needed is None or needed in item.objectives), left[0])
        left.remove(found)
        drawn.append(found)
        for name in found.objectives:
            had[name] = had.get(name, 0.0) + 1 / len(found.objectives)
    chance.shuffle(drawn)
    return drawn


def begin(
    store: Store,
    pack: str,
    items: Mapping[str, Item],
    weights: Mapping[str, float],
    *,
    length: str = "full",
    seed: int | None = None,
) -> "Exam":
    """A new exam over the questions of a pack.

    Raises:
        Problem: there is no such length, or no question to ask.
    """
    if length not in FORMS:
        raise Problem(
            f"there is no exam of the length {length!r}", f"it is {', '.join(FORMS)}", status=Exit.USAGE
        )
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    suited = pool(items, seed)
    if not suited:
        raise Problem(
            "this pack has no question for an exam", "choose another with --pack", status=Exit.USAGE
        )
    form = FORMS[length].within(len(suited))
    drawn = draw(suited, weights, form.items, seed)
    unscored = set(random.Random(f"unscored {seed}").sample(range(len(drawn)), form.unscored))
    rows = [ExamItem(item.key, item.hash, n not in unscored) for n, item in enumerate(drawn)]
    record = exams.start(store, pack, length, rows, seed=seed, allowed=form.minutes * 60)
    return Exam(store, record, items)


def go_on(store: Store, pack: str, items: Mapping[str, Item]) -> "Exam | None":
    """The exam that was begun and not handed in; its time does not run before `resume`."""
    held = exams.unfinished(store, pack)
    return Exam(store, held, items) if held else None


@dataclass
class Question:
    """One question of an exam, and what has been done with it."""

    place: int
    key: str
    item: Item | None
    """None: the pack no longer has it as it was; it does not count."""
    scored: bool
    chosen: Any = None
    flagged: bool = False

    @property
    def answered(self) -> bool:
        return self.chosen is not None


class Exam:
    """An exam in progress. Free to go anywhere; the time runs between `resume` and `pause`."""

    def __init__(
        self,
        store: Store,
        record: ExamRecord,
        items: Mapping[str, Item],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.record = record
        self._store = store
        self._clock, self._now = clock, now
        self._spent = record.spent
        self._since: float | None = None
        self.questions = [_question(n, row, record.sitting.seed, items) for n, row in enumerate(record.items)]
        for question in self.questions:
            if question.item is None and question.scored:
                exams.withdraw(store, record.id, question.place)
        self.position = next((q.place for q in self.questions if q.item and not q.answered), 0)

    # The time -----------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._since is not None

    @property
    def spent(self) -> float:
        """Seconds of work."""
        return self._spent + (self._clock() - self._since if self._since is not None else 0.0)

    @property
    def left(self) -> float:
        return max(0.0, self.record.allowed - self.spent)

    @property
    def over(self) -> bool:
        return self.left <= 0

    def resume(self) -> None:
        """The time runs. An exam that ended without a word is noted as interrupted, at no cost of time."""
        if self._since is None:
            if self.record.pauses or self._spent or self.record.seen != self.record.sitting.started:
                exams.resume(self._store, self.record.id, self._now())
            self._since = self._clock()

    def pause(self, why: Why = Why.PAUSED) -> None:
        """The time stands still."""
        if self._since is not None:
            self._spent, self._since = self.spent, None
            exams.pause(self._store, self.record.id, why, self._spent, self._now())
            self.record = exams.exam(self._store, self.record.id) or self.record

    def beat(self) -> None:
        """Write down the time, so that a crash costs none."""
        if self._since is not None:
            exams.tick(self._store, self.record.id, self.spent, self._now())

    # The questions ------------------------------------------------------------------------------

    @property
    def question(self) -> Question:
        return self.questions[self.position]

    def shown(self, question: Question | None = None) -> list[int]:
        """The order on the screen, the same whenever the question is looked at again."""
        item = (question or self.question).item
        return shuffled(item, self.record.sitting.seed) if item else []

    def go(self, place: int) -> None:
        self.position = max(0, min(place, len(self.questions) - 1))

    def choose(self, chosen: Any, place: int | None = None) -> None:
        """Answer a question, or with None take the answer back. It is in the record when this returns.

        Raises:
            Unreadable: it is no answer to this question; nothing changed.
        """
        question = self.questions[self.position if place is None else place]
        if question.item is None:
            return
        if chosen is not None:
            judge(question.item, chosen)
        self._keep(question, chosen, question.flagged)
        question.chosen = chosen

    def flag(self, place: int | None = None) -> bool:
        """Mark a question to come back to, or unmark it; whether it is marked now."""
        question = self.questions[self.position if place is None else place]
        self._keep(question, question.chosen, not question.flagged)
        question.flagged = not question.flagged
        return question.flagged

    @property
    def open(self) -> list[Question]:
        """The questions that are not answered."""
        return [question for question in self.questions if question.item and not question.answered]

    @property
    def flagged(self) -> list[Question]:
        return [question for question in self.questions if question.flagged]

    def hand_in(self) -> ExamRecord:
        """The end: what was answered is judged and kept, all at once."""
        exams.tick(self._store, self.record.id, self.spent, self._now())
        self._spent, self._since = self.spent, None
        answers = [
            _answer(question.item, question.chosen, self.record.id)
            for question in self.questions
            if question.item and question.answered
        ]
        self._store.record_exam(self.record.id, answers)
        self.record = exams.exam(self._store, self.record.id) or self.record
        return self.record

    def _keep(self, question: Question, chosen: Any, flagged: bool) -> None:
        exams.keep(
            self._store,
            self.record.id,
            question.place,
            chosen=chosen,
            flagged=flagged,
            spent=self.spent,
            now=self._now(),
        )


def found(row: ExamItem, seed: int, items: Mapping[str, Item]) -> Item | None:
    """The question of an exam with this seed as it was asked; None where the pack no longer has it so."""
    item = items.get(row.item)
    made = asked(item, seed) if item is not None else None
    return made if made is not None and made.hash == row.hash else None


def _question(place: int, row: ExamItem, seed: int, items: Mapping[str, Item]) -> Question:
    item = found(row, seed, items)
    if item is None:
        return Question(place, row.item, None, row.scored)
    return Question(place, row.item, item, row.scored, row.chosen, row.flagged)


def _answer(item: Item, chosen: Any, sitting: int) -> Answer:
    judgement = judge(item, chosen)
    return Answer(
        item=item.key,
        hash=item.hash,
        chosen=chosen,
        right=judgement.right,
        credit=float(judgement.right),
        objectives=item.objectives,
        sitting=sitting,
        variant=item.seed,
    )
