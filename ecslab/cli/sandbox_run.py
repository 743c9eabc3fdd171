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

from ecslab.cli.sandbox_world import world_document
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.shell.environment import check_system_aws, environment, without_aws
from ecslab.shell.shims import warm_aws
from ecslab.terms.problems import Exit, Problem

FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
NOT_FOUND, NOT_EXECUTABLE = 127, 126


class _Ended(BaseException):
    """A signal asked us to end before the command ran."""


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
    child: list[subprocess.Popen[bytes]] = []
    with _signals(child):
        try:
            with _temporary() as directory:
                sandbox = Sandbox.start(directory, world, rate=args.rate)
                try:
                    with sandbox.lease():
                        if sys.stdin.isatty() and args.aws == "bundled":
                            warm_aws()
                        return _run(command, environment(sandbox, aws=args.aws), child)
                finally:
                    sandbox.stop()
        except _Ended as ended:
            return 128 + int(ended.args[0])


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


def _run(command: list[str], env: dict[str, str], child: list[subprocess.Popen[bytes]]) -> int:
    program = shutil.which(command[0], path=env["PATH"])
    if program is None:
        print(f"ecslab: {command[0]}: command not found", file=sys.stderr)
        return NOT_FOUND
    try:
        process = subprocess.Popen([command[0], *command[1:]], executable=program, env=env)
    except OSError as error:
        print(f"ecslab: {command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_EXECUTABLE
    child.append(process)
    status = process.wait()
    return 128 - status if status < 0 else status


@contextmanager
def _signals(child: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Passes signals on to the command; before there is one they end us, tidily."""

    def handle(number: int, _: FrameType | None) -> None:
        if not child:
            raise _Ended(number)
        if not (number in (signal.SIGINT, signal.SIGQUIT) and _from_terminal()):
            child[0].send_signal(number)

    before = {number: signal.signal(number, handle) for number in FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _from_terminal() -> bool:
    """Whether Ctrl-C reaches the command without us: we are in the terminal's foreground group."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
