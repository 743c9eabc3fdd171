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
    from io import BufferedReader

    from ecslab.lab.session import Session

BEGIN, ARGUMENT, OUTPUT, END = b"\x1c", b"\x00", b"\x1d", b"\x1e"

REPORTER = r"""
aws() {
    { printf '\034%s' "${BASH_LINENO[0]}"; printf '\0%s' "$@"; printf '\035'; } >&7
    command aws "$@" 7>&- | tee /dev/fd/7
    local status=${PIPESTATUS[0]}
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
        ["bash", "-c", f'exec 7>&{writing} 2>&7 {writing}>&-; exec bash "$1"', "demo", str(script)],
        env=env,
        cwd=session.workspace,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[writing],
    )
    os.close(writing)
    comments = _comments(script)
    last = ""
    with os.fdopen(reading, "rb") as reports:
        for line, words, output in _commands(reports):
            step = max((number for number in comments if number < line), default=0)
            last = output.strip() or last
            yield Shown(comments.pop(step, ""), ("aws", *words), output)
    if process.wait():
        raise Problem(f"the solution of {session.lab.id} failed: {last.splitlines()[-1] if last else script}")


def _comments(script: Path) -> dict[int, str]:
    """The numbered steps that the script explains: line -> what it says there."""
    lines = script.read_text(encoding="utf-8").splitlines()
    steps = ((number, re.match(r"\s*# (\d+\. .*)", line)) for number, line in enumerate(lines, 1))
    return {number: match[1] for number, match in steps if match}


def _commands(reports: "BufferedReader") -> Iterator[tuple[int, list[str], str]]:
    """(line, words, output) of every call, as soon as it has ended."""
    pending = b""
    while chunk := reports.read1(1 << 16):
        *whole, pending = (pending + chunk).split(END)
        yield from (_command(report) for report in whole)
    if BEGIN in pending:  # the script ended with this call
        yield _command(pending)


def _command(report: bytes) -> tuple[int, list[str], str]:
    head, _, output = report.partition(BEGIN)[2].partition(OUTPUT)
    line, *words = head.split(ARGUMENT)
    return int(line), [word.decode() for word in words], output.decode(errors="replace")
