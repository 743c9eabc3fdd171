"""The screen of a terminal: rows, a cursor, margins, tabs, the alternate screen and what scrolled off.

It does what sequences ask for and knows none of them; where a request points outside, it stops at the edge,
as terminals do, and never raises.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from ecslab.terminal.modes import Modes
from ecslab.terminal.rows import Row, cells_of, rewrapped
from ecslab.terminal.styles import PLAIN, Style, blank

_DRAWING = dict(
    zip(map(ord, "`abcdefghijklmnopqrstuvwxyz{|}~_"), "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£· ", strict=True)
)
_CHARSETS = {"0": _DRAWING, "A": {ord("#"): "£"}}
_TAB = 8
SMALLEST = (2, 1)
"""Columns and rows below which nothing can be shown."""


@dataclass(frozen=True, slots=True)
class SavedCursor:
    """What DECSC keeps."""

    x: int = 0
    y: int = 0
    pending: bool = False
    style: Style = PLAIN
    charsets: tuple[str, str] = ("B", "B")
    shifted: int = 0
    origin: bool = False


class Screen:
    """Rows and a cursor, and everything that can be done to them."""

    def __init__(self, columns: int, height: int, scrollback: int, modes: Modes) -> None:
        self.columns = max(columns, SMALLEST[0])
        self.height = max(height, SMALLEST[1])
        self.modes = modes
        self.history: deque[Row] = deque(maxlen=scrollback)
        self.scrolled = 0
        """How many rows ever went into the history."""
        self.reset()

    def reset(self) -> None:
        """As new, except for the history."""
        self.rows = [Row(self.columns) for _ in range(self.height)]
        self.alternate = False
        self._parked: list[Row] = []
        self._saved: dict[bool, SavedCursor | None] = {False: None, True: None}
        self.last_character = ""
        self.soft_reset()
        self.x = self.y = 0
        self.tabs = set(range(0, self.columns, _TAB))

    def soft_reset(self) -> None:
        """Margins, style and character sets as new; the text stays."""
        self.top, self.bottom = 0, self.height - 1
        self.pending = False
        self.style = PLAIN
        self._charsets = ("B", "B")
        self._shifted = 0
        self._translation: dict[int, str] | None = None
        self._saved[self.alternate] = None

    # Writing

    def write_ascii(self, text: str) -> None:
        """Write printable ASCII, through the character set that is in use."""
        if self._translation is not None:
            text = text.translate(self._translation)
        self.last_character = text[-1]
        end = self.x + len(text)
        if end < self.columns and not (self.pending or self.modes.insert):
            self.rows[self.y].write(self.x, text, self.style)
            self.x = end
            return
        while text:
            if self.pending:
                self._wrap()
            room = self.columns - self.x
            piece, text = text[:room], text[room:]
            row = self.rows[self.y]
            if self.modes.insert:
                row.insert(self.x, len(piece), self.style)
            row.write(self.x, piece, self.style)
            self._advance(len(piece))

    def write(self, text: str) -> None:
        """Write characters of any width."""
        for character in text:
            width = cells_of(character)
            x = self.x + self.pending
            row = self.rows[self.y]
            if width == 0 or (x and row.joins(x)):
                if x:
                    row.combine(x, character)
            elif width == 1:
                self._write_one(character)
            else:
                self._write_wide(character)

    def repeat(self, count: int) -> None:
        """Write the last character again."""
        if self.last_character:
            for _ in range(min(count, self.columns * self.height)):
                self.write(self.last_character)

    def _write_one(self, character: str) -> None:
        if self.pending:
            self._wrap()
        self.last_character = character
        row = self.rows[self.y]
        if self.modes.insert:
            row.insert(self.x, 1, self.style)
        row.write(self.x, character, self.style)
        self._advance(1)

    def _write_wide(self, character: str) -> None:
        if self.pending or (self.x == self.columns - 1 and self.modes.autowrap):
            self._wrap()
        self.x = min(self.x, self.columns - 2)
        self.last_character = character
        row = self.rows[self.y]
        if self.modes.insert:
            row.insert(self.x, 2, self.style)
        row.write_wide(self.x, character, self.style)
        self._advance(2)

    def _advance(self, cells: int) -> None:
        self.x += cells
        if self.x >= self.columns:
            self.x = self.columns - 1
            self.pending = True

    def _wrap(self) -> None:
        self.pending = False
        if self.modes.autowrap:
            self.rows[self.y].wrapped = True
            self.x = 0
            self.index()

    # Character sets

    def designate(self, slot: int, charset: str) -> None:
        """Load a character set into G0 or G1."""
        self._charsets = (charset, self._charsets[1]) if slot == 0 else (self._charsets[0], charset)
        self.shift(self._shifted)

    def shift(self, slot: int) -> None:
        """Use G0 or G1 from now on."""
        self._shifted = slot
        self._translation = _CHARSETS.get(self._charsets[slot])

    # Moving

    def move_to(self, x: int, y: int) -> None:
        """Go to a place, counted from 0 and from the origin in force."""
        top, bottom = (self.top, self.bottom) if self.modes.origin else (0, self.height - 1)
        self.y = min(max(y + top, top), bottom)
        self.move_column(x)

    def move_column(self, x: int) -> None:
        """Go to a column of this row."""
        self.x = min(max(x, 0), self.columns - 1)
        self.pending = False

    def up(self, count: int) -> None:
        """Go up, as far as the margin if below it."""
        self.y = max(self.y - count, self.top if self.y >= self.top else 0)
        self.pending = False

    def down(self, count: int) -> None:
        """Go down, as far as the margin if above it."""
        self.y = min(self.y + count, self.bottom if self.y <= self.bottom else self.height - 1)
        self.pending = False

    def index(self) -> None:
        """Go down one row; at the bottom margin the text goes up instead."""
        if self.y == self.bottom:
            self.scroll_up(1)
        elif self.y < self.height - 1:
            self.y += 1

    def reverse_index(self) -> None:
        """Go up one row; at the top margin the text goes down instead."""
        self.pending = False
        if self.y == self.top:
            self.scroll_down(1)
        elif self.y > 0:
            self.y -= 1

    def next_line(self) -> None:
        """Go to the start of the next row."""
        self.x = 0
        self.pending = False
        self.index()

    def tab(self, count: int) -> None:
        """Go to the next tab stop, or back to an earlier one. At the end of a full row there is no next."""
        if self.pending and count > 0:
            return
        for _ in range(min(abs(count), self.columns)):
            stops = [stop for stop in self.tabs if (stop > self.x if count > 0 else stop < self.x)]
            if count > 0:
                self.x = min(stops, default=self.columns - 1)
            else:
                self.x = max(stops, default=0)
        self.pending = False

    def save_cursor(self) -> None:
        """Remember the cursor and how it writes."""
        self._saved[self.alternate] = SavedCursor(
            self.x, self.y, self.pending, self.style, self._charsets, self._shifted, self.modes.origin
        )

    def restore_cursor(self) -> None:
        """Back to what was remembered, or home."""
        saved = self._saved[self.alternate] or SavedCursor()
        self.x, self.y = min(saved.x, self.columns - 1), min(saved.y, self.height - 1)
        self.pending = saved.pending and saved.x == self.columns - 1
        self.style = saved.style
        self._charsets = saved.charsets
        self.modes.origin = saved.origin
        self.shift(saved.shifted)

    @property
    def has_saved_cursor(self) -> bool:
        """Whether there is anything to restore."""
        return self._saved[self.alternate] is not None

    # Erasing and shifting

    def erase_line(self, which: int) -> None:
        """0: from the cursor on, 1: up to and with the cursor, 2: all of the row."""
        start, end = {0: (self.x, self.columns), 1: (0, self.x + 1), 2: (0, self.columns)}.get(which, (0, 0))
        self.rows[self.y].erase(start, end, blank(self.style))

    def erase_display(self, which: int) -> None:
        """As `erase_line`, but of the screen, which 2 moves into the history; 3: the history."""
        if which == 3:
            self.history.clear()
        elif which == 2:
            if not self.alternate:
                self._keep(self.rows[: self._used()])
            self._erase_rows(0, self.height)
        elif which in (0, 1):
            self.erase_line(which)
            self._erase_rows(*((self.y + 1, self.height) if which == 0 else (0, self.y)))

    def _erase_rows(self, start: int, end: int) -> None:
        self.rows[start:end] = [Row(self.columns, blank(self.style)) for _ in range(start, end)]

    def _used(self) -> int:
        return max((y + 1 for y, row in enumerate(self.rows) if row.length()), default=0)

    def erase_characters(self, count: int) -> None:
        """Blank cells from the cursor on."""
        self.rows[self.y].erase(self.x, min(self.x + count, self.columns), blank(self.style))
        self.pending = False

    def insert_characters(self, count: int) -> None:
        """Make room at the cursor."""
        self.rows[self.y].insert(self.x, count, blank(self.style))
        self.pending = False

    def delete_characters(self, count: int) -> None:
        """Close up over the cells at the cursor."""
        self.rows[self.y].delete(self.x, count, blank(self.style))
        self.pending = False

    def insert_lines(self, count: int) -> None:
        """Push the rows from here to the bottom margin down."""
        if self.top <= self.y <= self.bottom:
            self._shift_down(self.y, count)
            self.move_column(0)

    def delete_lines(self, count: int) -> None:
        """Pull the rows below up to here."""
        if self.top <= self.y <= self.bottom:
            for _ in range(min(count, self.bottom - self.y + 1)):
                del self.rows[self.y]
                self.rows.insert(self.bottom, Row(self.columns, blank(self.style)))
            self.move_column(0)

    def scroll_up(self, count: int) -> None:
        """Move the text within the margins up; off the top of the screen it goes into the history."""
        style = PLAIN if self.style is PLAIN else blank(self.style)
        for _ in range(min(count, self.bottom - self.top + 1) if count > 1 else 1):
            row = self.rows.pop(self.top)
            if self.top == 0 and not self.alternate:
                self.history.append(row)
                self.scrolled += 1
            self.rows.insert(self.bottom, Row(self.columns, style))

    def scroll_down(self, count: int) -> None:
        """Move the text within the margins down."""
        self._shift_down(self.top, count)

    def _shift_down(self, top: int, count: int) -> None:
        for _ in range(min(count, self.bottom - top + 1)):
            del self.rows[self.bottom]
            self.rows.insert(top, Row(self.columns, blank(self.style)))

    def _keep(self, rows: list[Row]) -> None:
        self.history.extend(rows)
        self.scrolled += len(rows)

    def set_margins(self, top: int, bottom: int) -> None:
        """Let only these rows (from 0) scroll; the cursor goes home."""
        bottom = min(bottom, self.height - 1)
        if top < bottom:
            self.top, self.bottom = top, bottom
            self.move_to(0, 0)

    def fill(self, character: str) -> None:
        """Fill the screen with one character (DECALN)."""
        self.top, self.bottom = 0, self.height - 1
        self.move_to(0, 0)
        for row in self.rows:
            row.erase(0, self.columns, PLAIN)
            row.write(0, character * self.columns, PLAIN)

    # The alternate screen, and another size

    def switch(self, alternate: bool) -> None:
        """Go to the alternate screen, empty, or back to the main one as it was."""
        if alternate == self.alternate:
            return
        self.alternate = alternate
        if alternate:
            self._parked = self.rows
            self.rows = [Row(self.columns, blank(self.style)) for _ in range(self.height)]
        else:
            self.rows, self._parked = self._parked, []

    def resize(self, columns: int, height: int) -> None:
        """Another size: the main screen wraps its text anew, the alternate one is cut or filled.

        A line that is being edited (shells switch bracketed paste on for as long) keeps its rows: the editor
        is about to draw it again, and counts on finding them where they were.
        """
        columns, height = max(columns, SMALLEST[0]), max(height, SMALLEST[1])
        if (columns, height) == (self.columns, self.height):
            return
        before, self.columns, self.height = self.columns, columns, height
        self.tabs = {stop for stop in self.tabs if stop < columns} | {
            stop for stop in range(0, columns, _TAB) if stop >= before
        }
        self.top, self.bottom = 0, height - 1
        self.pending = False
        if self.alternate:
            saved = self._saved[False] or SavedCursor()
            self._parked, (x, y) = self._rewrap(self._parked, (saved.x, saved.y))
            self._saved[False] = replace(saved, x=x, y=y, pending=False)
            self._crop()
        else:
            self.rows, (self.x, self.y) = self._rewrap(self.rows, (self.x, self.y))

    def _crop(self) -> None:
        excess = max(0, self.y - self.height + 1)
        self.rows = self.rows[excess : excess + self.height]
        for row in self.rows:
            row.fit(self.columns)
        self.rows += [Row(self.columns) for _ in range(self.height - len(self.rows))]
        self.x, self.y = min(self.x, self.columns - 1), self.y - excess

    def _rewrap(self, rows: list[Row], cursor: tuple[int, int]) -> tuple[list[Row], tuple[int, int]]:
        gone = self.scrolled - len(self.history)
        first = len(self.history)
        x, y = min(cursor[0], len(rows[0].chars) - 1), min(cursor[1], len(rows) - 1)
        everything = [*self.history, *rows]
        if len(rows[0].chars) != self.columns:
            edited = first + y if self.modes.bracketed_paste and not self.alternate else None
            marks = [(first, 0), (first + y, x)]
            everything, ((first, _), (y, x)) = rewrapped(everything, self.columns, marks, edited)
        else:
            y += first
        while (
            len(everything) - first > self.height and len(everything) - 1 > y and not everything[-1].length()
        ):
            everything.pop()
        everything += [Row(self.columns) for _ in range(self.height - len(everything))]
        top = len(everything) - self.height
        self.history = deque(everything[:top], maxlen=self.history.maxlen)
        self.scrolled = gone + top
        return everything[top:], (x, max(0, y - top))
