"""A lesson's Markdown becomes pages and typed blocks."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.lesson.pages import (
    Check,
    Diagram,
    Predict,
    Prose,
    Recall,
    Try,
    Watch,
    parse_blocks,
    parse_lesson,
    plays,
    split_pages,
)
from ecslab.terms.problems import Problem

LESSON = dedent(
    """\
    ---
    id: l
    title: The lesson
    module: m
    minutes: 9
    order: 2
    objectives: [o, p]
    quiz: q
    ---

    # The lesson

    Before the first page.

    ## One

    Some *text*.

    ```json
    {"## not": "a page"}
    ```

    ## Two

    ```try
    call: ecs list-clusters
    say: Look.
    ```

    ```diagram A caption here
      ┌──┐
      │  │
      └──┘
    ```

    ```recall
    ask: What?
    answer: That.
    ```

    ```check
    id: c
    type: single
    stem: Which?
    ```
    """
)


def test_front_matter_names_the_lesson():
    lesson = parse_lesson(LESSON)
    assert (lesson.id, lesson.title, lesson.module, lesson.minutes, lesson.order) == (
        "l",
        "The lesson",
        "m",
        9,
        2,
    )
    assert (lesson.objectives, lesson.quiz) == (("o", "p"), "q")


def test_pages_begin_at_second_level_headings_but_not_inside_a_fence():
    assert [page.title for page in parse_lesson(LESSON).pages] == ["The lesson", "One", "Two"]


def test_a_title_alone_is_no_page():
    assert [page.title for page in split_pages("# T\n\n## One\n\nx", "T")] == ["One"]


def test_live_blocks_are_typed_and_other_fences_stay_prose():
    _, one, two = parse_lesson(LESSON).pages
    assert len(one.blocks) == 1
    assert isinstance(one.blocks[0], Prose)
    assert '```json\n{"## not"' in one.blocks[0].text
    assert two.blocks == (
        Try("ecs list-clusters", say="Look."),
        Diagram("  ┌──┐\n  │  │\n  └──┘", "A caption here"),
        Recall("What?", "That."),
        Check({"id": "c", "type": "single", "stem": "Which?"}),
    )


def test_a_page_can_be_searched():
    assert "ecs list-clusters" in parse_lesson(LESSON).pages[2].text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# no head", "front matter"),
        ("---\nid: [\n---\n", "not YAML"),
        ("---\n- a\n---\n", "key: value"),
        ("---\nid: l\n---\n## P\n```try\nsay: x\n```\n", "'call' wrong or missing"),
        ("---\nid: l\n---\n## P\n```recall\nask: x\nanswr: y\n```\n", "page 'P'"),
        ("---\nid: l\n---\n## P\n```check\n[1\n```\n", "`check` block"),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line(text, says):
    with pytest.raises(Problem, match=says) as refused:
        parse_lesson(text)
    assert "\n" not in str(refused.value)


def test_an_unclosed_fence_ends_with_the_page():
    assert parse_blocks("```json\n{", "here") == [Prose("```json\n{\n```")]


lines = st.lists(st.sampled_from(["text", "", "## Page", "```", "````", "```json", "~~~", "# Title", "- a"]))


@given(lines)
def test_no_line_of_prose_is_lost(written):
    pages = split_pages("\n".join(written), "T")
    kept = "\n".join(block.text for page in pages for block in page.blocks)
    assert kept.count("text") == written.count("text")
    assert kept.count("- a") == written.count("- a")


PREDICT = """```predict
ask: What happens to the old task?
options: [It stays, It stops]
right: 2
answer: It stops.
see: {call: ecs list-tasks, world: shop-fargate, expect: taskArns}
```"""
WATCH = """```watch
world: shop-fargate
before: [ecs list-clusters, ecs list-services]
say: Look at the tasks.
step: 10s
```"""


def test_a_prediction_counts_its_options_from_one_and_may_be_shown_by_the_world():
    (block,) = parse_blocks(PREDICT, "here")
    see = Try("ecs list-tasks", world="shop-fargate", expect="taskArns")
    assert block == Predict("What happens to the old task?", ("It stays", "It stops"), 1, "It stops.", see)
    assert plays(block) == [see]


@pytest.mark.parametrize(
    "change", [("right: 2", "right: 3"), ("right: 2", "right: yes"), ("[It stays, It stops]", "[One]")]
)
def test_a_prediction_without_a_right_option_is_refused(change):
    with pytest.raises(Problem, match="number of one of its options"):
        parse_blocks(PREDICT.replace(*change), "here")


def test_what_shows_a_prediction_is_checked_as_a_try_is():
    with pytest.raises(Problem, match="'cal'"):
        parse_blocks(PREDICT.replace("call:", "cal:"), "here")


def test_a_world_to_watch_names_what_is_done_to_it_first():
    (block,) = parse_blocks(WATCH, "here")
    assert block == Watch(
        ("ecs list-clusters", "ecs list-services"), "Look at the tasks.", "shop-fargate", "10s"
    )
    assert [call.world for call in plays(block)] == ["shop-fargate"] * 2
    assert [call.before for call in plays(block)] == [(), ("ecs list-clusters",)]
