"""`pack mutate`: plays altered solutions and reports those that no check notices. The shallow-check finder.

Where checks run the learner's program, slips in the program are played instead.
A mutant is *caught* when a goal that the solution reaches is not reached, *refused* when AWS itself does not
take the altered call, *equivalent* when the world ends in the same state, *harmless* when the lab says so, with
its reason. What remains is *missed*.
"""

import os
import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Literal, get_args

from ecslab.content.labs import Harmless
from ecslab.content.labs import Lab as Content
from ecslab.content.packs import builtin, load
from ecslab.lab import programs, rehearsal
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm, cores
from ecslab.terms.problems import Exit, Problem
from ecslab.workbench.bench import AT_ONCE, begin_worker
from ecslab.workbench.mutants import Call, Mutant, mutants
from ecslab.workbench.program_mutants import Slip, slips
from ecslab.workbench.replay import Player

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 8
"""Mutants that share a session, whose preparation takes about as long as one of them."""

Fate = Literal["caught", "missed", "equivalent", "refused", "harmless"]


@dataclass(frozen=True)
class Fated:
    lab: str
    change: str
    fate: Fate
    why: str = ""
    """Why it is harmless, in the lab's words."""


@dataclass(frozen=True)
class Lab:
    """Which lab of which pack, in which draw."""

    root: str
    id: str
    seed: int


