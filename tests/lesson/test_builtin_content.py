"""The built-in lessons and quizzes keep the promises made to readers."""

import re
from pathlib import Path

import pytest
import yaml

from ecslab.content.packs import builtin
from ecslab.lesson.pages import Check, Diagram, Prose, Recall, Try, parse_lesson
from ecslab.lesson.scratch import arguments
from ecslab.quiz.course import load_quiz
from ecslab.quiz.items import Type, item_of
from ecslab.quiz.judge import judge
from ecslab.terms.fargate import SIZES

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons").glob("*.md"))
QUIZZES = sorted((ROOT / "quizzes").glob("*.yaml"))
LISTED = yaml.safe_load((ROOT / "lessons" / "objectives.yaml").read_text())
OBJECTIVES = {objective["id"] for objective in LISTED["objectives"]}
WORLDLY = {Type.COMMAND, Type.SPOT, Type.DIAGNOSE, Type.GENERATED}
MODULES = {module["id"] for module in LISTED["modules"]}


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return parse_lesson(request.param.read_text())


@pytest.fixture(params=QUIZZES, ids=lambda path: path.stem)
def items(request):
    return load_quiz(builtin(), request.param.stem).items


def blocks(lesson, kind):
    return [block for page in lesson.pages for block in page.blocks if isinstance(block, kind)]


def test_there_is_something_to_read_and_to_answer():
    assert LESSONS
    assert QUIZZES


def test_a_lesson_takes_8_to_15_minutes(lesson):
    words = sum(len(re.findall(r"\w+", page.text)) for page in lesson.pages)
    assert 8 <= lesson.minutes <= 15
    assert words / 250 <= lesson.minutes + 1
    assert words / 120 >= lesson.minutes


def test_a_lesson_has_a_diagram_something_to_try_and_something_to_recall(lesson):
    assert blocks(lesson, Diagram)
    assert blocks(lesson, Try)
    assert len(blocks(lesson, Recall)) >= 3


def test_a_lesson_fits_a_terminal_of_80_columns(lesson):
    for diagram in blocks(lesson, Diagram):
        assert max(map(len, diagram.text.splitlines())) <= 76
    for prose in blocks(lesson, Prose):
        for row in re.findall(r"^\|.*\|$", prose.text, re.MULTILINE):
            assert row.count("|") <= 4, f"a table has at most 3 columns: {row}"
        for code in re.findall(r"^```\w*\n(.*?)^```", prose.text, re.MULTILINE | re.DOTALL):
            assert max(map(len, code.splitlines())) <= 73, "more is broken on a page of 80 columns"


def test_a_lesson_serves_listed_objectives_and_a_listed_module(lesson):
    assert set(lesson.objectives) <= OBJECTIVES
    assert lesson.module in MODULES


def test_what_a_lesson_lets_one_try_is_allowed(lesson):
    for block in blocks(lesson, Try):
        for call in (*block.before, block.call):
            arguments(call)


def test_a_lessons_questions_can_be_asked(lesson):
    for block in blocks(lesson, Check):
        assert all(option.why for option in item_of(block.item, lesson.id).options)


def test_a_lesson_names_its_sources(lesson):
    assert "https://docs.aws.amazon.com/" in lesson.pages[-1].text


def test_a_quiz_has_ten_questions_of_every_type_that_needs_no_world(items):
    assert len(items) >= 10
    assert {item.type for item in items} >= set(Type) - WORLDLY


def test_every_question_serves_listed_objectives_and_names_a_source(items):
    for item in items:
        assert item.objectives
        assert set(item.objectives) <= OBJECTIVES
        assert "https://docs.aws.amazon.com/" in item.source


def test_every_option_step_and_pair_has_its_reason(items):
    for item in items:
        assert all(part.why for part in (*item.options, *item.steps, *item.pairs)), item.key
        if not (item.options or item.steps or item.pairs or item.bugs or item.family):
            assert item.why


def test_no_option_is_all_or_none_of_the_others_and_no_stem_asks_by_not(items):
    for item in items:
        assert not re.search(
            r"\b(?:all|none|both) of the (?:above|others)\b", str(item.options), re.IGNORECASE
        )
        assert not re.search(r"\bwhich .*\b(?:NOT|EXCEPT)\b", item.stem)


def test_length_does_not_give_the_right_option_away(items):
    for item in items:
        if item.type is Type.SINGLE:
            right = next(len(option.text) for option in item.options if option.right)
            others = [len(option.text) for option in item.options if not option.right]
            assert right <= 1.4 * max(others), item.key


def test_the_model_answers_are_judged_right(items):
    for item in items:
        if item.type is Type.NUMERIC:
            assert judge(item, f"{item.number:g}").right
            assert judge(item, f"{item.number:,.0f} {item.unit}").right
        if item.type is Type.SHORT:
            assert judge(item, item.answer).right


@pytest.mark.parametrize("said", ["SIGKILL", "sigkill (9)", "signal 9", "9", "KILL", "the SIGKILL signal"])
def test_the_ways_to_say_sigkill(said):
    quiz = yaml.safe_load((ROOT / "quizzes" / "task-definitions-and-tasks.yaml").read_text())
    (item,) = [item_of(item, quiz["id"]) for item in quiz["items"] if item["id"] == "exit-137"]
    assert judge(item, said).right
    assert not judge(item, "SIGTERM").right


def test_the_lessons_grid_is_fargates_table():
    text = (ROOT / "lessons" / "task-definitions-and-tasks.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (\d+)(?:, (\d+) or (\d+)| to (\d+)) \| (\d*) ?\|$", text, re.MULTILINE)
    assert len(rows) == 7
    for cpu, low, middle, high, last, step in rows:
        sizes = range(int(low), int(last) + 1, int(step)) if last else (low, middle, high)
        assert tuple(map(int, sizes)) == SIZES[int(cpu)]


def test_the_smallest_memory_in_the_quiz_is_the_tables():
    quiz = yaml.safe_load((ROOT / "quizzes" / "task-definitions-and-tasks.yaml").read_text())
    (item,) = [item_of(item, quiz["id"]) for item in quiz["items"] if item["id"] == "smallest-memory"]
    assert item.number == min(size for size in SIZES[1024] if size >= 5000)
