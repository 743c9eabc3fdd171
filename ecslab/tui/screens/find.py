"""Finding something by typing: words at the top, what fits them below. Pages of lessons; files of a workspace."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

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
Found = TypeVar("Found")


class Finding(ModalScreen[Found | None]):
    """A line to type into and the rows that fit; answers with what was chosen."""

    DEFAULT_CSS = """
    Finding {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 92; height: 90%; max-height: 30; padding: 0 1;
            border: round $border; border-title-color: $primary; border-title-style: bold; background: $surface;
        }
        & Input { border: round $line; background: $background; height: 3; }
        & Input:focus { border: round $border; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("find")]
    TITLE: ClassVar[str]
    ASKED: ClassVar[str]
    """What is to be typed."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""

    @abstractmethod
    def look(self) -> None:
        """Finds what fits `words`."""

    @abstractmethod
    def rows(self, width: int) -> list[Row]:
        """What was found."""

    @abstractmethod
    def chosen(self, key: str) -> None:
        """Answers with the row of this key."""

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = self.TITLE
        box.border_subtitle = "↑↓ choose · Enter opens · Esc closes"
        with box:
            yield Input(placeholder=self.ASKED)
            yield RowsView(self.rows, name="hits")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.words = event.value.strip()
        self.look()
        self.query_one("#hits", RowsView).rebuild()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_open()

    @on(RowsView.Chosen, "#hits")
    def _clicked(self) -> None:
        self.action_open()

    def action_move(self, by: int) -> None:
        """The hit before or after."""
        self.query_one("#hits", RowsView).action_step(by)

    def action_open(self) -> None:
        """What is marked."""
        marked = self.query_one("#hits", RowsView).cursor
        if marked is not None:
            self.chosen(marked)

    def action_close(self) -> None:
        """Nothing was chosen."""
        self.dismiss(None)


class Find(Finding[Place]):
    """Finds pages of lessons; without words it shows the bookmarks."""

    TITLE = "Search all lessons"
    ASKED = "words"

    def __init__(self, search: "Callable[[str], list[Hit]]", bookmarks: "Sequence[Hit]") -> None:
        super().__init__()
        self._search = search
        self._bookmarks = bookmarks
        self._hits: Sequence[Hit] = bookmarks

    def look(self) -> None:
        """The pages with these words."""
        self._hits = self._search(self.words) if self.words else self._bookmarks

    def rows(self, width: int) -> list[Row]:
        """The pages, with what stands around the words."""
        if not self._hits:
            empty = (
                "No page has all of these words."
                if self.words
                else "Type a word. In a lesson, b sets a bookmark on a page; bookmarks are listed here."
            )
            return paragraph(empty, width, role="quiet")
        out = [] if self.words else [row(("Bookmarks", "title"))]
        for number, hit in enumerate(self._hits[:MOST]):
            out.append(fit_row(row((hit.heading, "name"), key=str(number)), width))
            if hit.text:
                out.append(fit_row(row(f"  {hit.text}", key=str(number)), width))
        if len(self._hits) > MOST:
            out.append(row((f"… and {len(self._hits) - MOST} more; another word narrows it down", "quiet")))
        return out

    def chosen(self, key: str) -> None:
        """The place of that page."""
        hit = self._hits[int(key)]
        self.dismiss((hit.lesson, hit.page))


class Files(Finding[str]):
    """Finds a file by a part of its name; a name that there is none of is a new file's."""

    TITLE = "Edit a file of the workspace"
    ASKED = "a part of its name, or the name of a new file"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names
        self._fitting = names

    def look(self) -> None:
        """The files with this in their names."""
        self._fitting = [name for name in self._names if self.words.casefold() in name.casefold()]

    def rows(self, width: int) -> list[Row]:
        """The files, and the new one if the name is not taken."""
        out = [fit_row(row((name, "name"), key=name), width) for name in self._fitting]
        if self.words and self.words not in self._names:
            out.append(fit_row(row(("new file  ", "quiet"), (self.words, "name"), key=self.words), width))
        return out or paragraph("No files here yet. Type a name to make one.", width, role="quiet")

    def chosen(self, key: str) -> None:
        """That file."""
        self.dismiss(key)
