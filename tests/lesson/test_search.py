"""Words are found in the lessons, wherever they stand."""

from ecslab.lesson.pages import Lesson, parse_lesson
from ecslab.lesson.search import hits_of, search

HEAD = "---\nid: {id}\ntitle: {id}\n---\n\n"
POTS = parse_lesson(
    HEAD.format(id="Pots") + "## Clay\n\nA pot of **clay** holds water.\n\n## Glaze\n\nClay under glass.\n",
    "pots",
)
TREES = parse_lesson(
    HEAD.format(id="Trees") + "## Roots\n\n" + "They drink. " * 40 + "Water and clay.\n", "trees"
)
LESSONS: list[Lesson] = [POTS, TREES]


def test_every_word_must_be_on_the_page_whatever_its_case() -> None:
    assert [(hit.lesson, hit.page) for hit in search(LESSONS, "WATER clay")] == [("Pots", 0), ("Trees", 0)]
    assert search(LESSONS, "water fire") == []
    assert search(LESSONS, "  ") == []


def test_a_page_with_the_word_in_its_title_comes_first() -> None:
    assert next(hit.heading for hit in search([TREES, POTS], "clay")) == "Pots · Clay"


def test_a_hit_shows_the_words_around_it_without_their_markup() -> None:
    near, far = search(LESSONS, "clay holds")[0], search(LESSONS, "water and")[-1]
    assert near.text == "A pot of clay holds water."
    assert far.text.startswith("… ") and "Water and clay." in far.text


def test_bookmarks_of_pages_that_are_gone_are_left_out() -> None:
    hits = hits_of(LESSONS, [("Trees", 0), ("Trees", 7), ("Gone", 0)])
    assert [hit.heading for hit in hits] == ["Trees · Roots"]
