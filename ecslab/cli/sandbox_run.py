"""`ecslab sandbox run -- CMD`: a sandbox for the life of one command.

The command gets the sandbox's environment, the terminal and the signals; we end as it ends. The
sandbox and its directory are gone afterwards, however we end.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from ecslab.cli.sandbox_world import world_document
from ecslab.cli.waiting import Waiting
from ecslab.lab.opening import NEW
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.shell.environment import check_system_aws, environment, without_aws
from ecslab.shell.shims import warm_aws
from ecslab.terms.problems import Exit, Problem

FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
NOT_FOUND, NOT_EXECUTABLE = 127, 126


class _Ended(BaseException):
    """A signal asked us to end before the command ran."""


class Child:
    """The command, and the signals that are for it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = False
        self._early: list[int] = []

    def run(self, command: list[str], env: dict[str, str]) -> int:
        """Runs the command to its end; its status as a shell gives it."""
        program = shutil.which(command[0], path=env["PATH"])
        if program is None:
            print(f"ecslab: {command[0]}: command not found", file=sys.stderr)
            return NOT_FOUND
        self._starting = True
        try:
            self._process = subprocess.Popen(command, executable=program, env=env)
        except OSError as error:
            print(f"ecslab: {command[0]}: {error.strerror}", file=sys.stderr)
            return NOT_EXECUTABLE
        for number in self._early:
            self._process.send_signal(number)
        status = self._process.wait()
        return 128 - status if status < 0 else status

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Passes signals on to the command; before there is one they end us, tidily."""
        before = {number: signal.signal(number, self._handle) for number in FORWARDED}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _handle(self, number: int, _: FrameType | None) -> None:
        if not self._starting:
            raise _Ended(number)
        if number in (signal.SIGINT, signal.SIGQUIT) and _from_terminal():
            return
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


def run(args: argparse.Namespace) -> int:
    command = args.cmd[1:] if args.cmd[:1] == ["--"] else args.cmd
    if not command:
        raise Problem(
            "there is no command to run",
            "write it after --, as in: ecslab sandbox run -- aws ecs list-clusters",
            status=Exit.USAGE,
        )
    if args.aws == "system":
        check_system_aws(without_aws(os.environ).get("PATH", os.defpath))
    world = world_document(args.world, seed=args.seed, any_key=args.any_key)
    child = Child()
    with child.signals():
        try:
            with _temporary() as directory:
                return _in_sandbox(directory, world, command, args, child)
        except _Ended as ended:
            return 128 + int(ended.args[0])


def _in_sandbox(
    directory: Path, world: dict[str, Any], command: list[str], args: argparse.Namespace, child: Child
) -> int:
    with Waiting(NEW):
        sandbox = Sandbox.start(directory, world, rate=args.rate)
    try:
        with sandbox.lease():
            if sys.stdin.isatty() and args.aws == "bundled":
                warm_aws()
            return child.run(command, environment(sandbox, aws=args.aws))
    finally:
        sandbox.stop()


@contextmanager
def _temporary() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="ecslab-sandbox-"))
    try:
        yield directory
    except SandboxProblem:
        # What the message points at must still be there.
        raise
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)


def _from_terminal() -> bool:
    """Whether Ctrl-C reaches the command without us: we are in the terminal's foreground group."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
