"""One figure, and how little it may be worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.progress.readiness import Estimate, Observation, estimate, overall

shares = st.floats(0, 1)
observations = st.lists(st.builds(Observation, shares, st.floats(0.2, 3)), max_size=20)


@given(shares, observations)
def test_the_interval_holds_the_mean_and_stays_within_0_and_1(read, seen):
    found = estimate(read, seen)
    assert 0 <= found.low <= found.mean <= found.high <= 1


@given(shares, observations)
def test_doing_better_never_lowers_it(read, seen):
    better = [*seen, Observation(1.0)]
    assert estimate(read, better).mean >= estimate(read, seen).mean


@given(st.integers(1, 20))
def test_more_of_the_same_evidence_narrows_it(count):
    few = estimate(1, [Observation(1.0), Observation(0.0)] * count)
    many = estimate(1, [Observation(1.0), Observation(0.0)] * (count * 3))
    assert many.high - many.low < few.high - few.low


def test_reading_raises_hope_but_not_certainty():
    unread, read = estimate(0, []), estimate(1, [])
    assert unread.mean == pytest.approx(0.2)
    assert read.mean == pytest.approx(0.5)
    assert read.evidence == 0
    assert read.high - read.low > 0.6


def test_ten_right_answers_do_not_make_it_certain():
    found = estimate(1, [Observation(1.0)] * 10)
    assert 0.85 < found.mean < 0.95
    assert found.low < found.mean


def test_quantiles_are_those_of_the_beta_distribution():
    """Beta(2, 2) has its deciles at 0.1958 and 0.8042; Beta(10, 4) at 0.5520 and 0.8608 or near."""
    found = estimate(1, [Observation(0.5)])
    assert (found.low, found.high) == (pytest.approx(0.1958, abs=0.003), pytest.approx(0.8042, abs=0.003))


def test_the_whole_is_surer_than_its_parts_and_between_them():
    parts = {"a": Estimate(0.2, 0.1, 0.4, 5), "b": Estimate(0.8, 0.6, 0.9, 5)}
    found = overall(parts, {"a": 1, "b": 3})
    assert found.mean == pytest.approx(0.65)
    assert found.high - found.low < 0.35
    assert found.evidence == 10


def test_many_parts_without_evidence_do_not_add_up_to_certainty():
    part = estimate(0, [])
    whole = overall({str(n): part for n in range(100)}, {})
    assert whole.mean == pytest.approx(part.mean)
    assert whole.high - whole.low > 0.6 * (part.high - part.low)


def test_a_course_without_objectives_is_unknown():
    assert overall({}, {}) == Estimate(0.0, 0.0, 1.0, 0.0)
