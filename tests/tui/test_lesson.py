"""The lesson reader: pages, contents, progress, live blocks, and the quiz at the end."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.lesson.pages import Try
from ecslab.lesson.scratch import Outcome
from ecslab.terms.problems import Problem
from ecslab.tui.app import EcslabApp
from ecslab.tui.study import Study
from ecslab.tui.widgets.prose import widths


async def opened(app: EcslabApp, pilot: Any, tools: Any) -> None:
    await tools.until(pilot, "▶ Continue")
    app.go("lesson", "pots")
    await tools.until(pilot, "What a pot is")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_page_has_its_prose_its_drawing_and_its_table(
    app: EcslabApp, tools: Any, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, tools)
        await tools.until(pilot, "│ pot │──▶│ sun │")
        text = tools.text(app)
        assert "A pot holds a plant. Write pot for it." in text
        assert "Plants in pots" in text
        assert "page 1 of 3" in text
        assert ("Contents" in text.splitlines()[2]) == (size[0] >= 110)


@pytest.mark.parametrize(("forward", "back"), [("n", "p"), ("right", "left")])
async def test_pages_turn_both_ways_and_what_was_turned_is_kept(
    app: EcslabApp, tools: Any, forward: str, back: str
) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press(forward)
        await tools.until(pilot, "Where it stands")
        assert app.study.store.lesson_progress("pots").read == {0}
        await pilot.press(back)
        await tools.until(pilot, "What a pot is")
        await tools.until(pilot, "● ○ ○")


async def test_reading_goes_on_where_it_was_left(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("n")
        await tools.until(pilot, "page 2 of 3")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue  Read on")
        await pilot.press("enter")
        await tools.until(pilot, "page 2 of 3")


async def test_after_the_last_page_comes_the_quiz(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        for page in (2, 3):
            await pilot.press("n")
            await tools.until(pilot, f"page {page} of 3")
        await tools.until(pilot, "That was the last page")
        assert "To practise it, the labs water-it." in tools.text(app)
        await pilot.press("n")
        await tools.until(pilot, "Question 1 of 6")
        assert app.study.store.lesson_progress("pots").finished
        await pilot.press("escape")
        await tools.until(pilot, "✔ done    Lesson")


async def test_contents_are_shown_hidden_and_jumped_from(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("c")
        await tools.until(pilot, "Contents")
        await pilot.press("end", "enter")
        await tools.until(pilot, "page 3 of 3")
        await pilot.press("c")
        await tools.until(pilot, lambda: "about 5 minutes" not in tools.text(app))


async def test_z_goes_straight_to_the_quiz(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("z")
        await tools.until(pilot, "Question 1 of 6")


async def test_a_command_is_run_and_its_real_output_shown(app: EcslabApp, pack: Any, tools: Any) -> None:
    worlds = Path("labs") / "worlds" / "playground"
    shutil.copytree(builtin().root / worlds, pack.root / worlds)
    async with app.run_test(size=tools.large) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("n")
        await tools.until(pilot, "$ aws ecs list-clusters")
        await pilot.press("t")
        await tools.until(pilot, "running")
        await tools.until(pilot, '"clusterArns": []', 90)
        await tools.until(pilot, "this is what it printed")


async def test_a_command_that_cannot_run_is_one_line(
    app: EcslabApp, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Study, block: Try) -> Outcome:
        raise Problem("the sandbox did not start", "its log is in the box")

    monkeypatch.setattr(Study, "play", refuse)
    async with app.run_test(size=tools.large, notifications=True) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("n")
        await tools.until(pilot, "$ aws ecs list-clusters")
        await pilot.press("t")
        await tools.until(pilot, "it could not be run · t tries again")
        await tools.until(pilot, "the sandbox did not start; its log is in the box")


async def test_a_recall_question_is_answered_after_a_thought(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("n")
        await tools.until(pilot, "Recall. Who holds the plant?")
        assert "The pot holds it." not in tools.text(app)
        await pilot.press("enter")
        await tools.until(pilot, "The pot holds it.")


async def test_a_question_on_the_page_is_answered_on_its_own_and_comes_back(
    app: EcslabApp, tools: Any
) -> None:
    async with app.run_test(size=tools.large) as pilot:
        await opened(app, pilot, tools)
        await pilot.press("n")
        await tools.until(pilot, "Check yourself. What holds a plant?")
        await pilot.press("enter")
        await tools.until(pilot, "The pot holds it.")
        await pilot.press("enter")
        await tools.until(pilot, "Choose one.")
        await pilot.press("1", "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("2")
        await tools.until(pilot, "It was made for it.")
        await pilot.press("enter")
        await tools.until(pilot, "✔ answered")
        assert app.study.store.answers() == []


async def test_a_lesson_that_is_not_there_is_one_line(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small, notifications=True) as pilot:
        await tools.until(pilot, "▶ Continue")
        app.go("lesson", "spoons")
        await tools.until(pilot, lambda: "spoons" in tools.text(app) and "Traceback" not in tools.text(app))
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


@pytest.mark.parametrize(
    ("wanted", "room", "set_as"),
    [
        ([12, 20], 70, ["auto", "auto"]),
        ([17, 90], 70, ["17", "90fr"]),
        ([17, 40, 60], 70, ["17", "40fr", "60fr"]),
        ([40, 80], 70, ["40fr", "80fr"]),
    ],
)
def test_a_short_column_keeps_its_line_and_the_long_ones_share_the_rest(
    wanted: list[int], room: int, set_as: list[str]
) -> None:
    assert widths(wanted, room) == set_as


async def test_the_names_in_a_table_do_not_break_beside_a_long_text(
    app: EcslabApp, pack: Any, tools: Any
) -> None:
    lesson = pack.root / "lessons" / "pots.md"
    long = "a vessel that holds earth, water and one plant, and stands wherever there is some light for it"
    lesson.write_text(
        f"{lesson.read_text()}\n## Words\n\n| Word | Is |\n|---|---|\n| A pot of clay | {long} |\n"
    )
    async with app.run_test(size=tools.small) as pilot:
        app.go("lesson", "pots#3")
        await tools.until(pilot, lambda: "A pot of clay   a vessel that holds" in tools.text(app))
