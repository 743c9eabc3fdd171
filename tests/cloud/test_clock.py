"""The learner's clock: fast after a change, real time afterwards, still while nobody is attached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.cloud.clock import Clock


class Real:
    """A monotonic clock in the test's hands."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def real() -> Real:
    return Real()


@pytest.fixture
def clock(real: Real) -> Clock:
    clock = Clock(5_000, real)
    clock.set_running(True)
    return clock


def test_it_stands_still_while_nobody_is_attached(clock: Clock, real: Real) -> None:
    clock.set_running(False)
    real.seconds += 100
    assert clock.now() == 5_000
    clock.set_running(True)
    real.seconds += 1
    assert clock.now() == 6_000


def test_it_ticks_like_the_real_one_when_nothing_has_changed(clock: Clock, real: Real) -> None:
    real.seconds += 2.5
    assert (clock.now(), clock.rate()) == (7_500, 1.0)


def test_after_a_change_the_allowance_passes_sixty_times_as_fast(clock: Clock, real: Real) -> None:
    clock.changed(15 * 60_000)
    real.seconds += 1
    assert (clock.now(), clock.rate()) == (65_000, 60.0)


def test_when_the_allowance_is_spent_time_slows_down_at_that_very_instant(clock: Clock, real: Real) -> None:
    clock.changed(60_000)
    real.seconds += 3
    assert (clock.now(), clock.rate()) == (5_000 + 60_000 + 2_000, 1.0)


def test_paused_nothing_passes_and_nothing_is_owed_afterwards(clock: Clock, real: Real) -> None:
    clock.set_paused(True)
    real.seconds += 50
    clock.set_paused(False)
    real.seconds += 1
    assert clock.now() == 6_000


def test_a_rate_of_ones_own_holds_always(clock: Clock, real: Real) -> None:
    clock.set_rate(10.0)
    clock.changed(1_000)
    real.seconds += 2
    assert (clock.now(), clock.rate()) == (25_000, 10.0)


def test_at_rate_max_it_ticks_like_the_real_one_between_jumps(clock: Clock, real: Real) -> None:
    clock.set_rate("max")
    real.seconds += 2
    assert (clock.now(), clock.rate()) == (7_000, "max")
    clock.jump(60_000)
    assert clock.now() == 60_000


@given(
    allowance=st.integers(0, 120_000),
    steps=st.lists(st.floats(0.001, 5), min_size=1, max_size=20),
    ahead=st.integers(0, 300_000),
)
def test_how_often_one_looks_never_changes_what_time_it_is(
    allowance: int, steps: list[float], ahead: int
) -> None:
    often, once = Real(), Real()
    looked, unlooked = Clock(0, often), Clock(0, once)
    for clock in (looked, unlooked):
        clock.set_running(True)
        clock.changed(allowance)
    for step in steps:
        often.seconds += step
        once.seconds += step
        looked.now()
    assert abs(looked.now() - unlooked.now()) <= 1
    wait = looked.real_seconds_until(looked.now() + ahead)
    assert wait is not None
    target = looked.now() + ahead
    often.seconds += wait
    assert abs(looked.now() - target) <= 1
