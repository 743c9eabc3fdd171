"""The panel over a screen: closed by a key, however early that comes."""

from typing import Any

from textual.app import App

from ecslab.tui import themes
from ecslab.tui.rows import row
from ecslab.tui.screens.panel import Panel


class Box(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "#888888", "line": "#888888"}

    def on_mount(self) -> None:
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name


async def test_a_panel_that_is_closed_before_it_stands_there_takes_nothing_with_it(tools: Any) -> None:
    app = Box()
    answers: list[bool | None] = []
    async with app.run_test(size=tools.small) as pilot:
        panel = Panel("Hint", lambda width: [row("Ask the stopped task.")])
        app.push_screen(panel, answers.append)
        panel.action_no()
        await tools.until(pilot, lambda: answers == [False])
        app.push_screen(Panel("Hint", lambda width: [row("Ask the stopped task.")]), answers.append)
        await tools.until(pilot, "Ask the stopped task.")
        await pilot.press("escape")
        await tools.until(pilot, lambda: answers == [False, False])
