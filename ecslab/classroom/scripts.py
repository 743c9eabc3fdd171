"""Runs a learner's program afresh, in a world of its own: opt-in, because it is code of somebody else's.

The program gets the environment of a lab, an empty home, and limits of time, memory and files. Nothing in its
environment leads to a real account, and it is not run at all where a file of the grader's does. These limits keep
accidents; who grades strangers grades in a container (docs/teaching.md).
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecslab.classroom.grades import Rerun
from ecslab.content.labs import Lab
from ecslab.lab import workspace
from ecslab.lab.evidence import Attempt, Gatherer
from ecslab.lab.record import Record
from ecslab.lab.rehearsal import PYTHON, come_to_rest
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm
from ecslab.shell.environment import environment
from ecslab.terms.problems import Problem

SECONDS = 120
"""Real seconds it may take."""
CPU_SECONDS = 60
MEMORY = 1 << 30
FILE_SIZE = 10_000_000
OPEN_FILES = 256
OUTPUT = 2000
"""Characters of output that are kept."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""Variables of the grader's that the program gets."""


def refuse_with_keys_at_hand() -> None:
    """Raises Problem when whoever grades has AWS keys where a program would look for them."""
    home = Path.home()
    for name in (".aws/credentials", ".aws/config", ".aws/sso", ".aws/login"):
        if (home / name).exists():
            raise Problem(
                f"{home / name} could lead a learner's script to your AWS account",
                "run scripts as a user who has none, or in a container",
            )


def run(
    lab: Lab,
    document: dict[str, Any],
    files: Mapping[str, str],
    warm: Warm,
    answers: Mapping[str, Any] | None = None,
) -> Rerun:
    """What the program reaches in a fresh world of the lab, with the learner's answers to its questions.

    Raises:
        Problem: there are AWS keys at hand, or the world does not start.
    """
    refuse_with_keys_at_hand()
    wanted = lab.script
    assert wanted is not None
    if wanted.file not in files:
        return Rerun(wanted.file, None, "it was not handed in", False)
    with tempfile.TemporaryDirectory(prefix="ecslab-script-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        sandbox = Sandbox.start(home / "world", document, warm=warm)
        try:
            place = workspace.lay_out(lab.root / "files", home)
            script = place / Path(wanted.file).name
            script.write_text(files[wanted.file], encoding="utf-8")
            with sandbox.lease():
                status, output = _run(sandbox, script, wanted.args, home)
                come_to_rest(sandbox, lab)
                record = Record(home)
                for check, value in (answers or {}).items():
                    record.append("answer", check=check, value=value)
                verdicts = Gatherer(lab.checks, Attempt(record)).verdicts(sandbox)
        finally:
            sandbox.stop()
    missed = tuple(verdict.id for verdict in verdicts if not verdict.passed and not verdict.optional)
    return Rerun(wanted.file, status, output, status == 0 and not missed, missed)


def _run(sandbox: Sandbox, script: Path, args: tuple[str, ...], home: Path) -> tuple[int | None, str]:
    """Its exit status, None when it was ended, and the end of its output."""
    own = home / "home"
    own.mkdir()
    base = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": str(own)}
    env = environment(sandbox, base=base)
    python = shutil.which(PYTHON[0], path=env["PATH"]) or sys.executable
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [python, *PYTHON[1:], str(script), *args],
            cwd=script.parent,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_limits,
        )
        try:
            status: int | None = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
        output.seek(0, os.SEEK_END)
        output.seek(max(0, output.tell() - 4 * OUTPUT))
        said = output.read().decode(errors="replace")[-OUTPUT:].strip()
    return status, said if status is not None else f"{said}\n(ended after {SECONDS} seconds)".strip()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """The program, and whatever it left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _limits() -> None:
    """In the child, before the program begins."""
    wanted = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: MEMORY,
    }
    for what, most in wanted.items():
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # macOS has no limit of address space
