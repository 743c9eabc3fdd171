"""Home: the next step with one key, everything by keyboard, help, themes, small terminals, what cannot be read."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecslab.tui.app import EcslabApp


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_home_shows_the_course_and_one_next_step(
    app: EcslabApp, tools: Any, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await tools.until(pilot, "▶ Continue  Read: Pots and plants")
        text = tools.text(app)
        for part in (
            "The garden",
            "○ new     Lesson  Pots and plants",
            "○ new     Quiz",
            "The shed  · nothing here yet",
        ):
            assert part in text
        assert "Enter Open" in text.splitlines()[-1]
        assert ("Know a pot when you see one" in text) == (size[0] >= 110)


async def test_enter_does_the_next_step_and_leaving_it_comes_back(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("enter")
        await tools.until(pilot, "What a pot is")
        await pilot.press("n")
        await tools.until(pilot, "page 2 of 3")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue  Read on: Pots and plants")
        await tools.until(pilot, "◑ started Lesson  Pots and plants")
        await tools.until(pilot, "page 2 of 3")


async def test_number_keys_choose_what_is_listed(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        for key, shown, hidden in (
            ("2", "Lesson", "Quiz "),
            ("3", "Quiz ", "Lesson "),
            ("4", "There are no labs", "Quiz "),
        ):
            await pilot.press(key)
            await tools.until(pilot, shown)
            assert hidden not in "\n".join(tools.text(app).splitlines()[7:-1])
        await pilot.press("1")
        await tools.until(pilot, "The garden")


@pytest.mark.parametrize(
    ("key", "page"), [("r", "ReviewPage"), ("e", "ExamPage"), ("d", "DrillsPage"), ("p", "ProgressPage")]
)
async def test_one_key_opens_each_of_the_other_screens(
    app: EcslabApp, tools: Any, key: str, page: str
) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press(key)
        await tools.until(pilot, lambda: type(app.screen).__name__ == page)
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


async def test_a_page_is_found_from_home_and_leaving_it_comes_back(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "/ Search")
        await pilot.press("slash")
        await tools.until(pilot, "Search all lessons")
        await pilot.press(*"arns", "down", "up", "enter")
        await tools.until(pilot, lambda: "page 2 of 3" in tools.text(app))
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue")


async def test_arrows_mark_and_enter_opens_what_is_marked(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("down", "down", "enter")
        await tools.until(pilot, "Question 1 of 6")


async def test_the_mouse_works_too(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        tab = tools.text(app).splitlines()[2].index("Quizzes")
        await pilot.click("#home-tabs", offset=(tab, 0))
        await tools.until(pilot, lambda: "Lesson  " not in tools.text(app))
        row = next(y for y, line in enumerate(tools.text(app).splitlines()) if "○ new     Quiz" in line)
        await pilot.click(offset=(20, row))
        await tools.until(pilot, "Question 1 of 6")


async def test_help_explains_the_screen_and_its_keys(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.large) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("question_mark")
        await tools.until(pilot, "Help · Home")
        for part in (
            "Only quizzes",
            "Ctrl+T",
            "Dark, light, high contrast",
            "Leave ecslab; everything is kept",
        ):
            assert part in tools.text(app)
        await pilot.press("escape")
        await tools.until(pilot, lambda: "Help · Home" not in tools.text(app))


async def test_dark_and_light_are_one_key_and_kept(app: EcslabApp, tools: Any, home: Path) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("ctrl+t")
        assert app.theme == "ecslab-light"
        assert json.loads((home / "settings.json").read_text())["theme"] == "ecslab-light"


async def test_a_learner_can_change_keys(pack: Any, home: Path, tools: Any) -> None:
    from ecslab.tui.study import Study

    home.mkdir()
    (home / "settings.json").write_text(json.dumps({"keys": {"home.open": "o"}}))
    app = EcslabApp(Study(home, pack))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await tools.until(pilot, "o Open")
        await pilot.press("o")
        await tools.until(pilot, "What a pot is")


@pytest.mark.parametrize(
    ("typed", "offered", "opened"),
    [
        ("quiz pots", "Quiz: Pots and plants", "Question 1 of 6"),
        ("progre", "p  What you know, and how sure that is", "Readiness"),
    ],
)
async def test_the_palette_opens_anything_by_name_and_does_what_the_screen_can(
    app: EcslabApp, tools: Any, typed: str, offered: str, opened: str
) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("ctrl+p")
        await tools.until(pilot, "Search for commands")
        await pilot.press(*typed)
        await tools.until(pilot, offered)
        await pilot.press("enter")
        await tools.until(pilot, opened)


async def test_q_leaves(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("q")
        await tools.until(pilot, lambda: not app.is_running or app._exit)
    assert app.return_code == 0


async def test_a_terminal_that_is_too_small_says_so_and_recovers(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.resize_terminal(50, 10)
        await tools.until(pilot, "50×10 is too small: ecslab needs 72×20")
        await pilot.resize_terminal(80, 24)
        await tools.until(pilot, "▶ Continue")


async def test_it_may_start_too_small(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=(50, 10)) as pilot:
        await tools.until(pilot, "50×10 is too small")
        await pilot.resize_terminal(80, 24)
        await tools.until(pilot, "▶ Continue")


async def test_a_record_that_cannot_be_opened_is_one_line(pack: Any, home: Path, tools: Any) -> None:
    from ecslab.tui.study import Study

    home.mkdir()
    (home / "progress.sqlite3").write_bytes(b"this is no database at all" * 100)
    app = EcslabApp(Study(home, pack))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "✘ ")
        assert "progress.sqlite3" in "".join(tools.text(app).split())
        assert "Traceback" not in tools.text(app)


async def test_a_broken_quiz_is_told_and_the_rest_is_shown(app: EcslabApp, pack: Any, tools: Any) -> None:
    (pack.root / "quizzes" / "pots.yaml").write_text("format: 1\nid: pots\ntitle: Pots\nitmes: []\n")
    async with app.run_test(size=tools.large) as pilot:
        await tools.until(pilot, "▶ Continue  Read: Pots and plants")
        await tools.until(pilot, "✘ quizzes/pots.yaml")


@pytest.mark.parametrize("lights", ["", "1"])
async def test_without_colour_everything_is_still_there(
    pack: Any, home: Path, tools: Any, monkeypatch: pytest.MonkeyPatch, lights: str
) -> None:
    from ecslab.tui.study import Study

    monkeypatch.setenv("NO_COLOR", lights)
    app = EcslabApp(Study(home, pack))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await tools.until(pilot, "Enter Open")
        strips = app.screen._compositor.render_strips()
        seen = {
            (style.color, style.bgcolor)
            for strip in strips
            for text, style, _ in strip
            if style and text.strip()
        }
        assert seen and all(ink is None or ink.is_default or ink != paper for ink, paper in seen)
        if lights:
            marked = [strip.text for strip in strips if any(style and style.reverse for _, style, _ in strip)]
            assert marked[0].strip().startswith("▶ Continue")


def test_the_first_paint_needs_no_room_that_is_slow_to_import() -> None:
    script = (
        "import sys, ecslab.tui.app; "
        "slow = {'boto3', 'botocore', 'moto', 'yaml', 'pydantic', 'fsrs', 'markdown_it', 'sqlite3', 'h11'}; "
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_enter_opens_the_first_of_what_was_asked_for(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        await pilot.press("3", "enter")
        await tools.until(pilot, "Question 1 of 6")
