"""Rows of cells: the paper that the screen writes on. Knows cells and widths, no cursor and no sequences.

A cell is a character (with what combines with it) and a style. A character two cells wide is followed by an
empty string, so a row always has exactly as many entries as the screen has columns. Whoever cuts such a
character in half leaves a blank in each half.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

from wcwidth import wcwidth

from ecslab.terminal.styles import PLAIN, Style

ZERO_WIDTH_JOINER = "\u200d"
_LONGEST_CELL = 16

_next_version = itertools.count(1).__next__


@lru_cache(maxsize=8192)
def cells_of(character: str) -> int:
    """How many cells a character takes: 0 combines with the one before it."""
    return max(0, wcwidth(character))


class Row:
    """One row: two parallel lists of characters and styles."""

    __slots__ = ("chars", "styles", "version", "wrapped")

    def __init__(self, columns: int, style: Style = PLAIN) -> None:
        self.chars = [" "] * columns
        self.styles = [style] * columns
        self.wrapped = False
        """Its text goes on in the next row, for want of room."""
        self.version = _next_version()
        """A number no other state of any row has: equal versions look equal, so a painter may cache by it."""

    def __iter__(self) -> Iterator[list[str] | list[Style]]:
        yield self.chars
        yield self.styles

    def __str__(self) -> str:
        return "".join(self.chars)

    def write(self, x: int, text: str, style: Style) -> None:
        """Put characters of one cell each at `x`; the caller has made sure that they fit."""
        end = x + len(text)
        chars = self.chars
        if chars[x] == "":
            chars[x - 1] = " "
        if end < len(chars) and chars[end] == "":
            chars[end] = " "
        chars[x:end] = text
        self.styles[x:end] = [style] * (end - x)
        self.version = _next_version()

    def write_wide(self, x: int, character: str, style: Style) -> None:
        """Put one character of two cells at `x`."""
        self.write(x, character + " ", style)
        self.chars[x + 1] = ""

    def combine(self, x: int, character: str) -> None:
        """Add a mark to the character that ends before `x`."""
        x -= 1 if self.chars[x - 1] else 2
        if len(self.chars[x]) < _LONGEST_CELL:
            self.chars[x] += character
            self.version = _next_version()

    def joins(self, x: int) -> bool:
        """Whether the character that ends before `x` waits for another to join it."""
        before = self.chars[x - 1] or self.chars[x - 2]
        return before[-1] == ZERO_WIDTH_JOINER

    def erase(self, start: int, end: int, style: Style) -> None:
        """Blank the cells from `start` up to `end`."""
        if start < end:
            self.write(start, " " * (end - start), style)
            if end == len(self.chars):
                self.wrapped = False

    def insert(self, x: int, count: int, style: Style) -> None:
        """Push the cells from `x` to the right; what leaves the row is lost."""
        columns = len(self.chars)
        count = min(count, columns - x)
        self._cut(x)
        self._cut(columns - count)
        self.chars[x:] = [" "] * count + self.chars[x : columns - count]
        self.styles[x:] = [style] * count + self.styles[x : columns - count]
        self.version = _next_version()

    def delete(self, x: int, count: int, style: Style) -> None:
        """Pull the cells right of `x` over the next `count`."""
        columns = len(self.chars)
        count = min(count, columns - x)
        self._cut(x)
        self._cut(x + count)
        self.chars[x:] = self.chars[x + count :] + [" "] * count
        self.styles[x:] = self.styles[x + count :] + [style] * count
        self.wrapped = False
        self.version = _next_version()

    def fit(self, columns: int) -> None:
        """Cut or fill on the right, without wrapping."""
        missing = columns - len(self.chars)
        if missing > 0:
            self.chars += [" "] * missing
            self.styles += [PLAIN] * missing
        else:
            self._cut(columns)
            del self.chars[columns:], self.styles[columns:]
        self.version = _next_version()

    def length(self) -> int:
        """Cells up to the last that shows something."""
        chars, styles = self.chars, self.styles
        end = len(chars)
        while end and chars[end - 1] == " " and styles[end - 1] == PLAIN:
            end -= 1
        return end

    def _cut(self, x: int) -> None:
        if 0 < x < len(self.chars) and self.chars[x] == "":
            self.chars[x - 1 : x + 1] = [" ", " "]


def logical_lines(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows grouped into the lines that were wrapped over them."""
    line: list[Row] = []
    for row in rows:
        line.append(row)
        if not row.wrapped:
            yield line
            line = []
    if line:
        yield line


def rewrapped(
    rows: list[Row], columns: int, marks: list[tuple[int, int]], cut: int | None = None
) -> tuple[list[Row], list[tuple[int, int]]]:
    """The same text in rows of another width, and where the marked (row, column) places went.

    The line with the row `cut` keeps its rows, which are cut or filled instead.
    """
    result: list[Row] = []
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    marked = {row for row, _ in marks}
    start = 0
    for line in logical_lines(rows):
        span = range(start, start + len(line))
        inside = marked.intersection(span)
        if cut is not None and cut in span:
            for row in line:
                row.fit(columns)
            moved |= {(y, x): (len(result) + y - start, min(x, columns - 1)) for y, x in marks if y in inside}
            result += line
        elif len(line) == 1 and not inside and line[0].length() <= columns:
            line[0].fit(columns)
            result.append(line[0])
        else:
            starts = list(itertools.accumulate((len(row.chars) for row in line), initial=0))
            offsets = {mark: starts[mark[0] - start] + mark[1] for mark in marks if mark[0] in inside}
            wanted = max(offsets.values(), default=-1) + 1
            pieces = _pieces(line, columns, max(starts[-2] + line[-1].length(), wanted))
            for mark, offset in offsets.items():
                index = max(i for i, (begin, _) in enumerate(pieces) if begin <= offset)
                moved[mark] = (len(result) + index, min(offset - pieces[index][0], columns - 1))
            result += [row for _, row in pieces]
        start += len(line)
    return result, [moved[mark] for mark in marks]


def _pieces(line: list[Row], columns: int, length: int) -> list[tuple[int, Row]]:
    """One line cut into rows, each with the offset at which it begins."""
    chars = [char for row in line for char in row.chars][:length]
    styles = [style for row in line for style in row.styles][:length]
    pieces: list[tuple[int, Row]] = []
    begin = 0
    while True:
        end = min(begin + columns, length)
        if end < length and chars[end] == "":
            end -= 1
        row = Row(0)
        row.chars, row.styles = chars[begin:end], styles[begin:end]
        row.fit(columns)
        row.wrapped = end < length
        pieces.append((begin, row))
        begin = end
        if begin >= length:
            return pieces
