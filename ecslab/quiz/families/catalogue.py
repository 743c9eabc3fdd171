"""The families by name: parameters checked, a variant made. The same seed always makes the same question."""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from ecslab.quiz.families import failures, health, identity, placing, rolling, scaling, sizes
from ecslab.quiz.families.family import MOST_WRONG, Choice, DrawAgain, Family, Question, Range
from ecslab.quiz.items import Item, Type
from ecslab.quiz.parts import Option, showing
from ecslab.terms.problems import Exit, Problem

FAMILIES: dict[str, Family] = {
    family.name: family
    for module in (sizes, rolling, health, scaling, placing, identity, failures)
    for family in module.FAMILIES
}
BROKEN_WORLD = "broken-world"
"""The family whose variants were recorded: it picks one of the causes that its item declares."""
NAMES = (*FAMILIES, BROKEN_WORLD)
MOST_DRAWS = 200


def checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of a family, with what is given in place of the usual.

    Raises:
        Problem: there is no such family or parameter, or the value is none.
    """
    if name not in NAMES:
        raise _refused(f"there is no family {name!r}", name, NAMES)
    known = FAMILIES[name].params if name in FAMILIES else {}
    for key in given:
        if key not in known:
            raise _refused(f"the family {name} has no parameter {key!r}", key, tuple(known))
    return {key: _value(name, key, known[key], given.get(key)) for key in known}


def _value(family: str, key: str, kind: Range | Choice, given: Any) -> Any:
    if given is None:
        return [kind.low, kind.high] if isinstance(kind, Range) else list(kind.values)
    if isinstance(kind, Range):
        whole = isinstance(given, list | tuple) and [type(n) for n in given] == [int, int]
        if not whole or not kind.least <= given[0] <= given[1] <= kind.most:
            todo = f"write [low, high], whole numbers from {kind.least} to {kind.most}"
            raise Problem(f"{key} {given!r} of the family {family} is no range", todo, status=Exit.USAGE)
        return list(given)
    if not isinstance(given, list | tuple) or not given or not set(given) <= set(kind.values):
        todo = f"write a list of some of {', '.join(map(str, kind.values))}"
        raise Problem(f"{key} {given!r} of the family {family} is not known", todo, status=Exit.USAGE)
    return list(given)


def _refused(what: str, name: str, known: tuple[str, ...]) -> Problem:
    near = difflib.get_close_matches(name, known, 1)
    todo = (
        f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(known)}" if known else "remove it"
    )
    return Problem(what, todo, status=Exit.USAGE)


def question_of(name: str, params: Mapping[str, Any], seed: int) -> Question:
    """The question of a family for a seed."""
    family = FAMILIES[name]
    for number in range(MOST_DRAWS):
        try:
            return family.make(Random(f"{name} {seed} {number}"), params)
        except DrawAgain:
            continue
    raise Problem(
        f"with these parameters the family {name} makes no question", "widen them", status=Exit.USAGE
    )


def made(item: Item, seed: int) -> Item:
    """A variant of a generated item: the same key and hash, the values of the seed."""
    if item.family == BROKEN_WORLD:
        return _broken(item, seed)
    question = question_of(item.family, item.params, seed)
    options = (
        Option(question.right, True, question.why),
        *(Option(slip.text, False, slip.why) for slip in question.slips),
    )
    return replace(item, type=Type.SINGLE, stem=question.stem, options=options, seed=seed)


def _broken(item: Item, seed: int) -> Item:
    """One cause with what its world showed; others of the item's causes are the wrong options."""
    draw = Random(f"{BROKEN_WORLD} {seed}")
    name = draw.choice(sorted(item.variants))
    cause = item.variants[name]
    others = draw.sample(sorted(set(item.variants) - {name}), min(MOST_WRONG, len(item.variants) - 1))
    options = (
        Option(cause["text"], True, cause["why"]),
        *(Option(item.variants[n]["text"], False, item.variants[n]["why"]) for n in others),
    )
    shown = cause["exhibits"]
    return replace(
        item,
        type=Type.DIAGNOSE,
        stem=item.stem or "Something in this world is broken. What is it?",
        options=options,
        exhibits=shown,
        shows=showing(shown, cause["shows"]),
        wants_line=bool(cause["shows"]),
        seed=seed,
    )
