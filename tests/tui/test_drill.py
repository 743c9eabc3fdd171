"""The drill screen over a real session: the fault is repaired in the shell, named by a key, told afterwards."""

from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.sandbox.warm import Warm
from ecslab.tui.app import EcslabApp, Start
from ecslab.tui.screens.ask import Ask
from ecslab.tui.screens.drill import DrillPage


@pytest.fixture(scope="module", autouse=True)
def warm() -> Any:
    """One warm process for all tests here."""
    with Warm() as kept:
        yield kept


@pytest.fixture
def drill_app() -> EcslabApp:
    return EcslabApp(start=Start("drill", "scaled-to-zero", seed=3))


async def opened(app: EcslabApp, pilot: Any, tools: Any) -> DrillPage:
    await tools.until(pilot, lambda: isinstance(app.screen, DrillPage) and app.screen.verdicts, 90)
    page = app.screen
    assert isinstance(page, DrillPage)
    if not page.typing:
        await pilot.press("f6")
    await tools.until(pilot, lambda: "ecslab:drill$" in page.shell_text)
    return page


async def choose(pilot: Any, app: EcslabApp, tools: Any, cause: str) -> None:
    """Opens the list of causes and takes one by its title."""
    title = builtin().fault(cause).title
    await pilot.press("n")
    await tools.until(pilot, lambda: isinstance(app.screen, Ask) and title in tools.text(app))
    options = list(app.screen.query_one("OptionList").options)  # type: ignore[attr-defined]
    place = next(index for index, option in enumerate(options) if str(option.prompt) == title)
    await pilot.press("home", *["down"] * place, "enter")


async def test_a_fault_is_named_and_repaired_and_then_told(drill_app: EcslabApp, tools: Any) -> None:
    async with drill_app.run_test(size=tools.large, notifications=True) as pilot:
        page = await opened(drill_app, pilot, tools)
        assert "scaled-to-zero" not in tools.text(drill_app)
        await pilot.press("f6")
        await choose(pilot, drill_app, tools, "listener-answers")
        await tools.until(pilot, "That is not it")
        await choose(pilot, drill_app, tools, "scaled-to-zero")
        await tools.until(pilot, "Now repair it.")
        await pilot.press("d")
        await tools.until(pilot, "Give up and hear what it was")
        assert "What it was" not in tools.text(drill_app)
        await pilot.press("n", "f6")
        page.type_into_shell(
            "aws ecs update-service --cluster shop --service web-app --desired-count 2 > /dev/null\r"
        )
        await pilot.press("f6")
        await tools.until(pilot, lambda: page.session is not None and page.session.passed, 60)
        await pilot.press("d")
        await tools.until(pilot, "What it was")
        text = tools.text(drill_app)
        assert "The service wants no tasks" in text
        assert "repaired after" in text
        assert "Your best in this drill." in text


async def test_naming_has_a_key_that_is_shown_and_explained(drill_app: EcslabApp, tools: Any) -> None:
    async with drill_app.run_test(size=tools.small) as pilot:
        page = await opened(drill_app, pilot, tools)
        await pilot.press("f6")
        await tools.until(pilot, "n Name  ? Help")
        await pilot.press("question_mark")
        await tools.until(pilot, "Help · Drill")
        assert "Name the cause" in tools.text(drill_app)
        await pilot.press("escape", "d")
        await tools.until(pilot, "Give up and hear")
        await pilot.press("y")
        await tools.until(pilot, "What it was")
        assert page.session is not None and page.session.gave_up
