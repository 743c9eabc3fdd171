"""Rows of text with a role for each piece: what the panes of the app are drawn from.

A pane is a pure function from a model to rows; `widgets.rows_view` draws them. Nothing here knows Textual,
so every pane can be tested as plain text. A role names a meaning ("good", "bad", "busy", …), never a colour.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, get_character_cell_size

ROLES = ("good", "bad", "busy", "quiet", "title", "name", "strong", "key", "note", "line")
"""Every role a span may have; an empty role is ordinary text."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text with one role."""

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a pane."""

    spans: tuple[Span, ...] = ()
    key: str | None = None
    """What this row stands for, when it can be chosen."""

    @property
    def text(self) -> str:
        """The row as plain text."""
        return "".join(span.text for span in self.spans)

    @property
    def cells(self) -> int:
        """How many columns it takes."""
        return cells(self.text)


Piece = str | tuple[str, str] | Span


def row(*pieces: Piece, key: str | None = None) -> Row:
    """A row from strings, `(text, role)` pairs and spans."""
    spans = []
    for piece in pieces:
        if isinstance(piece, Span):
            spans.append(piece)
        elif isinstance(piece, str):
            spans.append(Span(piece))
        else:
            spans.append(Span(*piece))
    return Row(tuple(span for span in spans if span.text), key)


def cells(text: str) -> int:
    """Columns a text takes on a terminal."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int) -> str:
    """The text, cut with an ellipsis when it is wider than `width` columns."""
    if cells(text) <= width:
        return text
    out, used = "", 0
    for character in text:
        size = get_character_cell_size(character)
        if used + size > width - 1:
            break
        out, used = out + character, used + size
    return out + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """The text at exactly `width` columns."""
    cut = fit(text, width)
    return cut + " " * (width - cells(cut))


def fit_row(line: Row, width: int) -> Row:
    """The row cut to `width` columns, its roles kept."""
    if line.cells <= width:
        return line
    spans: list[Span] = []
    room = width
    for span in line.spans:
        size = cells(span.text)
        if size >= room:
            spans.append(replace(span, text=fit(span.text, room) if size > room else span.text))
            if size == room and line.cells > width:
                spans[-1] = replace(span, text=fit(span.text + "…", room))
            break
        spans.append(span)
        room -= size
    return Row(tuple(spans), line.key)


def pad_row(line: Row, width: int) -> Row:
    """The row at exactly `width` columns."""
    cut = fit_row(line, width)
    missing = width - cut.cells
    return Row((*cut.spans, Span(" " * missing)), line.key) if missing > 0 else cut


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces; its own line ends are kept."""
    return [text[start:end] for start, end in _breaks(text, width)]


def _breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Where the lines of a wrapped text begin and end."""
    out: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        out += [(at + start, at + end) for start, end in _line_breaks(line, max(2, width))]
        at += len(line) + 1
    return out


