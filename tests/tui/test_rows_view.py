"""The list behind most panes: cursor, scrolling, following the end, selecting, narrower and wider."""

from typing import Any

from textual.app import App, ComposeResult

from ecslab.tui import themes
from ecslab.tui.rows import Row, row
from ecslab.tui.widgets.rows_view import RowsView


class Box(App[None]):
    CSS = "RowsView { height: 6; width: 20; }"

    def __init__(self, view: RowsView) -> None:
        super().__init__()
        self.view = view
        self.chosen: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"quiet": "#888888", "line": "#888888"}

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.register_theme(themes.DARK)
        self.theme = themes.DARK.name
        self.view.focus()

    def on_rows_view_chosen(self, event: RowsView.Chosen) -> None:
        self.chosen.append(event.key)


def numbered(count: int, *, keyed: bool = True) -> RowsView:
    return RowsView(lambda width: [row(f"line {n}", key=f"k{n}" if keyed else None) for n in range(count)])


async def test_the_cursor_moves_and_brings_its_row_into_sight(tools: Any) -> None:
    app = Box(numbered(20))
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "line 0")
        assert app.view.cursor == "k0"
        await pilot.press(*["down"] * 8)
        assert app.view.cursor == "k8"
        await tools.until(pilot, "line 8")
        await pilot.press("up")
        assert app.view.cursor == "k7"
        await pilot.press("end")
        await tools.until(pilot, "line 19")
        await pilot.press("home")
        await tools.until(pilot, lambda: app.view.cursor == "k0" and "line 0" in tools.text(app))


async def test_pages_turn_by_what_is_visible(tools: Any) -> None:
    app = Box(numbered(40, keyed=False))
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "line 0")
        await pilot.press("pagedown")
        await tools.until(pilot, lambda: "line 5" in tools.text(app) and "line 4\n" not in tools.text(app))
        await pilot.press("pageup")
        await tools.until(pilot, "line 0")


async def test_a_click_marks_and_chooses(tools: Any) -> None:
    app = Box(numbered(20))
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "line 3")
        await pilot.click(RowsView, offset=(2, 3))
        await tools.until(pilot, lambda: app.chosen == ["k3"])
        assert app.view.cursor == "k3"


async def test_a_view_that_follows_stays_at_the_end_until_the_learner_scrolls_up(tools: Any) -> None:
    view = numbered(20, keyed=False)
    view.follow = True
    app = Box(view)
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "line 19")
        view.show(lambda width: [row(f"line {n}") for n in range(30)])
        await tools.until(pilot, "line 29")
        await pilot.press("pageup")
        await tools.until(pilot, lambda: "line 29" not in tools.text(app))
        view.show(lambda width: [row(f"line {n}") for n in range(40)])
        await pilot.pause()
        assert "line 39" not in tools.text(app)
        await pilot.press("end")
        await tools.until(pilot, "line 39")


async def test_a_view_that_was_hidden_follows_when_it_is_shown(tools: Any) -> None:
    view = numbered(200, keyed=False)
    view.follow = True
    app = Box(view)
    async with app.run_test(size=(30, 10)) as pilot:
        view.display = False
        await pilot.pause()
        view.show(lambda width: [row(f"line {n}") for n in range(300)])
        view.display = True
        await tools.until(pilot, "line 299")


async def test_rows_are_made_anew_for_another_width(tools: Any) -> None:
    app = Box(RowsView(lambda width: [Row((row("x" * width)).spans)]))
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "x" * 18)
        app.view.styles.width = 12
        await tools.until(pilot, lambda: "x" * 10 in tools.text(app) and "x" * 11 not in tools.text(app))


async def test_a_cursor_whose_row_is_gone_goes_to_the_first(tools: Any) -> None:
    app = Box(numbered(5))
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "line 4")
        app.view.mark("k3")
        app.view.show(lambda width: [row("other", key="o1")])
        assert app.view.cursor == "o1"


async def test_text_can_be_selected(tools: Any) -> None:
    app = Box(numbered(5, keyed=False))
    async with app.run_test(size=(30, 10)) as pilot:
        await tools.until(pilot, "line 4")
        await pilot.mouse_down(RowsView, offset=(0, 1))
        await pilot.hover(RowsView, offset=(6, 2))
        await pilot.mouse_up(RowsView, offset=(6, 2))
        await tools.until(pilot, lambda: (app.screen.get_selected_text() or "").startswith("line 1\nline"))
