"""Whether a value is as expected, and how to say what was expected. Pure."""

import json
import re
from collections.abc import Callable
from typing import Any

from ecslab.content.expectations import Expectation
from ecslab.grading.evidence import same

_NOT_THERE = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExist|NotExist|\bMISSING\b")
MOST_SHOWN = 160


def holds(expectation: Expectation, value: Any, baseline: Any = None) -> bool:
    """All conditions of the expectation are true of the value. `baseline`: the value at the beginning."""
    return all(_WORDS[word](value, wanted, baseline) for word, wanted in expectation.conditions.items())


def absent(value: Any) -> bool:
    """Nothing there: null, something empty, or AWS's error that there is no such thing."""
    if isinstance(value, dict) and set(value) == {"Error"}:
        return bool(_NOT_THERE.search(str(value["Error"])))
    return value is None or value in ("", [], {})


def _is(value: Any, wanted: Any, baseline: Any) -> bool:
    if wanted == "unchanged":
        return same(value, baseline)
    if wanted == "absent":
        return absent(value)
    return same(value, wanted)


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return str(wanted) in value
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(same(item, wanted) for item in value)


def _number(value: Any) -> float | None:
    """A number, also one that AWS writes as text (`"512"`)."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _at_least(value: Any, wanted: float) -> bool:
    number = _number(value)
    return number is not None and number >= wanted


def _at_most(value: Any, wanted: float) -> bool:
    number = _number(value)
    return number is not None and number <= wanted


def _matches(value: Any, wanted: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return isinstance(value, str) and re.search(wanted, value) is not None


_WORDS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "is": _is,
    "in": lambda value, wanted, _: any(same(value, one) for one in wanted),
    "not": lambda value, wanted, _: not same(value, wanted),
    "matches": lambda value, wanted, _: _matches(value, wanted),
    "at_least": lambda value, wanted, _: _at_least(value, wanted),
    "at_most": lambda value, wanted, _: _at_most(value, wanted),
    "contains": lambda value, wanted, _: _contains(value, wanted),
    "absent": lambda value, wanted, _: absent(value) == wanted,
    "unchanged": lambda value, wanted, baseline: same(value, baseline) == wanted,
    "all": lambda value, wanted, baseline: all(holds(one, value, baseline) for one in wanted),
    "any": lambda value, wanted, baseline: any(holds(one, value, baseline) for one in wanted),
}


def shown(value: Any, most: int = MOST_SHOWN) -> str:
    """A value for people: text as it is, all else as JSON, never longer than `most`."""
    if value is None:
        return "nothing"
    if isinstance(value, dict) and set(value) == {"Error"}:
        return f"the error {value['Error']}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = " ".join(text.split())
    return clipped(text, most)


def clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def expected(expectation: Expectation, baseline: Any = None) -> str:
    """`at least 2`, `one of 200, 301`: what was expected, for people."""
    parts = [_say(word, wanted, baseline) for word, wanted in expectation.conditions.items()]
    return " and ".join(parts)


def _say(word: str, wanted: Any, baseline: Any) -> str:
    if word in ("all", "any"):
        return (" and " if word == "all" else " or ").join(expected(one, baseline) for one in wanted)
    if word == "unchanged" or (word == "is" and wanted == "unchanged"):
        return f"unchanged: {shown(baseline)}" if wanted is not False else f"anything but {shown(baseline)}"
    if word == "absent" or (word == "is" and wanted == "absent"):
        return "nothing there" if wanted is not False else "something there"
    if word == "in":
        return "one of " + ", ".join(shown(one) for one in wanted)
    return f"{_SAID[word]}{shown(wanted)}"


_SAID = {
    "is": "",
    "not": "anything but ",
    "matches": "text that matches ",
    "at_least": "at least ",
    "at_most": "at most ",
    "contains": "something with ",
}
