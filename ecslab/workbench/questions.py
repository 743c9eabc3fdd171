"""Proves questions: exactly the right answers are right, and every option says why. It asks nobody."""

from collections.abc import Iterator
from itertools import chain, combinations, permutations
from typing import Any

from ecslab.content.packs import Pack
from ecslab.lesson.pages import Check, lesson_of
from ecslab.quiz.families.catalogue import FAMILIES, question_of
from ecslab.quiz.items import Item, Type, item_of
from ecslab.quiz.judge import judge
from ecslab.terms.problems import Problem
from ecslab.workbench.recording import normal
from ecslab.workbench.second_way import refuted

MOST_OPTIONS = 10
"""Above it, only the sets that differ from the right one by a single option are tried."""
MOST_STEPS = 7
SEEDS = 200
"""Variants of a generated question that are tried."""


def quiz_problems(pack: Pack, quiz_id: str) -> list[str]:
    quiz = pack.quiz(quiz_id)
    return [said for source in quiz.items for said in _problems(source, quiz_id, SEEDS)]


def lesson_problems(pack: Pack, lesson_id: str) -> list[str]:
    """Of the questions on a lesson's pages."""
    lesson = lesson_of(pack.lesson(lesson_id))
    checks = [block for page in lesson.pages for block in page.blocks if isinstance(block, Check)]
    sources = [{"id": f"check-{number}", **check.item} for number, check in enumerate(checks, 1)]
    return [said for source in sources for said in _problems(source, lesson_id)]


def _problems(source: Any, quiz_id: str, seeds: int = SEEDS) -> list[str]:
    try:
        item = item_of(source, quiz_id)
        found = family_problems(item, seeds) if item.type is Type.GENERATED else item_problems(item)
        return [f"{item.id}: {said}" for said in found]
    except Problem as problem:
        return [str(problem)]


def family_problems(item: Item, seeds: int = SEEDS) -> Iterator[str]:
    """What is wrong with variants of a generated question, held against a second way to the answer."""
    asked = set()
    for seed in range(seeds):
        variant = item.variant(seed)
        asked.add((variant.stem, variant.options, variant.exhibits))
        yield from (f"variant {seed}: {said}" for said in item_problems(variant))
        if item.family in FAMILIES:
            facts = question_of(item.family, item.params, seed).facts
            if said := refuted(item.family, facts):
                yield f"variant {seed}: {said}"
    if len(asked) < 2:
        yield "every variant is the same question"
    yield from _alike(item)


def _alike(item: Item) -> Iterator[str]:
    """Causes of a broken world that show the same."""
    seen: dict[tuple[tuple[str, ...], ...], str] = {}
    for name, cause in item.variants.items():
        shown = tuple(tuple(normal(exhibit.lines)) for exhibit in cause["exhibits"])
        if (other := seen.setdefault(shown, name)) != name:
            yield f"the causes {other!r} and {name!r} cannot be told apart: their evidence is the same"


def item_problems(item: Item) -> Iterator[str]:
    """What is wrong with a question, found by answering it in every way that matters."""
    for chosen, right in _answers(item):
        try:
            verdict = judge(item, chosen)
        except Problem as problem:
            yield f"the answer {chosen!r} cannot be given: {problem.what}"
            continue
        if verdict.right != right:
            yield f"the answer {chosen!r} is judged {'right' if verdict.right else 'wrong'}"
        if not verdict.expected.strip():
            yield "the right answer is empty"
    for option in item.options:
        if not option.why:
            yield f"the option {option.text!r} has no reason"
    yield from _shows(item)
    texts = [option.text for option in item.options] or [step.text for step in item.steps]
    yield from (f"{text!r} is here twice" for text in sorted({t for t in texts if texts.count(t) > 1}))


