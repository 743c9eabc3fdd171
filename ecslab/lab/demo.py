"""Plays a lab's own solution with real commands and reports what happens, for people to watch.

The solution's script runs as it is, in a bash that reports every `aws` it calls and what that
printed. Nothing is typed, nothing is drawn: whoever shows it gets one `Shown` after the other. Only
for labs whose scripts may be run, the built-in ones.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.terms.problems import Problem

if TYPE_CHECKING:
    from ecslab.lab.session import Session

BEGIN, ARGUMENT, OUTPUT, END = b"\x1c", b"\x00", b"\x1d", b"\x1e"

REPORTER = r"""
aws() {
    { printf '\034%s' "${BASH_LINENO[0]}"; printf '\0%s' "$@"; printf '\035'; } >&7
    local status
    command aws "$@" > >(tee /dev/fd/7) 2> >(tee /dev/fd/7 >&2)
    status=$?
    wait
    printf '\036' >&7
    return "$status"
}
"""
"""Sourced before the script (BASH_ENV): `aws` tells file descriptor 7 its line, words and output."""


@dataclass(frozen=True)
class Shown:
    """One command of the solution, after it ran."""

    comment: str
    """What the script says about this step; empty when it goes on with the last one."""
    words: tuple[str, ...]
    output: str


def play(session: "Session") -> Iterator[Shown]:
    """Runs the solution by CLI in the session's workspace, one command at a time.

    Raises:
        Problem: the lab has none, or it failed.
    """
    name = session.lab.solution.cli
    if name is None:
        raise Problem(f"the lab {session.lab.id} has no solution by CLI to play")
    script = session.lab.root / name
    reporter = session.directory / "reporter.sh"
    reporter.write_text(REPORTER)
    reading, writing = os.pipe()
    env = session.environment() | {"BASH_ENV": str(reporter)}
    process = subprocess.Popen(
        ["bash", "-c", f'exec 7>&{writing}; exec bash "$1"', "demo", str(script)],
        env=env,
        cwd=session.workspace,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=[writing],
    )
    os.close(writing)
    comments = _comments(script)
    with os.fdopen(reading, "rb") as reports:
        for line, words, output in _commands(reports):
            yield Shown(comments.pop(max((n for n in comments if n < line), default=0), ""), ("aws", *words), output)
    _, error = process.communicate()
    if process.returncode:
        said = error.decode(errors="replace").strip().splitlines()
        raise Problem(f"the solution of {session.lab.id} failed: {said[-1] if said else process.returncode}")
