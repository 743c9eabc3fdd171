"""The panes of a lab as text: goals, one goal explained, events, clock, debrief."""

from dataclasses import dataclass
from typing import Any

import pytest

from ecslab.grading.score import Score
from ecslab.lab.debrief import Debrief, Step
from ecslab.lab.hints import Hint
from ecslab.tui import debrief_layout, lab_layout
from ecslab.tui.rows import row, text_of


@dataclass
class Verdict:
    id: str = "answers"
    verdict: str = "fail"
    goal: str = "The load balancer answers 200"
    points: float = 0
    max: float = 4
    message: str = "web-alb answers 502."
    expected: Any = 200
    actual: Any = 502
    look: str | None = "aws elbv2 describe-target-health"
    why: str | None = "Customers see it."
    optional: bool = False


def test_a_goal_is_told_by_glyph_word_and_message() -> None:
    verdicts = [
        Verdict(),
        Verdict(id="kept", verdict="pass", goal="It is kept", points=1, max=1, message=""),
        Verdict(id="heals", verdict="not judged", goal="It heals", max=2, message=""),
    ]
    assert text_of(lab_layout.goals(verdicts, 50)) == (
        "✘ fail       The load balancer answers 200      0/4\n"
        "             web-alb answers 502.\n"
        "✔ pass       It is kept                         1/1\n"
        "· not judged It heals                           0/2"
    ).replace("200      0/4", "200     0/4").replace(
        "kept                         1/1", "kept                        1/1"
    ).replace("heals                           0/2", "heals                          0/2")


def test_all_rows_of_a_goal_are_marked_together() -> None:
    assert [line.key for line in lab_layout.goals([Verdict()], 50)] == ["answers", "answers"]


def test_when_all_goals_pass_the_debrief_is_offered() -> None:
    assert "d shows how it went" in text_of(lab_layout.goals([Verdict(verdict="pass")], 50))


def test_an_extra_says_so_and_the_lab_is_done_without_it() -> None:
    extra = Verdict(id="guarded", goal="A bad release harms nobody", max=1, message="", optional=True)
    text = text_of(lab_layout.goals([Verdict(verdict="pass", points=4), extra], 60))
    assert "A bad release harms nobody            extra 0/1" in text
    assert "All goals are reached." in text
    assert "0 of 1 points, an extra" in text_of(lab_layout.explained(extra, 60))


def test_a_goal_that_is_a_question_says_how_it_is_answered_until_it_is() -> None:
    asked = Verdict(id="seen", verdict="not judged", goal="You know the build", message="", max=1)
    lines = lab_layout.goals([asked], 50, questions=["seen"])
    assert text_of(lines[1:]) == "             Enter answers it"
    assert [line.key for line in lines] == ["seen", "seen"]
    passed = Verdict(id="seen", verdict="pass", goal="You know the build", points=1, max=1)
    assert "Enter" not in text_of(lab_layout.goals([passed], 50, questions=["seen"]))


def test_before_the_first_verdict_the_goals_say_that_they_wait() -> None:
    assert text_of(lab_layout.goals([], 50)) == "· reading the world …"


def test_a_failing_goal_explains_itself() -> None:
    text = text_of(lab_layout.explained(Verdict(), 60))
    assert text == (
        "The load balancer answers 200\n✘ fail   0 of 4 points\n\nweb-alb answers 502.\nexpected  200\nactual    502\n\n"
        "where to look\n  aws elbv2 describe-target-health\n\nwhy it matters\n  Customers see it."
    )


def test_a_goal_that_passes_says_no_more_where_to_look() -> None:
    assert "where to look" not in text_of(lab_layout.explained(Verdict(verdict="pass"), 60))


def test_the_tally_counts_by_glyph() -> None:
    pieces = lab_layout.tally([Verdict(), Verdict(verdict="pass"), Verdict(verdict="not judged")])
    assert row(*pieces).text == "✔ 1 ✘ 1 · 1 "


