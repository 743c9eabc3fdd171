"""Runs a learner's command in a scratch world and judges it by its effect.

Each try has a sandbox and a directory of its own, thrown away afterwards, so that nothing is left of it and
no try knows another. The line runs as in a lab's shell: the sandbox's environment, in which `aws`, boto3 and
curl reach the sandbox and no account; and only for a while.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.quiz.items import Item
from ecslab.quiz.judge import ran
from ecslab.quiz.parts import Task
from ecslab.terms.problems import Problem

if TYPE_CHECKING:
    from ecslab.content.checks import Check
    from ecslab.grading.judge import Verdict
    from ecslab.sandbox.client import Sandbox
    from ecslab.sandbox.warm import Warm

PATIENCE = 60.0
"""Real seconds for one command."""
LIMIT = "6m"
"""Simulated time in which a world comes to rest, or never will."""
MOST_OUTPUT = 4000
"""Characters of its output that are shown and kept."""
SHELL = ("bash", "-c", 'ulimit -f 8192; eval "$1"', "bash")
"""Runs a line; no file that it writes, its output included, grows beyond 8 MB."""


@dataclass(frozen=True)
class Tried:
    """What a line did."""

    output: str
    status: int | None
    """None: it did not end in time."""


@dataclass
class Scratch:
    """A world in which lines are tried, until it is closed."""

    sandbox: "Sandbox"
    checks: Sequence["Check"]
    work: Path
    _tried: dict[str, Any] = field(default_factory=dict)

    def run(self, line: str, patience: float = PATIENCE) -> Tried:
        """Runs one shell line."""
        from ecslab.shell.environment import environment

        env = environment(self.sandbox)
        shell = shutil.which(SHELL[0], path=env["PATH"])
        if shell is None:
            raise Problem("there is no bash on this machine", "see `ecslab doctor`")
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [shell, *SHELL[1:], line],
                env=env,
                cwd=self.work,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status: int | None = process.wait(patience)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                # Whatever the line left running in the background ends with it.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            output.seek(0)
            text = output.read(8 * MOST_OUTPUT).decode(errors="replace").strip()
        return Tried(text if len(text) <= MOST_OUTPUT else text[: MOST_OUTPUT - 1] + "…", status)

    def settle(self, advance: int = 0) -> None:
        """Lets the consequences play out: for so long, or until the world is steady."""
        windows = max((check.for_ for check in self.checks), default=0)
        if advance:
            self.sandbox.clock(advance=f"{advance}ms")
        else:
            self.sandbox.clock(until="steady", limit=LIMIT)
        self.sandbox.clock(advance=f"{windows + 1000}ms")

    def verdicts(self) -> "list[Verdict]":
        """Every check's verdict now."""
        from ecslab.grading.evidence import Evidence
        from ecslab.grading.judge import judge, wanted_whatifs

        history = self.sandbox.history()
        evidence = Evidence.of(history, whatifs=self._tried)
        for wanted in wanted_whatifs(self.checks, evidence):
            ask = wanted.request
            answer = self.sandbox.whatif(ask["do"], ask["advance"], ask["ask"], check=wanted.id)
            self._tried[wanted.id] = {"key": wanted.key, "values": answer["values"]}
        return judge(self.checks, Evidence.of(history, whatifs=self._tried))


@contextmanager
def scratch(
    world: Mapping[str, Any],
    checks: Sequence["Check"] = (),
    warm: "Warm | None" = None,
    still: bool = False,
) -> Iterator[Scratch]:
    """A world for a while.

    Args:
        world: its resolved document.
        checks: what is judged in it.
        warm: a connection to the process that forks sandboxes, if the caller has one.
        still: its clock is paused from its first moment on, so that what it shows does not depend on how
            long the asking takes.

    Raises:
        Problem: it does not start.
    """
    from ecslab.sandbox.client import Sandbox
    from ecslab.sandbox.problems import SandboxProblem

    home = Path(tempfile.mkdtemp(prefix="ecslab-try-"))
    try:
        work = home / "work"
        work.mkdir()
        try:
            sandbox = Sandbox.start(home / "world", dict(world), warm=warm)
            if still:
                sandbox.clock(paused=True)
            sandbox.hold()
        except SandboxProblem as problem:  # what it says to do is to read a log that goes away
            raise Problem(problem.what, "try it again; `ecslab doctor` tells what works here") from problem
        try:
            yield Scratch(sandbox, checks, work)
        finally:
            sandbox.release()
            sandbox.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def attempt(task: Task, lines: Sequence[str], warm: "Warm | None" = None) -> "tuple[Tried, list[Verdict]]":
    """Runs lines in a fresh world of a task, and how it is then judged.

    Raises:
        Problem: the world does not start.
    """
    with scratch(task.world(), task.checks, warm) as bench:
        tried = bench.run("\n".join(lines))
        bench.settle(task.advance)
        return tried, bench.verdicts()


class Bench:
    """Runs the commands of sittings: a `Runner`.

    Args:
        warm: a connection to the process that forks sandboxes, if the caller has one.
    """

    def __init__(self, warm: "Warm | None" = None) -> None:
        self._warm = warm

    def __call__(self, item: Item, line: str) -> dict[str, Any]:
        if item.task is None:
            raise Problem(f"the question {item.key} runs no command", "answer it as it asks")
        tried, verdicts = attempt(item.task, [line], self._warm)
        output = tried.output
        if tried.status is None:
            output = f"{output}\n(ended after {PATIENCE:.0f} seconds)".strip()
        return ran(line, output, tried.status, verdicts)
