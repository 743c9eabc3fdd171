"""When a question comes back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecslab.progress.records import Confidence
from ecslab.progress.review import LONGEST, Rating, rating_of, recall, schedule

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

reviews = st.lists(st.tuples(st.sampled_from(Rating), st.integers(0, 200 * 24 * 60)), max_size=12)


def history(steps: list[tuple[Rating, int]]) -> tuple[str | None, datetime]:
    state, now = None, NOW
    for rating, minutes in steps:
        now += timedelta(minutes=minutes)
        state, _ = schedule(state, "q/a", rating, now)
    return state, now


@given(reviews, st.integers(0, 200 * 24 * 60))
def test_a_missed_item_returns_within_a_day(steps, minutes):
    state, now = history(steps)
    now += timedelta(minutes=minutes)
    _, due = schedule(state, "q/a", Rating.AGAIN, now)
    assert now < due <= now + timedelta(days=1)


@given(reviews)
def test_a_review_is_always_later_and_never_lost_in_the_far_future(steps):
    state, now = history(steps)
    for rating in Rating:
        _, due = schedule(state, "q/a", rating, now)
        assert now < due <= now + timedelta(days=LONGEST)


@given(reviews)
def test_a_better_rating_never_comes_back_sooner(steps):
    state, now = history(steps)
    dues = [schedule(state, "q/a", rating, now)[1] for rating in Rating]
    assert dues == sorted(dues)


@given(reviews)
def test_the_same_answers_give_the_same_dates(steps):
    assert history(steps) == history(steps)


@given(reviews.filter(bool), st.integers(1, 400), st.integers(1, 400))
def test_memory_fades_with_time(steps, sooner, longer):
    state, now = history(steps)
    early = recall(state, now + timedelta(days=sooner))
    late = recall(state, now + timedelta(days=sooner + longer))
    assert 0 <= late <= early <= 1


def test_a_lucky_guess_is_no_memory():
    assert rating_of(True, Confidence.GUESS) is Rating.HARD
    assert rating_of(True, Confidence.UNSURE) is rating_of(True, None) is Rating.GOOD
    assert rating_of(True, Confidence.SURE) is Rating.EASY
    assert {rating_of(False, confidence) for confidence in (None, *Confidence)} == {Rating.AGAIN}
