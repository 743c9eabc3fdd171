"""The driver: a program under test in a real terminal."""

from __future__ import annotations

import os

import pytest

from ecslab.terminal.driver import Driver

ENVIRONMENT = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "$ "}
BASH = ["bash", "--norc", "--noprofile", "-i"]


def bash(**options: int) -> Driver:
    return Driver(BASH, ENVIRONMENT, **options)


def test_typing_waiting_and_leaving() -> None:
    with bash() as driver:
        driver.wait_for("$ ")
        driver.send("echo $((6 * 7))")
        driver.wait_for("42\n$")
        assert driver.cursor == (2, 2)
        assert driver.row(1) == "42"
        driver.send("exit 5")
        assert driver.wait_exit() == 5


def test_keys_reach_readline() -> None:
    with bash() as driver:
        driver.wait_for("$ ")
        driver.type("cho hi")
        driver.press("ctrl+a", "e", "enter")
        driver.wait_for("\nhi\n$")
        driver.press("up")
        driver.wait_for(lambda: driver.row(2) == "$ echo hi")
        driver.press("ctrl+c")
        driver.wait_for("^C")


def test_a_paste_of_many_lines_is_bracketed_and_whole() -> None:
    with bash(rows=40) as driver:
        driver.wait_for("$ ")
        assert driver.emulator.modes.bracketed_paste
        driver.paste("\n".join(f"echo line-$(({n} + 1000))" for n in range(200)))
        driver.wait_for("echo line-$((199 + 1000))")
        driver.press("enter")
        driver.wait_for("line-1199")
        lines = driver.emulator.history_text().split("\n")
        assert [line for line in lines if line.startswith("line-")] == [
            f"line-{n + 1000}" for n in range(200)
        ]


def test_a_new_size_reaches_the_program() -> None:
    with bash() as driver:
        driver.wait_for("$ ")
        driver.resize(90, 30)
        driver.send("stty size")
        driver.wait_for("30 90")


def test_a_long_command_line_survives_every_size() -> None:
    with bash(rows=10) as driver:
        driver.wait_for("$ ")
        driver.send("seq 1 3")
        driver.wait_for("3\n$")
        command = "echo " + " ".join(f"word{n}" for n in range(20))
        driver.type(command)
        driver.wait_for("word19")
        for columns in (40, 80, 60, 100):
            before = len(driver.output)
            driver.resize(columns, 10)
            driver.wait_for(lambda before=before: "word19" in "".join(driver.output[before:]))
            assert driver.emulator.history_text() == f"$ seq 1 3\n1\n2\n3\n$ {command}"


def test_questions_of_the_program_are_answered() -> None:
    with bash() as driver:
        driver.wait_for("$ ")
        driver.send(r"""IFS=';' read -rsdR -p $'\e[6n' row col; echo "at ${row#*[} $col." """)
        driver.wait_for("at 2 1.")


def test_giving_up_shows_the_screen() -> None:
    with bash() as driver:
        driver.wait_for("$ ")
        with pytest.raises(TimeoutError, match=r"no 'never' on the screen:\n\+-+\+\n\|\$ "):
            driver.wait_for("never", timeout=0)


def test_the_end_of_the_program_ends_the_waiting() -> None:
    with Driver(["true"], ENVIRONMENT) as driver, pytest.raises(TimeoutError, match="the program ended"):
        driver.wait_for("never")


def test_an_unknown_key_is_a_mistake_of_the_test() -> None:
    with bash() as driver, pytest.raises(ValueError, match="no such key: hyper"):
        driver.press("hyper")