def _shows(item: Item) -> Iterator[str]:
    """Evidence in which every line would do, or that does not hold what it is said to show."""
    if item.type is Type.DIAGNOSE and item.wants_line:
        count = sum(len(exhibit.lines) for exhibit in item.exhibits)
        if not item.shows:
            yield "no line of its evidence holds the text of `shows`"
        elif len(item.shows) == count:
            yield "every line of its evidence holds the text of `shows`"


def _answers(item: Item) -> Iterator[tuple[Any, bool]]:
    """Answers and whether each of them is right by what the author wrote."""
    match item.type:
        case Type.SINGLE:
            yield from ((place, option.right) for place, option in enumerate(item.options))
        case Type.MULTIPLE:
            yield from _sets(
                {place for place, option in enumerate(item.options) if option.right}, len(item.options)
            )
        case Type.ORDERING:
            yield from _orders(item)
        case Type.MATCHING:
            yield from _matches(item)
        case Type.NUMERIC:
            yield from _numbers(item)
        case Type.SHORT:
            yield item.answer, True
            yield "zzz qqq xxx", False
        case Type.SPOT:
            yield from _lines(item)
        case Type.DIAGNOSE:
            yield from _diagnoses(item)
        case Type.COMMAND:
            yield from _runs(item)


def _sets(right: set[int], count: int) -> Iterator[tuple[Any, bool]]:
    if count <= MOST_OPTIONS:
        every = chain.from_iterable(combinations(range(count), size) for size in range(1, count + 1))
        yield from ((list(chosen), set(chosen) == right) for chosen in every)
        return
    yield sorted(right), True
    yield from ((sorted(right ^ {place}), False) for place in range(count) if right ^ {place})


def _lines(item: Item) -> Iterator[tuple[Any, bool]]:
    bugs = {mark.line for mark in item.bugs}
    yield sorted(bugs), True
    for line in range(len(item.document)):
        yield [line], bugs == {line}
        if line not in bugs:
            yield sorted(bugs | {line}), False


def _diagnoses(item: Item) -> Iterator[tuple[Any, bool]]:
    count = sum(len(exhibit.lines) for exhibit in item.exhibits)
    for place, option in enumerate(item.options):
        for line in range(count) if item.shows else (None,):
            yield {"cause": place, "line": line}, option.right and (line is None or line in item.shows)


def _runs(item: Item) -> Iterator[tuple[Any, bool]]:
    """As if each check, or none, had failed: what running comes to is proved in its world."""
    goals = [check.goal for check in item.task.checks] if item.task else []
    for missed in (None, *goals):
        verdicts = [
            {"goal": g, "verdict": "fail" if g == missed else "pass", "message": "m", "look": "", "why": ""}
            for g in goals
        ]
        yield {"command": "c", "output": "", "status": 0, "verdicts": verdicts}, missed is None


def _orders(item: Item) -> Iterator[tuple[Any, bool]]:
    count = len(item.steps)
    orders = (
        permutations(range(count))
        if count <= MOST_STEPS
        else [tuple(range(count)), tuple(range(count))[::-1]]
    )
    for order in orders:
        at = {step: place for place, step in enumerate(order)}
        yield (
            list(order),
            all(at[before] < at[step] for step in range(count) for before in item.steps[step].after),
        )


def _matches(item: Item) -> Iterator[tuple[Any, bool]]:
    straight = list(range(len(item.pairs)))
    yield straight, True
    for one, other in combinations(straight, 2):
        swapped = straight.copy()
        swapped[one], swapped[other] = other, one
        yield swapped, item.pairs[one].right == item.pairs[other].right
    yield [-1] * len(straight), False


def _numbers(item: Item) -> Iterator[tuple[Any, bool]]:
    room = item.tolerance
    beyond = room + max(1.0, abs(item.number) * 0.01, room * 0.5)
    for value, right in (
        (item.number, True),
        (item.number - room, True),
        (item.number + room, True),
        (item.number - beyond, False),
        (item.number + beyond, False),
    ):
        yield repr(value), right
