"""Was the answer right, how much of it, and why: pure functions from an item and an answer to a judgement.

An answer (`chosen`) is what JSON can carry, in the item's own numbering, whatever order the screen
showed: an index (single), a list of indices (multiple; ordering, in the order given; matching, the right
side chosen for each left side, -1 for none), a text (numeric, short), lines from 0 (spot),
`{"cause": index, "line": line or null}` (diagnose), or what running a command came to (`ran`; command).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ecslab.quiz.items import Item, Type
from ecslab.quiz.parts import Step
from ecslab.terms.problems import Exit, Problem


class Unreadable(Problem):
    """What was entered is no answer to this question. It costs nothing: ask again."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what, todo, status=Exit.USAGE)


@dataclass(frozen=True)
class Reason:
    """What is to be said about one option, step or pair."""

    text: str
    right: bool
    """Belongs to the right answer. For steps and pairs: was put where it belongs."""
    chosen: bool
    why: str


@dataclass(frozen=True)
class Judgement:
    right: bool
    """By the exam's rule: all of it or nothing."""
    credit: float
    """0 to 1, for practice: how much of an order or a match was there."""
    expected: str
    """The right answer in one line or a few."""
    reasons: tuple[Reason, ...]
    """One for every option, in the item's own order."""
    why: str = ""
    output: str = ""
    """What a command printed."""


def judge(item: Item, chosen: Any) -> Judgement:
    """Judge an answer.

    Raises:
        Unreadable: it is not an answer of the kind this item asks for.
    """
    if item.type not in _JUDGES:
        raise Unreadable("a generated question is answered as one of its variants", "make one")
    return _JUDGES[item.type](item, chosen)


def model_answer(item: Item) -> Any:
    """The right answer, in the form that the judge takes."""
    match item.type:
        case Type.SINGLE:
            return next(i for i, option in enumerate(item.options) if option.right)
        case Type.MULTIPLE:
            return [i for i, option in enumerate(item.options) if option.right]
        case Type.ORDERING:
            return list(range(len(item.steps)))
        case Type.MATCHING:
            return list(range(len(item.pairs)))
        case Type.NUMERIC:
            return f"{item.number:g}"
        case Type.SPOT:
            return sorted(mark.line for mark in item.bugs)
        case Type.DIAGNOSE:
            cause = next(i for i, option in enumerate(item.options) if option.right)
            return {"cause": cause, "line": min(item.shows, default=None)}
        case Type.COMMAND:
            goals = [] if item.task is None else [check.goal for check in item.task.checks]
            met = {"verdict": "pass", "message": "", "look": "", "why": ""}
            return {"output": "", "verdicts": [{"goal": goal, **met} for goal in goals]}
        case _:
            return item.answer


def _judge_choice(item: Item, chosen: Any) -> Judgement:
    picked = {chosen} if item.type is Type.SINGLE else set(_indices(chosen))
    if not picked or not all(isinstance(i, int) and 0 <= i < len(item.options) for i in picked):
        raise Unreadable("no such option", "choose from the options shown")
    wanted = {i for i, option in enumerate(item.options) if option.right}
    right = picked == wanted
    reasons = tuple(Reason(o.text, o.right, i in picked, o.why) for i, o in enumerate(item.options))
    expected = "\n".join(o.text for o in item.options if o.right)
    return Judgement(right, float(right), expected, reasons, item.why)


def _judge_order(item: Item, chosen: Any) -> Judgement:
    given = _indices(chosen)
    if sorted(given) != list(range(len(item.steps))):
        raise Unreadable("an order names every step once", "enter all of them")
    kept = in_place(item.steps, given)
    moves = len(given) - len(kept)
    credit = max(0.0, 1 - moves / (len(given) - 1))
    reasons = tuple(Reason(s.text, i in kept, True, s.why) for i, s in enumerate(item.steps))
    expected = "\n".join(f"{n}. {step.text}" for n, step in enumerate(item.steps, 1))
    return Judgement(moves == 0, credit, expected, reasons, item.why)


