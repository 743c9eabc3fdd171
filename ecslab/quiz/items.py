"""A question as the quiz engine sees it, whatever file it came from.

`item_of` reads the items of a pack (typed objects of `ecslab.content`, or plain mappings of the same
names). An item is checked here for what judging needs: a question nobody can answer rightly is refused
when it is read, not when it is asked. A generated question is asked as one of its variants, which is an
item of another type with the same key.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecslab.quiz import parts
from ecslab.quiz.parts import Exhibit, Mark, Option, Pair, Step, Task, get
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
    COMMAND = "command"
    SPOT = "spot"
    DIAGNOSE = "diagnose"
    GENERATED = "generated"


TYPED = (Type.NUMERIC, Type.SHORT, Type.COMMAND)
"""Answered by typing."""

INSTRUCTIONS = {
    Type.SINGLE: "Choose one.",
    Type.MULTIPLE: "Choose {right}.",
    Type.ORDERING: "Put these in order.",
    Type.MATCHING: "Match each with its partner.",
    Type.NUMERIC: "Answer with a number{unit}.",
    Type.SHORT: "Answer in a few words.",
    Type.COMMAND: "Write the command. It is run in a scratch world and judged by its effect.",
    Type.SPOT: "Choose {bugs} that {is_} wrong.",
    Type.DIAGNOSE: "Choose the cause{evidence}.",
    Type.GENERATED: "",
}


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
    document: tuple[str, ...] = ()
    """The lines among which bugs are to be spotted."""
    bugs: tuple[Mark, ...] = ()
    others: tuple[Mark, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    shows: frozenset[int] = frozenset()
    """Lines of the evidence (counted over all exhibits) that show the cause; empty: none is asked for."""
    wants_line: bool = False
    """Whether the author asks for such a line; then `shows` must not be empty."""
    task: Task | None = None
    """What a command is run in and judged by."""
    family: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What a family that computes nothing picks from: the recorded causes of a broken world."""
    seed: int | None = None
    """Which variant of a generated question this is."""
    hash: str = ""
    """Of everything a learner reads or is judged by."""

    @property
    def id(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def instruction(self) -> str:
        right = sum(option.right for option in self.options)
        count = len(self.bugs)
        return INSTRUCTIONS[self.type].format(
            right=_COUNTS.get(right, str(right)),
            unit=f" of {self.unit}" if self.unit else "",
            bugs="the line" if count == 1 else f"the {_COUNTS.get(count, str(count))} lines",
            is_="is" if count == 1 else "are",
            evidence=", and the line of the evidence that shows it" if self.shows else "",
        )

    def variant(self, seed: int) -> "Item":
        """The question that is asked: itself, or with `seed` one of a family."""
        if self.type is not Type.GENERATED:
            return self
        from ecslab.quiz.families.catalogue import made

        return made(self, seed)


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
    name = f"{quiz}/{get(source, 'id')}"
    kind = str(getattr(get(source, "type"), "value", get(source, "type")))
    if kind not in set(Type):
        raise Problem(
            f"item {name} has the unknown type {kind!r}", f"use one of {', '.join(Type)}", status=Exit.USAGE
        )
    fields: dict[str, Any] = {
        "type": Type(kind),
        "objectives": tuple(get(source, "objectives", ())),
        "stem": str(get(source, "stem", "")).strip(),
        "source": _source(get(source, "source", "")),
        "why": str(get(source, "why", "") or "").strip(),
    }
    fields |= _BODIES[fields["type"]](source)
    draft = Item(key=name, **fields)
    problem = _flaw(draft)
    if problem:
        raise Problem(f"item {name} {problem}", "correct it in its quiz file", status=Exit.USAGE)
    return Item(key=name, **fields, hash=_digest(fields))


def _choices(source: Any) -> dict[str, Any]:
    options = get(source, "options", ()) or ()
    return {
        "options": tuple(
            Option(
                str(get(o, "text")).strip(),
                bool(get(o, "right", False)),
                str(get(o, "why", "") or "").strip(),
            )
            for o in options
        )
    }


def _ordering(source: Any) -> dict[str, Any]:
    written = list(get(source, "order", ()) or ())
    ids = [str(get(step, "id", None) or index) for index, step in enumerate(written)]
    free = any(get(step, "after", None) is not None for step in written)
    steps = []
    for index, step in enumerate(written):
        if free:
            before = {ids.index(str(name)) for name in get(step, "after", None) or () if str(name) in ids}
        else:
            before = {index - 1} if index else set()
        text = step if isinstance(step, str) else str(get(step, "text"))
        steps.append(Step(text.strip(), str(get(step, "why", "") or "").strip(), frozenset(before)))
    return {"steps": tuple(steps)}


def _matching(source: Any) -> dict[str, Any]:
    return {
        "pairs": tuple(
            Pair(
                str(get(p, "left")).strip(),
                str(get(p, "right")).strip(),
                str(get(p, "why", "") or "").strip(),
            )
            for p in get(source, "pairs", ()) or ()
        )
    }


def _numeric(source: Any) -> dict[str, Any]:
    return {
        "number": float(get(source, "answer")),
        "tolerance": float(get(source, "tolerance", 0) or 0),
        "unit": str(get(source, "unit", "") or ""),
    }


def _short(source: Any) -> dict[str, Any]:
    accept = tuple(str(pattern) for pattern in get(source, "accept", ()) or ())
    return {"answer": str(get(source, "answer", "") or "").strip(), "accept": accept}


def _spot(source: Any) -> dict[str, Any]:
    lines = str(get(source, "document", "")).rstrip("\n").splitlines()
    return {
        "document": tuple(lines),
        "bugs": parts.marks(get(source, "bugs", ()), lines),
        "others": parts.marks(get(source, "others", ()), lines),
    }


def _diagnose(source: Any) -> dict[str, Any]:
    exhibits = parts.exhibits(source)
    return {
        **_choices(source),
        "exhibits": exhibits,
        "shows": parts.showing(exhibits, str(get(source, "shows", "") or "")),
        "wants_line": bool(get(source, "shows", "")),
    }


def _command(source: Any) -> dict[str, Any]:
    return {"task": Task.of(source)}


def _generated(source: Any) -> dict[str, Any]:
    from ecslab.quiz.families.catalogue import checked

    family = str(get(source, "family", "") or "")
    params = checked(family, dict(get(source, "params", None) or {}))
    return {"family": family, "params": params, "variants": parts.variants(source)}


_BODIES = {
    Type.SINGLE: _choices,
    Type.MULTIPLE: _choices,
    Type.ORDERING: _ordering,
    Type.MATCHING: _matching,
    Type.NUMERIC: _numeric,
    Type.SHORT: _short,
    Type.COMMAND: _command,
    Type.SPOT: _spot,
    Type.DIAGNOSE: _diagnose,
    Type.GENERATED: _generated,
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
        case Type.SPOT if not item.bugs or len(item.document) < 2:
            return "needs a document of two lines or more, and a bug in it"
        case Type.DIAGNOSE if right != 1 or len(item.options) < 2:
            return "needs two causes or more, exactly one of them right"
        case Type.DIAGNOSE if not item.exhibits:
            return "has no recorded evidence: run `ecslab pack record`"
        case Type.GENERATED if any(not cause["exhibits"] for cause in item.variants.values()):
            return "has causes without recorded evidence: run `ecslab pack record`"
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
    title, url = get(value, "title", ""), get(value, "url", "")
    return " ".join(str(part) for part in (title, url) if part)


UNTOLD = ("objectives", "source", "exhibits", "shows", "variants")
"""What may change without making it another question: evidence recorded anew names other ids and times."""


def _digest(fields: Mapping[str, Any]) -> str:
    told = {name: value for name, value in fields.items() if name not in UNTOLD}
    text = json.dumps(told, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.declared if isinstance(value, Task) else vars(value)
