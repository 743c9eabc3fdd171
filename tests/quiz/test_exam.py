"""The exam: its form, how questions are drawn, what is kept, the time, the report."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.progress import exams
from ecslab.progress.curriculum import Curriculum
from ecslab.progress.exams import Why
from ecslab.progress.store import Store
from ecslab.quiz import exam as exam_room
from ecslab.quiz.exam import FORMS, Exam, draw
from ecslab.quiz.exam_report import report, result
from ecslab.quiz.families.catalogue import FAMILIES
from ecslab.quiz.items import Item, item_of
from ecslab.quiz.judge import Unreadable
from ecslab.terms.problems import Problem

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def question(n: int, *objectives: str) -> Item:
    options = [{"text": text, "right": text == "A", "why": f"why {text}"} for text in "ABC"]
    source = {"id": f"i{n}", "type": "single", "objectives": objectives or ("o",), "stem": f"Q{n}"}
    return item_of({**source, "options": options, "source": "the guide"}, "q")


def known(*items: Item) -> dict[str, Item]:
    return {item.key: item for item in items}


class Hands:
    """A wall clock and a stopwatch that move only when told."""

    def __init__(self) -> None:
        self.now, self.seconds = NOW, 0.0

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def store(tmp_path, hands):
    with Store(tmp_path / "p.sqlite3", clock=lambda: hands.now) as opened:
        yield opened


@pytest.fixture
def sit(store, hands):
    """Begins an exam, or goes on with it as a new process would."""

    def _sit(items: dict[str, Item], length: str = "short", seed: int = 1) -> Exam:
        held = exams.unfinished(store, "exam")
        if held is None:
            held = exam_room.begin(store, "exam", items, {}, length=length, seed=seed).record
        return Exam(store, held, items, clock=lambda: hands.seconds, now=lambda: hands.now)

    return _sit


# The form and the drawing -----------------------------------------------------------------------


def test_the_full_exam_has_the_shape_of_the_guides():
    full = FORMS["full"]
    assert (full.items, full.minutes, full.scored, full.unscored) == (65, 130, 50, 15)


@given(st.sampled_from(list(FORMS.values())), st.integers(1, 200))
def test_a_small_pool_gives_a_smaller_exam_in_proportion(form, pool):
    sized = form.within(pool)
    assert sized.items == min(pool, form.items)
    assert sized.minutes == pytest.approx(2 * sized.items, abs=1)
    assert sized.scored >= 1
    assert sized.unscored / sized.items == pytest.approx(form.unscored / form.items, abs=0.5)


weighted = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), min_size=1)


@given(weighted, st.integers(0, 5))
def test_questions_come_by_the_weight_of_their_objectives(weights, seed):
    rich = [question(n, name) for n, name in enumerate(sorted(weights) * 30)]
    drawn = draw(rich, weights, 30, seed)
    had, total = Counter(item.objectives[0] for item in drawn), sum(weights.values())
    assert all(abs(had[name] - 30 * weights[name] / total) <= 1.5 for name in weights)


objectives = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)


@given(st.lists(objectives, max_size=20), st.integers(0, 30), st.integers(0, 5))
def test_none_is_drawn_twice_and_the_seed_decides(served, count, seed):
    items = [question(n, *names) for n, names in enumerate(served)]
    drawn = draw(items, {}, count, seed)
    assert len({item.key for item in drawn}) == len(drawn) == min(count, len(items))
    assert drawn == draw(items, {}, count, seed)


def test_only_what_suits_an_exam_is_asked(store, all_items):
    begun = exam_room.begin(store, "exam", known(*all_items), {}, length="full")
    assert {q.item.type.value for q in begun.questions} == {"single", "multiple", "ordering", "matching"}


def test_a_pack_without_questions_and_an_unknown_length_are_said(store):
    with pytest.raises(Problem, match="no question for an exam"):
        exam_room.begin(store, "exam", {}, {})
    with pytest.raises(Problem, match="it is full, half, short"):
        exam_room.begin(store, "exam", known(question(1)), {}, length="long")


# What is kept -----------------------------------------------------------------------------------


def test_everything_is_in_the_record_at_once_and_a_new_process_finds_it(store, sit, hands):
    items = known(*(question(n) for n in range(20)))
    run = sit(items)
    run.resume()
    run.choose(1)
    run.go(4)
    run.choose(0)
    run.flag()
    run.choose(2, place=6)
    run.choose(None, place=6)
    hands.wait(100)
    run.flag(place=7)
    again = sit(items)
    assert [q.chosen for q in again.questions[:7]] == [1, None, None, None, 0, None, None]
    assert [q.place for q in again.flagged] == [4, 7]
    assert again.left == run.left == 30 * 60 - 100
    assert [again.shown(q) for q in again.questions] == [run.shown(q) for q in run.questions]
    assert store.answers() == []


def test_what_is_no_answer_changes_nothing(store, sit):
    run = sit(known(*(question(n) for n in range(15))))
    with pytest.raises(Unreadable):
        run.choose(7)
    assert exams.unfinished(store, "exam").items[0].chosen is None


def test_the_time_stands_still_in_a_pause_and_after_a_crash(store, sit, hands):
    items = known(*(question(n) for n in range(15)))
    run = sit(items)
    run.resume()
    hands.wait(60)
    run.pause()
    hands.wait(3600)
    run.resume()
    hands.wait(40)
    run.beat()
    hands.wait(7200)
    again = sit(items)
    assert again.left == 30 * 60 - 100
    again.resume()
    hands.wait(5)
    assert again.left == 30 * 60 - 105
    pauses = exams.unfinished(store, "exam").pauses
    assert [(p.why, p.ended - p.began) for p in pauses] == [
        (Why.PAUSED, timedelta(hours=1)),
        (Why.INTERRUPTED, timedelta(hours=2)),
    ]


def test_a_heartbeat_that_comes_late_never_gives_time_back(store, sit, hands):
    run = sit(known(*(question(n) for n in range(15))))
    run.resume()
    hands.wait(50)
    run.choose(0)
    exams.tick(store, run.record.id, 20, hands.now)
    assert exams.unfinished(store, "exam").spent == 50


def test_the_time_runs_out(sit, hands):
    run = sit(known(*(question(n) for n in range(15))))
    run.resume()
    assert not run.over
    hands.wait(31 * 60)
    assert run.over and run.left == 0


# The end ----------------------------------------------------------------------------------------


def test_only_scored_questions_count_and_what_was_missed_comes_back(store, sit):
    items = known(*(question(n) for n in range(15)))
    run = sit(items)
    run.resume()
    for q in run.questions:
        run.choose(0 if q.scored else 1, place=q.place)
    ended = run.hand_in()
    assert (result(ended).right, result(ended).scored, result(ended).score) == (12, 12, 1000)
    assert result(ended).passed
    assert exams.unfinished(store, "exam") is None
    assert [r.id for r in exams.finished(store, "exam")] == [ended.id]
    missed = {q.key for q in run.questions if not q.scored}
    due = {card.item for card in store.due_cards(NOW + timedelta(days=1))}
    assert missed <= due


def test_what_is_not_answered_is_not_right_and_no_answer_of_the_record(store, sit):
    run = sit(known(*(question(n) for n in range(15))))
    ended = run.hand_in()
    assert (result(ended).right, result(ended).score) == (0, 100)
    assert store.answers() == []


def test_there_is_no_partial_credit(store, make):
    items = known(make("multiple"))
    run = exam_room.begin(store, "exam", items, {}, length="short")
    run.choose([0])
    run.hand_in()
    assert [(a.right, a.credit) for a in store.answers()] == [(False, 0.0)]


def test_handing_in_twice_counts_once(store, sit):
    run = sit(known(*(question(n) for n in range(15))))
    run.choose(0)
    run.hand_in()
    run.hand_in()
    assert len(store.answers()) == 1


def test_a_question_that_changed_in_its_pack_does_not_count(store, sit):
    items = known(*(question(n) for n in range(15)))
    run = sit(items)
    changed = next(q for q in run.questions if q.scored)
    for q in run.questions:
        run.choose(0, place=q.place)
    del items[changed.key]
    again = sit(items)
    ended = again.hand_in()
    assert (result(ended).right, result(ended).scored) == (11, 11)
    assert report(ended, items, Curriculum()).withdrawn == 1


def test_the_report_names_weak_objectives_first_and_what_to_study(store):
    items = known(*(question(n, "weak" if n % 3 == 0 else "strong") for n in range(15)))
    course = Curriculum.of({"objectives": [{"id": "weak", "title": "The weak one", "module": "m"}]}).serving(
        lessons={"l": ["weak"]}, labs={"b": ["weak"]}, items={k: i.objectives for k, i in items.items()}
    )
    run = exam_room.begin(store, "exam", items, {}, length="short")
    for q in run.questions:
        run.choose(1 if q.item.objectives == ("weak",) else 0, place=q.place)
    found = report(run.hand_in(), items, course)
    first = found.objectives[0]
    assert (first.title, first.weak, first.study) == ("The weak one", True, ("lesson:l", "lab:b"))
    assert not found.objectives[1].weak
    assert sum(one.asked for one in found.objectives) == 15


def test_what_is_named_to_study_is_little_and_about_the_objective(store):
    items = known(*(question(n, "weak") for n in range(15)))
    lessons = {"all": ["weak", "b", "c", "d"], "half": ["weak", "b"], "whole": ["weak"], "other": ["b"]}
    course = Curriculum.of({"objectives": [{"id": "weak", "title": "The weak one", "module": "m"}]}).serving(
        lessons=lessons, labs={"one": ["weak"]}, items={k: i.objectives for k, i in items.items()}
    )
    found = report(exam_room.begin(store, "exam", items, {}, length="short").hand_in(), items, course)
    assert found.objectives[0].study == ("lesson:whole", "lesson:half", "lab:one")


def test_every_question_has_its_reasons_afterwards_answered_or_not(store, all_items):
    items = known(*all_items)
    run = exam_room.begin(store, "exam", items, {}, length="full")
    place = next(q.place for q in run.questions if q.item.type.value == "single")
    run.choose(0, place=place)
    found = report(run.hand_in(), items, Curriculum())
    assert all(line.judgement and line.judgement.reasons for line in found.lines)
    assert [line.answered for line in found.lines].count(True) == 1
    assert not any(r.chosen for line in found.lines if not line.answered for r in line.judgement.reasons)


def test_a_generated_question_keeps_its_values_and_another_exam_asks_others(store):
    source = {
        "id": "g",
        "type": "generated",
        "family": next(iter(FAMILIES)),
        "objectives": ["o"],
        "source": "s",
    }
    generated = item_of(source, "q")
    items = known(generated)
    run = exam_room.begin(store, "exam", items, {}, length="short", seed=1)
    assert run.question.item == exam_room.go_on(store, "exam", items).question.item
    assert len({exam_room.asked(generated, seed).stem for seed in range(20)}) > 1
    run.choose(0)
    ended = run.hand_in()
    assert [(a.item, a.right, a.variant) for a in store.answers()] == [("q/g", True, run.question.item.seed)]
    assert report(ended, items, Curriculum()).lines[0].item == run.question.item
