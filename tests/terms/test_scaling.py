"""How many tasks a policy wants (Application Auto Scaling user guide, "Target tracking" and "Step scaling")."""

import pytest

from ecslab.terms.scaling import (
    Cooling,
    adjusted,
    gaps_or_overlaps,
    proportional,
    step_for,
    track_in,
    track_out,
)


def test_tracking_goes_out_in_proportion_to_what_runs() -> None:
    assert proportional(2, 90, 50) == 4
    assert track_out(2, 90, 50, None) == 4
    assert track_out(4, 50, 50, None) == 4


def test_while_it_cools_down_only_what_is_more_than_before_is_added() -> None:
    assert track_out(4, 75, 50, Cooling(2, 4)) == 4, "two more are wanted and two were added"
    assert track_out(4, 100, 50, Cooling(2, 4)) == 6
    assert track_out(2, 90, 50, Cooling(2, 4)) == 4, "the added ones do not run yet"


def test_tracking_goes_in_gradually_and_never_below_what_any_policy_wants() -> None:
    assert track_in(8, [(10, 50)]) == 6
    assert track_in(8, [(10, 50), (47, 50)]) == 8
    assert track_in(2, [(1, 50)]) == 1


@pytest.mark.parametrize(
    ("kind", "adjustment", "least", "wanted"),
    [
        ("ChangeInCapacity", 3, None, 13),
        ("ChangeInCapacity", -20, None, 0),
        ("ExactCapacity", 4, None, 4),
        ("PercentChangeInCapacity", 25, None, 12),
        ("PercentChangeInCapacity", 25, 4, 14),
        ("PercentChangeInCapacity", -5, None, 9),
        ("PercentChangeInCapacity", -5, 3, 7),
    ],
)
def test_a_step_changes_the_count(kind: str, adjustment: int, least: int | None, wanted: int) -> None:
    assert adjusted(10, kind, adjustment, least) == wanted


def test_steps_are_chosen_by_how_far_the_metric_is_off_and_fit_together() -> None:
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
    ]
    assert gaps_or_overlaps(steps) is None
    assert step_for(19.9, steps, above=True) == steps[0]
    assert step_for(20, steps, above=True) == steps[1]
    assert step_for(-1, steps, above=True) is None
    assert gaps_or_overlaps([steps[0], {"MetricIntervalLowerBound": 10}]) == "intervals overlap"
