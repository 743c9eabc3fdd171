"""Whether a value is as expected, and how to say what was expected. Pure."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ecslab.content.expectations import But, Expectation
from ecslab.content.variables import substitute
from ecslab.grading.evidence import absent, is_error, same

E = TypeVar("E", bound=Expectation)

MOST_SHOWN = 160


def holds(expectation: Expectation, value: Any, baseline: Any = None) -> bool:
    """All conditions of the expectation are true of the value. `baseline`: the value at the beginning."""
    return all(_WORDS[word](value, wanted, baseline) for word, wanted in expectation.conditions.items())


def refers(condition: Expectation) -> bool:
    """Whether it speaks of values that checks save."""
    return "${" in repr(condition)


def filled(condition: E, saved: Mapping[str, Any]) -> E:
    """The condition with values that checks have saved put in."""
    if not refers(condition):
        return condition
    written = condition.model_dump(by_alias=True, exclude_unset=True)
    return type(condition).model_validate(_listed(substitute(_listed(written), saved)))


def _listed(value: Any) -> Any:
    """Tuples as the lists that they were in the file."""
    if isinstance(value, list | tuple):
        return [_listed(part) for part in value]
    if isinstance(value, dict):
        return {key: _listed(part) for key, part in value.items()}
    return value


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


def _unchanged(value: Any, wanted: bool | But, baseline: Any) -> bool:
    if isinstance(wanted, But):
        return same(without(value, wanted.except_), without(baseline, wanted.except_))
    return same(value, baseline) == wanted


def without(value: Any, keys: Sequence[str], at: tuple[str, ...] = ()) -> Any:
    """The value without some keys, wherever they are; `outer.inner` only directly below `outer`."""
    if isinstance(value, list):
        return [without(part, keys, at) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {name: part for name, part in value.items() if not _named((*at, name), keys)}
    return {name: without(part, keys, (*at, name)) for name, part in kept.items()}


def _named(path: tuple[str, ...], keys: Sequence[str]) -> bool:
    return any(path[-len(words) :] == words for words in (tuple(key.split(".")) for key in keys))


def differences(value: Any, baseline: Any, at: str = "") -> Iterator[str]:
    """What is not as it was, for people: `cpu is 512, and was 256`."""
    if isinstance(value, dict) and isinstance(baseline, dict) and not is_error(value):
        for name in [*baseline, *(name for name in value if name not in baseline)]:
            yield from differences(value.get(name), baseline.get(name), f"{at}.{name}" if at else name)
    elif isinstance(value, list) and isinstance(baseline, list) and len(value) == len(baseline):
        for place, (one, other) in enumerate(zip(value, baseline, strict=True)):
            yield from differences(one, other, f"{at}[{place}]")
    elif not same(value, baseline):
        yield f"{at or 'It'} is {shown(value, 40)}, and was {shown(baseline, 40)}"


_WORDS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "is": _is,
    "in": lambda value, wanted, _: any(same(value, one) for one in wanted),
    "not": lambda value, wanted, _: not same(value, wanted),
    "matches": lambda value, wanted, _: _matches(value, wanted),
    "at_least": lambda value, wanted, _: _at_least(value, wanted),
    "at_most": lambda value, wanted, _: _at_most(value, wanted),
    "contains": lambda value, wanted, _: _contains(value, wanted),
    "absent": lambda value, wanted, _: absent(value) == wanted,
    "unchanged": _unchanged,
    "all": lambda value, wanted, baseline: all(holds(one, value, baseline) for one in wanted),
    "any": lambda value, wanted, baseline: any(holds(one, value, baseline) for one in wanted),
}


def shown(value: Any, most: int = MOST_SHOWN) -> str:
    """A value for people: text as it is, all else as JSON, never longer than `most`."""
    if value is None:
        return "nothing"
    if is_error(value):
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
    if isinstance(wanted, But):
        return f"unchanged but for {', '.join(wanted.except_)}"
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
