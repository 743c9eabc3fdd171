"""The quiz in a plain terminal: line by line, by keyboard or through a pipe, without a screen of its own.

It prints to a rich console and reads lines from a function, so that a script can answer and a test can
read. What was answered is in the record before a reason is printed; the end of the input leaves the
sitting to be gone on with.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from string import ascii_lowercase
from typing import Any, TypeVar

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from ecslab.progress.records import Confidence
from ecslab.quiz.entry import hint, read_answer, read_confidence
from ecslab.quiz.items import TYPED, Item, Type
from ecslab.quiz.judge import Judgement, Reason, Unreadable, judge, model_answer
from ecslab.quiz.sitting import Score, Sitting, Stage, shuffled

T = TypeVar("T")

SURE = "How sure? 1 guess, 2 unsure, 3 sure (Enter: no opinion): "
Flagger = Callable[[Item, str], None]
"""Keeps a note about a bad question."""
FLAG = "!"


class Ending(StrEnum):
    FINISHED = "finished"
    LEFT = "left"


class Left(Exception):
    """The learner stopped, or the input ended."""


def play(
    sitting: Sitting,
    console: Console,
    read: Callable[[str], str] = input,
    flag: Flagger | None = None,
) -> Ending:
    """Ask every question that is still open. `q` or the end of the input leaves; `!` flags a question."""
    try:
        while sitting.stage is not Stage.DONE:
            show_question(sitting, console)
            _ask(sitting, console, read, flag)
            sitting.next()
    except Left:
        return Ending.LEFT
    return Ending.FINISHED


def _ask(sitting: Sitting, console: Console, read: Callable[[str], str], flag: Flagger | None) -> None:
    item, shown = sitting.item, sitting.shown()
    prompt = f"Answer ({hint(item)}; q leaves{'' if flag is None else ', ! NOTE flags it'}): "

    def answer(text: str) -> Any:
        if flag is not None and text.lstrip().startswith(FLAG):
            flag(item, text.strip().removeprefix(FLAG).strip())
            raise Unreadable("it is flagged; `ecslab progress --flags` lists it", "and your answer?")
        return read_answer(item, shown, text)

    sitting.choose(_until_readable(prompt, console, read, answer))
    confidence: Confidence | None = _until_readable(SURE, console, read, read_confidence)
    if item.type is Type.COMMAND:
        console.print("Running it in a scratch world …", style="dim")
    show_judgement(item, shown, sitting.rate(confidence), console)


def _until_readable(
    prompt: str, console: Console, read: Callable[[str], str], parse: Callable[[str], T]
) -> T:
    while True:
        try:
            text = read(prompt)
        except (EOFError, KeyboardInterrupt):
            console.print()
            raise Left from None
        if text.strip().casefold() in ("q", "quit"):
            raise Left
        try:
            return parse(text)
        except Unreadable as problem:
            console.print(f"  {problem}", highlight=False, markup=False)


def ask_once(item: Item, console: Console, read: Callable[[str], str] = input) -> bool:
    """Ask one question by the way, on a lesson's page: nothing is recorded. Returns whether it was right.

    Raises:
        EOFError: the input ended or the learner left.
    """
    item = item.variant(random.SystemRandom().randrange(2**31))
    shown = shuffled(item, 0)
    show_item(item, console, shown)
    prompt = f"Answer ({hint(item)}): "
    try:
        chosen = _until_readable(prompt, console, read, lambda text: read_answer(item, shown, text))
    except Left:
        raise EOFError from None
    judgement = judge(item, chosen)
    show_judgement(item, shown, judgement, console)
    return judgement.right


def show_question(sitting: Sitting, console: Console) -> None:
    console.rule(f"Question {sitting.position} of {len(sitting.items)}", align="left")
    show_item(sitting.item, console, sitting.shown())


def show_item(item: Item, console: Console, shown: list[int] | None = None) -> None:
    """The question and what there is to choose from."""
    shown = shuffled(item, 0) if shown is None else shown
    console.print(Markdown(item.stem))
    console.print(item.instruction, style="italic", highlight=False)
    if item.type is Type.MATCHING:
        for number, pair in enumerate(item.pairs, 1):
            _line(console, f"{number})", pair.left)
        console.print()
    if item.document:
        _numbered(console, item.document)
    first = 1
    for exhibit in item.exhibits:
        console.print(Text(f"$ {exhibit.command}", style="bold"), soft_wrap=True)
        _numbered(console, exhibit.lines, first)
        first += len(exhibit.lines)
    for letter, index in zip(ascii_lowercase, shown, strict=False):
        _line(console, f"{letter})", _text(item, index))


def _numbered(console: Console, lines: Sequence[str], first: int = 1) -> None:
    """Lines as they are, each with its number."""
    for number, line in enumerate(lines, first):
        console.print(Text(f"{number:4}  {line}"), soft_wrap=True)
    console.print()


def show_judgement(item: Item, shown: list[int], judgement: Judgement, console: Console) -> None:
    """Right or not, then a reason for every option, then where it says so."""
    console.print()
    if judgement.right:
        console.print("✓ Right.", style="bold green")
    else:
        part = f" ({judgement.credit:.0%} of it in place)" if 0 < judgement.credit < 1 else ""
        console.print(f"✗ Not right{part}.", style="bold red")
    if judgement.output:
        console.print("Your command printed:", style="dim")
        console.print(Text(judgement.output), soft_wrap=True)
    _explain(item, shown, judgement, console)


def show_solution(item: Item, console: Console) -> None:
    """The right answer and its reasons, where nobody can be asked: the options as `show_item` has them."""
    judgement = judge(item, model_answer(item))
    nobodys = replace(judgement, reasons=tuple(replace(reason, chosen=False) for reason in judgement.reasons))
    _explain(item, shuffled(item, 0), nobodys, console)


def _explain(item: Item, shown: list[int], judgement: Judgement, console: Console) -> None:
    if item.type in TYPED:
        console.print(f"Answer: {judgement.expected}", highlight=False, markup=False)
    for mark, text in _reasons(item, shown, judgement):
        _line(console, mark, text)
    if judgement.why:
        console.print(Markdown(judgement.why))
    if item.source:
        console.print(Text(f"Source: {item.source}", style="dim"), soft_wrap=True)
    console.print()


def _reasons(item: Item, shown: list[int], judgement: Judgement) -> list[tuple[str, str]]:
    """A mark and a text each: options in the order shown; steps and pairs in the right order."""
    if item.type is Type.DIAGNOSE:
        options = _lettered(shown, judgement)
        return [*options, *_marked(judgement.reasons[len(item.options) :])]
    if item.type in (Type.SINGLE, Type.MULTIPLE):
        return _lettered(shown, judgement)
    if item.type is Type.SPOT:
        return _marked(judgement.reasons)
    return [("✓" if r.right else "✗", f"{r.text}\n\n{r.why}") for r in judgement.reasons]


def _marked(reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    """Lines of a document or of evidence: as they are, not as Markdown."""
    return [
        ("✓" if r.right else "✗", f"`{r.text}`{' ← you' if r.chosen else ''}\n\n{r.why}") for r in reasons
    ]


def _lettered(shown: list[int], judgement: Judgement) -> list[tuple[str, str]]:
    """Options in the order in which they were shown."""
    lines = []
    for letter, index in zip(ascii_lowercase, shown, strict=False):
        reason = judgement.reasons[index]
        chosen = " ← you" if reason.chosen else ""
        mark = f"{'✓' if reason.right else '✗'} {letter})"
        lines.append((mark, f"{reason.text}{chosen}\n\n{reason.why}"))
    return lines


def show_score(score: Score, console: Console) -> None:
    console.rule("Result", align="left")
    console.print(f"{score.right} of {score.total} right ({score.share:.0%}).", highlight=False)
    for confidence, (count, right) in score.calibration.items():
        console.print(f"  {confidence.value}: {right} of {count} right", highlight=False)
    missed = score.answered - score.right
    if missed:
        console.print(f"{missed} missed: back in `ecslab review`, the first in ten minutes.", highlight=False)


def kept(sitting: Sitting) -> str:
    """What to say to somebody who leaves."""
    count = len(sitting.answers)
    return (
        "No answer was given yet." if not count else f"{count} answer{'s are' if count > 1 else ' is'} kept."
    )


def _text(item: Item, index: int) -> str:
    if item.options:
        return item.options[index].text
    return item.steps[index].text if item.steps else item.pairs[index].right


def _line(console: Console, mark: str, text: str) -> None:
    """A mark and, beside it, text that wraps under itself."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(f"  {mark}"), Markdown(text))
    console.print(grid)