def _line_breaks(line: str, width: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    start, space, used = 0, -1, 0
    at = 0
    while at < len(line):
        used += get_character_cell_size(line[at])
        if line[at] == " ":
            space = at
        if used > width:
            end = space if space > start else at
            out.append((start, end))
            start = at = end + 1 if line[end] == " " else end
            space, used = -1, 0
            continue
        at += 1
    out.append((start, len(line)))
    return out


_MARKS = re.compile(
    r"(?P<tick>`+)(?P<code>.+?)(?P=tick)|\*\*(?P<strong>.+?)\*\*|\*(?P<note>\w[^*]*)\*", re.DOTALL
)


def marked(text: str, role: str = "") -> list[Span]:
    """Spans of a text in which `code`, **strong** and *stressed* words are marked as in Markdown."""
    spans: list[Span] = []
    at = 0
    for found in _MARKS.finditer(text):
        spans.append(Span(text[at : found.start()], role))
        kinds = {"code": "key", "strong": "strong", "note": "note"}
        name = next(name for name in kinds if found[name])
        spans.append(Span(found[name], kinds[name]))
        at = found.end()
    spans.append(Span(text[at:], role))
    return [span for span in spans if span.text]


def paragraph(
    text: str,
    width: int,
    *,
    role: str = "",
    first: Sequence[Piece] = (),
    indent: int = 0,
    key: str | None = None,
) -> list[Row]:
    """A wrapped paragraph whose first line starts with `first` and whose other lines are indented to match."""
    lead = row(*first)
    margin = max(indent, lead.cells)
    spans = marked(text, role)
    plain = "".join(span.text for span in spans)
    out: list[Row] = []
    for start, end in _breaks(plain, max(8, width - margin)):
        before = (*lead.spans, Span(" " * (margin - lead.cells))) if not out else (Span(" " * margin),)
        out.append(row(*before, *_cut(spans, start, end), key=key))
    return out


def _cut(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The part of some spans between two places of their text."""
    out, at = [], 0
    for span in spans:
        low, high = max(start - at, 0), min(end - at, len(span.text))
        if low < high:
            out.append(Span(span.text[low:high], span.role))
        at += len(span.text)
    return out


_ITEM = re.compile(r"(\d+\.|[-*]) +(.+)")
"""An item of a list; the lines after it belong to it until the next item or an empty line."""


def prose(text: str, width: int) -> list[Row]:
    """A little Markdown: paragraphs, lists, and fenced blocks, whose lines stay apart."""
    out: list[Row] = []
    held: list[str] = []
    marker = ""
    fenced = False

    def flush() -> None:
        if held:
            out.extend(paragraph(" ".join(held), width, first=[(marker, "quiet")] if marker else ()))
            held.clear()

    for line in text.splitlines():
        stripped = line.strip()
        item = _ITEM.match(stripped)
        if stripped.startswith(("```", "~~~")):
            flush()
            fenced, marker = not fenced, ""
        elif fenced:
            out += code(line, width)
        elif not stripped:
            flush()
            marker = ""
            out.append(Row())
        elif item is not None:
            flush()
            marker = f"{item[1]} " if item[1][0].isdigit() else "• "
            held.append(item[2])
        else:
            held.append(stripped)
    flush()
    return out


CODE_INDENT, CODE_HANGS = 2, 4
"""Columns before a line of code, and how much further in the rest of one stands that does not fit."""


def code(text: str, width: int) -> list[Row]:
    """Lines of a program or a command as they are. What does not fit goes on below, further in: nothing is cut off."""
    out: list[Row] = []
    for line in text.split("\n"):
        body = line.strip()
        margin = CODE_INDENT + len(line) - len(line.lstrip())
        head = wrap(body, max(8, width - margin))[0]
        out.append(row(" " * margin, (head, "key")))
        if rest := body[len(head) :].lstrip():
            margin += CODE_HANGS
            out += [row(" " * margin, (part, "key")) for part in wrap(rest, max(8, width - margin))]
    return out


def beside(columns: Sequence[Sequence[Row]], width: int, *, gap: str = " │ ") -> list[Row]:
    """Several blocks of rows side by side, each with the same share of the width."""
    share = (width - len(gap) * (len(columns) - 1)) // len(columns)
    out = []
    for i in range(max(map(len, columns), default=0)):
        spans: list[Span] = []
        for number, column in enumerate(columns):
            if number:
                spans.append(Span(gap, "line"))
            spans.extend(pad_row(column[i] if i < len(column) else Row(), share).spans)
        out.append(Row(tuple(spans)))
    return out


def ends(left: Iterable[Piece], right: Iterable[Piece], width: int, *, key: str | None = None) -> Row:
    """One row with something at its left end and something at its right end; the right end is never cut."""
    tail = row(*right)
    head = pad_row(row(*left), max(0, width - tail.cells))
    return Row((*head.spans, *tail.spans), key)


def bar(done: float, width: int) -> str:
    """A bar of `width` columns, filled for the share that is done."""
    filled = round(max(0.0, min(1.0, done)) * width)
    return "█" * filled + "░" * (width - filled)


def text_of(lines: Iterable[Row]) -> str:
    """The rows as plain text, for tests and for copying."""
    return "\n".join(line.text.rstrip() for line in lines)
