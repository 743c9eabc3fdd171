"""What was done and is known, module by module."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from ecslab.progress.curriculum import OTHER, Curriculum
from ecslab.progress.overview import overview
from ecslab.progress.records import Answer, Confidence
from ecslab.progress.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COURSE = Curriculum.of(
    {
        "modules": [{"id": "m", "title": "M"}, {"id": "n", "title": "N"}],
        "objectives": [
            {"id": "o", "title": "O", "module": "m", "weight": 2},
            {"id": "p", "title": "P", "module": "n"},
        ],
    }
).serving(
    lessons={"l": ["o"]}, items={"q/a": ["o"], "q/b": ["o", "p"]}, labs={"lab": ["p"]}, homes={"l": "m"}
)


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "p.sqlite3", clock=lambda: NOW) as opened:
        yield opened


def test_it_counts_what_was_read_answered_passed_and_due(store):
    store.mark_page("l", 0, 4)
    store.record_answer(Answer("q/a", "h", 0, False, 0.0), NOW - timedelta(hours=1))
    store.record_answer(Answer("q/b", "h", 0, True, 1.0, Confidence.SURE))
    store.record_lab(store.start_lab("lab"), points=4, maximum=4, passed=True)
    m, n = overview(store, COURSE, NOW).modules
    assert (m.lessons_read, m.questions, m.answered, m.right, m.due) == (0.25, 2, 2, 1, 1)
    assert (n.lessons_read, n.questions, n.answered, n.right_share, n.labs, n.labs_passed) == (
        None,
        1,
        1,
        1.0,
        1,
        1,
    )


def test_a_lab_alone_makes_nobody_ready(store):
    store.record_lab(store.start_lab("lab"), points=4, maximum=4, passed=True)
    found = overview(store, COURSE, NOW)
    o, p = (o.readiness for m in found.modules for o in m.objectives)
    assert o.mean < p.mean < 0.35
    assert found.readiness.high - found.readiness.low > 0.3


def test_nothing_done_is_not_nothing_known_but_a_wide_guess(store):
    found = overview(store, COURSE, NOW)
    assert found.readiness.evidence == 0
    assert found.readiness.high - found.readiness.low > 0.3
    assert [o.readiness.mean for m in found.modules for o in m.objectives] == pytest.approx(
        [0.2, 0.2], abs=0.03
    )


def test_the_last_answer_to_a_question_counts(store):
    store.record_answer(Answer("q/a", "h", 0, False, 0.0), NOW - timedelta(days=1))
    store.record_answer(Answer("q/a", "h", 0, True, 1.0))
    assert overview(store, COURSE, NOW).modules[0].right == 1


def test_a_memory_that_fades_lowers_readiness(store):
    store.record_answer(Answer("q/a", "h", 0, True, 1.0))
    now, later = (overview(store, COURSE, NOW + timedelta(days=d)).readiness.mean for d in (0, 300))
    assert later < now


def test_what_the_course_no_longer_has_does_not_count(store):
    store.record_answer(Answer("q/gone", "h", 0, False, 0.0), NOW - timedelta(days=1))
    store.record_lab(store.start_lab("gone"), points=4, maximum=4, passed=True)
    found = overview(store, COURSE, NOW)
    assert (found.due, found.readiness.evidence) == (0, 0)


def test_it_is_json(store):
    assert json.loads(json.dumps(overview(store, COURSE, NOW).as_json()))["modules"][0]["id"] == "m"


def test_an_objective_that_the_course_does_not_list_counts_at_the_end():
    course = COURSE.serving(items={"q/a": ["new"]})
    assert (course.modules[-1].id, course.objectives[-1].id) == (OTHER, "new")


def test_the_built_in_course_lists_nine_modules_and_objectives_in_them():
    listed = yaml.safe_load((Path(__file__).parents[2] / "lessons" / "objectives.yaml").read_text())
    course = Curriculum.of(listed)
    assert len(course.modules) == 9
    assert {objective.module for objective in course.objectives} <= {module.id for module in course.modules}
    assert len({objective.id for objective in course.objectives}) == len(course.objectives)
