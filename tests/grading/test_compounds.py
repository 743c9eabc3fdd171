"""Checks of several parts, values that one check saves for another, roles and files."""

import pytest

from ecslab.content.checks import Check
from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import judge

TWO = """
{word}:
  - {{state: {{call: ecs list-clusters, query: "length(clusterArns)", is: 1}}}}
  - {{http: {{load_balancer: web, status: 200}}}}
"""


@pytest.mark.parametrize(
    ("word", "count", "status", "outcome"),
    [
        ("all", 1, 200, "pass"),
        ("all", 1, 502, "fail"),
        ("all", 0, 200, "fail"),
        ("any", 1, 502, "pass"),
        ("any", 0, 200, "pass"),
        ("any", 0, 502, "fail"),
    ],
)
def test_all_and_any_of_the_parts(verdict, word, count, status, outcome):
    probes = {"one#1": [(0, count)], "one#2": [(0, {"status": status})]}
    assert verdict(TWO.format(word=word), probes=probes).verdict == outcome


def test_the_message_is_about_the_first_part_that_is_not_met(verdict):
    probes = {"one#1": [(0, 1)], "one#2": [(0, {"status": 502})]}
    told = verdict(TWO.format(word="all"), probes=probes)
    assert (told.message, told.expected, told.actual) == (
        "web answers 502 on /, expected is 200.",
        "200",
        "502",
    )
    assert told.look.startswith("curl -i")


def test_a_feedback_may_be_for_one_part(verdict):
    text = (
        TWO.format(word="all")
        + """
feedback:
  - {id: first, when: {part: 1}, say: the first}
  - {id: second, when: {part: 2, actual: 502}, say: the second}
"""
    )
    wrong_second = verdict(text, probes={"one#1": [(0, 1)], "one#2": [(0, {"status": 502})]})
    assert wrong_second.mistake == "second"
    both_wrong = verdict(text, probes={"one#1": [(0, 0)], "one#2": [(0, {"status": 502})]})
    assert both_wrong.mistake == "first"


def test_a_part_that_was_not_read_yet_is_waited_for(verdict):
    assert verdict(TWO.format(word="all"), probes={"one#1": [(0, 1)]}).verdict == "not judged"
    assert verdict(TWO.format(word="any"), probes={"one#1": [(0, 1)]}).verdict == "pass"


def test_parts_take_turns_and_a_latch_wants_them_at_the_same_time(verdict):
    turns = {
        "one#1": [(0, 0), (10_000, 1), (20_000, 0)],
        "one#2": [(0, {"status": 502}), (20_000, {"status": 200})],
    }
    assert verdict(TWO.format(word="all") + "mode: latch", probes=turns).verdict == "fail"
    together = turns | {"one#1": [(0, 0), (10_000, 1), (30_000, 0)]}
    assert verdict(TWO.format(word="all") + "mode: latch", probes=together).since == 20_000


def test_a_window_counts_from_when_all_parts_hold(verdict):
    probes = {"one#1": [(0, 0), (500_000, 1)], "one#2": [(0, {"status": 200})]}
    waiting = verdict(TWO.format(word="all") + "for: 2m", probes=probes)
    assert (waiting.verdict, waiting.due) == ("not judged", 620_000)


# --- saved values ---------------------------------------------------------------------------------


def test_what_one_check_saves_another_expects(check):
    first = check("state: {call: ecs list-clusters, save: RUNS}", "first")
    second = check("state: {call: ecs list-services, is: '${RUNS}'}", "second")
    for value, outcome in (("web:2", "pass"), ("web:1", "fail")):
        probes = {"first": [(0, "web:1"), (10, "web:2")], "second": [(0, None), (20, value)]}
        (_, verdict) = judge([first, second], Evidence(0, 100, probes=probes))
        assert (verdict.verdict, verdict.expected) == (outcome, "web:2")


@pytest.mark.parametrize(("later", "outcome"), [("web:2", "pass"), ("web:3", "fail")])
def test_what_is_saved_late_is_expected_from_then_on(check, later, outcome):
    """The value that it is held against has changed last."""
    first = check("state: {call: ecs list-clusters, save: RUNS}", "first")
    second = check("state: {call: ecs list-services, is: '${RUNS}'}", "second")
    probes = {"first": [(0, "web:1"), (20, later)], "second": [(0, None), (10, "web:2")]}
    (_, verdict) = judge([first, second], Evidence(0, 100, probes=probes))
    assert (verdict.verdict, verdict.expected) == (outcome, later)


