"""The debrief tells what each step changed, and keeps the solution back until it is due."""

import subprocess
from collections.abc import Callable
from typing import Any

from ecslab.lab import rehearsal
from ecslab.lab.debrief import steps
from ecslab.lab.session import Session

Begin = Callable[..., Session]


def entry(t: int, operation: str, **more: Any) -> dict[str, Any]:
    base = {
        "t": t, "service": "ecs", "operation": operation, "client": "aws-cli", "changes": True, "error": None,
        "undone": False, "params": {"service": "web-app"},
    }  # fmt: skip
    return base | more


def event(t: int, message: str, source: str = "service") -> dict[str, Any]:
    return {"t": t, "source": source, "message": message}


def test_a_step_has_what_happened_until_the_next_one() -> None:
    entries = [entry(1_000, "UpdateService"), entry(9_000, "UpdateService")]
    events = [
        event(2_000, "started"),
        event(8_000, "stopped"),
        event(9_500, "steady"),
        event(3_000, "x", "task"),
    ]
    events.sort(key=lambda one: one["t"])
    first, second = steps(entries, events, begun=500, now=20_000)
    assert (first.effects, second.effects) == (("started", "stopped"), ("steady",))
    assert (first.when, first.about) == ("+0s", "web-app")


def test_refused_and_undone_calls_are_steps_without_effects() -> None:
    entries = [
        entry(1_000, "UpdateService", error="ClientException"),
        entry(2_000, "CreateService", undone=True),
        entry(3_000, "ListTasks", changes=False),
    ]
    found = steps(entries, [event(2_500, "started")], begun=0, now=9_000)
    assert [(step.call, step.error, step.undone, step.effects) for step in found] == [
        ("ecs UpdateService", "ClientException", False, ()),
        ("ecs CreateService", "", True, ()),
    ]


def test_many_effects_are_cut_in_the_middle() -> None:
    events = [event(t, f"event {t}") for t in range(2_000, 2_010)]
    (step,) = steps([entry(1_000, "UpdateService")], events, begun=0, now=9_000)
    assert step.effects == ("event 2000", "event 2001", "… 6 more …", "event 2008", "event 2009")


def test_the_solution_is_shown_after_giving_up_and_not_before(begin: Begin) -> None:
    session = begin("roll-out")
    subprocess.run(
        ["aws", "ecs", "update-service", "--cluster", "shop", "--service", "none", "--desired-count", "1"],
        env=session.environment(), capture_output=True, check=False,
    )  # fmt: skip
    debrief = session.debrief()
    assert (debrief.why, debrief.solution) == ("", "")
    assert debrief.refused == 1
    assert [step.error for step in debrief.steps] == ["ServiceNotFoundException"]
    session.give_up()
    debrief = session.debrief()
    assert "SIGTERM" in debrief.why
    assert "Roll out a new revision without losing requests" in debrief.review
    assert "update-service" in debrief.solution
    assert debrief.gave_up


def test_after_passing_it_counts_the_customers_requests_and_says_why(begin: Begin) -> None:
    session = begin("roll-out")
    rehearsal.solve_by_cli(session)
    rehearsal.settle(session)
    debrief = session.debrief()
    assert debrief.passed
    assert debrief.requests > 1_000
    assert debrief.failed == 0
    assert "SIGTERM" in debrief.why
    assert [step.call for step in debrief.steps] == ["ecs RegisterTaskDefinition", "ecs UpdateService"]
    assert any("has started 2 tasks" in effect for effect in debrief.steps[1].effects)
