"""What a terminal sees that is too small for the app: one line that says so, gone as soon as it is enlarged."""

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

COLUMNS, ROWS = 72, 20


def fits(columns: int, rows: int) -> bool:
    """Whether the app can be used at this size."""
    return columns >= COLUMNS and rows >= ROWS


class TooSmall(ModalScreen[None]):
    """Says how large the terminal is and how large it should be."""

    DEFAULT_CSS = """
    TooSmall { background: $background; align: center middle; }
    TooSmall Static { width: 100%; text-align: center; color: $foreground; }
    """

    def compose(self) -> ComposeResult:
        yield Static(self._line())

    def on_resize(self) -> None:
        self.query_one(Static).update(self._line())

    def _line(self) -> str:
        width, height = self.app.size
        return f"{width}×{height} is too small: ecslab needs {COLUMNS}×{ROWS}"
