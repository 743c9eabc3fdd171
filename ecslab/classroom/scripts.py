"""Runs a learner's program afresh, in worlds of its own: opt-in, because it is code of somebody else's.

It is confined as in a lab (`shell.confined`), and not run at all where a file of the grader's leads to a real
account. Who grades strangers grades in a container (docs/teaching.md).
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ecslab.classroom.grades import Rerun
from ecslab.content.checks import Check
from ecslab.content.labs import Lab
from ecslab.lab import programs, workspace
from ecslab.lab.evidence import Attempt, Gatherer
from ecslab.lab.record import Record
from ecslab.lab.rehearsal import come_to_rest
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm
from ecslab.shell import confined
from ecslab.shell.python import Ended
from ecslab.terms.problems import Problem

OUTPUT = 2000
"""Characters of output that are kept."""

Try = Callable[[Check], dict[str, Any]]


def refuse_with_keys_at_hand() -> None:
    """Raises Problem when whoever grades has AWS keys where a program would look for them."""
    home = Path.home()
    for name in (".aws/credentials", ".aws/config", ".aws/sso", ".aws/login"):
        if (home / name).exists():
            raise Problem(
                f"{home / name} could lead a learner's script to your AWS account",
                "run scripts as a user who has none, or in a container",
            )


def tries(lab: Lab, seed: int, files: Mapping[str, str], warm: Warm) -> Try:
    """What the program does in the cases of a check, which are played once."""
    done: dict[str, dict[str, Any]] = {}

    def try_out(check: Check) -> dict[str, Any]:
        if check.id not in done:
            refuse_with_keys_at_hand()
            assert lab.script is not None
            done[check.id] = programs.try_out(lab, seed, check, files.get(lab.script.file), warm)
        return done[check.id]

    return try_out


def run(
    lab: Lab,
    document: dict[str, Any],
    files: Mapping[str, str],
    warm: Warm,
    answers: Mapping[str, Any] | None = None,
    try_out: Try | None = None,
) -> Rerun:
    """What the program reaches in a fresh world of the lab, with the learner's answers to its questions.

    Args:
        try_out: how the checks that run it in worlds of their own do that.

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
                ended = confined.run(sandbox, script, wanted.args, home)
                come_to_rest(sandbox, lab)
                record = Record(home)
                for check, value in (answers or {}).items():
                    record.append("answer", check=check, value=value)
                attempt = Attempt(record)
                keep = (lambda check: attempt.keep(check, try_out(check))) if try_out else None
                verdicts = Gatherer(lab.checks, attempt).verdicts(sandbox, run=keep)
        finally:
            sandbox.stop()
    missed = tuple(verdict.id for verdict in verdicts if not verdict.passed and not verdict.optional)
    return Rerun(wanted.file, ended.status, _output(ended), ended.status == 0 and not missed, missed)


def _output(ended: Ended) -> str:
    said = f"{ended.out}{ended.err}"[-OUTPUT:].strip()
    return said if ended.status is not None else f"{said}\n(ended after {confined.SECONDS} seconds)".strip()
