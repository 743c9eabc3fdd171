"""A class: who handed in what, what is late, and what is missing."""

import csv
import io
from pathlib import Path

import pytest

from ecslab.classroom.grades import Refused
from ecslab.classroom.roster import as_csv, as_json, in_class, load_roster, table
from ecslab.content.problems import PackProblem
from tests.classroom.work import a_grade, a_part

CLASS = """\
format: 1
title: ECS, autumn
students:
  - {id: ada, name: Ada Lovelace}
  - {id: bob, name: Bob}
  - {id: cyd}
work:
  - {id: fix-alb-502, due: "2026-12-01T18:00:00+01:00"}
  - {id: services, kind: quiz}
"""


@pytest.fixture
def roster(tmp_path: Path):
    path = tmp_path / "class.yaml"
    path.write_text(CLASS)
    return load_roster(path)


def lab(who: str, points: float, made: str, **facts: object):
    return a_grade(who, "fix-alb-502", made=made, parts=[a_part("a", points, 4)], **facts)


IN_TIME, LATE = "2026-12-01T16:59:00Z", "2026-12-01T17:01:00Z"


def test_the_best_work_in_time_counts_and_what_is_late_or_missing_is_said(roster) -> None:
    graded = [
        lab("ada", 2, IN_TIME),
        lab("ada", 3, IN_TIME),
        lab("ada", 4, LATE),
        lab("bob", 4, LATE),
        a_grade("bob", "services", kind="quiz", parts=[a_part("q", 1)]),
        lab("eve", 4, IN_TIME),
        Refused("x.json", "it is not a submission"),
    ]
    found = in_class(roster, graded)
    assert table(found).splitlines() == [
        "ECS, autumn",
        "",
        "student                fix-alb-502  services",
        "ada      Ada Lovelace  3/4          –",
        "bob      Bob           4/4 late     1/1",
        "cyd                    –            –",
        "",
        "3 students, 3 missing",
        "not of this class: Eve, fix-alb-502 (eve.json)",
    ]
    assert as_json(found)["students"][0]["work"][0]["handed_in"] == 3
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert [row["fix-alb-502"] for row in rows] == ["3", "4", ""]
    assert [row["fix-alb-502 remark"] for row in rows] == ["", "late", "missing"]


def test_a_file_without_an_id_is_known_by_its_name(roster) -> None:
    found = in_class(roster, [lab("x", 4, IN_TIME, learner="ada lovelace", learner_id="")])
    assert found.rows[0][0].grade is not None
    assert in_class(roster, [lab("x", 4, IN_TIME, learner="", learner_id="")]).strangers


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("id: cyd", "id: ADA", ":6:10: 'ada' is here twice; keep one"),
        ("18:00:00+01:00", "18:00:00", "has no time zone; write 2026-12-01T18:00:00Z"),
        ("2026-12-01T18:00:00+01:00", "soon", "'soon' is not a date and time"),
        ("students:", "pupils:", "unknown key 'pupils'; it is one of format, students, title, work"),
        ("kind: quiz", "kind: essay", "essay"),
        (CLASS, "- a\n", "this is not a class"),
    ],
)
def test_a_class_file_that_is_wrong_says_where(tmp_path: Path, old: str, new: str, why: str) -> None:
    path = tmp_path / "class.yaml"
    assert old in CLASS
    path.write_text(CLASS.replace(old, new))
    with pytest.raises(PackProblem) as problem:
        load_roster(path)
    assert why in "\n".join(map(str, problem.value.flaws))
