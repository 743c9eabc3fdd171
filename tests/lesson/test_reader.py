"""Where somebody is in a lesson outlives the program."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecslab.lesson.pages import Lesson, split_pages
from ecslab.lesson.reader import Reader
from ecslab.progress.store import Store

BODY = "## One\n\na\n\n## Two\n\nb\n\n## Three\n\nc\n"
LESSON = Lesson("l", "L", "m", 5, ("o",), 1, split_pages(BODY, "L"))


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "p.sqlite3", clock=lambda: datetime(2026, 11, 23, tzinfo=UTC)) as opened:
        yield opened


def test_turning_a_page_reads_it(store):
    reader = Reader(LESSON, store)
    assert reader.page.title == "One"
    assert reader.turn()
    assert (reader.page.title, reader.read) == ("Two", {0})
    assert store.lesson_progress("l").read == {0}


def test_looking_at_a_page_does_not_read_it(store):
    reader = Reader(LESSON, store)
    reader.go(2)
    reader.back()
    assert (reader.page.title, store.lesson_progress("l").read) == ("Two", frozenset())


def test_it_opens_again_where_it_was_left(store):
    Reader(LESSON, store).turn()
    assert Reader(LESSON, store).page.title == "Two"


def test_the_last_page_stays_and_finishes(store):
    reader = Reader(LESSON, store)
    assert [reader.turn(), reader.turn(), reader.turn()] == [True, True, False]
    assert reader.finished
    assert reader.page.title == "Three"


def test_there_is_nothing_before_the_first_page_or_after_the_last(store):
    reader = Reader(LESSON, store)
    reader.back()
    assert reader.position == 0
    reader.go(99)
    assert reader.position == 2


def test_a_lesson_that_became_shorter_opens_on_its_last_page(store):
    Reader(LESSON, store).go(2)
    shorter = Lesson("l", "L", "m", 5, ("o",), 1, LESSON.pages[:1])
    assert Reader(shorter, store).page.title == "One"
