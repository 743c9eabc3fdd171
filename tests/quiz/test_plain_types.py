"""The newer questions line by line: shown with numbers, answered, told why, flagged."""

import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ecslab.progress.records import Answer
from ecslab.quiz.items import Item
from ecslab.quiz.judge import judge, model_answer
from ecslab.quiz.plain import Ending, ask_once, play, show_solution
from ecslab.quiz.sitting import Sitting


@pytest.fixture
def played(every_type: dict[str, Item]):
    """Plays some questions with lines that are typed: (what was printed, the answers, the flags)."""

    def play_them(
        *names: str, lines: list[str], run: Any = None
    ) -> tuple[str, list[Answer], list[tuple[str, str]]]:
        typed, kept, flags = iter(lines), [], []
        console = Console(file=StringIO(), width=80)
        sitting = Sitting([every_type[name] for name in names], seed=3, record=kept.append, run=run)
        ending = play(
            sitting, console, lambda prompt: next(typed), lambda item, note: flags.append((item.key, note))
        )
        assert ending is Ending.FINISHED
        return console.file.getvalue(), kept, flags  # type: ignore[attr-defined]

    return play_them


def test_a_document_has_numbers_and_a_number_answers(played) -> None:
    out, kept, _ = played("size", lines=["x", "99", "6", "3"])
    assert '   6    "memory": "4096",' in out
    assert "'x' is no answer here" in out
    assert "no such line" in out
    assert "✓ Right." in out
    assert "Fargate accepts awsvpc alone." in out
    assert [answer.chosen for answer in kept] == [[5]]


def test_evidence_is_counted_through_and_a_letter_with_a_number_answers(played) -> None:
    out, kept, _ = played("no-image", lines=["a", "a 5", ""])
    assert "$ aws ecs describe-services --cluster shop --services web-app" in out
    assert "   5  (service web-app) was unable to place a task." in out
    assert "   7  HTTP 503" in out
    assert "choose one cause and one line" in out
    assert "This line shows it." in out
    assert kept[0].chosen["line"] == 4


def test_a_command_is_typed_run_and_told(played) -> None:
    def run(item: Item, line: str) -> dict[str, Any]:
        judged = {
            "goal": "three run",
            "verdict": "fail",
            "message": "It still runs two.",
            "look": "",
            "why": "So.",
        }
        return {"command": line, "output": "it *printed* this", "status": 0, "verdicts": [judged]}

    out, kept, _ = played("scale", lines=["", "aws ecs x", "2"], run=run)
    assert "nothing was entered" in out
    assert "Running it in a scratch world" in out
    assert "it *printed* this" in out
    assert "It still runs two. So." in out
    assert "Answer: aws ecs update-service" in out
    assert kept[0].chosen["command"] == "aws ecs x"


def test_a_generated_question_is_asked_as_one_of_its_variants(played) -> None:
    out, kept, _ = played("counts", "broken", lines=["a", "3", "a", "3"])
    assert "How many tasks may there be" in out
    assert "HTTP 50" in out
    assert all(answer.variant is not None for answer in kept)


def test_a_question_is_flagged_and_then_answered(played) -> None:
    out, kept, flags = played("short", lines=["! which signal, and when?", "SIGTERM", "3"])
    assert flags == [("every-type/short", "which signal, and when?")]
    assert "it is flagged" in out
    assert kept[0].right


def test_without_a_record_a_bang_is_an_answer(every_type: dict[str, Item]) -> None:
    typed = iter(["! SIGTERM"])
    console = Console(file=StringIO(), width=80)
    assert not ask_once(every_type["short"], console, lambda prompt: next(typed))
    assert "flag" not in console.file.getvalue()  # type: ignore[attr-defined]


def test_the_solution_of_every_type_is_told_where_nobody_answers(every_type: dict[str, Item]) -> None:
    for name, item in every_type.items():
        file = StringIO()
        asked = item.variant(1)
        show_solution(asked, Console(file=file, width=200))
        said = " ".join(file.getvalue().split())
        expected = judge(asked, model_answer(asked)).expected
        assert expected and all(re.sub(r"^\d+[. ] *", "", line) in said for line in expected.splitlines()), (
            name
        )
        assert "← you" not in said and "Right." not in said
