"""What TAB offers after `aws`: the CLI's own words, and the names of what exists in the world.

Pure but for the two callables it is given: one asks the AWS CLI's completer, one the sandbox.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

JSON = dict[str, Any]

_OF_WORLD: dict[str, Callable[[JSON], Iterable[str]]] = {
    "--cluster": lambda state: _names(state.get("clusters", ()), "name"),
    "--service": lambda state: _names(state.get("services", ()), "name"),
    "--task": lambda state: _names(state.get("tasks", ()), "id"),
    "--task-definition": lambda state: (
        f"{one['family']}:{one['revision']}" for one in state.get("task_definitions", ())
    ),
    "--load-balancer-arn": lambda state: _names(state.get("load_balancers", ()), "arn"),
    "--target-group-arn": lambda state: _names(state.get("target_groups", ()), "arn"),
}
_SPELLINGS = {
    "--clusters": "--cluster",
    "--cluster-name": "--cluster",
    "--services": "--service",
    "--service-name": "--service",
    "--tasks": "--task",
    "--load-balancer-arns": "--load-balancer-arn",
    "--target-group-arns": "--target-group-arn",
}
_FILE = "file://"
_BREAKS = ":="
"""bash replaces only what follows these characters in the word under the cursor."""


def choices(
    line: str, point: int, *, of_cli: Callable[[str, int], list[str]], of_world: Callable[[], JSON]
) -> list[str]:
    """What could stand at `point` of a command line that begins with `aws`, as bash wants it."""
    before = line[:point]
    words = before.split()
    if not words:
        return []
    word = "" if before[-1].isspace() else words[-1]
    if word.startswith(_FILE):
        return _after_break(word, [_FILE + path for path in _paths(word.removeprefix(_FILE))])
    option = _option(words[:-1] if word else words)
    if option is not None and not word.startswith("-"):
        named = [name for name in _OF_WORLD[option](of_world()) if name.startswith(word)]
        if named:
            return _after_break(word, named)
    return of_cli(line, point)


def _option(words: list[str]) -> str | None:
    """The option whose value comes next, when its values are names of the world."""
    for word in reversed(words):
        if word.startswith("--"):
            option = _SPELLINGS.get(word, word)
            return option if option in _OF_WORLD else None
    return None


def _names(rows: Iterable[JSON], key: str) -> Iterable[str]:
    return (str(row[key]) for row in rows)


def _paths(typed: str) -> list[str]:
    folder, _, start = typed.rpartition("/")
    place = Path(folder + "/" if "/" in typed else ".")
    try:
        found = sorted(place.iterdir())
    except OSError:
        return []
    lead = typed[: len(typed) - len(start)]
    return [
        lead + path.name + ("/" if path.is_dir() else "") for path in found if path.name.startswith(start)
    ]


def _after_break(word: str, found: list[str]) -> list[str]:
    cut = max(word.rfind(letter) for letter in _BREAKS) + 1
    return [choice[cut:] for choice in found]
