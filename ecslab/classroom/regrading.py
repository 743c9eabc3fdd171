"""Grades one submission: a lab by replaying its journal in a fresh world, questions from the answers given.

The world, the checks and the questions are the grader's own, found by id in the grader's packs; of the file only
the inputs are played. Nothing of it is run.
"""

import secrets
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecslab.classroom import scripts
from ecslab.classroom.grades import Grade, Graded, Outcome, Part, Refused
from ecslab.classroom.submission import (
    Diagnosis,
    Entry,
    Given,
    LabWork,
    Ran,
    Submission,
    SubmissionProblem,
    journal_lines,
    read,
)
from ecslab.content.checks import Check, File, with_dependents
from ecslab.content.digests import pack_digest, world_digest
from ecslab.content.labs import Lab
from ecslab.content.packs import Pack, find, load
from ecslab.content.resolve import resolve_lab
from ecslab.grading.evidence import Run, Sample
from ecslab.grading.judge import Verdict
from ecslab.grading.score import score
from ecslab.lab.evidence import Gatherer
from ecslab.quiz.course import items as items_of
from ecslab.quiz.items import Item
from ecslab.quiz.judge import judge
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.sandbox.warm import Warm
from ecslab.terms.problems import Problem

SHOWN_DIVERGED = 3


@dataclass(frozen=True)
class Rules:
    """How a folder is graded; the same for every file."""

    packs: tuple[str, ...] = ()
    """Directories of packs that are not installed."""
    run_scripts: bool = False


def grade(content: bytes, name: str, rules: Rules, warm: Warm) -> Graded:
    """The grade of a file's bytes. Whatever is wrong with the file is its grade."""
    start = time.monotonic()
    try:
        submission = read(content, "it")
        graded = _lab(submission, rules, warm) if submission.lab else _questions(submission, rules)
        graded = replace(graded, file=name, seconds=time.monotonic() - start)
    except Problem as problem:
        return Refused(name, problem.what, time.monotonic() - start)
    except Exception as error:
        what = " ".join(f"a bug in ecslab, {type(error).__name__}: {error}".split())
        return Refused(name, what[:300], time.monotonic() - start)
    return graded


# --- content -----------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _pack(name: str, directories: tuple[str, ...]) -> Pack:
    named = {pack.name: pack for pack in map(load, directories)}
    return named.get(name) or find(name)


@lru_cache(maxsize=256)
def _digest(pack: Pack, below: str) -> str:
    return pack_digest(pack, below)


@lru_cache(maxsize=32)
def _items(pack: Pack) -> dict[str, Item]:
    return {pack.own(key): item for key, item in items_of(pack).items()}


@lru_cache(maxsize=64)
def _world(pack: Pack, lab_id: str, seed: int) -> tuple[Lab, dict[str, Any]]:
    return resolve_lab(pack, lab_id, seed)


# --- labs --------------------------------------------------------------------------------------------


def _lab(submission: Submission, rules: Rules, warm: Warm) -> Grade:
    work = submission.lab
    assert work is not None
    pack = _pack(submission.pack.name, rules.packs)
    lab, document = _world(pack, submission.subject, submission.seed)
    stamp = {
        "epoch_ms": work.epoch_ms,
        "identity": {"access_key_id": work.access_key_id, "secret_access_key": secrets.token_hex(20)},
    }
    try_out = scripts.tries(lab, submission.seed, work.files, warm)
    with replayed({**document, **stamp}, journal_lines(work), warm) as sandbox:
        told = HandedIn(work)
        keep = (lambda check: told.keep(check, try_out(check))) if rules.run_scripts else None
        verdicts = Gatherer(lab.checks, told).verdicts(sandbox, run=keep)
        diverged = list(sandbox.health()["diverged"])
    unrun = (
        set()
        if rules.run_scripts
        else with_dependents(lab.checks, {check.id for check in lab.checks if check.program})
    )
    found = _lab_grade(submission, lab, work, verdicts, unrun)
    notes = [*_versions(submission), *_content(submission, pack, f"labs/{lab.id}", world_digest(document))]
    notes += [f"{part.id}: {part.message}" for part in found.parts if part.id in unrun]
    disagreements = [*_claims(found, submission, points=not unrun), *_diverged(diverged, work)]
    rerun = None
    if rules.run_scripts and lab.script is not None:
        rerun = scripts.run(lab, document, work.files, warm, work.answers, try_out)
    return replace(found, disagreements=tuple(disagreements), notes=tuple(notes), rerun=rerun)


