"""Runs one program of a learner's in the environment of a sandbox, confined.

The program gets the environment of a lab's shell, an empty home, and limits of time, memory and files. Nothing in its
environment leads to a real account. These limits keep accidents; who runs programs of strangers does so in a
container (docs/teaching.md).
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ecslab.sandbox.client import Sandbox
from ecslab.shell.environment import environment

PYTHON = ("python", "-P")
"""Without the script's own directory on the path: a program may be called boto3.py."""
SECONDS = 120
"""Real seconds it may take."""
CPU_SECONDS = 60
MEMORY = 1 << 30
FILE_SIZE = 10_000_000
OPEN_FILES = 256
MOST_READ = 1_000_000
"""Bytes of each output that are kept, from its end."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""Variables of whoever runs it that the program gets."""


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it said."""

    status: int | None
    """Its exit status, negative for a signal; None: it was ended because it took too long."""
    out: str
    err: str


def run(
    sandbox: Sandbox, script: Path, args: tuple[str, ...], home: Path, *, seconds: float | None = None
) -> Ended:
    """Runs a Python program in its own directory.

    Args:
        home: an empty directory for it is made below.
        seconds: of real time that it may take; left out: SECONDS.
    """
    own = home / "home"
    own.mkdir()
    base = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": str(own)}
    env = environment(sandbox, base=base)
    python = shutil.which(PYTHON[0], path=env["PATH"]) or sys.executable
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [python, *PYTHON[1:], str(script), *args],
            cwd=script.parent,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            preexec_fn=_limits,
        )
        try:
            status: int | None = process.wait(SECONDS if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
        return Ended(status, _said(out), _said(err))


def _said(output: IO[bytes]) -> str:
    output.seek(0, os.SEEK_END)
    output.seek(max(0, output.tell() - MOST_READ))
    return output.read().decode(errors="replace")


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
