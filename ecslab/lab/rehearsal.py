"""Plays the scripts that come with a lab in a session of it: its solutions and its typical mistakes.

This is what proves that a lab works. The scripts are code of the pack's author, run as they are in the
lab's environment: whoever calls this has decided that they may be.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.shell import python
from ecslab.terms.problems import Problem

if TYPE_CHECKING:
    from ecslab.content.labs import Lab, Mistake
    from ecslab.lab.session import Session
    from ecslab.sandbox.client import Sandbox

LIMIT = "6m"
"""Simulated time in which a world comes to rest, or never will."""
PATIENCE = 300
"""Real seconds for one script."""


def solve_by_cli(session: "Session") -> None:
    """Raises Problem when the script fails."""
    _run(session, ["bash", str(session.lab.root / _named(session, "cli"))])


def solve_by_boto3(session: "Session") -> None:
    """Raises Problem when the script fails."""
    path = session.lab.root / _named(session, "boto3")
    if session.lab.runs_program:
        _run_program(session, path.read_text(encoding="utf-8"))
    else:
        _run_python(session, path)


def make(session: "Session", mistake: "Mistake") -> None:
    """Makes a typical mistake and lets its consequences play out.

    Raises:
        Problem: one of its commands failed.
    """
    for command in mistake.cli:
        _run(session, ["bash", "-c", command])
    if session.lab.runs_program and (mistake.boto3 or mistake.alter):
        _run_program(session, _mistaken(session, mistake), may_fail=True)
    elif mistake.boto3 is not None:
        _run_python(session, session.lab.root / mistake.boto3)
    if mistake.advance:
        session.sandbox.clock(advance=f"{mistake.advance}ms")
    else:
        settle(session)


def settle(session: "Session") -> None:
    """Lets the world come to rest, and the windows of the checks run full."""
    come_to_rest(session.sandbox, session.lab)


def come_to_rest(sandbox: "Sandbox", lab: "Lab") -> None:
    """The same for a sandbox that is no session's."""
    sandbox.clock(until="steady", limit=LIMIT)
    windows = max((check.for_ for check in lab.checks), default=0)
    sandbox.clock(advance=f"{windows + 1000}ms")


def _run_program(session: "Session", program: str, *, may_fail: bool = False) -> None:
    """Puts a program in the place of the learner's, and runs it."""
    script = session.lab.script
    assert script is not None
    path = session.workspace / script.file
    path.write_text(program, encoding="utf-8")
    _run_python(session, path, script.args, may_fail=may_fail)


def _mistaken(session: "Session", mistake: "Mistake") -> str:
    """The program of a mistake, or the solution's with other texts in it."""
    name = mistake.boto3 or _named(session, "boto3")
    program = (session.lab.root / name).read_text(encoding="utf-8")
    for text, other in mistake.alter.items():
        if text not in program:
            raise Problem(f"{session.lab.id}: {name} has no {text!r} that {mistake.name!r} could alter")
        program = program.replace(text, other)
    return program


def _named(session: "Session", kind: str) -> str:
    name = getattr(session.lab.solution, kind)
    if name is None:
        raise Problem(f"the lab {session.lab.id} has no solution by {kind}")
    return str(name)


def _run(session: "Session", command: list[str]) -> None:
    from shutil import which

    env = session.environment()
    done = subprocess.run(
        [which(command[0], path=env["PATH"]) or command[0], *command[1:]],
        env=env,
        cwd=session.workspace,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise _failed(session, command, done.stderr.strip() or done.stdout.strip() or str(done.returncode))


def _run_python(
    session: "Session", script: Path, args: Sequence[str] = (), *, may_fail: bool = False
) -> None:
    command = [*python.PYTHON, str(script), *args]
    ended = python.run(script, args, env=session.environment(), cwd=session.workspace, seconds=PATIENCE)
    if ended.status is None:
        raise subprocess.TimeoutExpired(command, PATIENCE)
    if ended.status and not may_fail:
        raise _failed(session, command, ended.err.strip() or ended.out.strip() or str(ended.status))


def _failed(session: "Session", command: list[str], said: str) -> Problem:
    return Problem(f"{session.lab.id}: {' '.join(command)[:120]} failed: {said.splitlines()[-1]}")
