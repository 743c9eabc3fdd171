"""The learner's program in worlds of its own: when it is run, and what its verdicts say. What it did is given here."""

import pytest

from ecslab.grading.evidence import Evidence, Run
from ecslab.grading.judge import FAIL, NOT_JUDGED, PASS, judge, wanted_runs

STATE = "state: {call: ecs describe-clusters, is: UP}"
PROGRAM = """
needs: [a]
program:
  cases:
    - name: The bakery
      expect:
        prints: [{json: cause, is: memory}]
        state: [{call: ecs list-clusters, query: clusterArns, unchanged: true}]
        called: [{operation: DeleteService, count: {at_most: 0}}]
        calls: 5
        changes: 0
    - {name: The bank, expect: {exit: 1}}
feedback:
  - {id: other, when: {match: "part == 'prints' && printed.cause == 'crash'"}, say: "it says crash."}
  - {id: deletes, when: {match: "part == 'called' && number == `1`"}, say: "it deletes something."}
"""
GOOD = {
    "exit": 0, "prints": ["memory"], "before": [["x"]], "state": [["x"]], "http": [], "called": [0], "calls": 5,
    "changes": 0, "printed": {"cause": "memory"}, "said": "",
}  # fmt: skip
BANK = GOOD | {"exit": 1, "prints": [], "state": [], "before": [], "called": []}


@pytest.fixture
def checks(check):
    return [check(STATE, "a"), check(PROGRAM, "b")]


def evidence(*cases, up="UP", stale=False):
    runs = {"b": Run("triage.py", cases, stale)} if cases else {}
    return Evidence.of({"begun": 0, "t": 1000, "probes": {"a": [[0, up]]}}, runs=runs)


def test_it_passes_when_every_case_is_as_expected(checks):
    assert judge(checks, evidence(GOOD, BANK))[1].verdict == PASS


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"prints": ["crash"], "printed": {"cause": "crash"}}, "The bakery: it says crash."),
        ({"prints": ["image"]}, "The bakery: what triage.py prints is not right: image."),
        ({"exit": 2, "said": "usage"}, "The bakery: triage.py ended with status 2 (usage), expected is 0."),
        ({"state": [["x", "y"]]}, "The bakery: after triage.py the world is not as it should be: "),
        ({"called": [1]}, "The bakery: it deletes something."),
        ({"calls": 6}, "The bakery: triage.py made 6 calls, expected is at most 5."),
        ({"changes": 1}, "The bakery: triage.py made 1 calls that change something, expected is at most 0."),
    ],
)
def test_each_thing_that_is_not_as_expected_has_its_message(checks, change, says):
    told = judge(checks, evidence(GOOD | change))[1]
    assert told.verdict == FAIL
    assert told.message.startswith(says)


@pytest.mark.parametrize(
    ("trouble", "said", "message"),
    [
        ("missing", "", "There is no triage.py in your workspace."),
        ("syntax", "line 3: invalid syntax", "triage.py is not Python: line 3: invalid syntax"),
        (
            "crash",
            "line 9: KeyError: 'x'",
            "The bakery: triage.py ended with an error, line 9: KeyError: 'x'",
        ),
        ("timeout", "60 seconds", "The bakery: triage.py did not end within 60 seconds, and was ended."),
        (
            "killed",
            "SIGXCPU",
            "The bakery: triage.py was ended by SIGXCPU: it used more time, memory or disk",
        ),
    ],
)
def test_a_program_that_does_not_come_to_its_end_is_told_why(checks, trouble, said, message):
    told = judge(checks, evidence({"trouble": trouble, "said": said}))[1]
    assert (told.verdict, told.mistake) == (FAIL, None)
    assert told.message.startswith(message)


def test_a_world_that_does_not_start_is_not_the_learners_fault(checks):
    broken = evidence({"trouble": "world", "said": "the sandbox did not start"})
    told = judge(checks, broken)[1]
    assert (told.verdict, told.fault) == (NOT_JUDGED, True)
    assert wanted_runs(checks, broken)


def test_what_it_should_have_printed_is_not_told(checks):
    told = judge(checks, evidence(GOOD | {"prints": ["image"]}))[1]
    assert "memory" not in f"{told.message}{told.expected}{told.look}"


def test_it_waits_for_its_needs_and_for_somebody_who_asks(checks):
    assert wanted_runs(checks, evidence(up="DOWN")) == []
    assert [check.id for check in wanted_runs(checks, evidence())] == ["b"]
    assert judge(checks, evidence())[1].verdict == NOT_JUDGED
    assert wanted_runs(checks, evidence(GOOD, BANK)) == []


def test_another_program_is_not_judged_by_what_the_one_before_did(checks):
    stale = evidence(GOOD, BANK, stale=True)
    assert judge(checks, stale)[1].verdict == NOT_JUDGED
    assert [check.id for check in wanted_runs(checks, stale)] == ["b"]


def test_one_that_took_too_long_may_be_tried_again(checks):
    late = evidence({"trouble": "timeout", "said": "60 seconds"})
    assert [check.id for check in wanted_runs(checks, late)] == ["b"]
