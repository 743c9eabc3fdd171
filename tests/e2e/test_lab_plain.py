"""A lab in the plain terminal: a real pseudo-terminal, a real bash, the real aws."""

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecslab.sandbox.client import Sandbox
from ecslab.terminal.driver import Driver

ECSLAB = (sys.executable, "-m", "ecslab.cli")
LAB = "first-service"
PROMPT = f"ecslab:{LAB}$"
CREATE = "aws ecs create-cluster --cluster-name prod-cluster --query cluster.status"
REACHED = "✔ The cluster prod-cluster is active"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def terminal(home: Path) -> Iterator[Driver]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("ECSLAB_")}
    env |= {"ECSLAB_HOME": str(home), "TERM": "xterm-256color", "NO_COLOR": "1"}
    with Driver(
        [*ECSLAB, "lab", "start", LAB, "--plain", "--seed", "3"], env, columns=100, rows=40, timeout=60
    ) as driver:
        at_prompt(driver)
        yield driver


def at_prompt(driver: Driver, after: str = "") -> str:
    """Waits for an empty prompt below what `after` shows; the screen then."""

    def ready() -> bool:
        return (not after or driver.shows(after)) and driver.row(driver.cursor[1]) == PROMPT

    return driver.wait_for(ready)


NUMBERS = itertools.count(1000)


def ask(driver: Driver, command: str) -> list[str]:
    """What a command prints, then what is said before the next prompt, then that prompt."""
    number = next(NUMBERS)
    driver.send(f"clear; {command}; echo end-$(({number}))")
    at_prompt(driver, after=f"end-{number}")
    rows = [str(row).rstrip() for row in driver.emulator.rows]
    return ["--" if row == f"end-{number}" else row for row in rows]


def test_a_goal_turns_green_before_the_next_prompt(terminal: Driver) -> None:
    screen = ask(terminal, CREATE)
    assert screen[:4] == ['"ACTIVE"', "--", f"{REACHED}  1 point", PROMPT]


def test_undo_and_hints_work_in_the_shell_and_a_lost_goal_is_said(terminal: Driver) -> None:
    ask(terminal, CREATE)
    screen = ask(terminal, "ecslab lab undo --yes")
    assert "  ecs CreateCluster" in screen
    assert screen[screen.index("--") + 1].startswith("✘ no more: The cluster prod-cluster is active")
    assert ask(terminal, "ecslab lab hint")[0] == "Hint 1 of 4, free"
    assert ask(terminal, "ecslab lab check >/dev/null; echo $?")[0] == "1"


def test_a_killed_sandbox_is_back_at_the_next_prompt_with_nothing_lost(terminal: Driver, home: Path) -> None:
    ask(terminal, CREATE)
    sandbox = Sandbox.find(home / "sessions" / LAB)
    assert sandbox is not None
    ask(terminal, f"kill -9 {sandbox.pid}")
    screen = ask(terminal, "aws ecs describe-clusters --clusters prod-cluster --query clusters[0].status")
    assert screen[0] == '"ACTIVE"'


def test_leaving_stops_time_and_starting_again_goes_on(terminal: Driver, home: Path) -> None:
    ask(terminal, CREATE)
    terminal.send("exit")
    assert terminal.wait_exit() == 0
    assert f"ecslab lab start {LAB} --plain" in terminal.text()
    with Driver(
        [*ECSLAB, "lab", "start", LAB, "--plain"],
        {**os.environ, "ECSLAB_HOME": str(home), "TERM": "xterm-256color", "NO_COLOR": "1"},
        columns=100,
        rows=40,
        timeout=60,
    ) as again:
        screen = at_prompt(again)
        assert f"{REACHED}  1/1" in screen


def test_ctrl_c_and_a_second_shell(terminal: Driver, home: Path) -> None:
    terminal.type("aws ecs crea")
    terminal.press("ctrl+c")
    at_prompt(terminal)
    env = {**os.environ, "ECSLAB_HOME": str(home), "TERM": "xterm-256color", "NO_COLOR": "1"}
    with Driver([*ECSLAB, "lab", "shell"], env, columns=100, rows=30, timeout=60) as second:
        at_prompt(second)
        assert f"{REACHED}  1 point" in ask(second, CREATE)
        second.send("exit")
        second.wait_exit()
    assert f"{REACHED}  1 point" in ask(terminal, "true")
