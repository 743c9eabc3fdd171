"""The parts that items are made of, and how those that live in worlds are read from a pack's items.

Plain values; a part judges nothing and runs nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecslab.terms.problems import Exit, Problem


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
class Mark:
    """A line of a document (from 0) and what is to be said about it."""

    line: int
    why: str


@dataclass(frozen=True)
class Exhibit:
    """What one command printed."""

    command: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """What a command is run in and judged by."""

    solution: tuple[str, ...]
    checks: tuple[Any, ...]
    """`ecslab.content.checks.Check`."""
    advance: int
    """Simulated ms after the command; 0: until the world is steady."""
    declared: str
    """World and checks as text: what makes it another question."""
    world: Callable[[], Mapping[str, Any]] = field(compare=False)
    """Gives the resolved document of its world."""

    @classmethod
    def of(cls, source: Any) -> "Task":
        """From a typed item of a quiz file: a world is more than a mapping could say."""
        if getattr(source, "place", None) is None:
            what = f"the command question {get(source, 'id')!r} stands in no quiz file"
            raise Problem(what, "put it into one, with its world and its checks", status=Exit.USAGE)

        def world() -> Mapping[str, Any]:
            from ecslab.content.resolve import resolve_item

            return resolve_item(source)

        declared = [source.world.model_dump_json(), *(check.model_dump_json() for check in source.checks)]
        return cls(source.solution, source.checks, source.advance, "\n".join(declared), world)


def marks(written: Sequence[Any], lines: list[str]) -> tuple[Mark, ...]:
    """Raises Problem when a mark is not exactly one line."""
    found = []
    for mark in written or ():
        line, text = get(mark, "line", None), get(mark, "text", None)
        places = [line - 1] if line is not None else [n for n, one in enumerate(lines) if str(text) in one]
        if len(places) != 1 or not 0 <= places[0] < len(lines):
            named = repr(text) if line is None else f"line {line}"
            raise Problem(
                f"{named} is not exactly one line of the document", "name another", status=Exit.USAGE
            )
        found.append(Mark(places[0], str(get(mark, "why", "")).strip()))
    return tuple(found)


def exhibits(source: Any, cause: str = "") -> tuple[Exhibit, ...]:
    """What was recorded for an item; nothing when nothing was."""
    recorded = get(source, "recorded", {}) or {}
    return tuple(Exhibit(str(one["command"]), tuple(one["lines"])) for one in recorded.get(cause, ()))


def showing(shown: Sequence[Exhibit], text: str) -> frozenset[int]:
    """The lines that hold a text, counted over all exhibits."""
    lines = [line for exhibit in shown for line in exhibit.lines]
    return frozenset(place for place, line in enumerate(lines) if text and text in line)


def variants(source: Any) -> dict[str, Any]:
    """The causes of a broken world with their evidence, by id, as plain data for the family."""
    return {
        str(get(cause, "id")): {
            "text": str(get(cause, "text")).strip(),
            "why": str(get(cause, "why")).strip(),
            "shows": str(get(cause, "shows", "") or ""),
            "exhibits": exhibits(source, str(get(cause, "id"))),
        }
        for cause in get(source, "causes", ()) or ()
    }


_MISSING = object()


def get(source: Any, name: str, default: Any = _MISSING) -> Any:
    """A key of a mapping or an attribute of an object."""
    if isinstance(source, Mapping):
        value = source.get(name, default)
    else:
        value = getattr(source, name, default)
    if value is _MISSING:
        raise Problem(f"an item lacks `{name}`", "add it in its quiz file", status=Exit.USAGE)
    return value
