"""Grading plays what was done in a fresh world: what the file claims about it counts for nothing."""

import json
from collections.abc import Callable

import pytest

from ecslab.classroom.grades import Grade, Refused
from ecslab.classroom.handing_in import of_lab, of_sitting
from ecslab.classroom.regrading import Rules, grade
from ecslab.classroom.submission import Learner, read, text
from ecslab.content.packs import builtin
from ecslab.lab.session import Session
from ecslab.progress.records import Answer, Kind
from ecslab.progress.store import Store
from ecslab.quiz import exam
from ecslab.quiz.course import items as items_of
from ecslab.quiz.course import load_quiz
from ecslab.quiz.desk import sit
from ecslab.terms.problems import Problem
from tests.classroom.work import ADA, LAB, edited

Graded = Callable[[bytes], Grade]


def test_the_replay_reaches_what_the_learner_reached(solved, graded: Graded) -> None:
    found = graded(solved)
    claims = read(solved).claims
    assert (found.points, found.max, found.passed) == (claims.points, claims.max, True)
    assert {part.id: part.verdict for part in found.parts} == claims.verdicts
    assert set(claims.verdicts.values()) == {"pass"}
    assert (found.who, found.learner_id, found.hints) == ("Ada Lovelace", "s001", 1)
    assert found.disagreements == found.notes == ()


def test_claims_that_the_replay_does_not_bear_out_are_named(solved, graded: Graded) -> None:
    def cheat(value: dict) -> None:
        value["lab"]["journal"] = [line for line in value["lab"]["journal"] if not line.get("changes")]

    found = graded(edited(solved, cheat))
    assert found.passed is False
    assert "two: the file says pass, the replay fail" in found.disagreements
    assert f"the file says {read(solved).claims.points:g} points, the replay 1" in found.disagreements
    assert "the file says that it passes" in found.disagreements


def test_a_journal_edited_by_hand_does_not_answer_as_it_says(solved, graded: Graded) -> None:
    def improve(value: dict) -> None:
        (call,) = [line for line in value["lab"]["journal"] if line.get("operation") == "UpdateService"]
        call["body"] = json.dumps({**json.loads(call["body"]), "desiredCount": 3})

    found = graded(edited(solved, improve))
    assert any(
        "the replay answers otherwise" in said and "ecs UpdateService" in said for said in found.disagreements
    )
    assert {part.id: part.verdict for part in found.parts}["two"] == "fail"


def test_other_versions_and_other_content_are_named_but_are_no_disagreement(solved, graded: Graded) -> None:
    def older(value: dict) -> None:
        value["versions"]["moto"] = "5.0.0"
        value["digests"]["subject"] = "older"

    found = graded(edited(solved, older))
    assert found.disagreements == ()
    assert found.notes[0].startswith("made with moto 5.0.0 (here ")
    assert found.notes[1] == f"made with another version of labs/{LAB} than the one it was graded with"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"subject": "no-such-lab"}, "there is no lab 'no-such-lab' in this pack"),
        ({"pack": {"name": "nobodys", "version": "1.0"}}, "there is no pack 'nobodys'"),
    ],
    ids=["lab", "pack"],
)
def test_what_the_grader_does_not_have_is_refused(solved, pack, warm, change: dict, why: str) -> None:
    content = edited(solved, lambda value: value.update(change))
    found = grade(content, "a.json", Rules((str(pack.root),)), warm)
    assert found == Refused("a.json", why, found.seconds)


def test_whatever_a_journal_asks_for_only_the_mock_hears_it(solved, graded: Graded) -> None:
    odd = [
        {"kind": "request", "path": "http://[::1"},
        {"kind": "request", "path": "/", "host": "\u1234[", "target": "\u1234", "scope": "////////"},
        {"kind": "balancer", "path": "x", "detail": {"balancer": "nobody", "port": "a", "agent": 7}},
    ]

    def add(value: dict) -> None:
        lines = value["lab"]["journal"]
        lines[-1:] = [
            {"n": 900 + place, "t": lines[-1]["mark"], "changes": True, "method": "POST", **call}
            for place, call in enumerate(odd)
        ]

    found = graded(edited(solved, add))
    assert found.passed
    assert [said for said in found.disagreements if "answers otherwise" in said] == [
        "the replay answers otherwise than the journal says: 900 ( ), 901 ( )"
    ]


def test_what_is_not_finished_cannot_be_handed_in_and_giving_up_ends_it(
    begin: Callable[[], Session], graded: Graded
) -> None:
    session = begin()
    with pytest.raises(Problem, match="is not finished; reach its goals first, or give up"):
        of_lab(session, ADA)
    session.verdicts()
    session.give_up()
    found = graded(text(of_lab(session, ADA)))
    assert (found.passed, found.gave_up, found.disagreements) == (False, True, ())
    assert session.sandbox.clock()["paused"] is False