@dataclass(frozen=True)
class HandedIn:
    """What a submission holds beside its journal, for the verdicts."""

    work: LabWork
    ran: dict[str, Run] = field(default_factory=dict)

    def answers(self) -> Mapping[str, Any]:
        return self.work.answers

    def files(self, wanted: Mapping[str, File], t: int) -> Mapping[str, Sequence[Sample]]:
        return {name: list(looks) for name, looks in self.work.looks.items() if name in wanted}

    def runs(self) -> Mapping[str, Run]:
        return self.ran

    def keep(self, check: Check, run: Mapping[str, Any]) -> None:
        """Keeps what the program did when the grader ran it."""
        self.ran[check.id] = Run(run["file"], run["cases"])


@contextmanager
def replayed(document: dict[str, Any], journal: bytes, warm: Warm) -> Iterator[Sandbox]:
    """A sandbox in which a journal has been played, and whose time stands still. Gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ecslab-grade-", ignore_cleanup_errors=True) as home:
        (Path(home) / "journal.jsonl").write_bytes(journal)
        try:
            sandbox = Sandbox.start(home, document, warm=warm)
        except SandboxProblem as problem:
            why = problem.what.rpartition(" cannot be opened: ")[2]
            raise SubmissionProblem(f"its journal cannot be replayed: {why}") from None
        try:
            sandbox.clock(paused=True)
            with sandbox.lease():
                yield sandbox
        finally:
            sandbox.stop()


UNRUN = "it is judged by running the learner's program, which only --run-scripts does"


def _lab_grade(
    submission: Submission, lab: Lab, work: LabWork, verdicts: Sequence[Verdict], unrun: Collection[str]
) -> Grade:
    """Args: unrun: checks that wait for a program which is not run here; they count for nothing."""
    taken = {number for number in work.hints if 1 <= number <= len(lab.hints)}
    cost = sum(lab.hints[number - 1].cost for number in taken)
    judged = [verdict for verdict in verdicts if verdict.id not in unrun]
    standing = score(judged, cost)
    open_goals = [verdict for verdict in judged if not (verdict.passed or verdict.optional)]
    claimed = submission.claims.verdicts
    parts = tuple(
        Part(
            verdict.id,
            verdict.goal,
            verdict.verdict,
            verdict.points,
            0 if verdict.id in unrun else verdict.max,
            message=UNRUN if verdict.id in unrun else verdict.message,
            claimed=claimed.get(verdict.id, ""),
            hidden=verdict.hidden,
            optional=verdict.optional,
        )
        for verdict in verdicts
    )
    return replace(
        _begun(submission, parts),
        points=standing.points,
        max=standing.max,
        passed=None if unrun and not open_goals else standing.passed,
        hints=len(taken),
        hint_cost=standing.hints,
    )


def _diverged(numbers: Sequence[int], work: LabWork) -> Iterator[str]:
    """Calls that were answered otherwise when they were recorded: another version, or an edited journal."""
    if not numbers:
        return
    calls = {line.n: f"{line.service} {line.operation}" for line in work.journal if isinstance(line, Entry)}
    shown = ", ".join(f"{number} ({calls.get(number, '?')})" for number in numbers[:SHOWN_DIVERGED])
    more = f" and {len(numbers) - SHOWN_DIVERGED} more" if len(numbers) > SHOWN_DIVERGED else ""
    yield f"the replay answers otherwise than the journal says: {shown}{more}"


# --- quizzes and exams -------------------------------------------------------------------------------


def _questions(submission: Submission, rules: Rules) -> Grade:
    sheet = submission.sheet
    assert sheet is not None
    pack = _pack(submission.pack.name, rules.packs)
    items = _items(pack)
    given = {answer.item: answer for answer in sheet.given}
    counted = [key for key in sheet.asked if key not in sheet.unscored]
    parts = tuple(_part(key, items.get(key), given.get(key)) for key in counted)
    below = f"quizzes/{submission.subject}.yaml" if submission.kind == "quiz" else "quizzes"
    notes = [*_versions(submission), *_content(submission, pack, below)]
    notes += [f"{part.id}: {part.message}" for part in parts if part.verdict == "not judged"]
    found = _begun(submission, parts)
    found = replace(found, points=sum(p.points for p in parts), max=sum(p.max for p in parts))
    judged = all(part.verdict != "not judged" for part in parts)
    return replace(found, disagreements=tuple(_claims(found, submission, points=judged)), notes=tuple(notes))


def _part(key: str, item: Item | None, given: Given | None) -> Part:
    """A question judged again. One that is another question by now counts for nothing."""
    if item is None:
        return Part(key, key, "not judged", 0, 0, message="this question is not in the pack any more")
    if given is not None and given.variant is not None:
        item = item.variant(given.variant)
    title = " ".join(item.stem.split())
    options = tuple((option.text, option.right) for option in item.options)
    if given is None:
        return Part(key, title, "fail", 0, 1, message="not answered", options=options)
    claimed = "pass" if given.right else "fail"
    if given.hash != item.hash:
        message = "this question has changed since it was answered"
        return Part(key, title, "not judged", 0, 0, message=message, claimed=claimed)
    if isinstance(given.chosen, Ran):
        message = "a command that was run on the learner's machine is not judged again"
        return Part(key, title, "not judged", 0, 0, message=message, claimed=claimed)
    chosen = _chosen(given)
    try:
        right = judge(item, chosen).right
    except (Problem, TypeError) as problem:
        return Part(key, title, "fail", 0, 1, message=f"no answer to it: {problem}", claimed=claimed)
    picked = [chosen] if isinstance(chosen, int) else chosen if isinstance(chosen, list) else []
    texts = tuple(item.options[index].text for index in picked) if item.options else ()
    verdict: Outcome = "pass" if right else "fail"
    return Part(key, title, verdict, float(right), 1, claimed=claimed, chosen=texts, options=options)


def _chosen(given: Given) -> Any:
    """The answer as the quiz room takes it."""
    if isinstance(given.chosen, Diagnosis):
        return {"cause": given.chosen.cause, "line": given.chosen.line}
    return list(given.chosen) if isinstance(given.chosen, tuple) else given.chosen


# --- what both have ----------------------------------------------------------------------------------


def _begun(submission: Submission, parts: tuple[Part, ...]) -> Grade:
    claims = submission.claims
    return Grade(
        file="",
        kind=submission.kind,
        subject=submission.subject,
        seed=submission.seed,
        made=submission.made,
        learner=submission.learner.name,
        learner_id=submission.learner.id,
        points=0,
        max=0,
        passed=None,
        parts=parts,
        gave_up=claims.gave_up,
        minutes=claims.minutes,
        reached=dict(claims.reached),
    )


def _claims(found: Grade, submission: Submission, *, points: bool = True) -> Iterator[str]:
    """Where the file's claims and its replay disagree."""
    claims = submission.claims
    for part in found.parts:
        if part.claimed and part.claimed != part.verdict and part.max:
            yield f"{part.id}: the file says {part.claimed}, the replay {part.verdict}"
    if points and abs(claims.points - found.points) > 0.01:
        yield f"the file says {claims.points:g} points, the replay {found.points:g}"
    if None not in (claims.passed, found.passed) and claims.passed != found.passed:
        yield f"the file says that it {'passes' if claims.passed else 'does not pass'}"


def _versions(submission: Submission) -> Iterator[str]:
    from importlib.metadata import version

    from ecslab import __version__

    here = {"ecslab": __version__, "moto": version("moto"), "botocore": version("botocore")}
    other = [
        f"{name} {submission.versions.get(name, '?')} (here {own})"
        for name, own in here.items()
        if submission.versions.get(name) != own
    ]
    if other:
        yield f"made with {', '.join(other)}"


def _content(submission: Submission, pack: Pack, below: str, world: str = "") -> Iterator[str]:
    if submission.digests.subject != _digest(pack, below):
        yield f"made with another version of {below} than the one it was graded with"
    elif world and submission.digests.world != world:
        yield "made with another world of this lab than the one it was graded with"
