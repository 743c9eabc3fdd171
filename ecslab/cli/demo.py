"""`ecslab demo [LAB]`: a lab solved before your eyes, with real commands, and graded.

It needs no keyboard and no terminal, and works in a directory of its own: the learner's progress and
sessions stay as they are. Ends with 0 only when every goal was reached.
"""

import argparse
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecslab.cli.lab_text import Paint, goals, paragraphs, standing, width
from ecslab.terms.problems import Exit

if TYPE_CHECKING:
    from ecslab.lab.demo import Shown

DEFAULT = "fix-alb-502"
SHOWN_LINES = 10
PAUSE = 1.2
"""Seconds a reader gets for a command on a terminal; a line of text gets a fraction of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lab", nargs="?", default=DEFAULT, metavar="LAB", help=f"which lab (default: {DEFAULT})"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what chance brings")


def run(args: argparse.Namespace) -> int:
    from ecslab.content.packs import builtin

    builtin().lab(args.lab)  # a name that is wrong is said before anything is set up
    with _own_directory():
        return _play(args.lab, args.seed)


def _play(lab_id: str, seed: int) -> int:
    from ecslab.cli.waiting import Waiting, attached
    from ecslab.content.packs import builtin
    from ecslab.lab import demo
    from ecslab.lab.rehearsal import settle
    from ecslab.lab.session import Session
    from ecslab.sandbox.warm import Warm

    paint = Paint()
    pace = PAUSE if sys.stdout.isatty() else 0.0
    warm = Warm()
    session = Session.start(lab_id, seed=seed, pack=builtin(), warm=warm)
    try:
        with attached(session):
            _say(
                [paint(session.lab.title, "strong"), "", *paragraphs(session.lab.story, paint=paint), ""],
                pace,
            )
            _say([paint("The goals, before", "strong"), *goals(session.verdicts(), paint), ""], pace)
            _say([paint("The solution, command by command", "strong")], pace)
            for shown in demo.play(session):
                _show(shown, paint, pace)
            with Waiting("letting the world settle"):
                settle(session)
                verdicts = session.verdicts(run=True)
            _say(["", paint("The goals, after", "strong"), *goals(verdicts, paint), ""], pace)
            _say([standing(session.score(verdicts), paint)], pace)
            if session.lab.solution.why:
                _say(
                    [
                        "",
                        paint("Why it works", "strong"),
                        "",
                        *paragraphs(session.lab.solution.why, "  ", paint),
                    ],
                    pace,
                )
    finally:
        session.stop()
        warm.close()
    return Exit.GOOD if all(verdict.passed for verdict in verdicts) else Exit.NEGATIVE


def _show(shown: "Shown", paint: Paint, pace: float) -> None:
    if shown.comment:
        _say(["", paint(shown.comment, "name")], pace)
    _say([paint("$ ", "quiet") + paint(command_line(shown.words), "strong")], pace)
    if pace:
        time.sleep(pace)
    _say(shortened(shown.output), pace)


def command_line(words: tuple[str, ...]) -> str:
    """The command as one could type it; long ones are cut at the width."""
    text = " ".join(_word(word) for word in words)
    room = max(width() * 3, 160)
    return text if len(text) <= room else text[: room - 1] + "…"


def _word(word: str) -> str:
    return shlex.quote(" ".join(word.split()))


def shortened(output: str) -> list[str]:
    """The first lines of an output, set in, and how many more there are."""
    lines = output.rstrip().splitlines()
    room = max(width(), 80) - 4
    cut = [line if len(line) <= room else line[: room - 1] + "…" for line in lines[:SHOWN_LINES]]
    shown = [f"    {line}".rstrip() for line in cut]
    left = len(lines) - SHOWN_LINES
    return [*shown, f"    … {left} more lines"] if left > 0 else shown


def _say(lines: list[str], pace: float) -> None:
    for line in lines:
        print(line, flush=True)
        if pace:
            time.sleep(pace / 20)


@contextmanager
def _own_directory() -> Iterator[None]:
    """Data of its own for everything that asks `places`, gone afterwards."""
    before = os.environ.get("ECSLAB_HOME")
    with tempfile.TemporaryDirectory(prefix="ecslab-demo-", ignore_cleanup_errors=True) as directory:
        os.environ["ECSLAB_HOME"] = directory
        try:
            yield
        finally:
            if before is None:
                del os.environ["ECSLAB_HOME"]
            else:
                os.environ["ECSLAB_HOME"] = before
