"""How well memory keeps, and how well one knows what one knows: measured, not assumed.

**Retention** is the share of due reviews that were remembered, beside what the schedule had predicted for
those very moments. Only what came back after half a day or more counts: ten minutes later is no memory.
**Calibration** is the share of right answers for each confidence given before the answer was revealed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecslab.progress.records import Answer, Confidence, Review

WINDOWS = (7, 30)
"""Days."""
SHORTEST = timedelta(hours=12)
AGAIN = 1


@dataclass(frozen=True)
class Retention:
    """One window of time. `measured` and `predicted` are None where nothing was due in it."""

    days: int
    reviews: int
    measured: float | None
    predicted: float | None


@dataclass(frozen=True)
class Sureness:
    """The answers that were given with one confidence."""

    confidence: Confidence
    answers: int
    right: int

    @property
    def share(self) -> float | None:
        return self.right / self.answers if self.answers else None


def retention(reviews: Iterable[Review], now: datetime) -> tuple[Retention, ...]:
    """Over the last 7 and 30 days. The reviews come oldest first."""
    counted = _due_reviews(reviews)
    found = []
    for days in WINDOWS:
        recent = [r for r in counted if now - timedelta(days=days) < r.at <= now]
        found.append(
            Retention(
                days,
                len(recent),
                _mean([float(review.rating > AGAIN) for review in recent]),
                _mean([review.predicted or 0.0 for review in recent]),
            )
        )
    return tuple(found)


def calibration(answers: Iterable[Answer]) -> tuple[Sureness, ...]:
    """For guess, unsure and sure, in this order."""
    given = list(answers)
    return tuple(
        Sureness(
            confidence,
            sum(answer.confidence is confidence for answer in given),
            sum(answer.confidence is confidence and answer.right for answer in given),
        )
        for confidence in Confidence
    )


def _due_reviews(reviews: Iterable[Review]) -> list[Review]:
    last: dict[str, datetime] = {}
    found = []
    for review in reviews:
        before = last.get(review.item)
        if (
            review.expected is not None
            and review.predicted is not None
            and review.expected <= review.at
            and before is not None
            and review.at - before >= SHORTEST
        ):
            found.append(review)
        last[review.item] = review.at
    return found


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
