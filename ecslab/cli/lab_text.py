"""How a lab looks in the plain terminal: goals with their verdicts, hints, undo, debrief.

Functions from values to lines of text. Colour is a matter of `Paint`, which gives plain text where
there is no terminal or NO_COLOR is set.
"""

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ecslab.grading.score import Score
from ecslab.lab.debrief import Debrief
from ecslab.lab.hints import Hint
from ecslab.lab.watcher import Change
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.content.checks import Answer

GLYPHS = {"pass": "✔", "fail": "✘", "not judged": "·"}
COLOURS = {"pass": "32", "fail": "31", "not judged": "2", "strong": "1", "quiet": "2", "name": "36"}
WIDEST = 100
_HELD = "\N{NO-BREAK SPACE}"
KEPT = {
    "on_give_up": "The solution is shown here once the goals are reached, or after: ecslab lab debrief --give-up",
    "on_pass": "The solution is shown here once the goals are reached.",
    "never": "This lab does not show its solution; your instructor has it.",
}
"""What is said in place of a solution that is not released."""


class Paint:
    """Colours text, or not."""

    def __init__(self, on: bool | None = None) -> None:
        self.on = sys.stdout.isatty() and not os.environ.get("NO_COLOR") if on is None else on

    def __call__(self, text: str, role: str) -> str:
        return f"\x1b[{COLOURS[role]}m{text}\x1b[0m" if self.on and text else text


def width() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, WIDEST)


def wrapped(text: str, indent: str = "", *, first: str | None = None) -> list[str]:
    """A text in lines; its own line breaks, lists and code stay."""
    lines: list[str] = []
    code = False
    for line in text.rstrip().splitlines():
        head = indent if lines or first is None else first
        code = code != line.lstrip().startswith("```")
        if code or line.startswith(("    ", "```", "|")) or not line.strip():
            lines.append((head + line).rstrip())
            continue
        hang = indent + " " * _hanging(line)
        lines += textwrap.wrap(
            line,
            width(),
            initial_indent=head,
            subsequent_indent=hang,
            break_on_hyphens=False,
            break_long_words=False,
        )
    return lines


def _hanging(line: str) -> int:
    """How far the second line of a list item is set in."""
    bare = line.lstrip()
    marker = bare.split(" ", 1)[0]
    is_item = marker in ("-", "*") or (marker.endswith(".") and marker[:-1].isdigit())
    return len(line) - len(bare) + (len(marker) + 1 if is_item else 0)


def paragraphs(text: str, indent: str = "", paint: "Paint | None" = None) -> list[str]:
    """Markdown as people write it, flowed to the width: lines of a paragraph are joined."""
    out: list[str] = []
    code = False
    for line in text.strip().splitlines():
        fence = line.lstrip().startswith("```")
        code = code != fence
        bare = line.strip()
        starts = not bare or fence or code or line.startswith("    ") or bare.startswith(("- ", "|", "#"))
        starts = starts or (bare.split(" ")[0].endswith(".") and bare.split(".")[0].isdigit())
        joins = (
            out
            and out[-1].strip()
            and not starts
            and not code
            and not out[-1].lstrip().startswith(("```", "|"))
        )
        if joins:
            out[-1] += " " + bare
        elif not fence:
            out.append(f"    {line}" if code else line)
    return [_emphasis(line, paint) for line in wrapped("\n".join(out), indent)]


def _emphasis(line: str, paint: "Paint | None") -> str:
    """`**strong**` as the terminal shows it, or without its marks."""
    return re.sub(r"\*\*(.+?)\*\*", lambda match: paint(match[1], "strong") if paint else match[1], line)


def goals(
    verdicts: Sequence[Any], paint: Paint, *, explain: bool = True, questions: Collection[str] = ()
) -> list[str]:
    """Every goal with its mark; the first that fails is explained in full, the others in one line.

    Of the goals in `questions` it is said how they are answered.
    """
    lines: list[str] = []
    explained = False
    for verdict in verdicts:
        glyph, extra = GLYPHS[verdict.verdict], " extra" if verdict.optional else ""
        reached = f"{verdict.points:g}/{verdict.max:g}{extra}"
        told = wrapped(f"{glyph} {verdict.goal.strip()}  {reached.replace(' ', _HELD)}", "  ", first="")
        told[0] = paint(glyph, verdict.verdict) + told[0].removeprefix(glyph)
        told[-1] = told[-1].replace(_HELD, " ").removesuffix(reached) + paint(reached, "quiet")
        lines += told
        if verdict.id in questions and verdict.verdict != "pass":
            lines.append(f"    {paint('answer', 'name')}  ecslab lab answer {verdict.id} …")
        if verdict.verdict == "fail" and explain:
            lines += failure(verdict, paint, full=not explained)
            explained = True
    return lines


def failure(verdict: Any, paint: Paint, *, full: bool) -> list[str]:
    """What is wrong; in full also what was expected and found, where to look, and why it matters."""
    lines = wrapped(verdict.message, "    ")
    if not full:
        return lines
    expected, actual = said(verdict.expected), said(verdict.actual)
    if expected:
        lines += wrapped(f"expected {expected}, found {actual}", "    ")
    if verdict.look:
        lines += [f"    {paint('look', 'name')}  {verdict.look}"]
    if verdict.why:
        first, *rest = wrapped(verdict.why, "          ", first="    why   ")
        lines += [first.replace("why", paint("why", "name"), 1), *rest]
    return lines


