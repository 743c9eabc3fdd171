"""Present, choose, say how sure, see why, go on; and go on after a crash."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.progress.curriculum import Curriculum
from ecslab.progress.records import Confidence, Kind
from ecslab.progress.store import Store
from ecslab.quiz.desk import due_items, next_due, sit, sit_review
from ecslab.quiz.items import Quiz, item_of
from ecslab.quiz.judge import Unreadable, judge
from ecslab.quiz.sitting import Sitting, Stage, shuffled

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RIGHT = {
    "single": 1,
    "multiple": [0, 2],
    "ordering": [0, 1, 2, 3],
    "matching": [0, 1, 2],
    "numeric": "5120",
    "short": "sigkill",
}


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "p.sqlite3", clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def quiz(all_items):
    return Quiz("q", "Q", tuple(all_items))


def test_the_stages_follow_each_other(all_items):
    sitting = Sitting(all_items[:2])
    assert (sitting.stage, sitting.position) == (Stage.PRESENT, 1)
    sitting.choose(1)
    assert (sitting.stage, sitting.judgement) == (Stage.CONFIDENCE, None)
    assert sitting.rate(Confidence.SURE).right
    assert sitting.stage is Stage.REVEAL
    assert sitting.next() is all_items[1]
    sitting.answer([0, 1])
    assert sitting.next() is None
    assert sitting.stage is Stage.DONE


def test_an_answer_can_be_reconsidered_until_it_is_judged(all_items):
    sitting = Sitting(all_items)
    sitting.choose(0)
    sitting.reconsider()
    assert sitting.answer(1).right
    with pytest.raises(ValueError, match="reveal"):
        sitting.reconsider()


def test_what_is_no_answer_leaves_the_question_open(all_items):
    sitting = Sitting(all_items)
    with pytest.raises(Unreadable):
        sitting.choose(17)
    assert sitting.stage is Stage.PRESENT


def test_a_question_cannot_be_skipped_past(all_items):
    with pytest.raises(ValueError, match="present"):
        Sitting(all_items).next()


def test_an_answer_is_kept_before_it_is_revealed(all_items):
    def lost(answer):
        raise OSError("disk")

    sitting = Sitting(all_items, record=lost)
    with pytest.raises(OSError, match="disk"):
        sitting.answer(1)
    assert (sitting.stage, sitting.judgement, sitting.answers) == (Stage.CONFIDENCE, None, {})


def test_the_score_counts_right_ones_and_shows_calibration(all_items):
    sitting = Sitting(all_items)
    for item, sure in zip(all_items, [Confidence.SURE, Confidence.SURE, *[None] * 4], strict=True):
        sitting.answer(RIGHT[item.id] if item.id != "multiple" else [0], sure)
        sitting.next()
    score = sitting.score()
    assert (score.right, score.answered, score.total) == (5, 6, 6)
    assert score.calibration == {Confidence.SURE: (2, 1)}


@given(st.integers(), st.integers(2, 6))
def test_a_seed_always_shows_the_same_order_and_every_option_once(seed, count):
    options = [{"text": str(n), "right": n == 0, "why": ""} for n in range(count)]
    item = item_of({"id": "a", "type": "single", "stem": "", "options": options}, "q")
    assert shuffled(item, seed) == shuffled(item, seed)
    assert sorted(shuffled(item, seed)) == list(range(count))


def test_another_sitting_shows_another_order(make):
    item = make("multiple")
    assert len({tuple(shuffled(item, seed)) for seed in range(30)}) > 5


@given(st.integers(), st.integers(2, 6))
def test_steps_never_stand_in_order_already(seed, count):
    item = item_of({"id": "a", "type": "ordering", "stem": "", "order": [str(n) for n in range(count)]}, "q")
    assert not judge(item, shuffled(item, seed)).right


def test_an_interrupted_quiz_goes_on_where_it_stopped_with_the_same_orders(store, quiz):
    first = sit(store, quiz)
    first.answer(1, Confidence.SURE)
    again = sit(store, quiz)
    assert (again.number, again.seed, again.position) == (first.number, first.seed, 2)
    assert again.answers["q/single"].right


def test_fresh_begins_again_and_keeps_the_old_answers(store, quiz):
    first = sit(store, quiz)
    first.answer(1)
    again = sit(store, quiz, fresh=True)
    assert again.position == 1
    assert len(store.answers()) == 1


def test_the_last_answer_finishes_the_sitting(store, quiz):
    sitting = sit(store, quiz)
    for item in quiz.items:
        sitting.answer(RIGHT[item.id])
        sitting.next()
    assert store.unfinished_sitting(Kind.QUIZ, "q") is None
    assert store.sittings("q")[0].finished


def test_a_question_edited_in_between_is_asked_again(store, quiz, make):
    sit(store, quiz).answer(1)
    edited = Quiz("q", "Q", (make("single", "single", stem="What now?"), *quiz.items[1:]))
    again = sit(store, edited)
    assert again.position == 1
    for item in edited.items:
        again.answer(RIGHT[item.id])
        again.next()
    assert store.sittings("q")[0].finished


def test_a_quiz_with_other_questions_begins_again(store, quiz):
    first = sit(store, quiz)
    first.answer(1)
    shorter = Quiz("q", "Q", quiz.items[:3])
    assert sit(store, shorter).number != first.number


def test_a_missed_question_is_in_the_review_within_a_day_and_a_known_one_is_not(store, quiz):
    sitting = sit(store, quiz)
    sitting.answer(0)
    sitting.next()
    sitting.answer([0, 2], Confidence.SURE)
    known = {item.key: item for item in quiz.items}
    course = Curriculum().serving(items={key: item.objectives for key, item in known.items()})
    assert due_items(store, known, NOW) == []
    assert NOW < next_due(store, course, NOW) <= NOW + timedelta(days=1)
    review = sit_review(store, known, NOW + timedelta(days=1))
    assert [item.key for item in review.items] == ["q/single"]


def test_questions_that_left_the_course_are_not_reviewed(store, quiz):
    sit(store, quiz).answer(0)
    assert sit_review(store, {}, NOW + timedelta(days=1)) is None