def test_what_is_saved_late_is_expected_of_a_file_too(check):
    first = check("state: {call: ecs list-clusters, save: RUNS}", "first")
    second = check("file: {path: runs.txt, is: '${RUNS}'}", "second")
    evidence = Evidence(
        0, 100, probes={"first": [(0, "web:1"), (20, "web:2")]}, files={"second": [(10, "web:2")]}
    )
    assert judge([first, second], evidence)[1].verdict == "pass"


def test_saving_wants_something_to_save(check):
    saving = check("state: {call: ecs list-clusters, save: RUNS}")
    for value, outcome in (
        ("web:1", "pass"),
        (None, "fail"),
        ({"Error": "ServiceNotFoundException"}, "fail"),
    ):
        (verdict,) = judge([saving], Evidence(0, 100, probes={"one": [(0, value)]}))
        assert verdict.verdict == outcome


def test_a_saved_value_in_the_query_over_a_call(check):
    saving = check("state: {call: ecs list-clusters, save: RUNS}", "saving")
    called = check("""called: {operation: UpdateService, where: "taskDefinition == '${RUNS}'"}""", "called")
    entry = {
        "n": 1,
        "t": 5,
        "operation": "UpdateService",
        "service": "ecs",
        "params": {"taskDefinition": "web:2"},
    }
    for value, outcome in (("web:2", "pass"), ("web:1", "fail")):
        evidence = Evidence(0, 100, probes={"saving": [(0, value)]}, entries=[entry])
        assert judge([saving, called], evidence)[1].verdict == outcome


# --- unchanged but for … --------------------------------------------------------------------------

BEFORE = {"cpu": "256", "containers": [{"name": "app", "image": "a:1", "cpu": 0}], "revision": 1}
UNCHANGED = "state: {call: ecs list-clusters, unchanged: {except: [containers.image, revision]}}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"revision": 2}, None),
        ({"containers": [{"name": "app", "image": "a:2", "cpu": 0}]}, None),
        ({"image": "elsewhere"}, "image is elsewhere, and was nothing."),
        ({"cpu": "512"}, "cpu is 512, and was 256."),
        ({"containers": [{"name": "app", "image": "a:2", "cpu": 1}]}, "containers[0].cpu is 1, and was 0."),
    ],
)
def test_what_may_change_is_left_out_wherever_it_is(verdict, change, message):
    told = verdict(UNCHANGED, (0, BEFORE), (10, BEFORE | change))
    assert told.verdict == ("pass" if message is None else "fail")
    assert told.message == (message or "")


# --- roles and files ------------------------------------------------------------------------------

ALLOWED = "allowed: {role: app, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', is: %s}"


@pytest.mark.parametrize(
    ("wanted", "value", "message"),
    [
        ("true", True, ""),
        ("false", False, ""),
        ("true", False, "app may not do s3:GetObject on arn:aws:s3:::b/k."),
        ("false", True, "app may do s3:GetObject on arn:aws:s3:::b/k."),
        ("false", {"Error": "NoSuchEntity"}, "There is no role app."),
    ],
)
def test_what_a_role_may_do(verdict, wanted, value, message):
    told = verdict(ALLOWED % wanted, (0, value))
    assert (told.verdict == "pass", told.message) == (not message, message)


def test_a_file_is_as_it_was_seen_last_even_when_time_was_taken_back(verdict):
    text = "file: {path: task-def.json, json: memory, is: '512'}"
    samples = {"one": [(0, "256"), (700_000, "512")]}
    assert verdict(text, files=samples).verdict == "pass"
    assert verdict(text, files={"one": samples["one"][::-1]}).message == (
        "memory in task-def.json is 256, expected is 512."
    )
    assert verdict(text).verdict == "not judged"


def test_a_file_that_is_not_there(verdict):
    told = verdict("file: {path: notes.md, matches: port}", files={"one": [(0, None)]})
    assert (told.message, told.look) == ("There is no file notes.md in the workspace.", "cat notes.md")


def test_a_check_of_several_looks_at_each_of_their_words():
    fields = {
        "id": "a",
        "goal": "A",
        "all": [{"file": {"path": "a", "absent": True}}, {"gone": {"call": "x"}}],
    }
    check = Check.model_validate(fields)
    assert (check.looks_at("file"), check.looks_at("gone"), check.looks_at("http")) == (True, True, False)
