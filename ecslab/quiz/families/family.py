"""What a family of questions is: a pure function from a draw of chance and parameters to a question.

Wrong options are computed from named slips, so that each has a reason of its own; a draw in which too few of
them differ from the right answer is drawn again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

MOST_WRONG = 3


class DrawAgain(Exception):
    """These values make no good question."""


@dataclass(frozen=True)
class Slip:
    """A wrong answer that a named misconception leads to."""

    name: str
    text: str
    why: str


@dataclass(frozen=True)
class Question:
    """A question with the facts that it was computed from, for whoever proves it."""

    stem: str
    right: str
    why: str
    slips: tuple[Slip, ...]
    facts: Mapping[str, Any]
    """All that the answer depends on, and under `answer` what the family says it is."""


@dataclass(frozen=True)
class Range:
    """A parameter: whole numbers from low to high, written [low, high]."""

    low: int
    high: int
    least: int = 1
    most: int = 1_000_000


@dataclass(frozen=True)
class Choice:
    """A parameter: some of these values, written as a list."""

    values: tuple[Any, ...]


Param = Range | Choice


@dataclass(frozen=True)
class Family:
    name: str
    about: str
    make: Callable[[Random, Mapping[str, Any]], Question]
    params: Mapping[str, Param] = field(default_factory=dict)


def number(draw: Random, params: Mapping[str, Any], name: str) -> int:
    """A draw from a range."""
    low, high = params[name]
    return draw.randint(low, high)


def question(stem: str, right: str, why: str, slips: Sequence[Slip], facts: Mapping[str, Any]) -> Question:
    """Raises DrawAgain when fewer than two slips lead elsewhere than to the right answer."""
    distinct: dict[str, Slip] = {}
    for slip in slips:
        if slip.text != right:
            distinct.setdefault(slip.text, slip)
    if len(distinct) < 2:
        raise DrawAgain
    return Question(stem, right, why, tuple(distinct.values())[:MOST_WRONG], facts)
