"""Expectations: which values meet them, and how they are said."""

import pytest

from ecslab.content.documents import read_yaml
from ecslab.content.expectations import Expectation
from ecslab.grading.expectations import expected, holds, shown

NOT_FOUND = {"Error": "LoadBalancerNotFound"}
DENIED = {"Error": "AccessDeniedException"}

TABLE = [
    ("is: 3", [3, 3.0], [4, "3", None, True, [3]]),
    ("is: true", [True], [1, "true", None, False]),
    ("is: null", [None], [0, "", []]),
    ("is: {a: [1, {b: x}]}", [{"a": [1, {"b": "x"}]}], [{"a": [1]}, {"a": [True, {"b": "x"}]}]),
    ("is: absent", [None, [], "", NOT_FOUND], [0, "x", DENIED]),
    ("in: [200, 204]", [200, 204], [500, None, "200"]),
    ("not: ACTIVE", ["INACTIVE", None, DENIED], ["ACTIVE"]),
    ("not: null", [0, "x"], [None]),
    ("matches: ^arn:.*app$", ["arn:x:app"], ["x arn:app", None, ["arn:app"]]),
    ("matches: '20.'", [204, "204"], [500, True]),
    ("at_least: 2", [2, 3.5, "512"], [1, None, "x", True, [2]]),
    ("at_most: 2", [2, 0, "1"], [3, None, "x"]),
    ("contains: FARGATE", [["EC2", "FARGATE"], "on FARGATE", {"a": "FARGATE"}], [["EC2"], None, 3, {"FARGATE": 1}]),
    ("contains: 1", [[1]], [[True]]),
    ("absent: true", [None, [], {}, "", NOT_FOUND], [0, False, DENIED]),
    ("absent: false", [0, "x", DENIED], [None, NOT_FOUND]),
    ("{at_least: 2, at_most: 4}", [2, 3, 4], [1, 5]),
    ("all: [{not: x}, {not: y}]", ["z"], ["x", "y"]),
    ("any: [{is: x}, {at_least: 3}]", ["x", 3], ["y", 2]),
    ("any: [{all: [{is: 1}, {is: 2}]}, {is: 3}]", [3], [1, 2]),
    ("{is: 3, any: [{is: 3}]}", [3], [4]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meet", "miss"), TABLE, ids=[row[0] for row in TABLE])
def test_values_that_meet_and_miss(text, meet, miss):
    expectation = Expectation.model_validate(read_yaml(text, "x").value)
    assert [value for value in meet if not holds(expectation, value)] == []
    assert [value for value in miss if holds(expectation, value)] == []


@pytest.mark.parametrize("text", ["is: unchanged", "unchanged: true"])
def test_unchanged_compares_with_the_beginning(text):
    expectation = Expectation.model_validate(read_yaml(text, "x").value)
    assert holds(expectation, {"a": 1}, {"a": 1})
    assert not holds(expectation, {"a": True}, {"a": 1})


SAID = {
    "is: 200": "200",
    "in: [200, 204]": "one of 200, 204",
    "not: x": "anything but x",
    "matches: ^a": "text that matches ^a",
    "{at_least: 2, at_most: 4}": "at least 2 and at most 4",
    "contains: x": "something with x",
    "absent: true": "nothing there",
    "absent: false": "something there",
    "is: unchanged": "unchanged: before",
    "any: [{is: x}, {is: null}]": "x or nothing",
}


@pytest.mark.parametrize(("text", "said"), SAID.items(), ids=SAID)
def test_what_was_expected_in_words(text, said):
    assert expected(Expectation.model_validate(read_yaml(text, "x").value), "before") == said


def test_values_in_words():
    assert shown(NOT_FOUND) == "the error LoadBalancerNotFound"
    assert shown({"b": 1, "a": [None]}) == '{"a": [null], "b": 1}'
    assert shown(None) == "nothing"
    assert shown("a\n  b") == "a b"
    assert len(shown("x" * 999, 60)) == 60
