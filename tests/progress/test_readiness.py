"""One figure, and how little it may be worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.progress.readiness import (
    HIGHEST,
    LOWEST,
    PASS,
    READ,
    UNREAD,
    Assessment,
    Estimate,
    Evidence,
    Observation,
    scaled,
)

shares = st.floats(0, 1)
observations = st.lists(st.builds(Observation, shares, st.floats(0.2, 3)), max_size=20)
RIGHT, WRONG = Observation(1.0), Observation(0.0)


def one(
    read: float, *seen: Observation, practised: tuple[Observation, ...] = (), pool: float = 0.0
) -> Estimate:
    return Assessment({"o": Evidence(read, seen, practised, pool)}, {}).over()


@given(shares, observations, observations, st.floats(0, 40))
def test_the_interval_holds_the_mean_and_stays_within_0_and_1(read, seen, practised, pool):
    found = one(read, *seen, practised=tuple(practised), pool=pool)
    assert 0 <= found.low <= found.mean <= found.high <= 1


@given(shares, observations)
def test_doing_better_never_lowers_it(read, seen):
    assert one(read, *seen, RIGHT).mean >= one(read, *seen).mean


@given(st.integers(2, 20))
def test_more_of_the_same_evidence_narrows_it(count):
    few, many = one(1, *[RIGHT, WRONG] * count), one(1, *[RIGHT, WRONG] * (count * 3))
    assert many.high - many.low < few.high - few.low


def test_reading_raises_hope_but_not_certainty():
    unread, read = one(0), one(1)
    assert (unread.mean, read.mean) == (pytest.approx(UNREAD, abs=0.03), pytest.approx(READ, abs=0.01))
    assert read.evidence == 0
    assert read.high - read.low > 0.4


def test_ten_right_answers_do_not_make_it_certain():
    found = one(1, *[RIGHT] * 10)
    assert 0.75 < found.mean < 0.95
    assert found.low < found.mean


def test_what_is_practised_is_worth_what_is_remembered_of_it():
    """All four questions there are were missed first and known in the end."""
    remembered = (Observation(0.9),) * 4
    all_of_them = one(1, *[WRONG] * 4, practised=remembered, pool=4).mean
    half_of_them = one(1, *[WRONG] * 4, practised=remembered, pool=8).mean
    assert one(1, *[WRONG] * 4).mean < half_of_them < all_of_them < 0.9


def test_one_question_known_is_not_an_objective_known():
    assert one(0, RIGHT, practised=(RIGHT,), pool=1).mean < 0.6


def test_somebody_who_does_well_everywhere_is_not_a_beginner_where_nothing_was_asked():
    tried = {f"{n}": Evidence(1, [RIGHT] * 6) for n in range(5)}
    found = Assessment({**tried, "new": Evidence(0)}, {})
    assert found.objective("new").mean > one(0).mean + 0.1


def test_the_whole_is_surer_than_its_parts_and_weighted():
    parts = {"a": Evidence(1, [RIGHT] * 9 + [WRONG]), "b": Evidence(1, [WRONG] * 9 + [RIGHT])}
    even, heavy = Assessment(parts, {}), Assessment(parts, {"a": 3, "b": 1})
    whole = even.over()
    assert heavy.over().mean > whole.mean
    assert whole.high - whole.low < even.objective("a").high - even.objective("b").low
    assert whole.evidence == 20


def test_many_parts_without_evidence_do_not_add_up_to_certainty():
    whole = Assessment({str(n): Evidence() for n in range(100)}, {}).over()
    alone = one(0)
    assert whole.mean == pytest.approx(alone.mean, abs=0.01)
    assert whole.high - whole.low > 0.5 * (alone.high - alone.low)


def test_labs_raise_hope_but_say_nothing_about_the_learner():
    """They can be played until they are green."""
    done = Assessment({"a": Evidence(1, done=1), "b": Evidence(1, done=1), "c": Evidence(1)}, {})
    assert done.objective("a").mean > done.objective("c").mean
    assert done.objective("c").mean == pytest.approx(one(1).mean)
    assert done.over().evidence == 0


def test_a_course_without_objectives_is_unknown():
    nothing = Assessment({}, {})
    assert nothing.over() == Estimate(0.0, 0.0, 1.0, 0.0)
    assert (nothing.exam().low, nothing.exam().high) == (LOWEST, HIGHEST)


def test_an_exam_is_less_certain_than_what_it_asks_for_and_a_short_one_even_less():
    known = Assessment({"o": Evidence(1, [RIGHT] * 30 + [WRONG] * 10)}, {})
    ready, full, short = known.over(), known.exam(), known.exam(12)
    assert full.low < scaled(ready.low) <= full.score <= scaled(ready.high) < full.high
    assert short.high - short.low > full.high - full.low


def test_the_scale_is_a_straight_line_from_100_to_1000():
    assert (scaled(0), scaled(1)) == (LOWEST, HIGHEST)
    assert scaled(0.688) < PASS <= scaled(0.689)
