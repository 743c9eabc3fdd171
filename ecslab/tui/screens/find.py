"""Finding a page: words typed at the top, the pages that have them below; without words, the bookmarks."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from ecslab.tui import keys
from ecslab.tui.rows import Row, fit_row, paragraph, row
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.lesson.search import Hit

Place = tuple[str, int]
"""A lesson's id and a page, from 0."""
MOST = 40
"""Hits shown: with more it is quicker to type another word."""


class Find(ModalScreen[Place | None]):
    """Answers with the page that was chosen."""

    DEFAULT_CSS = """
    Find {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 92; height: 90%; max-height: 30; padding: 0 1;
            border: round $border; border-title-color: $primary; border-title-style: bold; background: $surface;
        }
        & Input { border: round $line; background: $background; height: 3; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("find")]

    def __init__(self, search: "Callable[[str], list[Hit]]", bookmarks: "Sequence[Hit]") -> None:
        super().__init__()
        self._search = search
        self._bookmarks = bookmarks
        self._words = ""
        self._hits: Sequence[Hit] = bookmarks

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = "Search all lessons"
        box.border_subtitle = "↑↓ choose · Enter opens · Esc closes"
        with box:
            yield Input(placeholder="words")
            yield RowsView(self._rows, name="hits")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._words = event.value.strip()
        self._hits = self._search(self._words) if self._words else self._bookmarks
        self.query_one("#hits", RowsView).rebuild()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_open()

    @on(RowsView.Chosen, "#hits")
    def _clicked(self) -> None:
        self.action_open()

    def _rows(self, width: int) -> list[Row]:
        if not self._hits:
            empty = (
                "No page has all of these words."
                if self._words
                else "Type a word. b sets a bookmark on a page."
            )
            return paragraph(empty, width, role="quiet")
        out = [] if self._words else [row(("Bookmarks", "title"))]
        for number, hit in enumerate(self._hits[:MOST]):
            out.append(fit_row(row((hit.heading, "name"), key=str(number)), width))
            if hit.text:
                out.append(fit_row(row(f"  {hit.text}", key=str(number)), width))
        if len(self._hits) > MOST:
            out.append(row((f"… and {len(self._hits) - MOST} more; another word narrows it down", "quiet")))
        return out

    def action_move(self, by: int) -> None:
        """The hit before or after."""
        self.query_one("#hits", RowsView).action_step(by)

    def action_open(self) -> None:
        """The page that is marked."""
        marked = self.query_one("#hits", RowsView).cursor
        if marked is not None and self._hits:
            hit = self._hits[int(marked)]
            self.dismiss((hit.lesson, hit.page))

    def action_close(self) -> None:
        """Nothing was chosen."""
        self.dismiss(None)
