"""Records what real programs print, and what tmux makes of it, for test_recordings.py.

    python tests/terminal/record.py            records every program again
    python tests/terminal/record.py vim less   only these
    python tests/terminal/record.py --golden   asks tmux again about the recordings as they are

Needs Linux, root (for namespaces), tmux and the programs themselves. Tests need none of them: they replay the
bytes kept in `recordings/`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tmux_replay
from recipes import RECIPES

from ecslab.terminal.driver import Driver

FOLDER = Path(__file__).parent / "recordings"
QUIET = 0.4
APART = (
    "unshare",
    "--fork",
    "--pid",
    "--mount-proc",
    "--uts",
    "sh",
    "-c",
    'hostname learner; exec "$@"',
    "sh",
)
"""Processes and host name of this machine stay out of the recordings."""

POEM = "\n".join(
    f"{n:3} The quick brown fox jumps over the lazy dog, {'again and ' * (n % 7)}again."
    for n in range(1, 121)
)
WIDE = "日本語のテキスト\nnaïve café — “quotes” … ½\n한국어 텍스트 and more\n表計算\t東京\tend\n"
CODE = '''def roll_out(service, revision):
    """Deploy and wait."""
    for attempt in range(3):
        if service.update(revision):
            return True
    return False
'''
APPLICATION = """
from textual.app import App
from textual.widgets import DataTable, Footer, Header, Input, Tree

class Demo(App):
    TITLE = "Demo"
    BINDINGS = [("q", "quit", "Quit"), ("d", "toggle", "Toggle")]
    def compose(self):
        yield Header()
        yield Input(placeholder="type here")
        table = DataTable()
        table.add_columns("task", "状態", "zone")
        for n in range(5):
            table.add_row(f"task-{n}", "実行中" if n % 2 else "停止", "us-east-1a")
        yield table
        yield Footer()

Demo().run()
"""


class Recorder(Driver):
    """A driver that notes where in the output somebody looked."""

    def __init__(self, argv: list[str], home: Path, columns: int, rows: int) -> None:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "$ ",
            "COLORTERM": "truecolor", "INPUTRC": "/dev/null", "HISTFILE": "", "PYTHON_HISTORY": "/dev/null",
            "PAGER": "less", "LESSHISTFILE": "-", "GIT_PAGER": "less", "LESS": "-R", "SHELL": "/bin/bash", "USER": "learner",
            "TEXTUAL_ANIMATIONS": "none", "AWS_CONFIG_FILE": "/dev/null",
        }  # fmt: skip
        super().__init__(argv, environment, home, columns, rows)
        self.looks: list[int] = []

    def look(self) -> None:
        """Let the program finish, then note the place."""
        while self.pump(QUIET):
            pass
        self.looks.append(len("".join(self.output).encode()))

    def go(self, steps: list[str]) -> None:
        """Do step after step, and look after each."""
        for step in steps:
            if step.startswith("?"):
                self.wait_for(step[1:])
            else:
                for text, names in re.findall(r"((?:[^<]|<(?![a-z]))+)|<([a-z0-9+ ]+)>", step):
                    if text:
                        self.type(text)
                    else:
                        self.press(*names.split())
            self.look()


def furnish(home: Path) -> None:
    """The files that the programs show."""
    (home / "poem.txt").write_text(POEM + "\n")
    (home / "wide.txt").write_text(WIDE)
    (home / "code.py").write_text(CODE)
    (home / "application.py").write_text(APPLICATION)
    (home / "notes").mkdir()
    files = home / "files"
    files.mkdir()
    for n in range(60):
        (files / f"{'long-' * (n % 4)}name-{n}{['.py', '.tar.gz', '', '.png'][n % 4]}").touch()
    (files / "日本語.txt").touch()
    (files / "tool").touch(mode=0o755)
    (files / "link").symlink_to("tool")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        **{f"GIT_{who}_NAME": "Learner" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "learner@example.com" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": "2026-01-02T03:04:05Z" for who in ("AUTHOR", "COMMITTER")},
    }

    def run(*arguments: str) -> None:
        subprocess.run(
            ["git", *arguments], cwd=home / "repo", env=environment, check=True, capture_output=True
        )

    (home / "repo").mkdir()
    run("init", "-b", "main")
    for n in range(8):
        (home / "repo" / "code.py").write_text(CODE * (n + 1) + f"# {n} 漢字\n")
        (home / "repo" / f"file{n}.txt").write_text(POEM[: 400 * (n + 1)])
        run("add", ".")
        run("commit", "-m", f"Commit number {n}, about a change — naïvely")
        if n == 3:
            run("branch", "side")
    run("checkout", "side")
    (home / "repo" / "side.txt").write_text("side\n")
    run("add", ".")
    run("commit", "-m", "On the side")
    run("checkout", "main")
    run("merge", "--no-ff", "-m", "Merge side", "side")


def record(name: str) -> None:
    """Play a recipe and keep the bytes."""
    recipe = RECIPES[name]
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        home = Path(folder)
        furnish(home)
        with Recorder([*APART, *recipe.argv], home, recipe.columns, recipe.rows) as recorder:
            recorder.look()
            recorder.go(recipe.steps())
            data = "".join(recorder.output).encode()
            looks = sorted({*recorder.looks, len(data)} - {0})
    (FOLDER / f"{name}.raw").write_bytes(data)
    save(name, {"columns": recipe.columns, "rows": recipe.rows, "looks": [{"at": at} for at in looks]})


def golden(name: str) -> None:
    """Ask tmux what it shows at each look."""
    notes = json.loads((FOLDER / f"{name}.json").read_text())
    data = (FOLDER / f"{name}.raw").read_bytes()
    places = [look["at"] for look in notes["looks"]]
    pieces = [data[start:end] for start, end in zip([0, *places], places, strict=False)]
    assert b"\x1b[5n" not in data
    for look, seen in zip(
        notes["looks"], tmux_replay.replay(pieces, notes["columns"], notes["rows"]), strict=True
    ):
        look["cursor"] = list(seen.cursor)
        look["screen"] = "\n".join(seen.screen).rstrip("\n").split("\n")
    save(name, notes)


def save(name: str, notes: dict[str, object]) -> None:
    """Write the notes beside the bytes."""
    (FOLDER / f"{name}.json").write_text(json.dumps(notes, ensure_ascii=False, indent=0) + "\n")


def main(arguments: list[str]) -> None:
    """The command line."""
    only_golden = "--golden" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")] or list(RECIPES)
    for name in names:
        started = time.monotonic()
        if not only_golden:
            record(name)
        golden(name)
        size = (FOLDER / f"{name}.raw").stat().st_size
        print(f"{name:12} {size:7} bytes  {time.monotonic() - started:5.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
