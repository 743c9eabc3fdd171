"""An exam in a real pseudo-terminal, killed in the middle with signal 9: no answer, no flag and no time is lost."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecslab.progress import exams
from ecslab.progress.exams import ExamRecord, Why
from ecslab.progress.store import Store
from ecslab.terminal.driver import Driver

ECSLAB = [sys.executable, "-m", "ecslab.cli"]


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[object]:
    running: list[Driver] = []

    def _start(*words: str) -> Driver:
        driver = Driver([*ECSLAB, *words], environment, columns=80, rows=24, timeout=60)
        running.append(driver)
        return driver

    yield _start
    for driver in running:
        driver.close()


def record(environment: dict[str, str]) -> ExamRecord:
    with Store(Path(environment["ECSLAB_HOME"]) / "progress.sqlite3") as store:
        found = exams.unfinished(store, "exam")
        assert found is not None
        return found


def seconds_left(screen: str) -> int:
    minutes, seconds = re.findall(r"(?:\d+:)?(\d+):(\d\d) left", screen)[0]
    return int(minutes) * 60 + int(seconds)


def killed(app: Driver) -> None:
    os.kill(app.pty.pid, signal.SIGKILL)
    app.wait_exit()


@pytest.mark.slow
def test_an_exam_that_is_killed_goes_on_with_every_answer_and_the_time(start, environment):
    app = start("exam", "--length", "short", "--seed", "11")
    app.wait_for("Question 1 of ")
    for place in range(1, 4):
        app.wait_for(f"Question {place} of ")
        app.type("2")
        app.wait_for(f" {place} answered")
        app.type("n")
    app.wait_for("Question 4 of ")
    app.type("f")
    app.wait_for("⚑ flagged")
    shown = seconds_left(app.text())
    killed(app)

    held = record(environment)
    assert [item.chosen is not None for item in held.items[:4]] == [True, True, True, False]
    assert held.items[3].flagged
    assert abs(held.left - shown) < 10

    again = start()
    again.wait_for("▶ Continue  Go on with the exam")
    again.wait_for("3 of ")
    again.press("enter")
    again.wait_for("▶ go on")
    again.press("enter")
    again.wait_for("Question 4 of ")
    again.wait_for("⚑ flagged")
    assert abs(seconds_left(again.text()) - held.left) < 10
    assert [pause.why for pause in record(environment).pauses] == [Why.INTERRUPTED]
    again.type("e")
    again.wait_for("Hand in the exam?")
    again.type("y")
    again.wait_for("By objective")
    again.press("escape")
    again.wait_for("▶ Continue")
    again.type("q")
    assert again.wait_exit() == 0


@pytest.mark.slow
def test_in_the_plain_terminal_too(start, environment):
    app = start("exam", "--plain", "--length", "short", "--seed", "11")
    app.wait_for("[1/")
    app.send("flag")
    app.wait_for("is flagged")
    app.send("list")
    app.wait_for("⚑ flagged")
    app.send("a")
    app.wait_for("[2/")
    killed(app)
    assert record(environment).items[0].chosen is not None
    again = start("exam", "--plain")
    again.wait_for("You go on where you were")
    again.wait_for("[2/")
    again.send("leave")
    again.wait_for("The exam is paused with")
    assert again.wait_exit() == 0
