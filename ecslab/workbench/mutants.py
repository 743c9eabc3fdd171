"""Altered solutions: from the calls of a solution, every variant that one slip would make. Pure.

Fixed operators: a call is left out; a parameter is left out (so that its default holds), off by one, or set
to another thing of the same kind that exists; two neighbours are swapped.
"""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Call:
    """One changing call of a solution."""

    service: str
    operation: str
    params: dict[str, Any] = field(hash=False)
    gap: int = 0
    """Simulated ms between the call before and this one."""

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


@dataclass(frozen=True)
class Mutant:
    change: str
    """What was altered, for people."""
    calls: tuple[Call, ...] = field(hash=False)
    altered: int | None = None
    """The call whose parameters are not the solution's."""


def mutants(
    calls: Sequence[Call], pools: Sequence[Sequence[str]], valid: Callable[[Call], bool]
) -> Iterator[Mutant]:
    """Every mutant of a solution.

    Args:
        pools: names and ids that exist, those of one kind together.
        valid: whether a client would send the call at all.
    """
    for place, call in enumerate(calls):
        rest = (*calls[:place], *calls[place + 1 :])
        yield Mutant(f"{call} is left out", rest)
        for what, params in _altered(call.params, pools):
            changed = Call(call.service, call.operation, params, call.gap)
            if valid(changed):
                yield Mutant(f"{call}: {what}", (*calls[:place], changed, *calls[place + 1 :]), place)
    for place in range(len(calls) - 1):
        first, second = calls[place], calls[place + 1]
        yield Mutant(
            f"{second} comes before {first}",
            (*calls[:place], _at(second, first.gap), _at(first, second.gap), *calls[place + 2 :]),
        )


def _at(call: Call, gap: int) -> Call:
    return Call(call.service, call.operation, call.params, gap)


def _altered(params: dict[str, Any], pools: Sequence[Sequence[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, value in _nodes(params, ()):
        name = _name(path)
        if _can_be_left_out(params, path, value):
            yield f"{name} is left out (it was {_short(value)})", _without(params, path)
        for other in _others(value, pools):
            yield f"{name} is {_short(other)} instead of {_short(value)}", _with(params, path, other)


def _nodes(value: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    if at:
        yield at, value
    parts: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in parts:
        yield from _nodes(part, (*at, key))


def _can_be_left_out(params: Any, path: Path, value: Any) -> bool:
    """An empty value says nothing, and the last item of a list goes with the list."""
    if value in (None, "", [], {}):
        return False
    return isinstance(path[-1], str) or len(_get(params, path[:-1])) > 1


def _others(value: Any, pools: Sequence[Sequence[str]]) -> Iterator[Any]:
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield value + 1
        if value > 0:
            yield value - 1
    for pool in pools:
        if value in pool and len(pool) > 1:
            yield pool[(list(pool).index(value) + 1) % len(pool)]
            return


def _get(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _without(params: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(params)
    del _get(changed, path[:-1])[path[-1]]
    return changed


def _with(params: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(params)
    _get(changed, path[:-1])[path[-1]] = value
    return changed


def _name(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
