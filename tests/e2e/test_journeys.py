"""Journeys in a real pseudo-terminal: a question from its quiz to its review, a drill, an evening in several shells."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ecslab.terminal.driver import Driver

pytestmark = pytest.mark.slow
ECSLAB = (sys.executable, "-m", "ecslab.cli")
A_DAY_LATER = """
import datetime, time_machine
with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)):
    from ecslab.cli.main import entry
    entry()
"""
TOMORROW = (sys.executable, "-c", A_DAY_LATER)
LAB = "fix-alb-502"


@contextmanager
def opened(
    environment: dict[str, str], *words: str, by: tuple[str, ...] = ECSLAB, columns: int = 140, rows: int = 40
) -> Iterator[Driver]:
    with Driver([*by, *words], environment, columns=columns, rows=rows, timeout=90) as app:
        yield app
        app.press("ctrl+q")
        assert app.wait_exit() == 0


def test_a_question_comes_back_in_the_review_of_the_next_day(environment: dict[str, str]) -> None:
    with opened(environment, "quiz", "cli-and-boto3", columns=80, rows=24) as app:
        app.wait_for("Question 1 of ")
        asked = app.row(3)
        app.type("1")
        app.press("enter")
        app.wait_for("How sure are you?")
        app.type("1")
        app.wait_for("Enter Next")
        app.press("escape")
        app.wait_gone("Enter Next")
    with opened(environment, "review", by=TOMORROW, columns=80, rows=24) as app:
        app.wait_for("1 due now")
        app.press("enter")
        app.wait_for("Question 1 of 1")
        assert app.row(3) == asked


def test_a_fault_is_found_named_and_repaired(environment: dict[str, str]) -> None:
    with opened(environment, "drill", "--fault", "scaled-to-zero") as app:
        app.wait_for("ecslab:drill$")
        app.send(
            "aws ecs describe-services --cluster shop --services web-app --query 'services[0].desiredCount'"
        )
        app.wait_for("││ 0 ")
        app.send("clear; ecslab drill name scaled-to-zero")
        app.wait_for("Now repair it")
        app.send("aws ecs update-service --cluster shop --service web-app --desired-count 2 > /dev/null")
        app.press("f6")
        app.wait_for("Esc Home")
        app.wait_for("All goals are reached.")
        app.type("d")
        app.wait_for("What you did")
        app.press("escape")
        app.wait_gone("What you did")


def test_an_evening_in_several_shells(environment: dict[str, str]) -> None:
    with opened(environment, "lab", "start", LAB) as app:
        app.wait_for(f"ecslab:{LAB}$")
        app.send("seq 1 400 > numbers; less numbers")
        app.wait_for("││ numbers ")
        app.type("G")
        app.wait_for("(END)")
        app.type("q")
        app.wait_gone("(END)")
        app.send("clear; sleep 1000")
        app.wait_gone(f"││ ecslab:{LAB}$")
        app.press("ctrl+c")
        app.wait_for(f"││ ecslab:{LAB}$")
        app.send("clear; echo interrupted")
        # A terminal keeps no more than 4096 bytes for a shell that is not reading: it waits at its prompt.
        app.wait_for(lambda: re.search(rf"││ interrupted .*\n.*││ ecslab:{LAB}\$ ", app.text()))
        app.paste("\n".join(f"echo line {number} of many" for number in range(1, 201)))
        app.wait_for("echo line 200 of many")
        app.press("enter")
        app.wait_for("││ line 200 of many")
        app.press("f6")
        app.wait_for("Esc Home")
        app.type("+")
        app.wait_for("Leave the shell")
        app.send("clear; echo from the second")
        app.wait_for("from the second")
        assert not app.shows("││ line 200 of many")
        app.press("f6")
        app.wait_for("Esc Home")
        app.type("s")
        app.wait_for("││ line 200 of many")
        app.press("f6")
        app.wait_for("Esc Home")
