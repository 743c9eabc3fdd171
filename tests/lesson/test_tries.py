"""What the built-in lessons run, played as a reader plays it: the real `aws`, scratch sandboxes."""

from pathlib import Path

import pytest

from ecslab.content import packs
from ecslab.content.resolve import resolve_world
from ecslab.lesson.pages import Lesson, Predict, Try, Watch, lesson_of
from ecslab.lesson.scratch import Scratch

PACK = packs.load(Path(__file__).parents[2])
QUICK = ("task-definitions-and-tasks", "what-ecs-is")
"""The lessons that `make test` plays; `make test-all` plays every one."""
LESSONS = [
    pytest.param(summary.id, marks=() if summary.id in QUICK else pytest.mark.slow)
    for summary in PACK.lessons()
]


def blocks(lesson: Lesson) -> list[object]:
    return [block for page in lesson.pages for block in page.blocks]


def tries(lesson: Lesson) -> list[Try]:
    """A `predict` shows its answer with a `try`."""
    shown = [block.see if isinstance(block, Predict) else block for block in blocks(lesson)]
    return [block for block in shown if isinstance(block, Try)]


@pytest.fixture(params=LESSONS)
def lesson(request) -> Lesson:
    return lesson_of(PACK.lesson(request.param))


@pytest.fixture
def scratch():
    opened = Scratch(lambda world: resolve_world(PACK, world))
    yield opened
    opened.close()


def test_each_shows_what_the_lesson_says_in_reading_order(lesson, scratch):
    for block in tries(lesson):
        outcome = scratch.play(block)
        assert outcome.as_expected, outcome.output


def test_each_can_be_played_without_the_ones_before_it(lesson):
    last = tries(lesson)[-1]
    alone = Scratch(lambda world: resolve_world(PACK, world))
    try:
        assert alone.play(last).as_expected
    finally:
        alone.close()


def test_a_world_to_watch_comes_up_and_goes_on(lesson, scratch):
    for block in blocks(lesson):
        if isinstance(block, Watch):
            first = scratch.watch(block)
            assert scratch.watch(block, block.step)["clock"]["t"] > first["clock"]["t"]


def test_nothing_is_left_behind(scratch):
    scratch.play(tries(lesson_of(PACK.lesson(QUICK[0])))[0])
    home = scratch._home
    assert home.is_dir()
    scratch.close()
    assert not home.exists()
