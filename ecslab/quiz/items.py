"""A question as the quiz engine sees it, whatever file it came from.

`item_of` reads the items of a pack (typed objects of `ecslab.content`, or plain mappings of the same
names). An item is checked here for what judging needs: a question nobody can answer rightly is refused
when it is read, not when it is asked. Later families (command, diagnose, spot the bug) are further
types beside these six.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ecslab.terms.problems import Exit, Problem

MOST_STEPS = 9
"""Steps of an ordering: more could be judged, but nobody can hold them in mind."""


class Type(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERING = "ordering"
    MATCHING = "matching"
    NUMERIC = "numeric"
    SHORT = "short"


INSTRUCTIONS = {
    Type.SINGLE: "Choose one.",
    Type.MULTIPLE: "Choose {right}.",
    Type.ORDERING: "Put these in order.",
    Type.MATCHING: "Match each with its partner.",
    Type.NUMERIC: "Answer with a number{unit}.",
    Type.SHORT: "Answer in a few words.",
}


@dataclass(frozen=True)
class Option:
    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Step:
    """A step of an ordering. It must come after the steps named (by index) in `after`."""

    text: str
    why: str
    after: frozenset[int]


@dataclass(frozen=True)
class Pair:
    left: str
    right: str
    why: str


@dataclass(frozen=True)
class Item:
    """One question. Only the fields of its type are filled."""

    key: str
    """`quiz-id/item-id`: what the record of progress calls it."""
    type: Type
    objectives: tuple[str, ...]
    stem: str
    source: str
    why: str = ""
    options: tuple[Option, ...] = ()
    steps: tuple[Step, ...] = ()
    pairs: tuple[Pair, ...] = ()
    answer: str = ""
    """The model answer of a short question."""
    accept: tuple[str, ...] = ()
    """Regular expressions, each for a whole answer that counts as right too."""
    number: float = 0.0
    tolerance: float = 0.0
    unit: str = ""
    hash: str = ""
    """Of everything a learner reads or is judged by."""

    @property
    def id(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def instruction(self) -> str:
        right = sum(option.right for option in self.options)
        return INSTRUCTIONS[self.type].format(
            right=_COUNTS.get(right, str(right)), unit=f" of {self.unit}" if self.unit else ""
        )


_COUNTS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True)
class Quiz:
    id: str
    title: str
    items: tuple[Item, ...]
    module: str = ""


def item_of(source: Any, quiz: str) -> Item:
    """An item of a pack, ready to be asked.

    Raises:
        Problem: nobody could answer it rightly, or its type is not known.
    """
    name = f"{quiz}/{_get(source, 'id')}"
    kind = str(getattr(_get(source, "type"), "value", _get(source, "type")))
    if kind not in set(Type):
        raise Problem(
            f"item {name} has the unknown type {kind!r}", f"use one of {', '.join(Type)}", status=Exit.USAGE
        )
    fields: dict[str, Any] = {
        "type": Type(kind),
        "objectives": tuple(_get(source, "objectives", ())),
        "stem": str(_get(source, "stem", "")).strip(),
        "source": _source(_get(source, "source", "")),
        "why": str(_get(source, "why", "") or "").strip(),
    }
    fields |= _BODIES[fields["type"]](source)
    draft = Item(key=name, **fields)
    problem = _flaw(draft)
    if problem:
        raise Problem(f"item {name} {problem}", "correct it in its quiz file", status=Exit.USAGE)
    return Item(key=name, **fields, hash=_digest(fields))


def _choices(source: Any) -> dict[str, Any]:
    options = _get(source, "options", ()) or ()
    return {
        "options": tuple(
            Option(
                str(_get(o, "text")).strip(),
                bool(_get(o, "right", False)),
                str(_get(o, "why", "") or "").strip(),
            )
            for o in options
        )
    }


def _ordering(source: Any) -> dict[str, Any]:
    written = list(_get(source, "order", ()) or ())
    ids = [str(_get(step, "id", None) or index) for index, step in enumerate(written)]
    free = any(_get(step, "after", None) is not None for step in written)
    steps = []
    for index, step in enumerate(written):
        if free:
            before = {ids.index(str(name)) for name in _get(step, "after", None) or () if str(name) in ids}
        else:
            before = {index - 1} if index else set()
        text = step if isinstance(step, str) else str(_get(step, "text"))
        steps.append(Step(text.strip(), str(_get(step, "why", "") or "").strip(), frozenset(before)))
    return {"steps": tuple(steps)}


def _matching(source: Any) -> dict[str, Any]:
    return {
        "pairs": tuple(
            Pair(
                str(_get(p, "left")).strip(),
                str(_get(p, "right")).strip(),
                str(_get(p, "why", "") or "").strip(),
            )
            for p in _get(source, "pairs", ()) or ()
        )
    }


def _numeric(source: Any) -> dict[str, Any]:
    return {
        "number": float(_get(source, "answer")),
        "tolerance": float(_get(source, "tolerance", 0) or 0),
        "unit": str(_get(source, "unit", "") or ""),
    }


def _short(source: Any) -> dict[str, Any]:
    accept = tuple(str(pattern) for pattern in _get(source, "accept", ()) or ())
    return {"answer": str(_get(source, "answer", "") or "").strip(), "accept": accept}


_BODIES = {
    Type.SINGLE: _choices,
    Type.MULTIPLE: _choices,
    Type.ORDERING: _ordering,
    Type.MATCHING: _matching,
    Type.NUMERIC: _numeric,
    Type.SHORT: _short,
}


def _flaw(item: Item) -> str:
    """What would make it impossible to ask or to answer, or nothing."""
    right = sum(option.right for option in item.options)
    match item.type:
        case Type.SINGLE if right != 1 or len(item.options) < 2:
            return "needs two options or more, exactly one of them right"
        case Type.MULTIPLE if right < 2 or right == len(item.options):
            return "needs two right options or more, and a wrong one"
        case Type.ORDERING if not 2 <= len(item.steps) <= MOST_STEPS or _circular(item.steps):
            return f"needs 2 to {MOST_STEPS} steps, none of them after itself"
        case Type.MATCHING if len({p.left for p in item.pairs}) < max(2, len(item.pairs)):
            return "needs two pairs or more, each with a left side of its own"
        case Type.SHORT:
            try:
                all(re.compile(pattern) for pattern in item.accept)
            except re.error as error:
                return f"has an `accept` that is no regular expression ({error})"
            return "" if item.answer else "needs an `answer` to show"
        case _:
            return ""


def _circular(steps: Sequence[Step]) -> bool:
    done: set[int] = set()
    while len(done) < len(steps):
        ready = {i for i, step in enumerate(steps) if i not in done and step.after <= done}
        if not ready:
            return True
        done |= ready
    return False


def _source(value: Any) -> str:
    """A source may be a text, or a title with an address."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    title, url = _get(value, "title", ""), _get(value, "url", "")
    return " ".join(str(part) for part in (title, url) if part)


def _digest(fields: Mapping[str, Any]) -> str:
    """Objectives and source may be edited without making it another question."""
    told = {name: value for name, value in fields.items() if name not in ("objectives", "source")}
    text = json.dumps(told, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else vars(value)


_MISSING = object()


def _get(source: Any, name: str, default: Any = _MISSING) -> Any:
    """A key of a mapping or an attribute of an object."""
    if isinstance(source, Mapping):
        value = source.get(name, default)
    else:
        value = getattr(source, name, default)
    if value is _MISSING:
        raise Problem(f"an item lacks `{name}`", "add it in its quiz file", status=Exit.USAGE)
    return value
