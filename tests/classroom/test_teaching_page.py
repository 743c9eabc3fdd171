"""docs/teaching.md: every file in it is written, every command run, and prints what the page says."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ecslab.classroom.submission import Submission
from ecslab.cli.main import COMMANDS
from ecslab.content.checks import Check
from ecslab.content.labs import Script, Solution
from ecslab.content.packs import find, load
from ecslab.lab.session import Session
from ecslab.progress.store import Store
from ecslab.quiz.course import load_quiz
from ecslab.quiz.desk import sit
from ecslab.sandbox.warm import Warm
from tests.classroom.work import LAB, edited, solve

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "teaching.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str]]:
    """(file, language, text) of every fenced block."""
    return [match.groups(default="") for match in BLOCK.finditer(PAGE)]


@pytest.fixture
def work(home: Path, warm: Warm, tmp_path: Path, monkeypatch, ecslab) -> Path:
    """Ada has solved the lab and answered the quiz; she has not handed anything in yet."""
    monkeypatch.chdir(tmp_path)
    assert ecslab("pack", "new", "harbour")[0] == 0
    assert ecslab("pack", "install", "harbour")[0] == 0
    (tmp_path / "handed-in").mkdir()
    session = Session.start(LAB, seed=3, fresh=True, pack=load(tmp_path / "harbour"), warm=warm)
    session.hold()
    solve(session)
    session.verdicts()
    session.stop()
    quiz = load_quiz(find("harbour"), "services")
    with Store.open() as store:
        sitting = sit(store, quiz, seed=1)
        for item in quiz.items:
            right = [place for place, option in enumerate(item.options) if option.right]
            sitting.answer(right[0] if right else str(item.number))
            sitting.next()
    return tmp_path


def others(folder: Path) -> None:
    """Bob hands in Ada's file without her calls, and somebody their notes."""

    def without_calls(value: dict) -> None:
        value["learner"] = {"name": "Bob", "id": "s002"}
        value["lab"]["journal"] = [line for line in value["lab"]["journal"] if not line.get("changes")]

    (folder / "bob.json").write_bytes(edited((folder / "ada.json").read_bytes(), without_calls))
    (folder / "notes.json").write_text('{"todo": "hand something in"}')


@pytest.mark.slow
def test_the_page_can_be_followed_from_top_to_bottom(
    work: Path, ecslab: Callable[..., tuple[int, str, str]]
) -> None:
    for file, language, text in blocks():
        if file:
            (work / file).write_text(text)
        elif language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                status, out, err = ecslab(*shlex.split(command)[1:])
                negative = f"{command} ".startswith(
                    "ecslab grade handed-in "
                )  # Bob's, and what is no submission
                assert status == (1 if negative else 0), f"{command}: {out}{err}"
                if "--analyze" in command:
                    assert out.startswith(printed), command
                elif printed:
                    assert out == printed, command
            if not (work / "handed-in" / "bob.json").exists():
                others(work / "handed-in")
    assert json.loads((work / "results.json").read_text())["score"] == 4
    assert [found["kind"] for found in json.loads((work / "analysis.json").read_text())] == ["lab", "quiz"]


def test_its_yaml_is_what_packs_read() -> None:
    found = [yaml.safe_load(text) for file, language, text in blocks() if language == "yaml" and not file]
    script, release = found
    assert Script.model_validate(script["script"]).file == "deploy.py"
    assert Solution.model_validate(release["solution"]).release == "on_pass"
    state = {"state": {"call": "ecs list-clusters", "is": 1}, "goal": "A"}
    assert Check.model_validate({**release["checks"][0], **state}).hidden


def test_its_shell_scripts_name_commands_that_exist() -> None:
    scripts = [text for _, language, text in blocks() if language == "bash"]
    used = {line.split()[1] for text in scripts for line in text.splitlines() if line.startswith("ecslab ")}
    assert used == {"grade"}
    assert used <= set(COMMANDS)


def test_it_describes_every_key_of_the_file() -> None:
    table = PAGE.partition("## The file")[2]
    missing = [name for name in Submission.model_fields if f"`{name}`" not in table]
    assert missing == []


def test_its_links_lead_somewhere_and_it_says_what_a_file_proves() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert target.startswith("https://") or (DOCS / target).is_file(), target
    said = " ".join(PAGE.split())
    assert "A submission proves that these calls solve this world. It does not prove who made them." in said
