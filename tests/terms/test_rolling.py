"""The arithmetic of rolling deployments."""

import pytest

from ecslab.terms import rolling


@pytest.mark.parametrize(
    ("desired", "percent", "count"), [(3, 50, 2), (1, 50, 1), (4, 75, 3), (2, 75, 2), (5, 0, 0), (3, 100, 3)]
)
def test_minimum_healthy_is_rounded_up(desired: int, percent: int, count: int) -> None:
    assert rolling.minimum_healthy(desired, percent) == count


@pytest.mark.parametrize(
    ("desired", "percent", "count"), [(3, 125, 3), (4, 125, 5), (1, 150, 1), (3, 200, 6)]
)
def test_maximum_is_rounded_down(desired: int, percent: int, count: int) -> None:
    assert rolling.maximum_tasks(desired, percent) == count


@pytest.mark.parametrize(
    ("desired", "threshold"), [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (5000, 200)]
)
def test_breaker_threshold_is_half_of_desired_between_3_and_200(desired: int, threshold: int) -> None:
    assert rolling.breaker_threshold(desired) == threshold


@pytest.mark.parametrize(
    ("kind", "value", "threshold"),
    [
        ("BOUNDED_PERCENT", 100, 10), ("BOUNDED_PERCENT", 10, 3),
        ("UNBOUNDED_PERCENT", 10, 1), ("UNBOUNDED_PERCENT", 3000, 300), ("COUNT", 7, 7),
    ],
)  # fmt: skip
def test_a_chosen_threshold_is_a_share_of_desired_or_a_count(kind: str, value: int, threshold: int) -> None:
    assert rolling.breaker_threshold(10, {"type": kind, "value": value}) == threshold


def test_backoff_doubles_up_to_27_minutes() -> None:
    waits = [rolling.backoff(n) for n in range(12)]
    assert waits[:4] == [0, 10_000, 20_000, 40_000]
    assert waits[-1] == 27 * 60_000
    assert rolling.backoff(10_000) == 27 * 60_000
