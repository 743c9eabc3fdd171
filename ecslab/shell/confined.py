"""Runs one program of a learner's in the environment of a sandbox, confined.

The program gets the environment of a lab's shell, an empty home, and limits of time, memory and files. Nothing in its
environment leads to a real account. These limits keep accidents; who runs programs of strangers does so in a
container (docs/teaching.md).
"""

import os
from pathlib import Path

from ecslab.sandbox.client import Sandbox
from ecslab.shell import limits, python
from ecslab.shell.environment import environment

SECONDS = 120
"""Real seconds it may take."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""Variables of whoever runs it that the program gets."""


def run(
    sandbox: Sandbox, script: Path, args: tuple[str, ...], home: Path, *, seconds: float | None = None
) -> python.Ended:
    """Runs a Python program in its own directory.

    Args:
        home: an empty directory for it is made below.
        seconds: of real time that it may take; left out: SECONDS.
    """
    own = home / "home"
    own.mkdir()
    base = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": str(own)}
    return python.run(
        script,
        args,
        env=environment(sandbox, base=base),
        cwd=script.parent,
        seconds=SECONDS if seconds is None else seconds,
        most=limits.OF_A_PROGRAM,
    )