def _judge_match(item: Item, chosen: Any) -> Judgement:
    given = _indices(chosen)
    count = len(item.pairs)
    if len(given) != count or not all(-1 <= i < count for i in given):
        raise Unreadable("a match names one partner for each", "enter one for every line")
    hits = [
        right >= 0 and item.pairs[right].right == pair.right
        for right, pair in zip(given, item.pairs, strict=True)
    ]
    reasons = tuple(
        Reason(f"{pair.left} → {pair.right}", hit, hit, pair.why)
        for pair, hit in zip(item.pairs, hits, strict=True)
    )
    expected = "\n".join(reason.text for reason in reasons)
    return Judgement(all(hits), sum(hits) / count, expected, reasons, item.why)


def _judge_number(item: Item, chosen: Any) -> Judgement:
    value = number(str(chosen), item.unit)
    right = abs(value - item.number) <= item.tolerance + 1e-9
    expected = f"{item.number:g}{' ' + item.unit if item.unit else ''}"
    if item.tolerance:
        expected += f" (± {item.tolerance:g})"
    return Judgement(right, float(right), expected, (), item.why)


def _judge_text(item: Item, chosen: Any) -> Judgement:
    said = tidy(str(chosen))
    if not said:
        raise Unreadable("nothing was entered", "answer in a few words")
    patterns = [re.escape(tidy(item.answer)), *item.accept]
    right = any(re.fullmatch(pattern, said, re.IGNORECASE) for pattern in patterns)
    return Judgement(right, float(right), item.answer, (), item.why)


def _judge_spot(item: Item, chosen: Any) -> Judgement:
    picked = set(_indices(chosen))
    if not picked or not all(0 <= line < len(item.document) for line in picked):
        raise Unreadable("no such line", "choose from the lines shown")
    bugs = {mark.line: mark.why for mark in item.bugs}
    said = {mark.line: mark.why for mark in item.others} | bugs
    for line in picked - set(said):
        said[line] = "Nothing is wrong with this line."
    reasons = tuple(
        Reason(f"{line + 1}  {item.document[line].strip()}", line in bugs, line in picked, said[line])
        for line in sorted(said)
    )
    hits = len(picked & set(bugs))
    credit = max(0, hits - len(picked - set(bugs))) / len(bugs)
    expected = "\n".join(f"{line + 1}  {item.document[line].strip()}" for line in sorted(bugs))
    return Judgement(picked == set(bugs), credit, expected, reasons, item.why)


def _judge_diagnosis(item: Item, chosen: Any) -> Judgement:
    given = chosen if isinstance(chosen, dict) else {}
    cause, line = given.get("cause"), given.get("line")
    lines = [line for exhibit in item.exhibits for line in exhibit.lines]
    if not isinstance(cause, int) or not 0 <= cause < len(item.options):
        raise Unreadable("no cause is chosen", "choose one of the causes")
    if item.shows and not (isinstance(line, int) and 0 <= line < len(lines)):
        raise Unreadable("no line of the evidence is chosen", "choose the one that shows the cause")
    found = item.options[cause].right
    seen = not item.shows or line in item.shows
    reasons = [Reason(o.text, o.right, n == cause, o.why) for n, o in enumerate(item.options)]
    for shown in sorted(item.shows):
        reasons.append(Reason(lines[shown].strip(), True, shown == line, "This line shows it."))
    if isinstance(line, int) and item.shows and not seen:
        reasons.append(Reason(lines[line].strip(), False, True, "This line does not show the cause."))
    expected = "\n".join(option.text for option in item.options if option.right)
    credit = 1.0 if found and seen else 0.5 if found else 0.0
    return Judgement(found and seen, credit, expected, tuple(reasons), item.why)


