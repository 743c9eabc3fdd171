"""The line of keys: what works now, in the words of the key table; a click presses a key, resting on one explains it."""

from typing import Any

import pytest
from rich.style import Style

from ecslab.tui.app import EcslabApp
from ecslab.tui.rows import ROLES
from ecslab.tui.screens.review import ReviewPage
from ecslab.tui.themes import ALL
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.role_styles import LOOKS, role_styles


async def test_keys_are_shown_explained_and_pressed_by_a_click(app: EcslabApp, tools: Any) -> None:
    async with app.run_test(size=tools.small, tooltips=True) as pilot:
        await tools.until(pilot, "▶ Continue")
        line = app.screen.query_one(KeyLine)
        assert line.text.startswith(" Enter Open  r Review  e Exam  d Drills ")
        assert tools.text(app).splitlines()[-1] == line.text.rstrip()
        place = line.text.index("r Review")
        await pilot.hover(KeyLine, offset=(place, 0))
        assert line.tooltip == "What is due again now"
        await pilot.hover(KeyLine, offset=(79, 0))
        assert line.tooltip is None
        await pilot.click(KeyLine, offset=(place + 3, 0))
        await tools.until(pilot, lambda: isinstance(app.screen, ReviewPage))


async def test_it_is_painted_only_when_it_says_something_else(
    app: EcslabApp, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=tools.small) as pilot:
        await tools.until(pilot, "▶ Continue")
        line, painted = app.screen.query_one(KeyLine), []
        monkeypatch.setattr(line, "refresh", lambda *regions, **how: painted.append(line.text))
        app.screen.refresh_bindings()
        assert painted == []
        app.screen.set_focus(None)
        app.screen.refresh_bindings()
        await pilot.pause()
        assert painted == []


def test_every_role_has_a_look_in_every_theme() -> None:
    assert {*ROLES, ""} <= set(LOOKS)
    for theme in ALL:
        styles = role_styles({**theme.to_color_system().generate(), **theme.variables})
        assert styles[""] == Style()
        for role in ("good", "bad", "busy", "quiet", "key", "line"):
            assert styles[role].color is not None, (theme.name, role)
        assert styles["cursor"].bgcolor is not None and styles["title"].bold
    assert role_styles({})["bad"] == Style()
