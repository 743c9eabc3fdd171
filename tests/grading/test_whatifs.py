"""Whatifs: when one is tried, and what its answers come to."""

import pytest

from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import FAIL, NOT_JUDGED, PASS, judge, wanted_whatifs

STATE = "state: {call: ecs describe-clusters, is: UP}"
WHATIF = """
needs: [a]
whatif: {do: [{stop_task: web-app}], advance: 5m, expect: {http: {load_balancer: web-alb, status: 200}}}
"""


@pytest.fixture
def checks(check):
    return [check(STATE, "a"), check(WHATIF, "b")]


def evidence(value="UP", whatifs=None, entries=(), steady=True):
    return Evidence.of(
        {
            "begun": 0,
            "t": 1000,
            "changes": len(entries),
            "steady": steady,
            "probes": {"a": [[0, value]]},
            "entries": list(entries),
        },
        whatifs=whatifs,
    )


def call(n, undone=False):
    return {"n": n, "t": n, "operation": "UpdateService", "changes": True, "undone": undone}


def test_it_is_wanted_once_its_needs_pass(checks):
    assert wanted_whatifs(checks, evidence("DOWN")) == []
    (wanted,) = wanted_whatifs(checks, evidence())
    assert wanted.request == {
        "id": "b",
        "do": [{"stop_task": "web-app"}],
        "advance": "5m",
        "ask": [{"id": "b", "kind": "http", "load_balancer": "web-alb", "port": 80, "path": "/"}],
    }


def test_it_is_tried_once_a_change(checks):
    (wanted,) = wanted_whatifs(checks, evidence(entries=[call(1)]))
    tried = {"b": {"key": wanted.key, "values": [{"status": 200}]}}
    assert wanted_whatifs(checks, evidence(whatifs=tried, entries=[call(1)])) == []
    assert len(wanted_whatifs(checks, evidence(whatifs=tried, entries=[call(1), call(2)]))) == 1


def test_what_was_tried_in_the_middle_of_a_rollout_is_tried_again_when_it_has_ended(checks):
    (wanted,) = wanted_whatifs(checks, evidence(entries=[call(1)], steady=False))
    tried = {"b": {"key": wanted.key, "values": [{"status": 503}]}}
    assert wanted_whatifs(checks, evidence(whatifs=tried, entries=[call(1)], steady=False)) == []
    assert len(wanted_whatifs(checks, evidence(whatifs=tried, entries=[call(1)]))) == 1


def test_a_call_in_the_place_of_an_undone_one_is_another_state(checks):
    (wanted,) = wanted_whatifs(checks, evidence(entries=[call(1)]))
    tried = {"b": {"key": wanted.key, "values": [{"status": 200}]}}
    assert len(wanted_whatifs(checks, evidence(whatifs=tried, entries=[call(1, undone=True), call(2)]))) == 1


def test_another_call_after_a_reset_is_another_state_though_there_are_as_many(checks):
    """What is made after a reset counts from where it began, and may be made at the same moment."""
    other = {**call(1), "params": {"desiredCount": 0}}
    (wanted,) = wanted_whatifs(checks, evidence(entries=[call(1)]))
    tried = {"b": {"key": wanted.key, "values": [{"status": 200}]}}
    assert len(wanted_whatifs(checks, evidence(whatifs=tried, entries=[other]))) == 1


def test_reads_do_not_make_it_run_again(checks):
    (wanted,) = wanted_whatifs(checks, evidence(entries=[call(1)]))
    tried = {"b": {"key": wanted.key, "values": [{"status": 200}]}}
    read = {**call(2), "changes": False, "operation": "DescribeServices"}
    history = {"t": 1000, "changes": 1, "probes": {"a": [[0, "UP"]]}, "entries": [call(1), read]}
    assert wanted_whatifs(checks, Evidence.of(history, whatifs=tried)) == []


@pytest.mark.parametrize(
    ("values", "outcome"), [([{"status": 200}], PASS), ([{"status": 503}], FAIL), (None, NOT_JUDGED)]
)
def test_its_answers_are_judged(checks, values, outcome):
    whatifs = {"b": values} if values else {}
    assert judge(checks, evidence(whatifs=whatifs))[1].verdict == outcome


def test_old_answers_are_not_judged_unless_once_is_enough(check, checks):
    old = {"b": {"key": "0:0", "values": [{"status": 200}]}}
    told = judge(checks, evidence(whatifs=old, entries=[call(1)]))[1]
    assert told.verdict == NOT_JUDGED and "something has changed" in told.message
    latched = [checks[0], check(WHATIF + "mode: latch", "b")]
    assert judge(latched, evidence(whatifs=old, entries=[call(1)]))[1].passed
    assert wanted_whatifs(latched, evidence(whatifs=old, entries=[call(1)])) == []


@pytest.mark.parametrize("expects", ["status: 200", "failed: 0"])
def test_what_the_world_refuses_is_not_met(check, expects):
    """Where a rollout is refused no request fails; that is not what was asked for."""
    text = (
        f"whatif: {{do: [{{stop_task: web-app}}], expect: {{http: {{load_balancer: web-alb, {expects}}}}}}}"
    )
    refused = {"b": [{"Error": "ServiceNotFoundException"}]}
    (told,) = judge([check(text, "b")], Evidence.of({}, whatifs=refused))
    assert told.verdict == FAIL and "ServiceNotFoundException" in told.message


def test_what_could_not_be_tried_costs_nothing(checks):
    (wanted,) = wanted_whatifs(checks, evidence())
    failed = {"b": {"key": wanted.key, "error": "the copy took too long"}}
    told = judge(checks, evidence(whatifs=failed))[1]
    assert (told.verdict, told.fault) == (NOT_JUDGED, True)
    assert told.message == "This could not be tried on a copy of the world: the copy took too long."
    assert wanted_whatifs(checks, evidence(whatifs=failed)) == []


def test_everything_that_is_expected_must_hold(check):
    text = """
whatif:
  do: [{stop_task: web-app}]
  expect:
    http: {load_balancer: web-alb, status: 200}
    state: {call: ecs describe-services --services web-app, query: "services[0].runningCount", at_least: 2}
"""
    checks = [check(text, "b")]
    (wanted,) = wanted_whatifs(checks, Evidence())
    assert [probe["kind"] for probe in wanted.request["ask"]] == ["http", "state"]

    def told(*values):
        return judge(checks, Evidence.of({}, whatifs={"b": list(values)}))[0]

    assert told({"status": 200}, 2).passed
    assert told({"status": 200}, 1).message == (
        "On a copy of the world, after stop task web-app: services[0].runningCount is 1, expected is at least 2."
    )
    assert told({"status": 503}, 1).actual == "503"
