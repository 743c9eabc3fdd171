"""Questions are proved by answering them in every way that matters."""

import pytest

from ecslab.content.packs import builtin
from ecslab.quiz.items import Item, item_of
from ecslab.workbench import questions
from ecslab.workbench.questions import item_problems, lesson_problems, quiz_problems


def item(kind: str, **fields: object) -> Item:
    return item_of(
        {"id": "q", "type": kind, "objectives": ["a"], "stem": "?", "source": "S", **fields}, "quiz"
    )


def option(text: str, right: bool, why: str = "Because.") -> dict:
    return {"text": text, "right": right, "why": why}


GOOD = [
    item("single", options=[option("a", True), option("b", False)]),
    item("multiple", options=[option("a", True), option("b", True), option("c", False)]),
    item("ordering", order=["a", "b", "c"]),
    item("ordering", order=[{"text": "a", "id": "a"}, {"text": "b"}, {"text": "c", "after": ["a"]}]),
    item("matching", pairs=[{"left": "a", "right": "1"}, {"left": "b", "right": "2"}]),
    item("matching", pairs=[{"left": "a", "right": "1"}, {"left": "b", "right": "1"}]),
    item("numeric", answer=2.5, tolerance=0.1),
    item("numeric", answer=1024, unit="MiB"),
    item("short", answer="SIGTERM", accept=["sig ?term"]),
]


@pytest.mark.parametrize("good", GOOD, ids=lambda good: f"{good.type}")
def test_a_question_of_every_type_that_is_right(good: Item) -> None:
    assert list(item_problems(good)) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (item("single", options=[option("a", True, ""), option("b", False)]), "the option 'a' has no reason"),
        (item("single", options=[option("a", True), option("a", False)]), "'a' is here twice"),
        (
            item("short", answer="SIGTERM", accept=[".*"]),
            "the answer 'zzz qqq xxx' is judged right",
        ),
        (item("short", answer="'", accept=[]), 'the answer "\'" cannot be given: nothing was entered'),
    ],
    ids=["no reason", "twice", "anything goes", "unreadable"],
)
def test_a_question_that_is_not(bad: Item, said: str) -> None:
    assert said in list(item_problems(bad))


def test_a_judge_that_is_wrong_is_found(monkeypatch) -> None:
    real = questions.judge
    monkeypatch.setattr(questions, "judge", lambda item, chosen: real(item, 0))
    found = list(item_problems(GOOD[0]))
    assert found == ["the answer 1 is judged right"]


def test_the_built_in_questions() -> None:
    pack = builtin()
    assert [said for quiz in pack.quizzes() for said in quiz_problems(pack, quiz.id)] == []
    assert [said for lesson in pack.lessons() for said in lesson_problems(pack, lesson.id)] == []
