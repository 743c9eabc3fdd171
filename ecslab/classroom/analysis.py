"""What a class's work says about the questions and the labs: which are too hard, which tell nothing, where people stop.

Classical item analysis: *difficulty* is the share of the points that was reached, *discrimination* the correlation of
an item with the rest of the same work (point-biserial, the item itself left out). Pure.
"""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ecslab.classroom.grades import Grade, Graded, Part
from ecslab.classroom.reports import columns

TOO_EASY, TOO_HARD = 0.95, 0.2
WEAK = 0.1
ENOUGH = 10
"""Submissions below which a figure is chance, and nothing is remarked."""
NOTHING = "nothing yet"


@dataclass(frozen=True)
class Choice:
    text: str
    right: bool
    count: int


@dataclass(frozen=True)
class ItemFigures:
    id: str
    title: str
    count: int
    """How many were judged on it."""
    difficulty: float
    discrimination: float | None
    """None: everybody did the same, or there are too few."""
    choices: tuple[Choice, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stop:
    """Where somebody who did not pass got to."""

    after: str
    """The goal that was reached last."""
    count: int


@dataclass(frozen=True)
class WorkFigures:
    kind: str
    subject: str
    count: int
    mean: float
    """Share of the points."""
    passed: int | None
    gave_up: int
    hints: float
    """Taken on average."""
    minutes: float
    """Median of the time at work."""
    items: tuple[ItemFigures, ...]
    stops: tuple[Stop, ...] = ()
    reached: tuple[tuple[str, float], ...] = ()
    """Goal -> median of the minutes after which it was reached."""


def analyse(graded: Sequence[Graded]) -> list[WorkFigures]:
    """For each lab, quiz and exam, in the order of their names."""
    groups: dict[tuple[str, str], list[Grade]] = {}
    for grade in graded:
        if isinstance(grade, Grade):
            groups.setdefault((grade.kind, grade.subject), []).append(grade)
    return [_work(grades) for _, grades in sorted(groups.items())]


def _work(grades: Sequence[Grade]) -> WorkFigures:
    first = grades[0]
    judged = [grade.passed for grade in grades if grade.passed is not None]
    return WorkFigures(
        kind=first.kind,
        subject=first.subject,
        count=len(grades),
        mean=round(statistics.fmean(grade.share for grade in grades), 3),
        passed=sum(judged) if judged else None,
        gave_up=sum(grade.gave_up for grade in grades),
        hints=round(statistics.fmean(grade.hints for grade in grades), 2),
        minutes=round(statistics.median(grade.minutes for grade in grades), 1),
        items=tuple(_item(name, grades) for name in _names(grades)),
        stops=_stops(grades) if first.kind == "lab" else (),
        reached=_reached(grades),
    )


def _names(grades: Sequence[Grade]) -> list[str]:
    return list(dict.fromkeys(part.id for grade in grades for part in grade.parts))


def _item(name: str, grades: Sequence[Grade]) -> ItemFigures:
    seen: list[tuple[Part, Grade]] = [
        (part, grade) for grade in grades for part in grade.parts if part.id == name and part.max
    ]
    values = [part.points / part.max for part, _ in seen]
    rests = [_rest(part, grade) for part, grade in seen]
    difficulty = round(statistics.fmean(values), 3) if values else 0.0
    discrimination = correlation(values, rests)
    choices = _choices([part for part, _ in seen])
    title = next((part.title for grade in grades for part in grade.parts if part.id == name), name)
    remarks = _remarks(len(seen), difficulty, discrimination, choices)
    return ItemFigures(name, title, len(seen), difficulty, discrimination, choices, remarks)


def _rest(part: Part, grade: Grade) -> float:
    """The share of the points of everything else in the same work."""
    others = [other for other in grade.parts if other.id != part.id and not other.optional]
    total = sum(other.max for other in others)
    return sum(other.points for other in others) / total if total else 0.0


def correlation(ones: Sequence[float], others: Sequence[float]) -> float | None:
    """Pearson's; with a value that is 0 or 1 it is the point-biserial one."""
    if len(ones) < 3 or len(set(ones)) < 2 or len(set(others)) < 2:
        return None
    return round(statistics.correlation(ones, others), 3)


def _choices(parts: Sequence[Part]) -> tuple[Choice, ...]:
    options = dict.fromkeys(option for part in parts for option in part.options)
    counts = Counter(text for part in parts for text in part.chosen)
    return tuple(Choice(text, right, counts[text]) for text, right in options)


def _remarks(
    count: int, difficulty: float, discrimination: float | None, choices: Sequence[Choice]
) -> tuple[str, ...]:
    """What an author should look at."""
    if count < ENOUGH:
        return ()
    found = []
    if difficulty > TOO_EASY:
        found.append("almost everybody has it")
    if difficulty < TOO_HARD:
        found.append("almost nobody has it")
    if discrimination is not None and discrimination < 0:
        found.append("who is good at the rest misses it: is the right answer right?")
    elif discrimination is not None and discrimination < WEAK:
        found.append("it tells nothing about the rest")
    right = max((choice.count for choice in choices if choice.right), default=0)
    for choice in choices:
        if not choice.right and choice.count > right:
            found.append(f"a wrong option is chosen most: {choice.text}")
        if not choice.right and not choice.count:
            found.append(f"nobody chooses: {choice.text}")
    return tuple(found)


def _stops(grades: Sequence[Grade]) -> tuple[Stop, ...]:
    """Of those who did not pass: the goal that each reached last, by time."""
    last = []
    for grade in grades:
        if grade.passed is False:
            held = {part.id for part in grade.parts if part.verdict == "pass"}
            times = {name: at for name, at in grade.reached.items() if name in held}
            last.append(max(times, key=lambda name: times[name]) if times else NOTHING)
    return tuple(Stop(name, count) for name, count in Counter(last).most_common())


def _reached(grades: Sequence[Grade]) -> tuple[tuple[str, float], ...]:
    found = []
    for name in _names(grades):
        times = [grade.reached[name] for grade in grades if name in grade.reached]
        if times:
            found.append((name, round(statistics.median(times), 1)))
    return tuple(found)


def as_json(figures: Sequence[WorkFigures]) -> list[dict[str, Any]]:
    return [{**asdict(work), "reached": dict(work.reached)} for work in figures]


def table(figures: Sequence[WorkFigures]) -> str:
    lines: list[str] = []
    for work in figures:
        passed = "" if work.passed is None else f", {work.passed} passed"
        gave_up = f", {work.gave_up} gave up" if work.gave_up else ""
        lines.append(f"{work.subject} ({work.kind}): {work.count} submissions{passed}{gave_up}")
        hints = f", {work.hints:g} hints each" if work.kind == "lab" else ""
        lines += [f"  {work.mean:.0%} of the points, {work.minutes:g} minutes{hints}", ""]
        lines += [f"  {line}" for line in columns(_rows(work), right=(1, 2, 3))]
        lines += [f"  {item.id}: {remark}" for item in work.items for remark in item.remarks]
        for item in work.items:
            if item.choices:
                told = ", ".join(f"{'*' if c.right else ''}{c.count} {c.text}" for c in item.choices)
                lines.append(f"  {item.id}: chosen {told}")
        lines += [f"  {stop.count} stopped after {stop.after}" for stop in work.stops]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(work: WorkFigures) -> list[list[str]]:
    times = dict(work.reached)
    rows = [["", "has it", "discrimination", "after min" if times else ""]]
    for item in work.items:
        told = "–" if item.discrimination is None else f"{item.discrimination:+.2f}"
        at = f"{times[item.id]:g}" if item.id in times else ""
        rows.append([item.id, f"{item.difficulty:.0%}" if item.count else "–", told, at])
    return rows
