"""Questions on their way to other systems: which of them fit, and their texts as HTML."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecslab.quiz.items import Item, Quiz, Type

BASIC = (Type.SINGLE, Type.MULTIPLE, Type.ORDERING, Type.MATCHING, Type.NUMERIC, Type.SHORT)
"""Types that stand on paper: no command is played, nothing is generated."""


@dataclass(frozen=True)
class LeftOut:
    """A question that the other system cannot hold, or not all of it."""

    item: str
    why: str


@dataclass(frozen=True)
class Exported:
    content: bytes
    count: int
    left_out: tuple[LeftOut, ...] = ()


Fits = Callable[[Item], str]
"""Why an item does not fit; nothing if it does."""


def sorted_out(quiz: Quiz, fits: Fits) -> tuple[list[Item], tuple[LeftOut, ...]]:
    """The items that fit, and the others with the reason."""
    reasons = {item.key: fits(item) for item in quiz.items}
    kept = [item for item in quiz.items if not reasons[item.key]]
    return kept, tuple(LeftOut(item.id, reasons[item.key]) for item in quiz.items if reasons[item.key])


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def html(text: str) -> str:
    """A text of a question, which is Markdown, as HTML; what looks like HTML in it stays text."""
    return str(_markdown().render(text)).strip()


def inline(text: str) -> str:
    """The same without a paragraph around it, for an option or a cell."""
    return str(_markdown().renderInline(text)).strip()


def explanation(item: Item) -> str:
    """Why the right answer is right, and where it can be read up, as HTML."""
    parts = [html(item.why)] if item.why else []
    parts += [f"<p>{inline(item.source)}</p>"] if item.source else []
    return "\n".join(parts)


def accepted(item: Item) -> Sequence[str]:
    """The answers to a short question that are plain words: other systems know no regular expressions."""
    special = set("\\.^$*+?{}[]|()")
    return [item.answer, *(pattern for pattern in item.accept if not special & set(pattern))]


def number(value: float) -> str:
    return f"{value:.12g}"