EVENT = {
    "t": 252_000,
    "time": "2026-11-23T12:04:12Z",
    "source": "task",
    "subject": "fddce95af05375b7b59ace7fdce95af0",
    "message": "RUNNING",
}


def test_an_event_has_its_time_and_how_far_into_the_attempt_it_is() -> None:
    assert text_of(lab_layout.events([EVENT], 0, 70)) == "12:04:12   +4m12s task fddce95a RUNNING"


def test_what_happened_before_the_attempt_has_a_minus() -> None:
    assert "   -5m48s " in text_of(lab_layout.events([EVENT], 600_000, 70))


def test_ids_and_arns_are_shortened_as_people_say_them() -> None:
    said = (
        "(service web-app) registered 1 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:"
        "targetgroup/web-tg/bb3056fee6c63974) for (task 4239f16bcdf47c1623174c5166791f79)"
    )
    assert lab_layout.shortened(said) == (
        "(service web-app) registered 1 targets in (target-group targetgroup/web-tg) for (task 4239f16b)"
    )


CLOCK = {
    "now": "2026-11-23T12:00:00Z",
    "t": 60_000,
    "begun": 0,
    "rate": 60,
    "paused": False,
    "fast_until": 960_000,
}


@pytest.mark.parametrize(
    ("changes", "elapsed", "said"),
    [
        ({}, 0, "12:00:00 +1m ▶▶ 60×"),
        ({}, 1000, "12:01:00 +2m ▶▶ 60×"),
        ({}, 60_000, "12:15:00 +16m ▶▶ 60×"),
        ({"rate": 1}, 5_000, "12:00:05 +1m5s ▶ real time"),
        ({"rate": 10, "setting": 10}, 3_000, "12:00:30 +1m30s ▶ 10× always"),
        ({"rate": 60, "setting": 60}, 60_000, "13:00:00 +1h1m ▶ 60× always"),
        ({"paused": True}, 5_000, "12:00:00 +1m ⏸ paused"),
        ({"rate": "max"}, 5_000, "12:00:00 +1m ▶▶ max"),
    ],
)
def test_the_clock_goes_on_between_two_answers_of_the_sandbox(
    changes: dict[str, Any], elapsed: int, said: str
) -> None:
    assert row(*lab_layout.clock(CLOCK | changes, elapsed)).text == said


def test_the_clock_says_what_it_is_told_to_do() -> None:
    assert row(*lab_layout.clock(CLOCK, 0, busy="▶▶ until steady")).text == "12:00:00 +1m ▶▶ until steady"
    assert row(*lab_layout.clock(None)).text == "⋯ opening the lab"
    assert row(*lab_layout.clock(None, busy="⋯ bringing the world back")).text == "⋯ bringing the world back"


def test_the_debrief_tells_steps_effects_and_the_solution() -> None:
    debrief = Debrief(
        release="on_give_up",
        released=True,
        title="The load balancer answers 502",
        steps=(
            Step(28_000, "ecs UpdateService", "web-app", "cli", "", False, ("has started 2 tasks",)),
            Step(30_000, "ecs DeleteService", "web-app", "cli", "AccessDenied", False, ()),
        ),
        refused=1,
        requests=100,
        failed=3,
        hints=(Hint(1, 10, "Look at the port."),),
        verdicts=(Verdict(verdict="pass"), Verdict(goal="It is guarded", optional=True)),  # type: ignore[arg-type]
        score=Score(points=3.6, max=4, bonus=1, hints=10, passed=True),
        passed=True,
        gave_up=False,
        why="It listens on `9090`.",
        solution="aws ecs update-service",
    )
    text = text_of(debrief_layout.rows(debrief, 70))
    for part in (
        "✔ All goals are reached. 3.6 of 4 points and 1 extra, 10 % less for hints",
        "✘ fail       It is guarded (an extra)",
        "3 of 100 requests of customers failed meanwhile.",
        "+28s  ecs UpdateService web-app",
        "has started 2 tasks",
        "ecs DeleteService web-app  ✘ AccessDenied",
        "Hints taken: 1",
        "It listens on 9090.",
        "  aws ecs update-service",
    ):
        assert part in text
