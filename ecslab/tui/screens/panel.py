"""A panel over the screen: text to read, or a question to answer with yes or no."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from ecslab.tui import keys
from ecslab.tui.rows import Row, paragraph, row
from ecslab.tui.widgets.lines import Line
from ecslab.tui.widgets.rows_view import Builder, RowsView


class Panel(ModalScreen[bool]):
    """Rows in a box. A panel with a question answers True for yes; one without is only closed."""

    DEFAULT_CSS = """
    Panel {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 92; height: auto; max-height: 90%;
            border: round $border; border-title-color: $primary; border-title-style: bold;
            background: $surface; padding: 1 2 0 2;
        }
        & RowsView { height: auto; max-height: 100%; min-height: 1; }
        & Line { margin: 1 0 0 0; height: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("dialog")]

    def __init__(self, title: str, builder: Builder, *, yes: str = "", no: str = "Close") -> None:
        super().__init__()
        self._title = title
        self._builder = builder
        self._yes, self._no = yes, no
        self._rows = RowsView(name="panel-rows")
        """Kept, since a key can close the panel before it is mounted, and then nothing is found in it."""

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = self._title
        with box:
            yield self._rows
            yield Line(self._answers, name="panel-answers")

    def _answers(self, width: int) -> Row:
        if self._yes:
            return row(("y", "key"), f" {self._yes}    ", ("n", "key"), f" {self._no}")
        return row(("Esc", "key"), f" {self._no}    ", ("↑↓", "key"), (" scroll", "quiet"))

    def on_mount(self) -> None:
        self._fit()
        self._rows.focus()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        width = min(92, self.app.size.width * 9 // 10) - 6
        lines = len(self._builder(max(10, width - 1)))
        self._rows.styles.height = max(1, min(lines, self.app.size.height * 9 // 10 - 5))
        self._rows.show(self._builder)

    def action_yes(self) -> None:
        """Yes; without a question, close."""
        self.dismiss(bool(self._yes))

    def action_no(self) -> None:
        """No, or close."""
        self.dismiss(False)


def careful(app: App[Any], unsaved: Sequence[str], then: Callable[[], object]) -> None:
    """Does it at once, or after a question if these would be lost with it."""
    if not unsaved:
        then()
        return

    def answered(agreed: bool | None) -> None:
        if agreed:
            then()

    said = f"Not saved yet: {', '.join(unsaved)}. F6 goes back to the file; there Ctrl+S saves it."
    app.push_screen(
        Panel("Unsaved changes", lambda width: paragraph(said, width), yes="Leave without them", no="Back"),
        answered,
    )
