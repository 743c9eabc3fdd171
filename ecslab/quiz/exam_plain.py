"""The exam in a plain terminal: line by line, by keyboard or through a pipe.

Words move (`next`, `back`, `go 12`, `flag`, `list`), letters answer. The time is looked at whenever a line
was read: what comes after the end does not count. Leaving, or the end of the input, pauses the exam.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from string import ascii_lowercase
from typing import Any

from rich.console import Console

from ecslab.progress.exams import Why
from ecslab.progress.readiness import PASS
from ecslab.quiz import plain
from ecslab.quiz.entry import hint, read_answer
from ecslab.quiz.exam import Exam, Question
from ecslab.quiz.exam_report import APPROXIMATION, ObjectiveResult, Report, Result
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import Unreadable
from ecslab.quiz.sitting import shuffled

BEAT = 5.0
"""Seconds between two heartbeats: what a crash may lose of the time, to the learner's advantage."""

HELP = """letters answer; Enter or next, back, go 12: another question; flag: come back to it later;
clear: take the answer back; list: what is answered, flagged and open; pause; end: hand in; leave: go on later"""


def play(exam: Exam, console: Console, read: Callable[[str], str] = input) -> bool:
    """Asks until the exam is handed in or left; whether it was handed in."""
    exam.resume()
    try:
        with _heartbeat(exam):
            _show(exam, console)
            while not _step(exam, console, read):
                pass
    except plain.Left:
        exam.pause(Why.LEFT)
        return False
    exam.hand_in()
    return True


@contextmanager
def _heartbeat(exam: Exam) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            exam.beat()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _step(exam: Exam, console: Console, read: Callable[[str], str]) -> bool:
    """One line; whether the exam is to be handed in."""
    question = exam.question
    wanted = hint(question.item) if question.item else "next"
    line = _line(f"[{exam.position + 1}/{len(exam.questions)} · {clock(exam.left)}] {wanted}; help: ", read)
    if exam.over:
        console.print("The time is over: the exam is handed in as it was.", style="bold")
        return True
    word, _, rest = line.casefold().partition(" ")
    match word:
        case "" | "next":
            exam.go(exam.position + 1)
        case "back":
            exam.go(exam.position - 1)
        case "go" if rest.strip().isdigit():
            exam.go(int(rest) - 1)
        case "flag":
            flagged = exam.flag()
            console.print(f"  question {exam.position + 1} is {'' if flagged else 'no longer '}flagged")
            return False
        case "clear":
            exam.choose(None)
        case "list":
            show_list(exam, console)
            return False
        case "help":
            console.print(f"  {HELP}", highlight=False)
            return False
        case "pause":
            exam.pause()
            _line(f"Paused with {clock(exam.left)} left. Enter goes on: ", read)
            exam.resume()
        case "end":
            return _ending(exam, read)
        case "leave" | "q" | "quit":
            raise plain.Left
        case _:
            return _answered(exam, question, line, console)
    _show(exam, console)
    return False


def _answered(exam: Exam, question: Question, line: str, console: Console) -> bool:
    if question.item is None:
        return False
    try:
        exam.choose(read_answer(question.item, exam.shown(), line))
    except Unreadable as problem:
        console.print(f"  {problem}", highlight=False, markup=False)
        return False
    console.print("  kept", style="dim")
    if exam.position + 1 < len(exam.questions):
        exam.go(exam.position + 1)
        _show(exam, console)
    else:
        console.print("  That was the last one: list shows what is open, end hands in.")
    return False


def _ending(exam: Exam, read: Callable[[str], str]) -> bool:
    left = len(exam.open)
    missing = f"{left} not answered, a guess costs nothing. " if left else ""
    return _line(f"{missing}Hand in? yes or no: ", read).casefold() in ("y", "yes")


