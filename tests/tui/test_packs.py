"""Other packs in the app: chosen on Home, remembered, and kept apart in the record."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ecslab.content import packs
from ecslab.tui.app import EcslabApp, Start
from ecslab.tui.study import Study


@pytest.fixture
def installed(pack: Any, home: Path) -> Path:
    """The small pack as if it had been installed."""
    (home / "packs").mkdir(parents=True)
    shutil.copytree(pack.root, home / "packs" / "garden")
    return home


async def test_a_pack_is_chosen_on_home_and_stays_chosen(installed: Path, tools: Any) -> None:
    app = EcslabApp(Study(installed))
    app.study.warm_up = lambda: None  # type: ignore[method-assign]
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "ecslab Amazon ECS")
        await tools.until(pilot, "▶ Continue")
        await pilot.press("k")
        await tools.until(pilot, "amazon-ecs  Amazon ECS  (studied now)")
        await pilot.press("end", "enter")
        await tools.until(pilot, "ecslab Garden")
        await tools.until(pilot, "▶ Continue  Read: Pots and plants")
        await pilot.press("enter")
        await tools.until(pilot, "What a pot is")
        await pilot.press("n")
        await tools.until(pilot, "page 2 of 3")
        await pilot.press("escape")
        await tools.until(pilot, "▶ Continue  Read on: Pots and plants")
        assert [lesson.lesson for lesson in app.study.store.lessons()] == ["garden:pots"]
        app.go("quiz", "pots")
        await tools.until(pilot, "Question 1 of 6")
        await pilot.press("1", "enter")
        await tools.until(pilot, "How sure are you?")
        await pilot.press("1")
        await tools.until(pilot, "Enter Next")
        assert [answer.item for answer in app.study.store.answers()] == ["garden:pots/holder"]
    study = Study(installed)
    assert study.pack.name == "garden"
    study.close()


async def test_a_pack_that_is_gone_gives_way_to_the_built_in_one(installed: Path) -> None:
    study = Study(installed)
    study.choose("garden")
    study.close()
    shutil.rmtree(installed / "packs" / "garden")
    again = Study(installed)
    assert again.pack is packs.builtin()
    again.close()


@pytest.mark.slow
async def test_a_command_may_name_the_pack(installed: Path, tools: Any) -> None:
    app = EcslabApp(Study(installed, name="garden"), start=Start("quiz", "pots", pack="garden"))
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "Question 1 of 6")
