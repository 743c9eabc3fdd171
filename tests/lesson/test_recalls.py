"""Recall questions in the review queue: once their page was read, a day later, and gone when the lesson is."""

from datetime import UTC, datetime, timedelta

import pytest

from ecslab.lesson import recalls
from ecslab.lesson.pages import parse_lesson
from ecslab.lesson.reader import Reader
from ecslab.progress.review import Rating
from ecslab.progress.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
LESSON = """---
id: pots
title: Pots
module: garden
minutes: 5
objectives: [o]
---

## One

```recall
ask: Who holds the plant?
answer: The pot.
```

## Two

Nothing to recall here.

## Three

```recall
ask: Who waters it?
answer: You.
```
"""


class Summary:
    id = "pots"


class Pack:
    """A pack of one lesson."""

    def __init__(self, text: str = LESSON) -> None:
        self.text = text

    def lessons(self):
        return [Summary] if self.text else []

    def lesson(self, name):
        found = parse_lesson(self.text)
        body = self.text.partition("\n---\n")[2]
        return type("Source", (), {"id": found.id, "title": found.title, "objectives": ["o"], "body": body})

    def key(self, name):
        return name

    own = key


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "p.sqlite3", clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def read(store, monkeypatch):
    """The first page was read."""
    monkeypatch.setattr(recalls, "utc_now", lambda: NOW)
    Reader(parse_lesson(LESSON), store).turn()
    return store


def test_a_page_that_was_read_is_recalled_a_day_later_and_not_before(read):
    assert recalls.due(read, Pack(), NOW + timedelta(hours=23)) == []
    assert [card.ask for card in recalls.due(read, Pack(), TOMORROW)] == ["Who holds the plant?"]


def test_reading_it_again_asks_no_sooner_and_no_later(read):
    card = recalls.due(read, Pack(), TOMORROW)[0]
    recalls.rate(read, card, Rating.GOOD, TOMORROW)
    due = read.cards()[0].due
    reader = Reader(parse_lesson(LESSON), read)
    reader.go(0)
    reader.turn()
    assert [card.due for card in read.cards()] == [due]


def test_what_was_not_known_returns_within_a_day(read):
    card = recalls.due(read, Pack(), TOMORROW)[0]
    held = recalls.rate(read, card, Rating.AGAIN, TOMORROW)
    assert TOMORROW < held.due <= TOMORROW + timedelta(days=1)
    assert read.answers() == []


def test_another_answer_makes_it_a_new_card(read):
    recalls.rate(read, recalls.due(read, Pack(), TOMORROW)[0], Rating.EASY, TOMORROW)
    edited = LESSON.replace("The pot.", "The big pot.")
    recalls.enqueue(read, recalls.cards(parse_lesson(edited)), TOMORROW)
    again = next(card for card in read.cards() if card.item == recalls.cards(parse_lesson(LESSON))[0].key)
    assert again.due == TOMORROW + recalls.FIRST


def test_a_question_that_the_lesson_no_longer_asks_leaves_the_queue(read):
    assert recalls.due(read, Pack(LESSON.replace("Who holds the plant?", "Who else?")), TOMORROW) == []
    assert read.cards() == []


def test_a_lesson_of_another_pack_is_left_alone(read):
    assert recalls.due(read, Pack(""), TOMORROW) == []
    assert len(read.cards()) == 1


def test_its_first_recall_is_no_review_that_could_be_predicted(read):
    recalls.rate(read, recalls.due(read, Pack(), TOMORROW)[0], Rating.GOOD, TOMORROW)
    recalls.rate(read, recalls.cards(parse_lesson(LESSON))[0], Rating.GOOD, TOMORROW + timedelta(days=4))
    first, second = read.reviews()
    assert first.predicted is None
    assert 0 < second.predicted < 1
    assert read.answers() == []
