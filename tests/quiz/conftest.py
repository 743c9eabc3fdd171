"""Items of every type, small enough to judge by eye."""

from pathlib import Path

import pytest

from ecslab.content.packs import load
from ecslab.quiz.course import load_quiz
from ecslab.quiz.items import item_of

EVERY_TYPE = Path(__file__).parents[1] / "fixtures" / "every-type"

BASE = {"objectives": ["o"], "stem": "What?", "source": "the guide"}
ITEMS = {
    "single": {
        "options": [
            {"text": "A", "right": False, "why": "no A"},
            {"text": "B", "right": True, "why": "yes B"},
            {"text": "C", "right": False, "why": "no C"},
        ]
    },
    "multiple": {
        "options": [
            {"text": "A", "right": True, "why": "yes A"},
            {"text": "B", "right": False, "why": "no B"},
            {"text": "C", "right": True, "why": "yes C"},
            {"text": "D", "right": False, "why": "no D"},
        ]
    },
    "ordering": {"order": ["first", {"text": "second", "why": "after the first"}, "third", "fourth"]},
    "matching": {
        "pairs": [
            {"left": "one", "right": "1", "why": "a"},
            {"left": "two", "right": "2", "why": "b"},
            {"left": "uno", "right": "1", "why": "c"},
        ]
    },
    "numeric": {"answer": 5120, "tolerance": 10, "unit": "MiB", "why": "because"},
    "short": {"answer": "SIGKILL", "accept": ["(signal )?9"], "why": "because"},
}


@pytest.fixture
def make():
    def _make(kind: str, name: str = "a", **fields):
        return item_of({"id": name, "type": kind, **BASE, **ITEMS[kind], **fields}, "q")

    return _make


@pytest.fixture
def all_items(make):
    return [make(kind, kind) for kind in ITEMS]


@pytest.fixture(scope="session")
def every_type():
    """A quiz file with a question of every type, by id."""
    return {item.id: item for item in load_quiz(load(EVERY_TYPE), "every-type").items}
