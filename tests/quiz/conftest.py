"""Items of every type, small enough to judge by eye."""

import pytest

from ecslab.quiz.items import item_of

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
