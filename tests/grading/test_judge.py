"""Verdicts: tables of what was seen and what it comes to."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.content.checks import Check
from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import FAIL, NOT_JUDGED, PASS, judge

STATE = "state: {call: ecs describe-clusters, query: 'clusters[0].status', is: ACTIVE}"
LATCH = STATE + "\nmode: latch"
FOR = STATE + "\nfor: 2m"
LATCH_FOR = FOR + "\nmode: latch"
UP, DOWN = "ACTIVE", "INACTIVE"

FLIPS = [
    ("nothing was looked at", STATE, [], NOT_JUDGED),
    ("as expected", STATE, [(0, UP)], PASS),
    ("not as expected", STATE, [(0, DOWN)], FAIL),
    ("it became so", STATE, [(0, DOWN), (9, UP)], PASS),
    ("it flipped back", STATE, [(0, UP), (9, DOWN)], FAIL),
    ("several values at one moment: the last counts", STATE, [(9, UP), (9, DOWN)], FAIL),
    ("a value after now does not count", STATE, [(0, UP), (601, DOWN)], PASS),
    ("latched", LATCH, [(0, DOWN), (9, UP), (10, DOWN)], PASS),
    ("latched on nothing", LATCH, [(0, DOWN), (9, DOWN)], FAIL),
    ("held long enough", FOR, [(0, DOWN), (480, UP)], PASS),
    ("not held long enough", FOR, [(0, DOWN), (481, UP)], NOT_JUDGED),
    ("the window broke", FOR, [(0, UP), (550, DOWN), (551, UP)], NOT_JUDGED),
    ("the window is over, and it is down", FOR, [(0, UP), (599, DOWN)], FAIL),
    ("latched a window", LATCH_FOR, [(0, DOWN), (10, UP), (130, DOWN)], PASS),
    ("latched no window", LATCH_FOR, [(0, DOWN), (10, UP), (129, DOWN)], FAIL),
    ("latched window under way", LATCH_FOR, [(0, DOWN), (500, UP)], NOT_JUDGED),
]


@pytest.mark.parametrize(("name", "text", "samples", "outcome"), FLIPS, ids=[row[0] for row in FLIPS])
def test_flips_and_windows(verdict, name, text, samples, outcome):
    assert verdict(text, *samples).verdict == outcome


def test_a_window_says_how_far_it_is(verdict):
    told = verdict(FOR, (0, DOWN), (560, UP), now=600)
    assert told.message == "It holds since 40s of 2m."
    assert (told.since, told.due) == (560_000, 680_000)


def test_what_was_true_before_the_beginning_counts_from_the_beginning(verdict):
    assert verdict(FOR, (0, UP), begun=500, now=600).message == "It holds since 1m40s of 2m."
    assert verdict(FOR, (0, UP), begun=480, now=600).passed


def test_a_latch_does_not_count_what_was_true_before_the_beginning(verdict):
    assert verdict(LATCH, (0, UP), (50, DOWN), begun=100).verdict == FAIL


def test_unchanged_is_since_the_attempt_began(verdict):
    text = "state: {call: elbv2 describe-load-balancers, is: unchanged}"
    assert verdict(text, (0, "old"), (50, "new"), begun=100).passed
    assert verdict(text, (0, "old"), (150, "new"), begun=100).verdict == FAIL
    assert verdict(text, (0, "old"), (150, "new"), (160, "old"), begun=100).passed


GONE = "gone: {call: ec2 describe-subnets, query: 'Subnets'}"
GONES = [
    ("it was and is not", [(0, ["x"]), (9, [])], PASS),
    ("an error says that it is not", [(0, {"a": 1}), (9, {"Error": "ClusterNotFoundException"})], PASS),
    ("it never was", [(0, []), (9, None)], FAIL),
    ("it came back", [(0, ["x"]), (9, []), (10, ["x"])], FAIL),
    ("it still is", [(0, ["x"])], FAIL),
    ("no permission to see it is no proof", [(0, ["x"]), (9, {"Error": "AccessDenied"})], FAIL),
]


@pytest.mark.parametrize(("name", "samples", "outcome"), GONES, ids=[row[0] for row in GONES])
def test_gone_must_have_existed(verdict, name, samples, outcome):
    assert verdict(GONE, *samples).verdict == outcome


def http(status=200, failed=0):
    return {"status": status, "statuses": [status], "failed": failed, "requests": 100}


HTTPS = [
    ("status: 200", http(), PASS, "200"),
    ("status: 200", http(502), FAIL, "502"),
    ("status: 200", http(None), FAIL, "nothing"),
    ("status: [200, 301]", http(301), PASS, "301"),
    ("status: {at_least: 500}", http(503), PASS, "503"),
    ("failed: 0", http(), PASS, "0"),
    ("failed: 0", http(failed=3), FAIL, "3"),
    ("failed: 3", http(failed=3), PASS, "3"),
    ("failed: {at_most: 2}", http(failed=3), FAIL, "3"),
    ("status: 200, failed: 0", http(failed=1), FAIL, "1"),
    ("status: 200, failed: 0", http(502, failed=1), FAIL, "502"),
]


@pytest.mark.parametrize(("text", "value", "outcome", "actual"), HTTPS)
def test_http(verdict, text, value, outcome, actual):
    told = verdict(f"http: {{load_balancer: web-alb, {text}}}", (0, value))
    assert (told.verdict, told.actual) == (outcome, actual)


def event(t, message, source="service", subject="web-app", **detail):
    return {"n": t, "t": t * 1000, "source": source, "subject": subject, "message": message, "detail": detail}


EVENTS = [
    event(5, "reached a steady state"),
    event(200, "reached a steady state"),
    event(250, "started 1 tasks"),
]
LOG = [
    event(200, "GET / 500", "log", "/ecs/web-app/app/app/1"),
    event(210, "stopped", "task", "abc", service="web-app"),
]


@pytest.mark.parametrize(
    ("text", "events", "outcome"),
    [
        ("from: service, of: web-app, match: steady", EVENTS, PASS),
        ("from: service, match: 'started \\d+ tasks'", EVENTS, PASS),
        ("from: service, of: other, match: steady", EVENTS, FAIL),
        ("from: task, match: steady", EVENTS, FAIL),
        ("from: service, match: steady, count: 2", EVENTS, FAIL),
        ("from: service, match: rolled back, count: {at_most: 0}", EVENTS, PASS),
        ("from: service, match: steady, count: {at_most: 0}", EVENTS, FAIL),
        ("from: log, of: /ecs/web-app, match: ' 500$'", LOG, PASS),
        ("from: log, of: /ecs/other, match: ' 500$'", LOG, FAIL),
        ("from: task, of: web-app, match: stopped", LOG, PASS),
    ],
)
def test_events_since_the_attempt_began(verdict, text, events, outcome):
    assert verdict(f"event: {{{text}}}", begun=100, events=events).verdict == outcome


def entry(n, operation, params=None, **more):
    defaults = {
        "n": n,
        "t": n * 1000,
        "service": "ecs",
        "changes": True,
        "status": 200,
        "error": None,
        "undone": False,
    }
    return {**defaults, "operation": operation, "params": params or {}, **more}


CALLS = [
    entry(50, "UpdateService", {"desiredCount": 9}),
    entry(110, "UpdateService", {"desiredCount": 5}),
    entry(120, "UpdateService", {"desiredCount": 2}, undone=True),
    entry(130, "UpdateService", {"desiredCount": 0}, error="InvalidParameterException", status=400),
    entry(140, "CreateCluster"),
]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("operation: UpdateService", PASS),
        ("operation: ecs:UpdateService", PASS),
        ("operation: elbv2:UpdateService", FAIL),
        ("operation: DeleteService", FAIL),
        ("operation: UpdateService, where: 'desiredCount == `5`'", PASS),
        ("operation: UpdateService, where: 'desiredCount == `2`'", FAIL),
        ("operation: UpdateService, where: 'desiredCount == `9`'", FAIL),
        ("operation: UpdateService, where: 'length(desiredCount)'", FAIL),
        ("operation: UpdateService, count: 2", FAIL),
        ("operation: UpdateService, count: {at_least: 1, at_most: 1}", PASS),
        ("operation: UpdateService, error: true", PASS),
        ("operation: UpdateService, error: InvalidParameterException", PASS),
        ("operation: UpdateService, error: ClientException", FAIL),
        ("operation: DeleteCluster, count: {at_most: 0}", PASS),
    ],
)
def test_calls_that_were_not_undone(verdict, text, outcome):
    assert verdict(f"called: {{{text}}}", begun=100, entries=CALLS).verdict == outcome


@pytest.mark.parametrize(
    ("text", "given", "outcome"),
    [
        ("prompt: P, is: web", "web ", PASS),
        ("prompt: P, is: web", "Web", PASS),
        ("prompt: P, is: web", "db", FAIL),
        ("prompt: P, matches: '^sig ?term$'", "SIGTERM", PASS),
        ("prompt: P, kind: number, is: 8080", "8080", PASS),
        ("prompt: P, kind: number, at_least: 2.5", " 2.6 ", PASS),
        ("prompt: P, kind: number, is: 8080", "eighty", FAIL),
        ("prompt: P, kind: choice, options: [a, b], is: a", "a", PASS),
        ("prompt: P, is: web", "  ", NOT_JUDGED),
        ("prompt: P, is: web", None, NOT_JUDGED),
    ],
)
def test_answers(verdict, text, given, outcome):
    answers = {} if given is None else {"one": given}
    assert verdict(f"answer: {{{text}}}", answers=answers).verdict == outcome


def test_a_need_that_is_not_met_judges_nothing(check):
    checks = [
        check(STATE, "a"),
        check(STATE + "\nneeds: [a]", "b"),
        check(STATE + "\nneeds: [b, a]", "c"),
        check(STATE, "d"),
    ]
    probes = {"a": [(0, DOWN)], "b": [(0, UP)], "c": [(0, UP)], "d": [(0, UP)]}
    verdicts = judge(checks, Evidence(now=1000, probes=probes))
    assert [v.verdict for v in verdicts] == [FAIL, NOT_JUDGED, NOT_JUDGED, PASS]
    assert verdicts[1].message == "Judged once “Goal a” is met."
    assert verdicts[2].message == "Judged once “Goal b” and “Goal a” are met."


def test_a_fault_of_the_grader_is_no_fault_of_the_learner(verdict):
    told = verdict(
        "called: {operation: UpdateService}", entries=[{"operation": "UpdateService", "t": "noon"}]
    )
    assert told.verdict == NOT_JUDGED and told.fault
    assert told.message.startswith("This could not be judged") and told.message.endswith(
        "It costs no points."
    )


VALUES = st.sampled_from([UP, DOWN, None, {"Error": "X"}])
HISTORY = st.lists(st.tuples(st.integers(0, 700), VALUES), min_size=1, max_size=12, unique_by=lambda s: s[0])


@given(
    HISTORY,
    st.lists(st.integers(0, 700), max_size=20),
    st.sampled_from([0, 30, 200]),
    st.sampled_from([0, 60, 120]),
    st.sampled_from(["hold", "latch"]),
    st.randoms(use_true_random=False),
)
def test_how_often_the_sandbox_looked_makes_no_difference(history, looks, begun, window, mode, random):
    history = sorted(history, key=lambda sample: sample[0])
    first = history[0][0]
    more = [(t, next(v for s, v in reversed(history) if s <= t)) for t in looks if t >= first]
    sampled = history + [sample for sample in more if sample[0] not in {t for t, _ in history}]
    random.shuffle(sampled)
    check = Check.model_validate(
        {
            "id": "one",
            "goal": "Goal",
            "for": window,
            "mode": mode,
            "state": {"call": "ecs describe-clusters", "is": UP},
        }
    )

    def told(samples):
        evidence = Evidence(begun * 1000, 600_000, probes={"one": [(t * 1000, v) for t, v in samples]})
        return judge([check], evidence)

    assert told(history) == told(sampled)


@given(HISTORY, st.sampled_from([60, 120]))
def test_holding_a_window_is_what_it_says(history, window):
    history = sorted(history, key=lambda sample: sample[0])
    check = Check.model_validate(
        {"id": "one", "goal": "G", "for": window, "state": {"call": "ecs describe-clusters", "is": UP}}
    )
    probes = {"one": [(t * 1000, v) for t, v in history]}
    (told,) = judge([check], Evidence(0, 600_000, probes=probes))
    seen = [next((v for s, v in reversed(history) if s <= t), None) for t in range(600 - window, 601)]
    assert told.passed == all(value == UP for value in seen)


def test_judging_needs_no_aws_library():
    code = (
        "import sys\n"
        "from ecslab.content.packs import builtin\n"
        "from ecslab.grading.evidence import Evidence\n"
        "from ecslab.grading.judge import judge, wanted_whatifs\n"
        "for lab in builtin().labs():\n"
        "    checks = builtin().lab(lab.id).checks\n"
        "    judge(checks, Evidence()), wanted_whatifs(checks, Evidence())\n"
        "assert not {'botocore', 'boto3', 'moto', 'awscli', 'textual'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
