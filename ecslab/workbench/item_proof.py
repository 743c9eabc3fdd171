"""Proves a question that lives in a world, in that world: its command, its bug or its recorded evidence.

A command's solution passes, nothing passes before, and each mistake fails as it is said to; a document with a
bug fails and the corrected one works; evidence is still what its world shows.
"""

import difflib
from collections.abc import Iterator

from ecslab.content.quizzes import Item
from ecslab.content.resolve import resolve_item
from ecslab.quiz.items import item_of
from ecslab.quiz.judge import judge, ran
from ecslab.quiz.trial import Tried, attempt, scratch
from ecslab.sandbox.warm import Warm, last_line
from ecslab.workbench.outcomes import outcome_problems
from ecslab.workbench.recording import drift

DOCUMENT = "document"
"""What the commands of a proof find the document as."""


def promise(item: Item) -> str | None:
    """What there is to prove of an item in a world, in a few words; None when there is nothing."""
    if item.type == "command":
        return f"the command of {item.id} works"
    if item.proof is not None:
        return f"the bug of {item.id} is one"
    return f"the evidence of {item.id} is what its world shows" if item.evidence else None


def runs_code(item: Item) -> bool:
    """Whether that runs shell lines of the pack."""
    return item.type == "command" or item.proof is not None


def item_proof(item: Item, quiz: str, warm: Warm | None) -> Iterator[str]:
    """The problems that were found."""
    if item.type == "command":
        yield from _command(item, quiz, warm)
    elif item.proof is not None:
        yield from _bug(item, warm)
    else:
        yield from drift(item, warm)


def _command(item: Item, quiz: str, warm: Warm | None) -> Iterator[str]:
    asked = item_of(item, quiz)
    task = asked.task
    assert task is not None
    with scratch(task.world(), task.checks, warm) as bench:
        bench.settle(task.advance)
        before = bench.verdicts()
        if all(verdict.passed for verdict in before):
            yield "everything is reached before anything is done"
        yield from (f"the goal {v.id!r}: {v.message}" for v in before if v.fault)
    tried, verdicts = attempt(task, ("set -e", *task.solution), warm)
    if tried.status != 0:
        yield f"the solution ends with {_ending(tried)}"
    if not judge(asked, ran("solution", tried.output, tried.status, verdicts)).right:
        for verdict in verdicts:
            if not verdict.passed:
                yield f"the solution does not reach {verdict.id!r}: {verdict.verdict}, {verdict.message}"
    for mistake in item.mistakes:
        _, verdicts = attempt(task, mistake.command, warm)
        found = list(outcome_problems(mistake.expect, verdicts, task.checks))
        if all(verdict.passed for verdict in verdicts):
            found.append("it reaches every goal")
        yield from (f"mistake {mistake.name!r}: {said}" for said in found)


def _ending(tried: Tried) -> str:
    if tried.status is None:
        return "no status in time"
    said = tried.output.splitlines()[-1:] or [""]
    return f"status {tried.status}: {said[0]}".rstrip(": ")


def _bug(item: Item, warm: Warm | None) -> Iterator[str]:
    proof = item.proof
    assert proof is not None
    yield from _corrected(item, proof.fixed)
    for text, works in ((item.document, False), (proof.fixed, True)):
        with scratch(resolve_item(item, proof=True), proof.checks, warm) as bench:
            (bench.work / DOCUMENT).write_text(text, encoding="utf-8")
            tried = bench.run("\n".join(("set -e", *proof.run)))
            bench.settle(proof.advance)
            verdicts = bench.verdicts()
            if broken := bench.sandbox.health().get("exceptions"):
                yield f"{broken} errors inside the mock AWS, the last: {last_line(bench.sandbox.directory / 'log')}"
        missed = [verdict for verdict in verdicts if not verdict.passed]
        good = tried.status == 0 and not missed
        if works and not good:
            told = _ending(tried) if tried.status != 0 else f"{missed[0].goal}: {missed[0].message}"
            yield f"the corrected document does not work: {told}"
        elif not works and good:
            yield "the document with the bug works"
        elif not works and proof.says not in tried.output:
            yield f"the document with the bug does not say {proof.says!r} but ends with {_ending(tried)}"


def _corrected(item: Item, fixed: str) -> Iterator[str]:
    """Every line with a bug is another one in the corrected document."""
    lines = item.document.splitlines()
    kept: set[int] = set()
    for block in difflib.SequenceMatcher(
        None, lines, fixed.splitlines(), autojunk=False
    ).get_matching_blocks():
        kept |= set(range(block.a, block.a + block.size))
    for mark in item_of(item, "quiz").bugs:
        if mark.line in kept:
            yield f"the corrected document leaves line {mark.line + 1} as it is: {lines[mark.line].strip()}"