def _line(prompt: str, read: Callable[[str], str]) -> str:
    try:
        return read(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        raise plain.Left from None


def _show(exam: Exam, console: Console) -> None:
    question = exam.question
    flag = " ⚑" if question.flagged else ""
    console.rule(f"Question {question.place + 1} of {len(exam.questions)}{flag}", align="left")
    if question.item is None:
        console.print("This question was changed in its pack. It no longer counts.")
        return
    plain.show_item(question.item, console, exam.shown())
    if question.answered:
        console.print(
            f"Your answer: {letters(question.item, exam.shown(), question.chosen)}", highlight=False
        )


def letters(item: Item, shown: list[int], chosen: Any) -> str:
    """An answer as it is typed."""
    picked = [chosen] if item.type is Type.SINGLE else chosen
    return " ".join(ascii_lowercase[shown.index(i)] if i in shown else "-" for i in picked)


def show_list(exam: Exam, console: Console) -> None:
    """The review page: every question with what was done about it."""
    for question in exam.questions:
        state = "answered" if question.answered else "open"
        if question.item is None:
            state = "withdrawn"
        console.print(f"  {question.place + 1:3} {state}{'  ⚑ flagged' if question.flagged else ''}")
    console.print(
        f"{len(exam.questions) - len(exam.open)} answered or withdrawn, {len(exam.open)} open, "
        f"{len(exam.flagged)} flagged, {clock(exam.left)} left.",
        highlight=False,
    )


def clock(seconds: float) -> str:
    """`1:43:20`, and minutes alone below the hour."""
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def show_report(report: Report, console: Console, *, walk: bool) -> None:
    """The score, what to study, and with `walk` every question with its reasons."""
    console.rule("Result", align="left")
    console.print(summary(report.result), style="bold", highlight=False)
    console.print(APPROXIMATION, style="italic")
    unscored = len(report.lines) - report.result.scored
    if unscored:
        console.print(f"{unscored} of {len(report.lines)} questions were unscored; they are marked below.")
    if report.withdrawn:
        console.print(f"{report.withdrawn} can no longer be shown: the pack has changed them since.")
    console.print()
    for objective in report.objectives:
        console.print(_objective(objective), highlight=False, markup=False)
    if walk:
        for line in report.lines:
            unscored_mark = "" if line.scored else " (unscored)"
            flag = " ⚑" if line.flagged else ""
            console.rule(f"Question {line.place + 1}{unscored_mark}{flag}", align="left")
            if line.item is None or line.judgement is None:
                console.print("✓ Right." if line.right else "✗ Not right, or not answered.")
                continue
            order = shuffled(line.item, report.seed)
            plain.show_item(line.item, console, order)
            if not line.answered:
                console.print("– Not answered.", style="bold")
            plain.show_judgement(line.item, order, line.judgement, console)


def summary(result: Result) -> str:
    """`Passed: 784 of 1000 (pass mark 720), 38 of 50 scored questions right, 96 minutes.`"""
    verdict = "Passed" if result.passed else "Not passed yet"
    return (
        f"{verdict}: about {result.score} on the scale of 100 to 1000 (pass mark {PASS}), "
        f"{result.right} of {result.scored} scored questions right, {result.minutes} minutes."
    )


def _objective(one: ObjectiveResult) -> str:
    mark = "△" if one.weak else "✓"
    study = f"  study: {', '.join(one.study)}" if one.weak and one.study else ""
    return f"  {mark} {one.right}/{one.asked}  {one.title}{study}"


def show_history(results: list[Result], console: Console) -> None:
    if not results:
        console.print("No exam was handed in yet.")
    for result in results:
        when = f"{result.ended.astimezone():%Y-%m-%d %H:%M}" if result.ended else ""
        verdict = "passed" if result.passed else "not passed"
        console.print(
            f"{result.exam:4}  {when}  {result.form:5}  about {result.score:4}  {verdict:10}  "
            f"{result.right} of {result.scored}",
            highlight=False,
        )
