"""What a learner is told: the author's words for a known mistake, plain ones otherwise."""

import pytest

HTTP = """
http: {load_balancer: web-alb, path: /shop, status: 200}
feedback:
  - {id: refused, when: {actual: 502}, say: "The tasks refuse.", look: "aws elbv2\\n  describe-target-health", why: W.}
  - {id: some-fail, when: {match: "length(statuses) > `1`"}, say: Some targets answer.}
  - id: scaled
    when: {actual: {in: [503]}, state: {call: ecs describe-services --services a, query: q, is: 0}}
    say: No task is wanted.
  - {id: gateway, when: {actual: {at_least: 503}}, say: A gateway error.}
"""


def http(status, *statuses):
    return {"status": status, "statuses": list(statuses or [status]), "failed": 0, "requests": 0}


@pytest.mark.parametrize(
    ("value", "scaled_to", "mistake"),
    [
        (http(502), 2, "refused"),
        (http(502, 200, 502), 2, "refused"),
        (http(500, 200, 500), 2, "some-fail"),
        (http(503), 0, "scaled"),
        (http(503), 2, "gateway"),
        (http(504), 0, "gateway"),
        (http(500), 2, None),
    ],
)
def test_the_first_feedback_that_fits_is_shown(verdict, value, scaled_to, mistake):
    told = verdict(HTTP, (0, value), probes={"one/scaled": [(0, scaled_to)]})
    assert told.mistake == mistake


def test_a_feedback_is_shown_on_one_line_with_where_to_look_and_why(verdict):
    told = verdict(HTTP, (0, http(502)))
    assert (told.message, told.look, told.why) == (
        "The tasks refuse.",
        "aws elbv2 describe-target-health",
        "W.",
    )


def test_a_feedback_without_when_always_fits(verdict):
    told = verdict(
        "http: {load_balancer: a, status: 200}\nfeedback: [{id: any, say: It is down.}]", (0, http(500))
    )
    assert told.mistake == "any"


def test_a_query_that_cannot_be_asked_of_the_value_does_not_fit(verdict):
    text = (
        "http: {load_balancer: a, status: 200}\nfeedback: [{id: x, when: {match: 'length(status)'}, say: X.}]"
    )
    assert verdict(text, (0, http(500))).mistake is None


def test_what_passes_needs_no_message(verdict):
    told = verdict(HTTP, (0, http(200)))
    assert (told.message, told.look, told.mistake) == ("", "", None)


CURL = (
    'curl -i "http://$(aws elbv2 describe-load-balancers --names web-alb '
    "--query 'LoadBalancers[0].DNSName' --output text)"
)
DEFAULTS = [
    (
        "http: {load_balancer: web-alb, path: /shop, status: 200}",
        http(502),
        "web-alb answers 502 on /shop, expected is 200.",
        CURL + '/shop"',
    ),
    (
        "http: {load_balancer: web-alb, port: 81, status: 200}",
        http(None),
        "Nothing answers on port 81 of web-alb.",
        CURL + ':81/"',
    ),
    (
        "http: {load_balancer: web-alb, failed: 0}",
        {"status": 200, "failed": 7},
        "7 requests to web-alb have failed, expected is at most 0 failed requests.",
        None,
    ),
    (
        "state: {call: ecs describe-services --services web-app, query: 'services[0].runningCount', at_least: 2}",
        1,
        "services[0].runningCount is 1, expected is at least 2.",
        "aws ecs describe-services --services web-app --query 'services[0].runningCount'",
    ),
    (
        "state: {call: ecs describe-services --services web-app, absent: true}",
        {"Error": "AccessDenied"},
        "The answer of ecs describe-services is the error AccessDenied, expected is nothing there.",
        "aws ecs describe-services --services web-app",
    ),
    (
        "gone: {call: ecs describe-clusters --clusters a, query: clusters}",
        ["a"],
        "It still exists.",
        "aws ecs describe-clusters --clusters a --query clusters",
    ),
    (
        "gone: {call: ecs describe-clusters --clusters a, query: clusters}",
        [],
        "It has not existed in this attempt yet.",
        None,
    ),
    ("event: {from: log, of: /ecs/a, match: x}", None, "The log events of /ecs/a say so 0 times, expected is at least 1.",
     "aws logs filter-log-events --log-group-name /ecs/a"),
    ("called: {operation: ecs:StopTask}", None, "ecs:StopTask was called like this 0 times, expected is at least 1.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "message", "look"), DEFAULTS)
def test_plain_words_when_no_feedback_fits(verdict, text, value, message, look):
    told = verdict(text, (0, value))
    assert told.message == message
    assert look is None or told.look == look


def test_a_message_of_our_own_is_short(verdict):
    told = verdict("state: {call: ecs describe-tasks --tasks a, is: " + "x" * 500 + "}", (0, "y" * 500))
    assert len(told.message) <= 200 and len(told.actual) <= 160


def test_the_form_for_json(verdict):
    told = verdict(HTTP, (0, http(502))).as_json()
    assert told == {
        "id": "one",
        "verdict": "fail",
        "goal": "Goal one",
        "message": "The tasks refuse.",
        "expected": "200",
        "actual": "502",
        "look": "aws elbv2 describe-target-health",
        "why": "W.",
    }
