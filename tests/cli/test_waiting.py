"""The line that tells what goes on: on a terminal when it takes long, nowhere else, and gone afterwards."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from ecslab.terminal.emulator import Emulator
from ecslab.terminal.pty import Pty

WORK = """
import subprocess
import sys
from pathlib import Path
from ecslab.cli import waiting

if sys.stdin.isatty():
    subprocess.run(["stty", "-echo"], check=True)
waiting.PATIENCE = float(sys.argv[1])

class Session:
    directory = Path(sys.argv[2])
    def hold(self):
        sys.stdin.readline()
    def release(self):
        print("released", flush=True)

with waiting.Waiting("counting sheep", 3) as line:
    sys.stdin.readline()
    line.say("counting [bold] wolves", done=2)
    sys.stdin.readline()
with waiting.attached(Session()):
    print("attached", flush=True)
"""
JOURNAL = '{"format":1}\n{"mark":57}\n{"t":60,"service":"ecs"}\n{"mark":90}\n{"t":91,"service":"ecs"}\n'


class Watched:
    """A program on a terminal, and what the terminal shows."""

    def __init__(self, *argv: str, env: dict[str, str] | None = None) -> None:
        self._pty = Pty(
            [sys.executable, *argv], {**os.environ, "TERM": "xterm-256color", **(env or {})}, None, 78, 12
        )
        self._emulator = Emulator(78, 12, 100)
        self.printed = ""

    def press_enter(self) -> None:
        self._pty.write("\n")

    def sees(self, wanted: str) -> None:
        """Waits until the terminal shows this."""
        while wanted not in self._emulator.text():
            assert self._read(), f"{wanted!r} never came:\n{self._emulator.text()}"

    def ends(self) -> str:
        """Waits for the end; what the terminal shows then."""
        while self._read():
            pass
        return self._emulator.text().rstrip()

    def _read(self) -> bool:
        select.select([self._pty], [], [], 30)
        text = self._pty.read()
        self.printed += text or ""
        self._emulator.feed(text or "")
        return text is not None


@pytest.fixture
def place(tmp_path: Path) -> str:
    (tmp_path / "journal.jsonl").write_text(JOURNAL)
    return str(tmp_path)


def test_a_terminal_shows_what_is_done_and_how_far_it_is(place: str) -> None:
    work = Watched("-c", WORK, "0", place)
    work.sees("counting sheep")
    work.sees("0 of 3")
    work.press_enter()
    work.sees("counting [bold] wolves")
    work.sees("2 of 3")
    work.press_enter()
    work.sees("bringing the world back: 2 calls are played again")
    work.press_enter()
    shown = work.ends()
    assert "attached\nreleased" in shown
    assert "counting" not in shown and "bringing" not in shown


def test_what_is_quick_shows_nothing(place: str) -> None:
    work = Watched("-c", WORK, "3600", place)
    for _ in range(3):
        work.press_enter()
    assert "attached" in work.ends()
    assert "counting" not in work.printed and "bringing" not in work.printed


def test_a_pipe_gets_nothing_of_it(place: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK, "0", place],
        input="\n\n\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("attached\nreleased\n", "")


@pytest.mark.slow
def test_testing_a_pack_and_altering_its_solutions_tell_how_far_they_are(tmp_path: Path) -> None:
    env = {"ECSLAB_HOME": str(tmp_path / "home")}
    command = ("-m", "ecslab.cli", "pack")
    subprocess.run(
        [sys.executable, *command, "new", str(tmp_path / "mine")], check=True, env={**os.environ, **env}
    )
    for action, telling, result in (
        ("test", "starting", "keep-the-light-on: 35 of 35 proofs"),
        ("mutate", "playing", "altered solutions are caught"),
    ):
        work = Watched(*command, action, str(tmp_path / "mine"), "--run-code", env=env)
        work.sees(telling)
        shown = work.ends()
        assert result in shown
        assert telling not in shown
