"""A quiz with a command, a document with a bug and recorded evidence, in a real pseudo-terminal and real worlds."""

import shutil
import sys
from pathlib import Path

import pytest

from ecslab.content.packs import load
from ecslab.progress.store import Store
from ecslab.terminal.driver import Driver

EVERY_TYPE = Path(__file__).parents[1] / "fixtures" / "every-type"
KEPT = ("scale", "size", "no-image", "counts")
APP = """
import sys
from pathlib import Path
from ecslab.content.packs import load
from ecslab.tui.app import EcslabApp, Start
from ecslab.tui.study import Study

EcslabApp(Study(Path(sys.argv[1]), load(sys.argv[2])), start=Start("quiz", "every-type", None, False)).run()
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The pack with the questions of this journey alone."""
    root = Path(shutil.copytree(EVERY_TYPE, tmp_path / "pack"))
    path = root / "quizzes" / "every-type.yaml"
    head, *items = path.read_text().split("\n  - id: ")
    kept = [item for item in items if item.split("\n")[0] in KEPT]
    assert len(kept) == len(KEPT)
    path.write_text("\n  - id: ".join([head, *kept]))
    assert len(load(root).quiz("every-type").items) == len(KEPT)
    return root


@pytest.mark.slow
def test_a_command_runs_a_bug_is_found_and_a_cause_is_shown(
    tmp_path: Path, pack: Path, environment: dict[str, str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-c", APP, str(home), str(pack)]
    with Driver(command, environment, columns=80, rows=24, timeout=90) as app:
        app.wait_for("Question 1 of 4")
        app.type(
            "aws ecs update-service --service web-app --cluster shop --desired-count 3 --query service.desiredCount"
        )
        app.press("enter")
        app.wait_for("How sure are you?")
        app.type("3")
        app.wait_for("✔ Right.")
        app.wait_for("✔ web-app desires three tasks, and three run")
        app.press("enter")

        app.wait_for("Question 2 of 4")
        app.wait_for('6     "memory": "4096",')
        for _ in range(5):
            app.press("down")
        app.type(" ")
        app.wait_for('6 ✔   "memory": "4096",')
        app.press("enter")
        app.wait_for("How sure are you?")
        app.type("2")
        app.wait_for("With 256 CPU units Fargate offers 512, 1024 and 2048 MiB.")
        app.type("f")
        app.wait_for("Flag this question")
        app.type("odd")
        app.press("enter")
        app.wait_for("Flagged.")
        app.press("enter")

        app.wait_for("Question 3 of 4")
        app.wait_for("PRIMARY  IN_PROGRESS")
        for _ in range(4):
            app.press("down")
        app.type(" ")
        app.wait_for("5 ✔ (service web-app) was unable to place a task.")
        app.type("1")
        app.press("enter")
        app.wait_for("line 5: (service web-app)")
        app.type("1")
        app.wait_for("Enter Next")
        app.press("enter")
        app.wait_for("Question 4 of 4")
        asked = next(line for line in app.text().splitlines() if "A service desires" in line)
        app.press("escape")
        app.wait_for("Go on with the quiz")

    # Killed or left: the next app asks the same question with the same values.
    with Driver(command, environment, columns=80, rows=24, timeout=90) as app:
        app.wait_for("Question 4 of 4")
        assert asked in app.text()

    with Store(home / "progress.sqlite3") as store:
        scale, size, cause = store.answers()
        assert (scale.right, scale.chosen["status"], scale.chosen["output"]) == (True, 0, "3")
        assert (size.right, size.chosen) == (True, [5])
        assert cause.chosen["line"] == 4
        assert [(flag.item, flag.note) for flag in store.flags()] == [("every-type/size", "odd")]
