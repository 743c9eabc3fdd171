"""Grades as people and programs read them."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from ecslab.classroom.grades import Refused, Rerun
from ecslab.classroom.reports import all_good, as_csv, as_json, gradescope, junit, printable, table
from ecslab.terms.problems import Problem
from tests.classroom.work import a_grade, a_part

GOOD = a_grade("ada", passed=True, parts=[a_part("two", 2, 2, claimed="pass"), a_part("alive", 1)])
BAD = a_grade(
    "bob",
    passed=False,
    gave_up=True,
    parts=[a_part("two", 0, 2, message="One task runs."), a_part("secret", 1, hidden=True)],
    disagreements=("two: the file says pass, the replay fail",),
    notes=("made with moto 5.0.0 (here 5.2.5)",),
)
REFUSED = Refused("c\x1b[2J.json", "it is not a submission")
ALL = [GOOD, BAD, REFUSED]


def test_the_table_has_a_line_a_file_and_below_it_what_to_look_at() -> None:
    assert table(ALL).splitlines() == [
        "learner  what               points                       file",
        "Ada      keep-the-light-on     3/3  passed               ada.json",
        "Bob      keep-the-light-on     1/3  not passed, gave up  bob.json",
        "    disagrees: two: the file says pass, the replay fail",
        "    note: made with moto 5.0.0 (here 5.2.5)",
        "refused: c�[2J.json: it is not a submission",
        "2 graded, 1 refused, 1 disagree with their replay",
    ]


def test_json_has_everything() -> None:
    found = json.loads(as_json(ALL))
    assert (found["graded"], found["refused"], found["disagree"]) == (2, 1, 1)
    assert found["submissions"][1]["parts"][0]["message"] == "One task runs."
    assert found["refusals"] == [{"file": REFUSED.file, "why": REFUSED.why}]


def test_csv_is_no_formula_whatever_somebody_is_called() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([replace(GOOD, learner="=HYPERLINK(1)"), BAD, REFUSED]))))
    assert [row["learner"] for row in rows] == ["'=HYPERLINK(1)", "Bob", ""]
    assert [row["points"] for row in rows] == ["3", "1", ""]
    assert [row["passed"] for row in rows] == ["yes", "no", ""]
    assert rows[1]["disagreements"] == "two: the file says pass, the replay fail"
    assert rows[2]["refused"] == "it is not a submission"


def test_junit_has_a_suite_a_submission_and_a_case_a_goal() -> None:
    suites = ElementTree.fromstring(junit(ALL).encode())
    good, bad, refused = suites
    assert (good.get("name"), good.get("tests"), good.get("failures")) == ("Ada: keep-the-light-on", "3", "0")
    assert (bad.get("tests"), bad.get("failures")) == ("3", "2")
    failures = [failure.get("message") for failure in bad.iter("failure")]
    assert failures == ["One task runs.", "two: the file says pass, the replay fail"]
    assert [error.get("message") for error in refused.iter("error")] == ["it is not a submission"]


def test_gradescope_gets_a_score_and_a_test_for_each_goal_hidden_ones_later() -> None:
    found = json.loads(gradescope([BAD]))
    assert found["score"] == 1
    assert "Your file does not agree with its replay" in found["output"]
    assert found["tests"] == [
        {
            "name": "The goal two", "score": 0, "max_score": 2, "visibility": "visible", "status": "failed",
            "output": "One task runs.",
        },
        {
            "name": "The goal secret", "score": 1, "max_score": 1, "visibility": "after_published",
            "status": "passed",
        },
    ]  # fmt: skip
    assert json.loads(gradescope([REFUSED]))["score"] == 0


def test_gradescope_takes_one_submission_at_a_time() -> None:
    with pytest.raises(Problem, match="Gradescope takes one submission, and here are 3"):
        gradescope(ALL)


def test_what_is_good_is_graded_agrees_and_passes() -> None:
    failed = Rerun("deploy.py", 1, "Traceback", False, ("two",))
    assert all_good([GOOD])
    assert all_good([replace(GOOD, passed=None)])
    assert not all_good([GOOD, REFUSED])
    assert not all_good([replace(GOOD, disagreements=("x",))])
    assert not all_good([replace(GOOD, passed=False)])
    assert not all_good([replace(GOOD, rerun=failed)])
    assert "script: deploy.py ends with 1 in a fresh world and does not reach two" in table(
        [replace(GOOD, rerun=failed)]
    )


def test_a_files_name_cannot_paint_on_the_terminal() -> None:
    assert printable("a\x1b[31m\x9bb\u202e") == "a�[31m�b�"
