"""The tables of words and the models of a pack say the same."""

from typing import Any, get_args

from ecslab.content.checks import Answer, Check, Event, Part
from ecslab.content.expectations import Expectation
from ecslab.content.faults import ARGUMENTS
from ecslab.content.labs import Lab
from ecslab.content.quizzes import NEEDS, Item
from ecslab.terms import words


def keys(model: Any) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def choices(model: Any, name: str) -> set[str]:
    return set(get_args(model.model_fields[name].annotation))


def test_check_words_and_shared_keys_are_the_keys_of_a_check():
    assert keys(Check) == {*words.CHECK_WORDS, *words.COMPOUNDS, *words.SHARED_KEYS}


def test_a_part_of_a_check_looks_at_one_thing_and_is_not_made_of_parts():
    assert keys(Part) == set(words.CHECK_WORDS) - {"whatif", "program", "answer"}


def test_expectations():
    assert keys(Expectation) == {*words.EXPECTATIONS, *words.COMBINATIONS}


def test_choices():
    assert choices(Check, "mode") == set(words.MODES)
    assert choices(Event, "from_") == set(words.EVENT_SOURCES)
    assert choices(Answer, "kind") == set(words.ANSWER_KINDS)
    assert choices(Lab, "kind") == set(words.LAB_KINDS)
    assert choices(Item, "type") == set(words.ITEM_TYPES) == set(NEEDS)


def test_every_word_is_explained_in_one_line():
    tables = [table for name, table in vars(words).items() if name.isupper() and isinstance(table, dict)]
    assert len(tables) == 11
    assert all(text and "\n" not in text for table in tables for text in table.values())


def test_arguments_of_faults_are_those_of_words_that_exist():
    assert set(ARGUMENTS) < set(words.FAULT_WORDS)
