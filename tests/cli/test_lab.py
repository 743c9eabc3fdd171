"""`ecslab lab` and `ecslab demo` from the outside: what they print and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecslab.content.packs import builtin


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def ecslab(home: Path) -> Any:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith("ECSLAB_")}
        return subprocess.run(
            [sys.executable, "-m", "ecslab.cli", *arguments], env=env | {"ECSLAB_HOME": str(home)}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


def test_the_list_names_every_lab(ecslab: Any) -> None:
    labs = json.loads(ecslab("lab", "list", "--json").stdout)
    assert [lab["id"] for lab in labs] == [lab.id for lab in builtin().labs()]
    assert set(labs[0]) == {"id", "title", "kind", "minutes", "points", "objectives", "passed", "best"}
    assert "fix-alb-502" in ecslab("lab", "list").stdout


def test_show_has_the_story_and_the_goals_but_no_solution(ecslab: Any) -> None:
    shown = ecslab("lab", "show", "fix-alb-502").stdout
    assert "502 Bad Gateway" in shown
    assert "- The load balancer answers 200 for two minutes (4 points)" in shown
    assert "Target.FailedHealthChecks" not in shown
    assert json.loads(ecslab("lab", "show", "roll-out", "--json").stdout)["points"] == 10


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (
            ("lab", "show", "fix-alb-503"),
            2,
            "there is no lab 'fix-alb-503' in this pack; did you mean 'fix-alb-502'?",
        ),
        (("lab", "check"), 2, "no lab is in progress"),
        (
            ("lab", "hint", "--lab", "roll-out"),
            2,
            "the lab roll-out has not been started; ecslab lab start roll-out",
        ),
        (("lab", "start", "roll-out"), 2, "the app needs a terminal"),
        (("demo", "nothing"), 2, "there is no lab 'nothing'"),
    ],
)
def test_a_wrong_command_gets_one_line(
    ecslab: Any, arguments: tuple[str, ...], status: int, says: str
) -> None:
    done = ecslab(*arguments)
    assert done.returncode == status
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_directory_that_cannot_be_written_gets_one_line(ecslab: Any, home: Path) -> None:
    (home / "sessions").write_text("in the way")
    done = ecslab("lab", "start", "roll-out", "--plain")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_the_demo_solves_its_lab_without_a_terminal(ecslab: Any, home: Path) -> None:
    done = ecslab("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "$ aws ecs update-service --cluster shop --service web-app" in done.stdout
    assert "Every goal is reached: 10 of 10 points" in done.stdout
    assert "\x1b" not in done.stdout
    assert not (home / "sessions").exists()
