"""Draws rows (`tui.rows`) line by line, with scrolling, a cursor over rows that can be chosen, and selection.

The one widget behind the lists and panes of the app: it knows roles, never what a row means. A builder makes the
rows for a width; only rows that changed are painted again.
"""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from ecslab.tui import keys
from ecslab.tui.rows import Row, text_of
from ecslab.tui.widgets.role_styles import role_styles

Builder = Callable[[int], list[Row]]


class RowsView(ScrollView, can_focus=True):
    """A scrolling block of rows."""

    DEFAULT_CSS = """
    RowsView {
        height: 1fr; background: transparent; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("rows")]

    class Marked(Message):
        """The cursor came to another row."""

        def __init__(self, view: "RowsView", key: str) -> None:
            super().__init__()
            self.view = view
            self.key = key

        @property
        def control(self) -> "RowsView":
            """The view it happened in."""
            return self.view

    class Chosen(Marked):
        """A row was clicked."""

    def __init__(
        self, builder: Builder | None = None, *, name: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=name, classes=classes)
        self._builder: Builder = builder or (lambda width: [])
        self._rows: list[Row] = []
        self.cursor: str | None = None
        """The key of the row under the cursor."""
        self._at_end = True
        self.follow = False
        """Whether the end stays in sight as rows are added (unless the learner scrolled up)."""

    @property
    def rows(self) -> list[Row]:
        """What is shown, for tests and copying."""
        return self._rows

    @property
    def keys(self) -> list[str]:
        """The rows that can be chosen, in order."""
        return list(dict.fromkeys(row.key for row in self._rows if row.key is not None))

    def show(self, builder: Builder) -> None:
        """Shows other rows; the cursor and the place stay when they still exist."""
        self._builder = builder
        self.rebuild()

    def rebuild(self) -> None:
        """Makes the rows again for the width there is now."""
        width = self._width
        if width <= 0:
            return
        old, self._rows = self._rows, self._builder(width)
        names = self.keys
        if self.cursor not in names:
            self.cursor = names[0] if names else None
        self.virtual_size = Size(width + 1, len(self._rows))
        top, height = self.scroll_offset.y, self.size.height
        for y in range(top, top + height):
            before = old[y] if y < len(old) else None
            after = self._rows[y] if y < len(self._rows) else None
            if before != after:
                self.refresh(Region(0, y - top, self.size.width, 1))
        if self.follow and self._at_end:
            self.call_after_refresh(self.scroll_end, animate=False, immediate=True, force=True, x_axis=False)

    @property
    def _width(self) -> int:
        """Columns for a row: one is left free before the scrollbar."""
        return self.scrollable_content_region.width - 1

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notes whether the learner has scrolled away from the end."""
        super().watch_scroll_y(old_value, new_value)
        self._at_end = new_value >= self.max_scroll_y

    def mark(self, key: str) -> None:
        """Puts the cursor on a row and brings it into sight."""
        if key not in self.keys:
            return
        changed, self.cursor = key != self.cursor, key
        lines = [y for y, row in enumerate(self._rows) if row.key == key]
        first = 0 if key == self.keys[0] else lines[0]
        self.scroll_to_region(
            Region(0, first, 1, lines[-1] - first + 1),
            animate=False,
            immediate=True,
            force=True,
            x_axis=False,
        )
        self.refresh()
        if changed:
            self.post_message(self.Marked(self, key))

    def action_step(self, by: int) -> None:
        """The cursor one row on, or one line of scrolling where nothing can be chosen."""
        names = self.keys
        if not names:
            self.scroll_relative(y=by, animate=False, immediate=True, force=True)
            return
        here = names.index(self.cursor) if self.cursor in names else 0
        there = min(max(here + by, 0), len(names) - 1)
        if there == here:
            self.scroll_relative(y=by, animate=False, immediate=True, force=True)
        else:
            self.mark(names[there])

    def action_page(self, by: int) -> None:
        """A page of scrolling; the cursor goes along."""
        self.scroll_relative(y=by * max(1, self.size.height - 1), animate=False, immediate=True, force=True)
        names = self.keys
        if names:
            here = names.index(self.cursor) if self.cursor in names else 0
            self.mark(names[min(max(here + by * max(1, self.size.height // 2), 0), len(names) - 1)])

    def action_edge(self, by: int) -> None:
        """The first or the last row."""
        names = self.keys
        if names:
            self.mark(names[0] if by < 0 else names[-1])
        elif by < 0:
            self.scroll_home(animate=False, immediate=True, force=True)
        else:
            self.scroll_end(animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        self.rebuild()

    def on_click(self, event: events.Click) -> None:
        line = event.y + self.scroll_offset.y - self.gutter.top
        if 0 <= line < len(self._rows) and (key := self._rows[line].key) is not None:
            self.mark(key)
            self.post_message(self.Chosen(self, key))

    def render_line(self, y: int) -> Strip:
        """One line of the view."""
        line = y + self.scroll_offset.y
        width = self._width + 1
        base = self.rich_style
        if line >= len(self._rows):
            return Strip.blank(self.size.width, base)
        row = self._rows[line]
        styles = role_styles(self.app.theme_variables, plain=self.app.no_color)
        if row.key is not None and row.key == self.cursor:
            base += styles["cursor" if self.has_focus else "marked"]
            segments = [Segment(span.text, base + self._on_cursor(styles[span.role])) for span in row.spans]
        else:
            segments = [Segment(span.text, base + styles[span.role]) for span in row.spans]
        strip = Strip(segments, row.cells).crop_extend(0, width, base)
        selection = self.text_selection
        if selection is not None and (bounds := selection.get_span(line)) is not None:
            strip = self._selected(strip, *bounds)
        return strip.apply_offsets(0, line)

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        end = strip.cell_length if end == -1 else end
        style = self.screen.get_component_rich_style("screen--selection")
        left, middle, right = strip.divide([start, end, strip.cell_length])[:3]
        return Strip.join([left, middle.apply_style(style), right])

    def _on_cursor(self, style: Style) -> Style:
        return Style(bold=style.bold, italic=style.italic) if self.has_focus else style

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for copying."""
        return selection.extract(text_of(self._rows)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """The mouse selected more or less."""
        self.refresh()
