"""Commands, documents with bugs, evidence and generated questions: judged, asked, gone on with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ecslab.progress.records import Confidence
from ecslab.progress.store import Store
from ecslab.quiz.desk import flagger, sit, sit_review
from ecslab.quiz.entry import read_answer
from ecslab.quiz.items import Item, Quiz, Type, item_of
from ecslab.quiz.judge import Unreadable, judge
from ecslab.quiz.sitting import Sitting, Stage
from ecslab.terms.problems import Problem

Items = dict[str, Item]


def ran(item: Item, *verdicts: str) -> Callable[[Item, str], dict[str, Any]]:
    """A runner whose checks come out as told."""

    def run(asked: Item, line: str) -> dict[str, Any]:
        judged = [
            {
                "goal": f"goal {n}",
                "verdict": verdict,
                "message": "It runs two.",
                "look": "aws x",
                "why": "So.",
            }
            for n, verdict in enumerate(verdicts)
        ]
        return {"command": line, "output": "printed", "status": 0, "verdicts": judged}

    return run


# --- a document with a bug ---------------------------------------------------------------------------


def test_the_line_with_the_bug_is_right_and_every_marked_line_has_its_reason(every_type: Items) -> None:
    item = every_type["size"]
    judgement = judge(item, [5])
    assert judgement.right
    assert [(r.text.split()[0], r.right, r.chosen) for r in judgement.reasons] == [
        ("3", False, False),
        ("6", True, True),
        ("8", False, False),
    ]
    assert all(reason.why for reason in judgement.reasons)


def test_an_innocent_line_is_wrong_and_is_told_so(every_type: Items) -> None:
    judgement = judge(every_type["size"], [1])
    assert not judgement.right
    assert judgement.credit == 0
    assert ("Nothing is wrong with this line.", True) in [(r.why, r.chosen) for r in judgement.reasons]


def test_of_two_bugs_one_is_half_and_a_guess_too_many_takes_it_away(every_type: Items) -> None:
    item = every_type["size"]
    two = replace(item, bugs=(*item.bugs, replace(item.bugs[0], line=4)))
    assert [judge(two, lines).credit for lines in ([4], [4, 5], [4, 1], [1])] == [0.5, 1, 0, 0]
    assert not judge(two, [4]).right
    assert two.instruction == "Choose the two lines that are wrong."


@pytest.mark.parametrize("chosen", [[], [10], [-1], "5"])
def test_what_is_no_line_is_asked_again(every_type: Items, chosen: Any) -> None:
    with pytest.raises(Unreadable):
        judge(every_type["size"], chosen)


@pytest.mark.parametrize(("typed", "lines"), [("6", [5]), (" 3, 6 ", [2, 5]), ("6 6", [5])])
def test_lines_are_typed_with_the_numbers_shown(every_type: Items, typed: str, lines: list[int]) -> None:
    assert read_answer(every_type["size"], [], typed) == lines


def test_a_mark_must_be_exactly_one_line() -> None:
    source = {
        "id": "a", "type": "spot", "objectives": ["o"], "stem": "?", "source": "s",
        "document": "a: 1\nb: 1\n", "bugs": [{"text": "1", "why": "w"}],
    }  # fmt: skip
    with pytest.raises(Problem, match="'1' is not exactly one line"):
        item_of(source, "q")


# --- evidence ----------------------------------------------------------------------------------------


def test_cause_and_line_are_both_wanted(every_type: Items) -> None:
    item = every_type["no-image"]
    line = min(item.shows)
    assert judge(item, {"cause": 0, "line": line}).right
    assert judge(item, {"cause": 0, "line": line + 1}).credit == 0.5
    wrong = judge(item, {"cause": 1, "line": line})
    assert (wrong.right, wrong.credit) == (False, 0)
    assert "This line shows it." in [reason.why for reason in wrong.reasons]
    for missing in ({"cause": 0, "line": None}, {"cause": -1, "line": line}, {"cause": 9, "line": line}, 0):
        with pytest.raises(Unreadable):
            judge(item, missing)


def test_without_a_line_to_show_the_cause_is_enough(every_type: Items) -> None:
    variant = every_type["broken"].variant(1)
    assert variant.type is Type.DIAGNOSE
    assert judge(variant, {"cause": 0, "line": None}).right
    assert read_answer(variant, [2, 0, 1], "b") == {"cause": 0, "line": None}


def test_cause_and_line_are_typed_as_a_letter_and_a_number(every_type: Items) -> None:
    item = every_type["no-image"]
    assert read_answer(item, [2, 0, 1], "b 5") == {"cause": 0, "line": 4}
    for bad in ("b", "5", "a b 5", "z 5", "b 99"):
        with pytest.raises(Unreadable):
            read_answer(item, [2, 0, 1], bad)


def test_evidence_recorded_anew_is_the_same_question(every_type: Items) -> None:
    item = every_type["no-image"]
    place = item_of(
        {**_plain(item), "recorded": {"": [{"command": "aws x", "lines": ["CannotPullContainerError"]}]}}, "q"
    )
    other = item_of(
        {
            **_plain(item),
            "recorded": {"": [{"command": "aws x", "lines": ["y", "CannotPullContainerError"]}]},
        },
        "q",
    )
    assert place.hash == other.hash
    assert (place.shows, other.shows) == ({0}, {1})


def _plain(item: Item) -> dict[str, Any]:
    options = [{"text": o.text, "right": o.right, "why": o.why} for o in item.options]
    return {
        "id": "a", "type": "diagnose", "objectives": ["o"], "stem": item.stem, "source": "s", "options": options,
        "shows": "CannotPullContainerError",
    }  # fmt: skip


def test_without_recorded_evidence_it_is_refused(every_type: Items) -> None:
    with pytest.raises(Problem, match="no recorded evidence: run `ecslab pack record`"):
        item_of(_plain(every_type["no-image"]), "q")


# --- commands ----------------------------------------------------------------------------------------


def test_a_command_is_run_once_it_is_said_how_sure_and_before_it_is_kept(every_type: Items) -> None:
    item, done = every_type["scale"], []
    run = ran(item, "pass", "fail")
    sitting = Sitting(
        [item],
        run=lambda asked, line: (done.append(line), run(asked, line))[1],
        record=lambda answer: done.append(answer.chosen["output"]),
    )
    sitting.choose("aws x")
    assert done == []
    judgement = sitting.rate(Confidence.SURE)
    assert done == ["aws x", "printed"]
    assert (judgement.right, judgement.credit, judgement.output) == (False, 0.5, "printed")
    assert [reason.why for reason in judgement.reasons] == ["Reached.", "It runs two. So. Look: `aws x`"]
    assert judgement.expected == "aws ecs update-service --cluster shop --service web-app --desired-count 3"


def test_all_checks_make_it_right(every_type: Items) -> None:
    item = every_type["scale"]
    assert Sitting([item], run=ran(item, "pass", "pass")).answer("aws x").right
    assert not Sitting([item], run=ran(item, "pass", "not judged")).answer("aws x").right


def test_a_world_that_does_not_start_costs_nothing(every_type: Items) -> None:
    def run(asked: Item, line: str) -> dict[str, Any]:
        raise Problem("the sandbox did not start")

    kept: list[Any] = []
    sitting = Sitting([every_type["scale"]], run=run, record=kept.append)
    sitting.choose("aws x")
    with pytest.raises(Problem):
        sitting.rate(None)
    assert (sitting.stage, kept) == (Stage.CONFIDENCE, [])


def test_a_command_whose_answer_could_not_be_kept_is_run_again(every_type: Items) -> None:
    lines: list[str] = []
    run = ran(every_type["scale"], "pass")
    full = [Problem("the disk is full")]

    def keep(answer: Any) -> None:
        if full:
            raise full.pop()

    def counted(asked: Item, line: str) -> dict[str, Any]:
        lines.append(line)
        return run(asked, line)

    sitting = Sitting([every_type["scale"]], run=counted, record=keep)
    sitting.choose("aws x")
    with pytest.raises(Problem):
        sitting.rate(None)
    assert sitting.rate(None).right
    assert lines == ["aws x", "aws x"]


def test_an_empty_command_is_asked_again_and_nothing_is_run(every_type: Items) -> None:
    sitting = Sitting([every_type["scale"]])
    for empty in ("", "  ", None):
        with pytest.raises(Unreadable):
            sitting.choose(empty)
    assert sitting.stage is Stage.PRESENT


def test_a_command_stands_in_a_quiz_file_only() -> None:
    source = {"id": "a", "type": "command", "objectives": ["o"], "stem": "?", "source": "s", "solution": "x"}
    with pytest.raises(Problem, match="stands in no quiz file"):
        item_of(source, "a-lesson")


# --- generated questions -----------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "p.sqlite3") as opened:
        yield opened


def test_a_sitting_asks_one_variant_and_asks_it_again_when_it_goes_on(
    every_type: Items, store: Store
) -> None:
    quiz = Quiz("every-type", "", (every_type["counts"], every_type["short"]))
    first = sit(store, quiz, seed=7)
    asked = first.item
    assert asked.type is Type.SINGLE
    assert sit(store, quiz).item == asked
    first.answer(0, Confidence.SURE)
    again = sit(store, quiz)
    assert again.items[0] == asked
    assert store.answers()[0].variant == asked.seed
    assert store.answers()[0].hash == every_type["counts"].hash
    assert sit(store, quiz, fresh=True, seed=8).item.stem != asked.stem


def test_review_asks_with_new_values(every_type: Items, store: Store) -> None:
    from datetime import UTC, datetime, timedelta

    quiz = Quiz("every-type", "", (every_type["counts"],))
    asked = sit(store, quiz, seed=7)
    asked.answer(1, Confidence.SURE)
    later = datetime.now(UTC) + timedelta(days=2)
    stems = set()
    for _ in range(4):
        review = sit_review(store, {item.key: item for item in quiz.items}, later)
        assert review is not None
        stems.add(review.item.stem)
    assert len(stems) > 1


def test_a_flag_names_question_content_values_and_note(every_type: Items, store: Store) -> None:
    variant = every_type["counts"].variant(5)
    flagger(store)(variant, "ambiguous")
    flag = store.flags()[0]
    assert (flag.item, flag.hash, flag.variant, flag.note) == (
        "every-type/counts",
        variant.hash,
        5,
        "ambiguous",
    )
