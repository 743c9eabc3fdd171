"""What is typed at a question, turned into an answer: letters for options, numbers for confidence.

The order on the screen (`shown`) decides what a letter means; the answer is in the item's own numbering.
"""

import re
from collections.abc import Sequence
from string import ascii_lowercase
from typing import Any

from ecslab.progress.records import Confidence
from ecslab.quiz.items import Item, Type
from ecslab.quiz.judge import Unreadable, judge

CONFIDENCE_KEYS = {"1": Confidence.GUESS, "2": Confidence.UNSURE, "3": Confidence.SURE}


def letters(count: int) -> str:
    return ascii_lowercase[:count]


def hint(item: Item) -> str:
    """What to type, in a few words."""
    last = letters(len(item.options or item.steps or item.pairs))[-1:]
    every = " ".join(letters(len(item.steps)))
    return {
        Type.SINGLE: f"a letter, a to {last}",
        Type.MULTIPLE: "letters, like: a c",
        Type.ORDERING: f"all letters in order, like: {every}",
        Type.MATCHING: f"a letter for 1 to {len(item.pairs)}, like: {' '.join(letters(len(item.pairs)))}",
        Type.NUMERIC: f"a number{' of ' + item.unit if item.unit else ''}",
        Type.SHORT: "a few words",
        Type.COMMAND: "a shell line",
        Type.SPOT: f"line number{'s, like: 3 7' if len(item.bugs) > 1 else ', like: 3'}",
        Type.DIAGNOSE: f"a letter, a to {last}{', and the number of a line, like: a 3' if item.shows else ''}",
        Type.GENERATED: "",
    }[item.type]


def read_answer(item: Item, shown: Sequence[int], text: str) -> Any:
    """The answer that was typed.

    Raises:
        Unreadable: it is none; ask again.
    """
    if item.type is Type.COMMAND:
        if not text.strip():
            raise Unreadable("nothing was entered", hint(item))
        return text.strip()
    if item.type in (Type.NUMERIC, Type.SHORT):
        chosen: Any = text.strip()
    elif item.type is Type.SPOT:
        chosen = _line_numbers(text, hint(item))
    elif item.type is Type.DIAGNOSE:
        chosen = _cause_and_line(item, shown, text)
    else:
        picked = [shown[i] for i in _letters(text, len(shown), hint(item))]
        chosen = _of_type(item, picked)
    judge(item, chosen)
    return chosen


def _of_type(item: Item, picked: list[int]) -> Any:
    if item.type is Type.SINGLE:
        if len(picked) != 1:
            raise Unreadable("choose one option", hint(item))
        return picked[0]
    if item.type is Type.MULTIPLE:
        return sorted(set(picked))
    return picked


def _line_numbers(text: str, wanted: str) -> list[int]:
    """`3, 7` -> [2, 6]."""
    words = re.split(r"[\s,;]+", text.strip())
    if not all(word.isdecimal() for word in words):
        raise Unreadable(
            f"{text.strip()!r} is no answer here" if text.strip() else "nothing was entered", wanted
        )
    return sorted({int(word) - 1 for word in words})


def _cause_and_line(item: Item, shown: Sequence[int], text: str) -> dict[str, int | None]:
    """`b 12`: the cause, and the line of the evidence where one is asked for."""
    number = re.search(r"\d+", text)
    picked = _letters(text, len(shown), hint(item))
    if len(picked) != 1 or (item.shows and number is None):
        raise Unreadable("choose one cause" + (" and one line" if item.shows else ""), hint(item))
    line = int(number[0]) - 1 if item.shows and number is not None else None
    return {"cause": shown[picked[0]], "line": line}


def _letters(text: str, count: int, wanted: str) -> list[int]:
    """`a, c`, `ac` and `1a 2c` all name the first and the third."""
    found = re.sub(r"[\s,;.)(=:>-]|\d", "", text.casefold())
    if not found or any(letter not in letters(count) for letter in found):
        raise Unreadable(
            f"{text.strip()!r} is no answer here" if text.strip() else "nothing was entered", wanted
        )
    return [ascii_lowercase.index(letter) for letter in found]


def read_confidence(text: str) -> Confidence | None:
    """`1` guess, `2` unsure, `3` sure; nothing is no opinion."""
    word = text.strip().casefold()
    if not word:
        return None
    if word in CONFIDENCE_KEYS:
        return CONFIDENCE_KEYS[word]
    for confidence in Confidence:
        if confidence.value.startswith(word):
            return confidence
    raise Unreadable(f"{text.strip()!r} is no confidence", "1 guess, 2 unsure, 3 sure, or Enter")