def points(number: float) -> str:
    return f"{number:g} point{'' if number == 1 else 's'}"


def said(value: object) -> str:
    """A value as a person reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def news(changes: Iterable[Change], paint: Paint) -> list[str]:
    """One line for each goal that was reached or lost; goals that only fail are not news."""
    lines = []
    for change in changes:
        verdict = change.verdict
        if change.reached:
            lines.append(f"{paint('✔ ' + verdict.goal, 'pass')}  {paint(points(verdict.max), 'quiet')}")
        elif change.lost:
            why = f": {verdict.message}" if verdict.message else ""
            lines.append(paint("✘ no more: ", "fail") + verdict.goal + paint(why, "quiet"))
    return lines


def standing(score: Score, paint: Paint) -> str:
    bonus = f" and {score.bonus:g} extra" if score.bonus else ""
    cost = f" (hints cost {score.hints} %)" if score.hints else ""
    text = f"{score.points:g} of {score.max:g} points{bonus}{cost}"
    return paint(f"Every goal is reached: {text}.", "pass") if score.passed else f"{text}."


def hint_cost(hint: Hint) -> str:
    """What a hint takes away."""
    return f"costs {hint.cost} % of the points" if hint.cost else "free"


def hint(taken: Hint, count: int, paint: Paint) -> list[str]:
    return [
        paint(f"Hint {taken.number} of {count}, {hint_cost(taken)}", "strong"),
        "",
        *paragraphs(taken.text, "  ", paint),
    ]


def question(name: str, asked: "Answer", paint: Paint) -> list[str]:
    """A question of the lab, with what there is to choose from."""
    lines = wrapped(asked.prompt, "  ", first=f"{paint(name, 'name')}  ")
    for number, option in enumerate(asked.options, 1):
        lines += wrapped(option, "       ", first=f"  {number:2}) ")
    return [*lines, ""]


def chosen(asked: "Answer", value: str) -> str:
    """An answer as the lab takes it: of a choice, a number stands for its option.

    Raises:
        Problem: it is none of the options.
    """
    if not asked.options or value in asked.options:
        return value
    if value.isdecimal() and 1 <= int(value) <= len(asked.options):
        return asked.options[int(value) - 1]
    raise Problem(
        f"{value!r} is none of the options",
        f"choose one of 1 to {len(asked.options)}: {', '.join(asked.options)}",
        status=Exit.USAGE,
    )


def undone(answer: dict[str, Any], paint: Paint) -> list[str]:
    """What an undo takes back."""
    lines = [paint(f"{call['service']} {call['operation']}", "strong") for call in answer["undone"]]
    return [f"  {line}" for line in lines]


def debriefing(debrief: Debrief, paint: Paint) -> list[str]:
    """The whole debrief."""
    lines = [paint(f"Debrief: {debrief.title}", "strong"), ""]
    lines += goals(debrief.verdicts, paint, explain=not debrief.passed)
    lines += ["", standing(debrief.score, paint), ""]
    lines += _numbers(debrief)
    if debrief.steps:
        lines += ["", paint("What you did, and what it changed (simulated time)", "strong")]
        for step in debrief.steps:
            lines += _step(step, paint)
    if debrief.why:
        lines += ["", paint("Why it works", "strong"), "", *paragraphs(debrief.why, "  ", paint)]
    for what, text in debrief.remarks:
        lines += ["", paint(what, "strong"), "", *paragraphs(text, "  ", paint)]
    if debrief.solution:
        lines += ["", paint("One way to do it", "strong"), ""]
        lines += [f"    {line}" for line in debrief.solution.rstrip().splitlines()]
    for how, text in debrief.alternatives:
        lines += ["", paint(f"The same by {how}", "strong"), ""]
        lines += [f"    {line}" for line in text.rstrip().splitlines()]
    if debrief.review:
        lines += ["", paint("Worth another look", "strong"), ""]
        lines += [f"  - {title}" for title in debrief.review]
    if not debrief.released:
        lines += ["", KEPT[debrief.release]]
    return lines


def _numbers(debrief: Debrief) -> list[str]:
    lines = []
    if debrief.requests:
        lines.append(f"Customers sent {debrief.requests} requests since you began; {debrief.failed} failed.")
    if debrief.refused:
        lines.append(f"AWS refused {debrief.refused} of your calls.")
    if debrief.hints:
        lines.append(
            f"You took {len(debrief.hints)} hints, which cost {debrief.score.hints} % of the points."
        )
    return lines


def _step(step: Any, paint: Paint) -> list[str]:
    note = (
        paint("  taken back", "quiet")
        if step.undone
        else paint(f"  {step.error}", "fail")
        if step.error
        else ""
    )
    lines = [f"{paint(f'{step.when:>9}', 'quiet')}  {paint(step.call, 'name')} {step.about}{note}"]
    for effect in step.effects:
        lines += wrapped(effect, " " * 13)
    return lines
