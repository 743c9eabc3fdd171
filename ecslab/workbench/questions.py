"""Proves questions: exactly the right answers are right, and every option says why. It asks nobody."""

from collections.abc import Iterator
from itertools import chain, combinations, permutations
from typing import Any

from ecslab.content.packs import Pack
from ecslab.lesson.pages import Check, lesson_of
from ecslab.quiz.items import Item, Type, item_of
from ecslab.quiz.judge import judge
from ecslab.terms.problems import Problem

MOST_OPTIONS = 10
"""Above it, only the sets that differ from the right one by a single option are tried."""
MOST_STEPS = 7


def quiz_problems(pack: Pack, quiz_id: str) -> list[str]:
    quiz = pack.quiz(quiz_id)
    return [said for source in quiz.items for said in _problems(source, quiz_id)]


def lesson_problems(pack: Pack, lesson_id: str) -> list[str]:
    """Of the questions on a lesson's pages."""
    lesson = lesson_of(pack.lesson(lesson_id))
    checks = [block for page in lesson.pages for block in page.blocks if isinstance(block, Check)]
    sources = [{"id": f"check-{number}", **check.item} for number, check in enumerate(checks, 1)]
    return [said for source in sources for said in _problems(source, lesson_id)]


def _problems(source: Any, quiz_id: str) -> list[str]:
    try:
        item = item_of(source, quiz_id)
        return [f"{item.id}: {said}" for said in item_problems(item)]
    except Problem as problem:
        return [str(problem)]


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
    texts = [option.text for option in item.options] or [step.text for step in item.steps]
    yield from (f"{text!r} is here twice" for text in sorted({t for t in texts if texts.count(t) > 1}))


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


def _sets(right: set[int], count: int) -> Iterator[tuple[Any, bool]]:
    if count <= MOST_OPTIONS:
        every = chain.from_iterable(combinations(range(count), size) for size in range(1, count + 1))
        yield from ((list(chosen), set(chosen) == right) for chosen in every)
        return
    yield sorted(right), True
    yield from ((sorted(right ^ {place}), False) for place in range(count) if right ^ {place})


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
