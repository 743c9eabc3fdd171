"""The newer questions in the app, by keyboard: a command, a document with a bug, evidence, new values, a flag."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecslab.content.packs import load
from ecslab.terms.problems import Problem
from ecslab.tui.app import EcslabApp
from ecslab.tui.screens.quiz import QuizPage
from ecslab.tui.study import Study

EVERY_TYPE = Path(__file__).parents[1] / "fixtures" / "every-type"


class Bench:
    """Answers in place of a sandbox, when it is let."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.may_end = threading.Event()
        self.problem: Problem | None = None
        self.verdict = "pass"

    def __call__(self, item: Any, line: str) -> dict[str, Any]:
        self.lines.append(line)
        assert self.may_end.wait(30)
        if self.problem is not None:
            raise self.problem
        told = {
            "goal": "three tasks run",
            "verdict": self.verdict,
            "message": "Two run.",
            "look": "",
            "why": "So.",
        }
        return {"command": line, "output": "printed\nthis", "status": 0, "verdicts": [told]}


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def app(home: Path, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EcslabApp:
    monkeypatch.setattr("ecslab.quiz.trial.Bench", lambda warm: bench)

    class Cold(Study):
        def warm_up(self) -> None:
            pass

    return EcslabApp(Cold(home, load(shutil.copytree(EVERY_TYPE, tmp_path / "pack"))))


async def asked(app: EcslabApp, pilot: Any, tools: Any, name: str) -> QuizPage:
    """A quiz of one question."""
    path = app.study.pack.root / "quizzes" / "every-type.yaml"
    quiz = yaml.safe_load(path.read_text())
    quiz["items"] = [item for item in quiz["items"] if item["id"] == name]
    path.write_text(yaml.safe_dump(quiz))
    app.go("quiz", "every-type")
    await tools.until(pilot, "Question 1 of 1")
    page = app.screen
    assert isinstance(page, QuizPage)
    return page


async def test_a_command_is_typed_runs_after_the_confidence_and_shows_what_it_did(
    app: EcslabApp, bench: Bench, tools: Any
) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await asked(app, pilot, tools, "scale")
        await tools.until(pilot, "$ your command")
        await pilot.press(*"aws", "space", "f", "enter")
        await tools.until(pilot, "How sure are you?")
        assert bench.lines == []
        bench.verdict = "fail"
        await pilot.press("2")
        await tools.until(pilot, "running your command in a scratch world")
        bench.may_end.set()
        await tools.until(pilot, "✘ Not right.")
        text = tools.text(app)
        for part in ("$ aws f", "printed", "✘ three tasks run", "Two run. So.", "One way to do it"):
            assert part in text
        assert app.study.store.answers()[-1].chosen["command"] == "aws f"


@pytest.mark.slow
async def test_a_world_that_does_not_start_leaves_the_question_open(
    app: EcslabApp, bench: Bench, tools: Any
) -> None:
    bench.problem = Problem("the sandbox did not start", "see its log")
    bench.may_end.set()
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        await asked(app, pilot, tools, "scale")
        await pilot.press(*"aws", "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("2")
        await tools.until(pilot, "the sandbox did not start")
        await tools.until(pilot, lambda: "running your command" not in tools.text(app))
        bench.problem = None
        await pilot.press("escape")
        await tools.until(pilot, "Type it, Enter answers.")
        await pilot.press("enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("3")
        await tools.until(pilot, "✔ Right.")
        assert bench.lines == ["aws", "aws"]


@pytest.mark.parametrize("size", [(80, 24), pytest.param((160, 45), marks=pytest.mark.slow)])
async def test_the_line_with_the_bug_is_marked_and_chosen(
    app: EcslabApp, tools: Any, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await asked(app, pilot, tools, "size")
        await pilot.press(*["down"] * 4, "space")
        await tools.until(pilot, '5 ✔   "cpu": "256",')
        await pilot.press("down", "space")
        await tools.until(pilot, '6 ✔   "memory": "4096",')
        assert "5 ✔" not in tools.text(app)
        await pilot.press("enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("3")
        await tools.until(pilot, "✔ Right.")
        await tools.until(pilot, '✔ 6  "memory": "4096", (your choice)')
        assert "Fargate accepts awsvpc alone." in tools.text(app)


@pytest.mark.slow
async def test_the_marked_line_is_the_answer_when_none_was_chosen(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await asked(app, pilot, tools, "size")
        await pilot.press("enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("1")
        await tools.until(pilot, "Nothing is wrong with this line.")


async def test_cause_and_line_are_chosen_among_the_evidence(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        page = await asked(app, pilot, tools, "no-image")
        draft = page.draft
        assert draft is not None
        await pilot.press(str(draft.shown.index(0) + 1), "enter")
        await tools.until(pilot, "no line of the evidence is chosen")
        await pilot.press("home", *["down"] * 4, "space")
        await tools.until(pilot, lambda: draft.line == 4)
        await tools.until(pilot, "5 ✔ (service web-app) was unable to place a task.")
        await pilot.press("enter")
        await tools.until(pilot, "line 5: (service web-app) was unable")
        await pilot.press("3")
        await tools.until(pilot, "✔ Right.")
        await pilot.press("end")
        await tools.until(pilot, "This line shows it.")


@pytest.mark.slow
async def test_a_generated_question_stays_the_same_when_one_comes_back(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        page = await asked(app, pilot, tools, "counts")
        assert page.draft is not None
        stem = page.draft.item.stem
        await pilot.press("escape")
        await tools.until(pilot, lambda: not isinstance(app.screen, QuizPage))
        app.go("quiz", "every-type")
        await tools.until(pilot, "Question 1 of 1")
        again = app.screen
        assert isinstance(again, QuizPage)
        assert again.draft is not None
        assert again.draft.item.stem == stem


@pytest.mark.parametrize(("typed", "note"), [(("o", "d", "d"), "odd"), ((), "")])
async def test_a_question_is_flagged_with_or_without_a_note(
    app: EcslabApp, tools: Any, typed: tuple[str, ...], note: str
) -> None:
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        await asked(app, pilot, tools, "counts")
        await pilot.press("f")
        await tools.until(pilot, "Flag this question")
        await pilot.press("escape")
        await tools.until(pilot, lambda: "Flag this question" not in tools.text(app))
        assert app.study.store.flags() == []
        await pilot.press("f")
        await tools.until(pilot, "Flag this question")
        await pilot.press(*typed, "enter")
        await tools.until(pilot, "Flagged.")
        flag = app.study.store.flags()[0]
        assert (flag.item, flag.note) == ("every-type/counts", note)
        assert flag.variant is not None


@pytest.mark.slow
async def test_the_summary_tells_what_was_missed_of_every_type(
    app: EcslabApp, bench: Bench, tools: Any
) -> None:
    async with app.run_test(size=tools.large) as pilot:
        page = await asked(app, pilot, tools, "broken")
        assert page.draft is not None
        await pilot.press(str(page.draft.shown.index(1) + 1), "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("1")
        await tools.until(pilot, "✘ Not right.")
        await pilot.press("enter")
        await tools.until(pilot, "0 of 1 right")
        await tools.until(pilot, "✘ Clients of web-alb get errors.")
