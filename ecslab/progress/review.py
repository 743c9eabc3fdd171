"""When a question comes back: the FSRS schedule, as functions from values to values.

Two rules of our own sit on top of the library. The learning steps are ten minutes and a day, because a
correction fades within a week: **what was missed returns within a day**. And the schedule is not
fuzzed, so the same answers always give the same dates. This module knows no database.
"""

import zlib
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from fsrs import Card, Scheduler
from fsrs import Rating as FsrsRating

from ecslab.progress.records import Confidence

STEPS = (timedelta(minutes=10), timedelta(days=1))
RELEARNING_STEPS = (timedelta(minutes=10),)
LONGEST = 180
"""Days. A course is finished in months, not decades."""

_SCHEDULER: Any = Scheduler(
    learning_steps=STEPS,
    relearning_steps=RELEARNING_STEPS,
    maximum_interval=LONGEST,
    enable_fuzzing=False,
)


class Rating(IntEnum):
    """How well it was remembered. The values are FSRS's."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


def rating_of(right: bool, confidence: Confidence | None) -> Rating:
    """A right guess is hard, not good: luck is no memory. A wrong answer is never softened."""
    if not right:
        return Rating.AGAIN
    return {Confidence.GUESS: Rating.HARD, Confidence.SURE: Rating.EASY}.get(
        confidence or Confidence.UNSURE, Rating.GOOD
    )


def fresh(item: str, due: datetime) -> str:
    """The state of something that was met but never recalled yet."""
    return str(Card(card_id=zlib.crc32(item.encode()), due=due).to_json())


def schedule(state: str | None, item: str, rating: Rating, now: datetime) -> tuple[str, datetime]:
    """The state after a review and when the item is due again. `state` is None for a new item."""
    if state is None:
        card: Any = Card(card_id=zlib.crc32(item.encode()), due=now)
    else:
        card = Card.from_json(state)
    card, _ = _SCHEDULER.review_card(card, FsrsRating(int(rating)), now)
    return card.to_json(), card.due


def recall(state: str, now: datetime) -> float:
    """The chance, 0 to 1, that the item would be remembered now."""
    return float(_SCHEDULER.get_card_retrievability(Card.from_json(state), now))
