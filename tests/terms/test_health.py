"""When health checks turn."""

import pytest

from ecslab.terms.health import container_unhealthy, target_turns


def test_a_target_turns_after_its_threshold_of_intervals() -> None:
    assert target_turns(30, 2) == 60


@pytest.mark.parametrize(
    ("interval", "retries", "start", "second"),
    [(30, 3, 0, 90), (30, 3, 60, 150), (30, 3, 59, 120), (5, 1, 0, 5), (30, 3, 10, 90)],
)
def test_failures_of_the_start_period_do_not_count(
    interval: int, retries: int, start: int, second: int
) -> None:
    assert container_unhealthy(interval, retries, start) == second
