"""Sitting down: begins a sitting in the record of progress, or goes on with one that was interrupted.

The one place where questions meet the store; the engine itself (`sitting`) knows neither file nor clock.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ecslab.progress.curriculum import DRILL, Curriculum
from ecslab.progress.records import Answer, Kind, SittingRecord
from ecslab.progress.store import Store
from ecslab.quiz.items import Item, Quiz
from ecslab.quiz.sitting import Runner, Sitting

REVIEW = "review"
REVIEW_SIZE = 20
"""Questions in one review: about ten minutes."""


def sit(
    store: Store, quiz: Quiz, *, fresh: bool = False, seed: int | None = None, run: Runner | None = None
) -> Sitting:
    """Answer a quiz, from where it was left off unless `fresh`."""
    held = store.unfinished_sitting(Kind.QUIZ, quiz.id)
    by_key = {item.key: item for item in quiz.items}
    if held and (fresh or set(held.items) != set(by_key)):
        store.finish_sitting(held.id)
        held = None
    if held is None:
        held = store.start_sitting(Kind.QUIZ, quiz.id, list(by_key), _seed(seed))
    return _resume(store, held, [by_key[key] for key in held.items], run)


def sit_review(
    store: Store,
    items: Mapping[str, Item],
    now: datetime,
    size: int = REVIEW_SIZE,
    *,
    run: Runner | None = None,
) -> Sitting | None:
    """Answer what is due now, the longest overdue first; None when nothing is."""
    held = store.unfinished_sitting(Kind.REVIEW, REVIEW)
    if held:
        store.finish_sitting(held.id)
    due = due_items(store, items, now)[:size]
    if not due:
        return None
    record = store.start_sitting(Kind.REVIEW, REVIEW, [item.key for item in due], _seed(None))
    return _resume(store, record, due, run)


def flagger(store: Store) -> Callable[[Item, str], None]:
    """Keeps that a question is bad, with the values it was asked with."""

    def flag(item: Item, note: str) -> None:
        store.flag(item.key, item.hash, note=note, variant=item.seed)

    return flag


def due_items(store: Store, items: Mapping[str, Item], now: datetime) -> list[Item]:
    """Due questions that the course still has."""
    return [items[card.item] for card in store.due_cards(now) if card.item in items]


def due_drills(store: Store, now: datetime) -> list[str]:
    """The drills to do again, with new random values, the longest overdue first: what was hidden in each."""
    return [card.item.removeprefix(DRILL) for card in store.due_cards(now) if card.item.startswith(DRILL)]


def next_due(store: Store, course: Curriculum, now: datetime) -> datetime | None:
    """When the next thing comes back that is not due yet: a question, a recall question or a drill."""
    return next((card.due for card in store.cards() if card.due > now and course.reviewed(card.item)), None)


def _resume(store: Store, record: SittingRecord, items: Sequence[Item], run: Runner | None) -> Sitting:
    hashes = {item.key: item.hash for item in items}
    valid: list[Answer] = [answer for answer in record.answers if hashes.get(answer.item) == answer.hash]
    return Sitting(
        items,
        seed=record.seed,
        record=_keeper(store, record),
        answered=valid,
        number=record.id,
        run=run,
    )


def _keeper(store: Store, record: SittingRecord) -> Callable[[Answer], object]:
    """Keeps an answer; the last one finishes the sitting in the record."""
    left = set(record.items) - {answer.item for answer in record.answers}

    def keep(answer: Answer) -> None:
        store.record_answer(answer)
        left.discard(answer.item)
        if not left:
            store.finish_sitting(record.id)

    return keep


def _seed(seed: int | None) -> int:
    return random.SystemRandom().randrange(2**31) if seed is None else seed
