"""Measured memory beside the predicted one; confidence beside the truth; time read off the record."""

from datetime import UTC, datetime, timedelta

import pytest

from ecslab.progress.habits import spells_of, time_spent
from ecslab.progress.records import Answer, Confidence, Review
from ecslab.progress.retention import calibration, retention
from ecslab.progress.review import Rating, recall
from ecslab.progress.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "p.sqlite3", clock=lambda: NOW) as opened:
        yield opened


def review(item: str, rating: int, at: float, due: float | None = None, predicted: float = 0.9) -> Review:
    return Review(item, rating, days_ago(at), None if due is None else days_ago(due), predicted)


def test_the_share_of_due_reviews_that_were_known_stands_beside_the_prediction():
    seen = [review(str(n), 3, 40) for n in range(4)]
    seen += [review(str(n), 1 if n == 0 else 3, 20, due=21, predicted=0.8) for n in range(4)]
    seen += [review("0", 3, 2, due=2.5, predicted=0.95)]
    week, month = retention(seen, NOW)
    assert (week.days, week.reviews, week.measured, week.predicted) == (7, 1, 1.0, 0.95)
    assert (month.reviews, month.measured) == (5, 0.8)
    assert month.predicted == pytest.approx((0.8 * 4 + 0.95) / 5)


def test_what_came_too_early_or_minutes_later_is_no_measure_of_memory():
    early = [review("a", 3, 9), review("a", 3, 2, due=1)]
    minutes = [review("b", 1, 2.01), review("b", 3, 2, due=2.005)]
    week, _ = retention([*early, *minutes], NOW)
    assert (week.reviews, week.measured, week.predicted) == (0, None, None)


def test_the_prediction_is_that_of_the_moment_before_the_answer(store):
    store.record_review("drill/x", Rating.GOOD, now=days_ago(9))
    held = store.record_review("drill/x", Rating.GOOD, now=days_ago(8))
    store.record_review("drill/x", Rating.AGAIN, now=days_ago(1))
    week, _ = retention(store.reviews(), NOW)
    assert (week.reviews, week.measured) == (1, 0.0)
    assert week.predicted == pytest.approx(recall(held.state, days_ago(1)))


def test_a_drill_that_failed_returns_within_a_day(store):
    held = store.record_review("drill/x", Rating.AGAIN, objectives=["o"], now=NOW)
    assert NOW < held.due <= NOW + timedelta(days=1)
    assert [card.item for card in store.due_cards(NOW + timedelta(days=1))] == ["drill/x"]


def test_confidence_is_counted_against_the_truth():
    given = [(Confidence.SURE, True), (Confidence.SURE, False), (Confidence.GUESS, True), (None, True)]
    answers = [Answer("q/a", "h", 0, right, float(right), sure) for sure, right in given]
    guess, unsure, sure = calibration(answers)
    assert (guess.share, unsure.share, sure.share) == (1.0, None, 0.5)
    assert (guess.answers, sure.answers) == (1, 2)


def test_time_counts_up_to_a_long_pause_and_a_spell_begins_with_a_minute():
    moments = [NOW, NOW + timedelta(minutes=4), NOW + timedelta(minutes=9), NOW + timedelta(hours=3)]
    assert [gap.total_seconds() / 60 for _, gap in spells_of(moments)] == [1, 4, 5, 1]


def test_the_time_of_today_of_the_week_and_of_all(store):
    for at in (days_ago(30), days_ago(3), NOW, NOW + timedelta(minutes=5)):
        store.record_answer(Answer("q/a", "h", 0, True, 1.0), at)
    spent = time_spent(store, NOW + timedelta(minutes=5))
    assert (spent.today, spent.week, spent.total) == (6, 7, 8)