def ran(command: str, output: str, status: int | None, verdicts: Sequence[Any]) -> dict[str, Any]:
    """A command's answer as the record keeps it: the line, what it printed, and how it was judged.

    `status` None: it did not end in time. `verdicts` are those of `ecslab.grading`.
    """
    names = ("goal", "verdict", "message", "look", "why")
    judged = [{name: getattr(verdict, name) for name in names} for verdict in verdicts]
    return {"command": command, "output": output, "status": status, "verdicts": judged}


def _judge_command(item: Item, chosen: Any) -> Judgement:
    if not isinstance(chosen, dict) or not chosen.get("verdicts"):
        raise Unreadable("the command was not run", "run it first")
    reasons = tuple(
        Reason(one["goal"], one["verdict"] == "pass", True, _told(one)) for one in chosen["verdicts"]
    )
    passed = sum(reason.right for reason in reasons)
    expected = "\n".join(item.task.solution) if item.task else ""
    right = passed == len(reasons)
    return Judgement(right, passed / len(reasons), expected, reasons, item.why, str(chosen["output"]))


def _told(verdict: dict[str, Any]) -> str:
    """What a check has to say: nothing more than that it is met, or the message and the reason."""
    if verdict["verdict"] == "pass":
        return "Reached."
    look = f"Look: `{verdict['look'].strip()}`" if verdict["look"] else ""
    return " ".join(" ".join(part.split()) for part in (verdict["message"], verdict["why"], look) if part)


_JUDGES = {
    Type.SINGLE: _judge_choice,
    Type.MULTIPLE: _judge_choice,
    Type.ORDERING: _judge_order,
    Type.MATCHING: _judge_match,
    Type.NUMERIC: _judge_number,
    Type.SHORT: _judge_text,
    Type.SPOT: _judge_spot,
    Type.DIAGNOSE: _judge_diagnosis,
    Type.COMMAND: _judge_command,
}


def in_place(steps: Sequence[Step], given: Sequence[int]) -> frozenset[int]:
    """The largest set of steps that stand in an allowed order among themselves.

    The others would have to be moved: their number is the edit distance from the given order to the
    nearest allowed one, because an order is a set of demands (a DAG), not one list.
    """
    before = _all_before(steps)
    for size in range(len(given), 1, -1):
        for kept in combinations(given, size):
            if not any(late in before[early] for early, late in combinations(kept, 2)):
                return frozenset(kept)
    return frozenset(given[:1])


def _all_before(steps: Sequence[Step]) -> list[set[int]]:
    """For each step, all that must come before it, directly or not."""
    before = [set(step.after) for step in steps]
    for _ in steps:
        for needed in before:
            needed |= set().union(*(before[i] for i in needed))
    return before


def number(text: str, unit: str = "") -> float:
    """`1,024 MiB` -> 1024.0. Another unit than the one asked for is not converted but asked about."""
    found = re.fullmatch(r"\s*([-+]?(?:\d[\d,_]*\.?\d*|\.\d+))\s*([^\d\s].*)?", text)
    if found is None:
        raise Unreadable(
            f"{text.strip()!r} is not a number", f"enter a number{' of ' + unit if unit else ''}"
        )
    said = (found[2] or "").strip().casefold()
    if said and not (unit and unit.casefold().startswith(said)):
        raise Unreadable(
            f"{said!r} is not the unit asked for", f"enter a number{' of ' + unit if unit else ''}"
        )
    return float(found[1].replace(",", "").replace("_", ""))


def tidy(text: str) -> str:
    """Spaces, quotes, backticks and a full stop do not make an answer wrong."""
    return re.sub(r"\s+", " ", text).lstrip(" `'\"").rstrip(" `'\".")


def _indices(chosen: Any) -> list[int]:
    if not isinstance(chosen, (list, tuple)) or not all(isinstance(i, int) for i in chosen):
        raise Unreadable("this question wants a list of choices", "choose from what is shown")
    return list(chosen)
