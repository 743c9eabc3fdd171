"""What the lab screen costs, from outside: memory, and how soon a key is seen while much goes on.

`python -m benchmarks.lab_screen` prints these figures alone.
"""

import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import HEADER, Figure, milliseconds
from benchmarks.plain_moto import PlainMoto
from benchmarks.sandboxes import client
from ecslab.sandbox.client import Sandbox
from ecslab.shell.environment import environment
from ecslab.terminal.driver import Driver

LAB = "roll-out"
APP = f"from ecslab.cli.app import open_at; open_at('lab', '{LAB}')"
EMPTY = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class A(App):\n    def compose(self):\n        yield Static('painted')\nA().run()"
)
TOGGLING = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class A(App):\n    BINDINGS = [('f6', 'turn')]\n    on = False\n"
    "    def compose(self):\n        yield Static('it is off')\n"
    "    def action_turn(self):\n        self.on = not self.on\n"
    "        self.query_one(Static).update('it is on' if self.on else 'it is off')\nA().run()"
)
COLUMNS, ROWS = 160, 45
TASKS = 200
PRESSES = 60
LINE, LETTERS = 20, "abc"
"""How many letters are typed before the line is emptied."""
PACE = 60
"""Simulated seconds a real one: a rollout of so many tasks is seen from its start to its end."""


@dataclass(frozen=True)
class Opened:
    """The app at a lab, its shell at the prompt."""

    screen: Driver
    home: str
    sandbox: Sandbox


def _terminal(home: str = "") -> dict[str, str]:
    env = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
    return {**env, "ECSLAB_HOME": home} if home else env


@contextmanager
def opened() -> Iterator[Opened]:
    with (
        tempfile.TemporaryDirectory() as home,
        Driver([sys.executable, "-c", APP], env=_terminal(home), columns=COLUMNS, rows=ROWS) as screen,
    ):
        screen.wait_for(f"ecslab:{LAB}$", timeout=120)
        screen.wait_for("Leave the shell")
        about = next(Path(home).glob("**/sandbox.json"))
        sandbox = Sandbox.find(about.parent)
        assert sandbox is not None
        yield Opened(screen, home, sandbox)
        sandbox.stop()
        screen.press("ctrl+q")
        screen.wait_exit(30)


def _leave_shell(screen: Driver) -> None:
    screen.press("f6")
    screen.wait_for("F6 Shell")


def memory() -> Figure:
    """All processes of the app at a lab (app, sandbox, shell, what they keep warm), in MB of their own."""
    with opened() as lab:
        ours = _megabytes({*_with_home(lab.home), *_sandbox(lab.sandbox)})
        _leave_shell(lab.screen)
    moto = PlainMoto().until_ready()
    empty = [sys.executable, "-c", EMPTY]
    with (
        Driver(empty, env=_terminal(), columns=COLUMNS, rows=ROWS) as app,
        Driver(["bash", "--norc", "-i"], env={**_terminal(), "PS1": "ready "}) as shell,
    ):
        app.wait_for("painted")
        shell.wait_for("ready")
        baseline = _megabytes((moto.process.pid, app.pty.pid, shell.pty.pid))
    moto.stop()
    return Figure(
        "memory of app, sandbox, shell", ours, baseline, "an empty Textual app, moto_server, bash", "MB"
    )


@contextmanager
def rolling_out(lab: Opened) -> Iterator[None]:
    """200 tasks, all of which are replaced meanwhile."""
    ecs = client(environment(lab.sandbox), "ecs")
    service = {"cluster": "shop", "service": "web-app"}
    ecs.update_service(**service, desiredCount=TASKS)
    lab.sandbox.clock(advance="30m")
    assert ecs.describe_services(cluster="shop", services=["web-app"])["services"][0]["runningCount"] == TASKS
    rollout = threading.Thread(target=_replaces, args=(lab.sandbox, ecs, service))
    rollout.start()
    yield
    rollout.join()


def _replaces(sandbox: Sandbox, ecs: Any, service: dict[str, str]) -> None:
    ecs.update_service(**service, forceNewDeployment=True)
    sandbox.clock(rate=PACE)


def key_to_paint() -> Figure:
    """The 95th percentile from a key to its effect on the screen, while 200 tasks are replaced and the shell floods."""
    with opened() as lab:
        lab.screen.type("yes 'so much to read'\r")
        lab.screen.wait_for(lambda: lab.screen.text().count("so much to read") > ROWS // 4)
        with rolling_out(lab):
            ours = _presses(lab.screen, "Leave the shell", "F6 Shell")
        lab.screen.press("ctrl+c")
        _leave_shell(lab.screen)
    with Driver([sys.executable, "-c", TOGGLING], env=_terminal(), columns=COLUMNS, rows=ROWS) as app:
        app.wait_for("it is off")
        baseline = _presses(app, "it is off", "it is on")
    return Figure("key to paint, p95, under load", ours, baseline, "a Textual app with one word, at rest")


def key_to_echo() -> Figure:
    """The 95th percentile from a key typed at the prompt to its echo on the screen, while 200 tasks are replaced."""
    with opened() as lab:
        with rolling_out(lab):
            ours = _echoes(lab.screen, f"ecslab:{LAB}$ ")
        _leave_shell(lab.screen)
    with Driver(["bash", "--norc", "-i"], env={**_terminal(), "PS1": "ready "}) as shell:
        shell.wait_for("ready ")
        baseline = _echoes(shell, "ready ")
    return Figure("key to echo in the shell, p95", ours, baseline, "bash in a bare terminal, at rest")


def _echoes(screen: Driver, prompt: str) -> float:
    """Milliseconds: letters are typed one after the other, each is waited for; the line is emptied now and then."""
    times: list[float] = []
    for start in range(0, PRESSES, LINE):
        for end in range(1, LINE + 1):
            typed = LETTERS[start // LINE % len(LETTERS)] * end

            def press(typed: str = typed) -> None:
                screen.type(typed[-1])
                screen.wait_for(prompt + typed)

            times.append(milliseconds(press))
        screen.press("ctrl+u")
        screen.wait_gone(prompt + typed)
    return statistics.quantiles(times, n=20)[-1]


def _presses(screen: Driver, before: str, after: str) -> float:
    """Milliseconds: F6 goes from a screen with one text to one with the other, and back."""

    def press(wanted: str) -> Callable[[], object]:
        return lambda: (screen.press("f6"), screen.wait_for(wanted))

    times = [milliseconds(press(text)) for _ in range(PRESSES // 2) for text in (after, before)]
    return statistics.quantiles(times, n=20)[-1]


def _with_home(home: str) -> list[int]:
    """The processes of a learner's home: they have it in their environment."""
    wanted = f"ECSLAB_HOME={home}".encode()
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (directory / "environ").read_bytes().split(b"\0"):
                found.append(int(directory.name))
        except OSError:
            continue
    return found


def _sandbox(sandbox: Sandbox) -> set[int]:
    """Its process, and the one that it was forked from, which stays."""
    status = Path(f"/proc/{sandbox.pid}/status").read_text().splitlines()
    parent = next(int(line.split()[1]) for line in status if line.startswith("PPid:"))
    return {sandbox.pid} if parent <= 1 else {sandbox.pid, parent}


def _megabytes(processes: Iterable[int]) -> float:
    """Their proportional set size: what several of them share counts once."""
    kilobytes = 0
    for process in processes:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


FIGURES = {"memory": memory, "key-to-paint": key_to_paint, "key-to-echo": key_to_echo}

if __name__ == "__main__":
    print(HEADER)
    for figure in FIGURES.values():
        print(figure().line(), flush=True)