def mutate(
    labs: Sequence[Lab],
    *,
    jobs: int | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> list[Fated]:
    """The fate of every mutant of the labs' solutions.

    Raises:
        Problem: a solution cannot be played, or does not solve its lab.
    """
    with tempfile.TemporaryDirectory(prefix="ecslab-pack-", ignore_cleanup_errors=True) as home:
        pool = ProcessPoolExecutor(
            jobs or AT_ONCE * cores(), get_context("spawn"), initializer=begin_worker, initargs=(home,)
        )
        try:
            made = [pool.submit(_prepare, lab) for lab in labs]
            work = [
                (lab, calls, found[place : place + CHUNK])
                for lab, (calls, found) in zip(labs, [each.result() for each in made], strict=True)
                for place in range(0, len(found), CHUNK)
            ]
            running = {pool.submit(_judge, *each): place for place, each in enumerate(work)}
            total, done = sum(len(chunk) for _, _, chunk in work), 0
            fates: dict[int, list[Fated]] = {}
            for future in as_completed(running):
                fates[running[future]] = future.result()
                done += len(fates[running[future]])
                tell(done, total)
            return [fated for place in sorted(fates) for fated in fates[place]]
        except BrokenProcessPool:
            raise Problem("a worker was killed", "is there enough memory? try --jobs 1") from None
        finally:
            pool.shutdown(cancel_futures=True)


def as_json(fates: Sequence[Fated]) -> dict[str, Any]:
    """`total` are the mutants that change something and that AWS takes."""
    count = {name: sum(one.fate == name for one in fates) for name in get_args(Fate)}
    return {
        "caught": count["caught"],
        "total": count["caught"] + count["missed"],
        "missed": [{"lab": one.lab, "change": one.change} for one in fates if one.fate == "missed"],
        "harmless": [
            {"lab": one.lab, "change": one.change, "why": one.why} for one in fates if one.fate == "harmless"
        ],
        "equivalent": count["equivalent"],
        "refused": count["refused"],
    }


# --- in a worker -------------------------------------------------------------------------------------


@contextmanager
def _player(lab: Lab) -> "Iterator[Player]":
    """A fresh attempt, in an environment that is the sandbox's alone."""
    pack = load(lab.root)
    own = None if pack.root == builtin().root else pack
    with Warm() as warm:
        session = Session.start(lab.id, seed=lab.seed, fresh=True, pack=own, warm=warm)
        session.hold()
        kept = dict(os.environ)
        try:
            environment = session.environment()
            os.environ.clear()
            os.environ.update({**environment, "ECSLAB_HOME": kept["ECSLAB_HOME"]})
            yield Player(session)
        finally:
            os.environ.clear()
            os.environ.update(kept)
            session.stop()


def _prepare(lab: Lab) -> tuple[list[Call], list[Mutant] | list[Slip]]:
    """The calls of the lab's solution, and every mutant of them, or of the program that it is."""
    with _player(lab) as player:
        solution = player.session.lab.solution
        if player.session.lab.runs_program and solution.boto3:
            program = (player.session.lab.root / solution.boto3).read_text(encoding="utf-8")
            if not _reaches(player.session.lab, lab.seed, program):
                raise Problem(f"{lab.id}: the solution does not reach its goals", status=Exit.NEGATIVE)
            return [], slips(program)
        if not (solution.cli or solution.boto3):
            raise Problem(f"the lab {lab.id} has no solution to alter", "write one", status=Exit.NEGATIVE)
        (rehearsal.solve_by_cli if solution.cli else rehearsal.solve_by_boto3)(player.session)
        calls = player.solution()
        return calls, list(mutants(calls, player.pools(), player.valid))


def _judge(lab: Lab, calls: list[Call], chunk: list[Mutant] | list[Slip]) -> list[Fated]:
    altered = [mutant for mutant in chunk if isinstance(mutant, Slip)]
    if altered:
        return _judge_programs(lab, altered)
    with _player(lab) as player:
        answers = player.play(calls)
        reached, state = player.reached(), player.state()
        unreached = [name for name, passed in reached.items() if not passed]
        if len(unreached) == len(reached):
            raise Problem(
                f"{lab.id}: the calls of the solution, played again, reach no goal", status=Exit.NEGATIVE
            )
        known = list(zip(calls, answers, strict=True))
        harmless = player.session.lab.harmless
        return [
            excused(Fated(lab.id, mutant.change, _fate(player, mutant, known, reached, state)), harmless)
            for mutant in chunk
            if isinstance(mutant, Mutant)
        ]


def _judge_programs(lab: Lab, chunk: Sequence[Slip]) -> list[Fated]:
    """A slip is caught by a goal for which the program is run, whatever other goals that one waits for."""
    content = load(lab.root).lab(lab.id, lab.seed)
    fates = []
    for slip in chunk:
        fate: Fate = "missed" if _reaches(content, lab.seed, slip.program) else "caught"
        fates.append(excused(Fated(lab.id, slip.change, fate), content.harmless))
    return fates


def _reaches(lab: Content, seed: int, program: str) -> bool:
    """Whether a program does what is expected wherever checks run it."""
    with Warm() as warm:
        return all(programs.reaches(lab, seed, check, program, warm) for check in lab.checks if check.program)


def excused(fated: Fated, harmless: Sequence[Harmless]) -> Fated:
    """A miss that the lab calls harmless, as that."""
    for one in harmless:
        if fated.fate == "missed" and pattern(one.change).fullmatch(fated.change):
            return replace(fated, fate="harmless", why=" ".join(one.why.split()))
    return fated


def pattern(change: str) -> re.Pattern[str]:
    """A change as a lab names it: `*` stands for anything."""
    words = " ".join(change.split()).split("*")
    return re.compile(".*".join(map(re.escape, words)))


def _fate(
    player: Player, mutant: Mutant, known: Sequence[tuple[Call, Any]], reached: dict[str, bool], state: Any
) -> Fate:
    answers = player.play(mutant.calls, known)
    if mutant.altered is not None and answers[mutant.altered] is None:
        return "refused"
    if any(passed and not player_reached for passed, player_reached in _pairs(reached, player.reached())):
        return "caught"
    return "equivalent" if player.state() == state else "missed"


def _pairs(before: dict[str, bool], after: dict[str, bool]) -> list[tuple[bool, bool]]:
    return [(passed, after[name]) for name, passed in before.items()]
