"""The course covers its chapter, and docs/coverage.md says with what."""

import pytest

from tests.content import coverage
from tests.content.coverage import Broken, Entry, Section

PAGE = coverage.ROOT / "docs" / "coverage.md"
OUTLINE = coverage.outline()
PROBLEMS = coverage.problems()
ENTRIES = [entry for section in OUTLINE for entry in section.entries]
IN_WORLDS = {"command", "diagnose", "spot", "generated"}
"""Types of items that are played in, recorded from or proved against a world."""


def test_the_page_is_what_the_content_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == coverage.document(), (
        "run: python -m tests.content.coverage > docs/coverage.md"
    )


@pytest.mark.parametrize("entry", [*ENTRIES, *PROBLEMS], ids=lambda entry: entry.what)
def test_every_entry_has_a_page_and_an_item(entry: Entry) -> None:
    assert entry.pages
    assert entry.items


@pytest.mark.parametrize("section", OUTLINE, ids=lambda section: section.title)
def test_a_symptom_has_two_causes_to_find(section: Section) -> None:
    for entry in section.entries:
        assert len(entry.labs) >= section.causes, entry.what


def test_there_are_25_problems_and_each_is_caused_by_a_test() -> None:
    assert sorted(coverage.causes()) == list(range(1, 26))
    assert len(PROBLEMS) == 25


@pytest.mark.parametrize("entry", PROBLEMS, ids=lambda entry: entry.what)
def test_every_problem_is_met_in_a_world(entry: Entry) -> None:
    types = {question.key: question.type for question in coverage.questions()}
    assert entry.labs or entry.drills or IN_WORLDS & {types[key] for key in entry.items}


def test_there_is_as_much_as_was_promised() -> None:
    types = [question.type for question in coverage.questions()]
    assert len(types) - types.count("generated") >= 200
    assert types.count("diagnose") >= 30
    assert types.count("command") >= 20
    assert types.count("spot") >= 15
    assert types.count("generated") >= 10
    assert len(coverage.scenarios()) >= 40
    assert min(coverage.per_objective().values()) >= 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pages": "what-ecs-is/No such page"}, "there is no page"),
        ({"says": "no such words"}, "does not say"),
        ({"labs": "no-such-lab"}, "labs has no 'no-such-lab'"),
        ({"does": "no such command"}, "has nothing of 'no such command'"),
        ({"drills": "no-such-fault"}, "drills has no 'no-such-fault'"),
    ],
)
def test_a_map_that_names_what_is_not_there_is_broken(change: dict[str, str], said: str) -> None:
    row = {
        "what": "a cluster", "pages": "what-ecs-is/The cluster", "says": "create-cluster", "asks": "cluster",
        "labs": "first-cluster", "does": "create-cluster", "drills": "crash", "fault": "crash_app",
    }  # fmt: skip
    assert coverage._entry(row).labs == ("first-cluster",)
    with pytest.raises(Broken, match=said):
        coverage._entry({**row, **change})


def test_a_new_lab_that_does_it_is_on_the_map() -> None:
    there = {"old": "aws ecs create-cluster", "new": "aws ecs create-cluster", "other": "aws ecs run-task"}
    found = coverage._that_do("a cluster", {}, "labs", "ecs create-cluster", there)
    assert list(found) == ["old", "new"]