def test_a_quiz_is_judged_again_from_its_answers(pack, graded: Graded, tmp_path) -> None:
    quiz = load_quiz(pack, "services")
    with Store.open(tmp_path / "progress.sqlite3") as store:
        sitting = sit(store, quiz, seed=1)
        with pytest.raises(Problem, match="the quiz is not finished"):
            of_sitting(store.sittings("services")[-1], pack, ADA)
        for item in quiz.items:
            right = [place for place, option in enumerate(item.options) if option.right]
            sitting.answer(right[0] if right else f"{item.number:g} {item.unit}")
            sitting.next()
        (record,) = store.sittings("services")
    assert record.kind is Kind.QUIZ
    content = text(of_sitting(record, pack, Learner(id="s002")))
    found = graded(content)
    assert (found.kind, found.points, found.max) == ("quiz", len(quiz.items), len(quiz.items))
    assert found.disagreements == found.notes == ()
    first = found.parts[0]
    assert [text for text, right in first.options if right] == list(first.chosen)

    lied = edited(content, lambda value: value["sheet"]["given"][0].update(chosen=2))
    assert quiz.items[0].options[2].right is False
    assert graded(lied).disagreements == (
        f"{first.id}: the file says pass, the replay fail",
        f"the file says {len(quiz.items)} points, the replay {len(quiz.items) - 1}",
    )

    older = edited(content, lambda value: value["sheet"]["given"][0].update(hash="older"))
    changed = graded(older)
    assert (changed.points, changed.max) == (len(quiz.items) - 1, len(quiz.items) - 1)
    assert changed.notes == (f"{first.id}: this question has changed since it was answered",)
    assert changed.disagreements == ()


def test_an_answer_of_the_wrong_kind_is_wrong_and_stops_nobody(pack, graded: Graded, tmp_path) -> None:
    quiz = load_quiz(pack, "services")
    given = [
        {"item": item.key, "hash": item.hash, "chosen": [0, 1], "right": True, "credit": 1}
        for item in quiz.items
    ]
    value = {
        "format": "ecslab-submission", "version": 1, "kind": "quiz", "subject": "services", "seed": 1, "made": "",
        "versions": {}, "pack": {"name": pack.name, "version": "0.1.0"}, "digests": {"subject": ""},
        "claims": {"points": 1, "max": 1}, "sheet": {"asked": [g["item"] for g in given] + ["services/gone"],
        "given": given},
    }  # fmt: skip
    found = graded(json.dumps(value).encode())
    assert found.parts[0].verdict == "fail"
    assert found.parts[-1].message == "this question is not in the pack any more"
    assert f"{found.parts[0].id}: the file says pass, the replay fail" in found.disagreements


def test_an_exam_is_judged_again_and_what_it_does_not_score_does_not_count(
    pack, graded: Graded, tmp_path
) -> None:
    first, second = load_quiz(pack, "services").items[:2]
    with Store.open(tmp_path / "progress.sqlite3") as store:
        record = store.start_sitting(Kind.EXAM, "exam", [first.key, second.key], seed=1)
        right = next(place for place, option in enumerate(first.options) if option.right)
        store.record_answer(Answer(first.key, first.hash, right, True, 1.0, sitting=record.id))
        record = store.finish_sitting(record.id)
    found = graded(text(of_sitting(record, pack, ADA)))
    assert (found.kind, found.subject, found.points, found.max) == ("exam", "exam", 1, 2)
    assert (found.parts[1].verdict, found.parts[1].message) == ("fail", "not answered")
    scored = graded(text(of_sitting(record, pack, ADA, unscored=[second.key])))
    assert (scored.points, scored.max, scored.disagreements, scored.notes) == (1, 1, (), ())


def test_what_a_command_came_to_elsewhere_is_not_believed(pack, graded: Graded, tmp_path) -> None:
    (item, *_) = load_quiz(pack, "services").items
    ran = {"command": "aws ecs list-clusters", "output": "…", "status": 0, "verdicts": [{"verdict": "pass"}]}
    with Store.open(tmp_path / "progress.sqlite3") as store:
        record = store.start_sitting(Kind.QUIZ, "services", [item.key], seed=1)
        store.record_answer(Answer(item.key, item.hash, ran, True, 1.0, sitting=record.id))
        record = store.finish_sitting(record.id)
    found = graded(text(of_sitting(record, pack, ADA)))
    assert (found.points, found.max, found.disagreements) == (0, 0, ())
    assert found.notes == (
        f"{item.key}: a command that was run on the learner's machine is not judged again",
    )


def test_an_exam_is_judged_again_and_its_unscored_questions_count_for_nothing(
    graded: Graded, tmp_path
) -> None:
    course = builtin()
    with Store.open(tmp_path / "progress.sqlite3") as store:
        taken = exam.begin(store, course.key("exam"), items_of(course), {}, length="short", seed=5)
        for place, question in enumerate(taken.questions):
            assert question.item is not None
            right = [n for n, option in enumerate(question.item.options) if option.right]
            if right:
                taken.choose(right if len(right) > 1 else right[0], place)
        taken.hand_in()
        (record,) = [sitting for sitting in store.sittings() if sitting.kind is Kind.EXAM]
    unscored = [question.item.key for question in taken.questions if question.item and not question.scored]
    assert unscored
    found = graded(text(of_sitting(record, course, ADA, unscored=unscored)))
    answered = [q for q in taken.questions if q.scored and q.item is not None and q.item.options]
    assert (found.kind, found.points, found.max) == (
        "exam",
        len(answered),
        len(taken.questions) - len(unscored),
    )
    assert found.disagreements == found.notes == ()
