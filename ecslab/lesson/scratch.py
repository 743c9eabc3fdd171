"""Playing a lesson's `try`: one AWS operation against a scratch world that nothing else depends on.

A `try` comes from a pack, so it is an operation and not a shell line: no shell reads it, and whatever
would make the AWS CLI read a file or a web address, leave the sandbox or run a customisation is refused.
The scratch world lives from the first try to `close`; the calls of one lesson build on each other.
"""

import re
import shlex
import shutil
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.lesson.pages import Try, Watch
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.sandbox.client import Sandbox
    from ecslab.sandbox.warm import Warm

SERVICES = frozenset(
    {
        "application-autoscaling",
        "cloudwatch",
        "ec2",
        "ecr",
        "ecs",
        "elbv2",
        "iam",
        "logs",
        "secretsmanager",
        "ssm",
        "sts",
    }
)
CUSTOM = frozenset(
    {"deploy", "execute-command", "get-login", "get-login-password", "tail", "start-live-tail", "wait"}
)
"""Commands of the AWS CLI that are no operations of AWS."""
OPTIONS = frozenset(
    {
        "--endpoint-url",
        "--profile",
        "--debug",
        "--no-sign-request",
        "--ca-bundle",
        "--no-verify-ssl",
        "--cli-connect-timeout",
        "--cli-read-timeout",
        "--cli-binary-format",
        "--region",
    }
)
"""Options about the connection; a lesson has no say in it."""
PATIENCE = 60
"""Real seconds for one call."""


@dataclass(frozen=True)
class Outcome:
    """What came back."""

    command: str
    status: int
    output: str
    """What the AWS CLI printed: the answer, or its one line about the error."""
    as_expected: bool


def arguments(call: str) -> list[str]:
    """The words after `aws`.

    Raises:
        Problem: it is not a plain AWS operation.
    """
    try:
        words = shlex.split(call)
    except ValueError as error:
        raise _refused(call, f"its quotes do not match ({error})") from error
    if len(words) < 2 or words[0] not in SERVICES or not re.fullmatch(r"[a-z][a-z0-9-]+", words[1]):
        raise _refused(call, f"it must be `SERVICE OPERATION`, of {', '.join(sorted(SERVICES))}")
    if words[1] in CUSTOM:
        raise _refused(call, f"`{words[1]}` is a command of the AWS CLI, not an operation of AWS")
    for word in words[2:]:
        if word.split("=", 1)[0] in OPTIONS:
            raise _refused(call, f"`{word}` is about the connection")
        if re.search(r"(^|=)(fileb?|https?)://", word):
            raise _refused(call, f"`{word}` reads something from outside the lesson")
    return words


class Scratch:
    """The scratch worlds of one lesson. Safe to use from several threads.

    Args:
        world: gives the resolved document of a world by its id.
        warm: a connection to the warm process, if the caller has one.
    """

    def __init__(self, world: Callable[[str], Mapping[str, Any]], warm: "Warm | None" = None) -> None:
        self._world = world
        self._warm = warm
        self._lock = threading.RLock()
        self._sandboxes: dict[str, Sandbox] = {}
        self._played: dict[str, set[str]] = {}
        self._home: Path | None = None

    def play(self, block: Try) -> Outcome:
        """Play what the block builds on, unless it was played, and then its call.

        Raises:
            Problem: the call is refused or the sandbox does not start.
        """
        with self._lock:
            for call in block.before:
                if call not in self._played.get(block.world, set()):
                    self._run(block.world, call)
            status, output = self._run(block.world, block.call)
        expected = block.expect in output if block.expect else status == 0
        return Outcome(f"aws {block.call}", status, output, expected)

    def watch(self, block: Watch, step: str | None = None) -> dict[str, Any]:
        """A world of the block's own, which stands still but for the steps; what a screen draws of it.

        Args:
            block: the first look builds its world and plays what comes before.
            step: how far to let its time run, such as `5s`, or `steady`; None only looks.

        Raises:
            Problem: a call is refused or fails, or the sandbox does not start.
        """
        with self._lock:
            place = f"watch-{zlib.crc32(repr(block).encode()):08x}"
            if place not in self._sandboxes or not self._sandboxes[place].alive():
                self._sandbox(block.world, place).clock(paused=True)
                for call in block.before:
                    status, output = self._run(block.world, call, place)
                    if status:
                        raise Problem(f"the lesson's `{call}` failed ({output})", "correct the `watch` block")
            sandbox = self._sandboxes[place]
            if step == "steady":
                sandbox.clock(until="steady", limit="30m")
            elif step:
                sandbox.clock(advance=step)
            return dict(sandbox.state())

    def close(self) -> None:
        """End the scratch worlds; nothing of them is kept."""
        with self._lock:
            for sandbox in self._sandboxes.values():
                sandbox.release()
                sandbox.stop()
            self._sandboxes.clear()
            self._played.clear()
            if self._home is not None:
                shutil.rmtree(self._home, ignore_errors=True)
                self._home = None

    def _run(self, world: str, call: str, place: str = "") -> tuple[int, str]:
        from ecslab.shell.environment import environment

        words = arguments(call)
        sandbox = self._sandbox(world, place or world)
        env = environment(sandbox)
        program = shutil.which("aws", path=env["PATH"]) or "aws"
        try:
            done = subprocess.run(
                [program, *words],
                env=env,
                cwd=sandbox.directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except OSError as error:
            raise Problem(f"cannot run the AWS CLI ({error.strerror})", "see `ecslab doctor`") from error
        except subprocess.TimeoutExpired as error:
            raise Problem(f"`aws {call}` did not end within {PATIENCE} seconds", "try it again") from error
        self._played.setdefault(place or world, set()).add(call)
        return done.returncode, done.stdout.strip()

    def _sandbox(self, world: str, place: str) -> "Sandbox":
        from ecslab.sandbox.client import Sandbox

        held = self._sandboxes.get(place)
        if held is not None and held.alive():
            return held
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="ecslab-lesson-"))
        directory = self._home / re.sub(r"\W", "-", place)
        self._sandboxes[place] = Sandbox.start(directory, dict(self._world(world)), warm=self._warm).hold()
        return self._sandboxes[place]


def _refused(call: str, why: str) -> Problem:
    return Problem(
        f"the lesson's `{call}` is not played: {why}", "correct the `try` block", status=Exit.USAGE
    )
