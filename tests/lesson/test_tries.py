"""Every `try` of the built-in lessons, played as a reader plays it: the real `aws`, a scratch sandbox."""

from pathlib import Path

import pytest

from ecslab.content import packs
from ecslab.content.resolve import resolve_world
from ecslab.lesson.pages import Lesson, Try, lesson_of, plays
from ecslab.lesson.scratch import Scratch

PACK = packs.load(Path(__file__).parents[2])


def tries(lesson: Lesson) -> list[Try]:
    return [call for page in lesson.pages for block in page.blocks for call in plays(block)]


@pytest.fixture(params=[summary.id for summary in PACK.lessons()])
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


def test_nothing_is_left_behind(lesson, scratch):
    scratch.play(tries(lesson)[0])
    home = scratch._home
    assert home.is_dir()
    scratch.close()
    assert not home.exists()
