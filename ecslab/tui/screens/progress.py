"""Progress: readiness and how sure it is, memory, calibration, time, and every objective of the course."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from ecslab.tui import keys
from ecslab.tui.rows import Row, row
from ecslab.tui.screens.page import Page
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.progress.overview import Overview
    from ecslab.tui.app import EcslabApp


class OverviewRead(Message):
    """The record has been read."""

    def __init__(self, overview: "Overview") -> None:
        super().__init__()
        self.overview = overview


class ProgressPage(Page):
    """What the learner knows."""

    where = "progress"
    about = (
        "How ready you are, as far as it can be told: a line shows where the figure most likely lies, four times in "
        "five. Below: what you still knew when it was due, whether you were right when you were sure, the time you "
        "spent, and every objective of the course."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("progress")]
    DEFAULT_CSS = """
    ProgressPage #progress-rows { padding: 1 1 0 2; max-width: 120; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.overview: Overview | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield RowsView(self._rows, name="progress-rows")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(RowsView).focus()
        self.query_one(TopBar).say([("ecslab ", "title"), "Progress"])

        def read() -> None:
            self.post_message(OverviewRead(cast("EcslabApp", self.app).study.overview()))

        self.in_thread(read, group="overview")

    @on(OverviewRead)
    def _show(self, event: OverviewRead) -> None:
        self.overview = event.overview
        self.query_one(RowsView).rebuild()

    def _rows(self, width: int) -> list[Row]:
        if self.overview is None:
            return [row(("reading your record …", "quiet"))]
        from ecslab.tui.progress_layout import page

        return page(self.overview, width)

    def action_leave(self) -> None:
        """Back home."""
        self.dismiss()
