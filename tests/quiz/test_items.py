"""Items are read once, and what cannot be answered is refused then."""

import pytest

from ecslab.quiz.items import item_of
from ecslab.terms.problems import Problem


def test_an_item_is_named_by_its_quiz(make):
    item = make("single", "new-image")
    assert (item.key, item.id) == ("q/new-image", "new-image")


def test_it_says_what_is_asked_for(make):
    assert make("multiple").instruction == "Choose two."
    assert make("numeric").instruction == "Answer with a number of MiB."
    assert make("ordering").instruction == "Put these in order."


def test_an_edited_item_is_another_one_but_not_for_its_source(make):
    item = make("single")
    assert make("single", stem="What else?").hash != item.hash
    assert make("single", source="elsewhere", objectives=["p"]).hash == item.hash


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("single", {"options": [{"text": "A", "right": True, "why": ""}]}),
        ("single", {"options": [{"text": t, "right": True, "why": ""} for t in "AB"]}),
        ("single", {"options": [{"text": t, "right": False, "why": ""} for t in "AB"]}),
        ("multiple", {"options": [{"text": t, "right": True, "why": ""} for t in "AB"]}),
        ("multiple", {"options": [{"text": t, "right": t == "A", "why": ""} for t in "AB"]}),
        ("ordering", {"order": ["alone"]}),
        ("ordering", {"order": [str(n) for n in range(10)]}),
        (
            "ordering",
            {"order": [{"id": "a", "text": "a", "after": ["b"]}, {"id": "b", "text": "b", "after": ["a"]}]},
        ),
        ("matching", {"pairs": [{"left": "a", "right": "1"}, {"left": "a", "right": "2"}]}),
        ("short", {"answer": ""}),
        ("short", {"accept": ["("]}),
    ],
)
def test_what_nobody_could_answer_is_refused(make, kind, fields):
    with pytest.raises(Problem, match="item q/a"):
        make(kind, **fields)


def test_an_unknown_type_is_refused_with_the_known_ones():
    with pytest.raises(Problem, match="single, multiple"):
        item_of({"id": "a", "type": "essay"}, "q")
