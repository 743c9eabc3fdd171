"""The exam as rows of text: before it, its list of questions, a pause, the report. Pure; it judges nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecslab.progress.readiness import HIGHEST, LOWEST, PASS
from ecslab.quiz.exam import FORMS, Exam
from ecslab.quiz.exam_plain import clock
from ecslab.quiz.exam_report import APPROXIMATION, Report, Result
from ecslab.quiz.items import Type
from ecslab.quiz.sitting import shuffled
from ecslab.tui.quiz_layout import Draft, revealed
from ecslab.tui.rows import Piece, Row, bar, ends, fit, paragraph, prose, row

LAST = 5
"""Earlier exams that are listed."""
HURRY = 300
"""Seconds before the end from which the time is shown as pressing."""


def entrance(held: Exam | None, pool: int, results: Sequence[Result], width: int) -> list[Row]:
    """Before an exam: what it is, the lengths to choose from or the one that waits, and the earlier ones."""
    out = paragraph(
        "In the shape of the AWS associate exams: no feedback until the end, no partial credit, no penalty for "
        "guessing, and some questions are not scored without telling which.",
        width,
    )
    out.append(Row())
    if held is not None:
        done = len(held.questions) - len(held.open)
        out.append(
            ends(
                [(" ▶ go on  ", "key"), (f"{done} of {len(held.questions)} answered", "strong")],
                [(f"{clock(held.left)} left ", "name")],
                width,
                key="begin:",
            )
        )
    elif not pool:
        return [*out, row(("✘ This pack has no question for an exam.", "bad"))]
    else:
        for form in FORMS.values():
            sized = form.within(pool)
            out.append(
                ends(
                    [(f" ▶ {form.name:<6}", "key"), (f"{sized.items:>2} questions", "strong")],
                    [(f"{sized.minutes} minutes ", "quiet")],
                    width,
                    key=f"begin:{form.name}",
                )
            )
        if pool < FORMS["full"].items:
            text = (
                f"The pack has {pool} questions that suit an exam. Where that is too few, all are asked "
                "and the time is shorter in proportion."
            )
            out += [Row(), *paragraph(text, width, role="quiet")]
    if results:
        out += [Row(), row(("Earlier exams", "title"), ("  Enter shows one again", "quiet"))]
        out += [_earlier(result, width) for result in reversed(results[-LAST:])]
    return out


def _earlier(result: Result, width: int) -> Row:
    glyph = ("✔", "good") if result.passed else ("△", "bad")
    when = f"{result.ended.astimezone():%d %b %Y}" if result.ended else ""
    return ends(
        [" ", glyph, f" about {result.score:<5}", (f"{result.right} of {result.scored} right", "quiet")],
        [(f"{result.form} · {when} ", "quiet")],
        width,
        key=f"exam:{result.exam}",
    )


def standing(exam: Exam) -> list[Piece]:
    """The right end of the top line: the time."""
    role = "bad" if exam.left < HURRY else "name"
    return [(f"{clock(exam.left)} left", role)]


def progress(exam: Exam, width: int) -> Row:
    """Which question, how many are answered and flagged."""
    total = len(exam.questions)
    done = total - len(exam.open)
    flag: Piece = ("  ⚑ flagged", "busy") if exam.question.flagged else ""
    label = f" Question {exam.position + 1} of {total}"
    return row(
        (bar(done / total, max(4, min(width, 90) - len(label) - 34)), "title"),
        label,
        (f"  {done} answered", "quiet"),
        flag,
    )


def restored(draft: Draft, chosen: Any) -> Draft:
    """The draft with the answer that is in the record."""
    if chosen is None:
        return draft
    match draft.item.type:
        case Type.SINGLE:
            draft.picked = {chosen}
        case Type.MULTIPLE:
            draft.picked = set(chosen)
        case Type.ORDERING:
            draft.order = list(chosen)
        case _:
            draft.partners = [list(draft.shown).index(i) if i >= 0 else -1 for i in chosen]
    return draft


def given(draft: Draft) -> Any:
    """The draft as an answer; None where nothing is chosen."""
    chosen = draft.chosen
    if draft.item.type is Type.SINGLE:
        return chosen if chosen >= 0 else None
    if draft.item.type is Type.MATCHING:
        return chosen if any(i >= 0 for i in chosen) else None
    return chosen or None


def listing(exam: Exam, width: int) -> list[Row]:
    """Every question with its state; the first words tell which it was."""
    left, flagged = len(exam.open), len(exam.flagged)
    out = [
        row(
            (f"{len(exam.questions) - left} answered", "good"),
            f" · {left} open · ",
            (f"⚑ {flagged} flagged", "busy"),
        ),
        row(("Enter ", "key"), ("goes there   ", "quiet"), ("e ", "key"), ("hands in", "quiet")),
        Row(),
    ]
    for question in exam.questions:
        state: Piece = ("● answered ", "good") if question.answered else ("○ open     ", "busy")
        if question.item is None:
            state = ("– withdrawn", "quiet")
        flag: Piece = ("⚑ ", "busy") if question.flagged else "  "
        stem = question.item.stem if question.item else "changed in its pack; it does not count"
        text = " ".join(stem.replace("`", "").split())
        out.append(
            row(
                f"{question.place + 1:>3} ",
                state,
                " ",
                flag,
                fit(text, max(8, width - 20)),
                key=f"question:{question.place}",
            )
        )
    return out


def paused(exam: Exam, width: int) -> list[Row]:
    text = f"{clock(exam.left)} are left. The time stands still, and so may you; all answers are kept."
    return [
        row(("Paused", "title")),
        Row(),
        *paragraph(text, width),
        Row(),
        row(
            ("Enter ", "key"),
            ("goes on   ", "quiet"),
            ("Esc ", "key"),
            ("goes home; the exam waits", "quiet"),
        ),
    ]


def withdrawn() -> list[Row]:
    return [row(("This question was changed in its pack since. It no longer counts; n goes on.", "quiet"))]


def report(found: Report, titles: Mapping[str, str], width: int) -> list[Row]:
    """The score, the objectives with what to study, the weakest first."""
    result = found.result
    verdict: Piece = ("✔ Passed  ", "good") if result.passed else ("△ Not passed yet  ", "bad")
    share = (result.score - LOWEST) / (HIGHEST - LOWEST)
    out = [
        row(verdict, (f"about {result.score}", "strong"), f" of {HIGHEST}, pass mark {PASS}"),
        row((bar(share, 40), "good" if result.passed else "busy")),
        row(
            f"{result.right} of {result.scored} scored questions right in {result.minutes} minutes",
            (f", {found.pauses} pause{'s' if found.pauses != 1 else ''}" if found.pauses else "", "quiet"),
        ),
        *paragraph(APPROXIMATION, width, role="quiet"),
    ]
    if found.withdrawn:
        gone = f"{found.withdrawn} questions can no longer be shown: the pack has changed them."
        out += paragraph(gone, width, role="quiet")
    out += [Row(), row(("By objective", "title"), ("  w goes through the questions", "quiet"))]
    for one in found.objectives:
        glyph: Piece = ("△", "bad") if one.weak else ("✔", "good")
        share = one.right / one.asked
        out.append(
            row(
                " ",
                glyph,
                f" {one.right}/{one.asked} ",
                (bar(share, 6), "name"),
                "  ",
                fit(one.title, width - 18),
            )
        )
        for place in one.study if one.weak else ():
            kind = place.partition(":")[0]
            text = f"{kind}: {titles.get(place, place.partition(':')[2])}"
            out.append(row("       ", ("study ", "quiet"), (fit(text, width - 14), "key"), key=place))
    return out


def walked(found: Report, place: int, width: int) -> list[Row]:
    """One question of a finished exam with its reasons."""
    line = found.lines[place]
    marks = [("unscored", "quiet")] if not line.scored else []
    if line.flagged:
        marks.append(("⚑ flagged", "busy"))
    head = row(
        (f"Question {line.place + 1} of {len(found.lines)}  ", "title"),
        *(piece for mark in marks for piece in (mark, "  ")),
        ("n p go through them, Esc goes back", "quiet"),
    )
    if line.item is None or line.judgement is None:
        text = "Right." if line.right else "Not right, or not answered."
        return [head, Row(), *prose(f"{text} The pack has changed this question since.", width)]
    draft = restored(Draft(line.item, shuffled(line.item, found.seed)), line.chosen)
    rows = revealed(draft, line.judgement, width)
    if not line.answered:
        rows[0] = row(("– Not answered. ", "busy"), "It counts as not right.")
    return [head, Row(), *rows]
