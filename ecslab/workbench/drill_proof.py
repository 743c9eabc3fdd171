"""Proves a fault of the drills' catalogue in one of its worlds: healthy before, broken by the fault, repaired by both
solutions, shown by the evidence it names.

Real sandbox, real `aws`, real Python. Playing the scripts is `ecslab.lab.rehearsal`'s business.
"""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ecslab.content.packs import DRILL, Pack, builtin
from ecslab.content.resolve import resolve_lab
from ecslab.grading.judge import Verdict
from ecslab.lab import rehearsal
from ecslab.lab.evidence import Attempt, Gatherer
from ecslab.lab.record import Record
from ecslab.lab.session import Session
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm
from ecslab.workbench import attempts

SOLUTIONS = {"cli": rehearsal.solve_by_cli, "boto3": rehearsal.solve_by_boto3}
LONGEST_WINDOW = "7m"
"""Time for the windows of all checks to run full."""


def healthy(pack: Pack, fault: str, world: str, seed: int, warm: Warm) -> list[str]:
    """The world without its fault passes every check."""
    lab, document = resolve_lab(pack, f"{DRILL}{fault}@{world}", seed)
    with tempfile.TemporaryDirectory() as directory:
        sandbox = Sandbox.start(Path(directory), {**document, "then": [], "settle": 0}, warm=warm)
        try:
            with sandbox.lease():
                sandbox.clock(advance=LONGEST_WINDOW)
                verdicts = Gatherer(lab.checks, Attempt(Record(Path(directory)))).verdicts(sandbox)
        finally:
            sandbox.stop()
    more = pack.fault(fault, seed).asks_more
    due = [verdict for verdict in verdicts if verdict.id not in more]
    return [f"without the fault: {said}" for said in _unreached(due)]


def broken(session: Session) -> list[str]:
    """With the fault the checks do not pass, now and after a while: nothing heals by itself."""
    problems = []
    for moment in ("at the beginning", "after five minutes", "after ten minutes"):
        if session.score(session.verdicts()).passed:
            problems.append(f"every check passes {moment}")
        session.sandbox.clock(advance="5m")
    return problems


def repaired(session: Session, how: str) -> list[str]:
    """A solution passes every check."""
    SOLUTIONS[how](session)
    rehearsal.settle(session)
    session.sandbox.clock(advance=LONGEST_WINDOW)
    problems = [f"after {how}: {said}" for said in _unreached(session.verdicts())]
    if session.sandbox.health().get("exceptions"):
        problems.append(f"the solution by {how} met errors inside the mock AWS")
    return problems


def prove(pack: Pack, fault: str, world: str, seed: int, warm: Warm) -> list[str]:
    """Everything that a fault promises in a world."""
    problems = healthy(pack, fault, world, seed, warm)
    solution = pack.fault(fault, seed).solution
    hows = [how for how in SOLUTIONS if getattr(solution, how)]
    for how in hows:
        with attempt(pack, fault, world, seed, warm) as session:
            if how == hows[0]:
                problems += broken(session)
            problems += repaired(session, how)
    return problems


def attempt(pack: Pack, fault: str, world: str, seed: int, warm: Warm) -> AbstractContextManager[Session]:
    """A session of a drill, gone afterwards."""
    own = pack if pack.root != builtin().root else builtin()
    return attempts.attempt(f"{DRILL}{fault}@{world}", seed=seed, pack=own, warm=warm, place="drill")


def _unreached(verdicts: list[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        if not verdict.passed:
            found: Any = verdict.message or verdict.actual
            yield f"{verdict.id!r} is {verdict.verdict}: {found}"
