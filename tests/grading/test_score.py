"""What an attempt is worth."""

import pytest

from ecslab.grading.judge import Verdict
from ecslab.grading.score import score


def verdict(outcome, worth, **more):
    return Verdict(f"c{worth}", outcome, "Goal", worth if outcome == "pass" else 0, worth, **more)


ALL = [verdict("pass", 4), verdict("pass", 6)]
SOME = [verdict("pass", 4), verdict("fail", 5), verdict("not judged", 1)]


@pytest.mark.parametrize(
    ("verdicts", "hints", "points", "most", "passed"),
    [
        (ALL, 0, 10, 10, True),
        (ALL, 30, 7, 10, True),
        (ALL, 250, 0, 10, True),
        (SOME, 0, 4, 10, False),
        (SOME, 10, 3.6, 10, False),
        ([], 0, 0, 0, False),
    ],
)
def test_points_passed_less_the_hints(verdicts, hints, points, most, passed):
    told = score(verdicts, hints)
    assert (told.points, told.max, told.passed) == (points, most, passed)


@pytest.mark.parametrize(("outcome", "bonus"), [("pass", 3), ("fail", 0), ("not judged", 0)])
def test_an_optional_check_never_lowers(outcome, bonus):
    told = score([*ALL, verdict(outcome, 3, optional=True)])
    assert (told.points, told.max, told.bonus, told.passed) == (10, 10, bonus, True)


def test_a_fault_of_the_grader_costs_nothing():
    told = score([*ALL, verdict("not judged", 5, fault=True)])
    assert (told.points, told.max, told.percent, told.passed) == (10, 10, 100, True)


def test_the_form_for_json():
    told = score(SOME).as_json(SOME)
    assert (told["passed"], told["points"], told["max"]) == (False, 4, 10)
    assert [check["verdict"] for check in told["checks"]] == ["pass", "fail", "not judged"]
