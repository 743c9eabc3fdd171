"""`ecslab lab answer`: the questions of a lab with their options; an answer by its text or its number."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from ecslab.cli import lab
from ecslab.lab.session import Session
from ecslab.terms.problems import Problem


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A lab that asks; its world is not needed for that, and is not started."""
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path))
    return Session.start("game-day", seed=1)


@pytest.fixture
def answer(session: Session, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str) -> str:
        parser = argparse.ArgumentParser()
        lab.add_arguments(parser)
        assert lab.run(parser.parse_args(["answer", "--lab", "game-day", *arguments])) == 0
        return capsys.readouterr().out

    return run


def test_the_questions_are_listed_with_what_there_is_to_choose_from(answer: Any) -> None:
    every = answer()
    for name in ("why-web", "why-second", "why-third"):
        assert f"{name}  Which of these had been changed" in every
    assert " 1) desired count" in every and " 9) trust of the execution role" in every
    assert "Answer with: ecslab lab answer QUESTION VALUE" in every
    one = answer("why-web")
    assert "so that web-app was" in one and "why-second" not in one
    listed = json.loads(answer("why-web", "--json"))
    assert listed["why-web"]["options"][6] == "route"
    assert "is" not in listed["why-web"]


def test_a_choice_is_made_by_its_text_or_its_number_and_nothing_else(answer: Any, session: Session) -> None:
    answer("why-web", "7")
    answer("why-second", "listener")
    assert session.answers == {"why-web": "route", "why-second": "listener"}
    with pytest.raises(Problem, match="'10' is none of the options"):
        answer("why-web", "10")
    assert session.answers["why-web"] == "route"


def test_a_question_that_the_lab_does_not_ask_is_refused(answer: Any) -> None:
    with pytest.raises(Problem, match="no question 'whom'"):
        answer("whom", "me")


def test_at_a_terminal_the_answer_is_asked_for(
    answer: Any, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: "2")
    assert "Noted." in answer("why-web")
    assert session.answers == {"why-web": "image"}
