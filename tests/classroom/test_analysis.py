"""Item analysis, on classes small enough to count by hand."""

import pytest

from ecslab.classroom.analysis import NOTHING, analyse, as_json, correlation, table
from ecslab.classroom.grades import Refused
from tests.classroom.work import a_grade, a_part

OPTIONS = (("two", True), ("one", False), ("none", False))


def sheet(who: str, first: bool, second: bool, third: bool, chosen: str):
    parts = [
        a_part("q/first", float(first), options=OPTIONS, chosen=(chosen,)),
        a_part("q/second", float(second)),
        a_part("q/third", float(third)),
    ]
    return a_grade(who, "services", kind="quiz", parts=parts, minutes=4.0)


def quiz_class():
    """The better half has the first and the second; the third is had by whoever has nothing else."""
    strong = [sheet(f"s{n}", True, True, False, "two") for n in range(6)]
    weak = [sheet(f"w{n}", False, False, True, "one") for n in range(6)]
    return [*strong, *weak, Refused("x", "y")]


def test_difficulty_and_discrimination_of_questions() -> None:
    (work,) = analyse(quiz_class())
    assert (work.kind, work.subject, work.count, work.passed) == ("quiz", "services", 12, None)
    first, _, third = work.items
    assert [item.difficulty for item in work.items] == [0.5, 0.5, 0.5]
    assert first.discrimination is None  # the rest of everybody's work is worth the same
    assert third.discrimination == -1.0
    assert third.remarks == ("who is good at the rest misses it: is the right answer right?",)


def test_which_distractor_is_chosen() -> None:
    (work,) = analyse(quiz_class())
    assert [(c.text, c.right, c.count) for c in work.items[0].choices] == [
        ("two", True, 6),
        ("one", False, 6),
        ("none", False, 0),
    ]
    assert work.items[0].remarks == ("nobody chooses: none",)
    assert "chosen *6 two, 6 one, 0 none" in table([work])


def test_point_biserial() -> None:
    """Worked by hand: means 3 and 1 of the groups, four values, deviation 1.118: (3.5 - 1.5) * 0.5 / 1.118."""
    assert correlation([1, 1, 0, 0], [4, 3, 2, 1]) == pytest.approx(0.894, abs=0.001)
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([1, 0], [1, 0]) is None


def attempt(who: str, passed: bool, reached: dict[str, float], hints: int):
    points = [a_part(name, float(name in reached)) for name in ("answers", "pays", "survives")]
    return a_grade(
        who,
        passed=passed,
        parts=points,
        reached=reached,
        hints=hints,
        minutes=max(reached.values(), default=3.0),
    )


def test_where_a_lab_gets_stuck() -> None:
    grades = [
        attempt("a", True, {"answers": 2.0, "pays": 5.0, "survives": 9.0}, 0),
        attempt("b", False, {"answers": 6.0, "pays": 7.0}, 2),
        attempt("c", False, {"pays": 8.0, "answers": 4.0}, 2),
        attempt("d", False, {}, 4),
    ]
    (work,) = analyse(grades)
    assert (work.count, work.passed, work.hints, work.minutes) == (4, 1, 2.0, 7.5)
    assert [(stop.after, stop.count) for stop in work.stops] == [("pays", 2), (NOTHING, 1)]
    assert dict(work.reached) == {"answers": 4.0, "pays": 7.0, "survives": 9.0}
    shown = table([work])
    assert "keep-the-light-on (lab): 4 submissions, 1 passed" in shown
    assert "2 stopped after pays" in shown
    assert as_json([work])[0]["reached"]["pays"] == 7.0


def test_a_goal_that_was_reached_and_lost_again_is_not_where_somebody_stopped() -> None:
    parts = [a_part("answers", 1), a_part("pays", 0)]
    grade = a_grade("a", passed=False, parts=parts, reached={"answers": 1.0, "pays": 2.0})
    (work,) = analyse([grade])
    assert [(stop.after, stop.count) for stop in work.stops] == [("answers", 1)]


def test_few_submissions_are_not_remarked_on() -> None:
    assert analyse([sheet("a", False, False, False, "one")])[0].items[0].remarks == ()
    assert analyse([]) == []
