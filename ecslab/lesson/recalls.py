"""Recall questions of lessons in the review queue: a card for each, once its page was read.

A card is known by its lesson and its question, so that pages may move; another answer makes it a new card.
The first time it is asked is a day after the page was read: at once it would be no recall.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ecslab.lesson.pages import Lesson, Recall, load_lesson
from ecslab.progress.curriculum import RECALL
from ecslab.progress.records import ReviewCard, utc_now
from ecslab.progress.review import Rating
from ecslab.progress.store import Store
from ecslab.terms.problems import Problem

FIRST = timedelta(days=1)

RATINGS: tuple[tuple[Rating, str, str], ...] = (
    (Rating.AGAIN, "not", "I did not know it"),
    (Rating.HARD, "hardly", "I knew some of it"),
    (Rating.GOOD, "well", "I knew it"),
    (Rating.EASY, "easily", "It was there at once"),
)
"""How well it was known, said by the learner after the answer was shown; the numbers are FSRS's."""


@dataclass(frozen=True)
class RecallCard:
    """A recall question that is asked again."""

    key: str
    lesson: str
    """The lesson's title."""
    ask: str
    answer: str
    content: str
    """A digest of question and answer."""
    objectives: tuple[str, ...]


def cards(lesson: Lesson, page: int | None = None) -> list[RecallCard]:
    """The cards of one page (from 0), or of all pages."""
    pages = lesson.pages if page is None else lesson.pages[page : page + 1]
    return [
        RecallCard(
            f"{RECALL}{lesson.id}/{_digest(block.ask)}",
            lesson.title,
            block.ask,
            block.answer,
            _digest(f"{block.ask}\n{block.answer}"),
            lesson.objectives,
        )
        for each in pages
        for block in each.blocks
        if isinstance(block, Recall)
    ]


def enqueue(store: Store, found: Iterable[RecallCard], now: datetime | None = None) -> None:
    """Into the queue with them, if they are not in it yet."""
    new = [(card.key, card.content, card.objectives) for card in found]
    if new:
        moment = now or utc_now()
        store.enqueue(new, moment + FIRST, now)


def due(store: Store, pack: Any, now: datetime) -> list[RecallCard]:
    """What is due of this pack's recall questions. Those that the pack no longer has leave the queue."""
    lessons = {pack.key(summary.id) for summary in pack.lessons()}
    held = [card for card in store.due_cards(now) if _lesson_of(card) in lessons]
    opened = {name: _cards_of(pack, name) for name in {_lesson_of(card) for card in held}}
    known = {card.key: card for found in opened.values() for card in found or ()}
    gone = [card.item for card in held if card.item not in known and opened[_lesson_of(card)] is not None]
    if gone:
        store.forget(gone)
    return [known[card.item] for card in held if card.item in known]


def rate(store: Store, card: RecallCard, rating: Rating, now: datetime | None = None) -> ReviewCard:
    """Keep how well it was known; says when it returns."""
    return store.record_review(
        card.key, int(rating), content=card.content, objectives=card.objectives, now=now
    )


def _lesson_of(card: ReviewCard) -> str:
    """The key of its lesson, or nothing for a card that is no recall question."""
    return card.item.removeprefix(RECALL).rpartition("/")[0] if card.item.startswith(RECALL) else ""


def _cards_of(pack: Any, name: str) -> list[RecallCard] | None:
    """None: the lesson cannot be read today, which is no reason to forget it."""
    try:
        return cards(load_lesson(pack, name))
    except Problem:
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
