"""A terminal: feed it what a program prints, read off what a person would see.

It behaves as `xterm-256color` does and knows no screen library, no process and no clock. What the program
asks of its terminal collects in `replies`, for whoever holds the pty to write back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ecslab.terminal import reports
from ecslab.terminal.modes import ANSI_MODES, MOUSE_MODES, PRIVATE_MODES, SCREEN_MODES, Modes
from ecslab.terminal.motions import MOTIONS
from ecslab.terminal.parser import Parser, sequence
from ecslab.terminal.rows import Row
from ecslab.terminal.screen import Screen
from ecslab.terminal.styles import restyled

_LONGEST_TITLE = 256
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Cursor(NamedTuple):
    """Where the cursor is and how it looks."""

    x: int
    y: int
    visible: bool
    shape: str
    """`block`, `underline` or `bar`."""
    blink: bool


class ShellMark(NamedTuple):
    """What a shell says about itself with OSC 133."""

    kind: str
    """A: a prompt begins, B: the learner types, C: the command runs, D: it has ended."""
    status: int | None
    """With D, the exit status, where the shell tells it."""
    line: int
    """The row it happened on, counted from the first ever printed: `line(mark.line - oldest)`."""
    parameters: str


class Emulator:
    """The whole terminal."""

    def __init__(self, columns: int, rows: int, scrollback: int = 10_000) -> None:
        self.modes = Modes()
        self.screen = Screen(columns, rows, scrollback, self.modes)
        self.title = ""
        self.shape = "block"
        self.replies: list[str] = []
        self.bells = 0
        self.foreground = (229, 229, 229)
        """What to answer a program that asks for the colour of text."""
        self.background = (0, 0, 0)
        self.on_command: Callable[[ShellMark], None] | None = None
        self.on_bell: Callable[[], None] | None = None
        self.on_title: Callable[[str], None] | None = None
        self._parser = Parser()
        self._clean: list[int] = []

    # What a painter reads

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return self.screen.columns

    @property
    def height(self) -> int:
        """Rows of the screen."""
        return self.screen.height

    @property
    def rows(self) -> list[Row]:
        """The screen, top to bottom."""
        return self.screen.rows

    @property
    def scrollback(self) -> Sequence[Row]:
        """What has left the screen at its top, oldest first."""
        return self.screen.history

    @property
    def oldest(self) -> int:
        """How many rows have been forgotten: the absolute number of `line(0)`."""
        return self.screen.scrolled - len(self.screen.history)

    @property
    def total(self) -> int:
        """Rows in scrollback and screen together."""
        return len(self.screen.history) + self.screen.height

    def line(self, index: int) -> Row:
        """A row of scrollback and screen together, oldest first. Unpacks into characters and styles."""
        history = self.screen.history
        return history[index] if index < len(history) else self.screen.rows[index - len(history)]

    @property
    def cursor(self) -> Cursor:
        """The cursor."""
        screen, modes = self.screen, self.modes
        return Cursor(screen.x, screen.y, modes.cursor_visible, self.shape, modes.cursor_blink)

    @property
    def alternate(self) -> bool:
        """Whether the program has the alternate screen (as editors and pagers do)."""
        return self.screen.alternate

    @property
    def dirty(self) -> set[int]:
        """Rows of the screen that look otherwise than at the last `painted`."""
        versions = [row.version for row in self.rows]
        if len(versions) != len(self._clean):
            return set(range(len(versions)))
        return {y for y, (now, then) in enumerate(zip(versions, self._clean, strict=True)) if now != then}

    def painted(self) -> None:
        """Note that the screen has been drawn as it is."""
        self._clean = [row.version for row in self.rows]

    def text(self) -> str:
        """The screen as text, without blanks at the ends of rows."""
        return "\n".join(str(row).rstrip() for row in self.rows)

    def selection(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one (line, column) up to another, that one included; wrapped lines in one piece."""
        (first, left), (last, right) = sorted((start, end))
        pieces: list[str] = []
        for index in range(max(first, 0), min(last, self.total - 1) + 1):
            row = self.line(index)
            chars = row.chars[left if index == first else 0 : right + 1 if index == last else None]
            wrapped = row.wrapped and index < last
            pieces.append("".join(chars) if wrapped else "".join(chars).rstrip() + "\n")
        return "".join(pieces).removesuffix("\n")

    def history_text(self) -> str:
        """Scrollback and screen as text, wrapped lines in one piece, blank rows at the end left out."""
        return self.selection((0, 0), (self.total - 1, self.columns)).rstrip("\n")

    # What a program does

    def take_replies(self) -> str:
        """What the program asked for and waits to read; clears `replies`."""
        replies, self.replies = "".join(self.replies), []
        return replies

    def resize(self, columns: int, rows: int) -> None:
        """Change the size. The pty must be told as well."""
        self.screen.resize(columns, rows)

    def feed(self, text: str) -> None:
        """Take in what the program printed, cut anywhere."""
        screen = self.screen
        for match in self._parser.tokens(text):
            kind = match.lastgroup
            if kind == "ascii":
                screen.write_ascii(match.group())
            elif kind == "newline":
                screen.next_line()
            elif kind == "csi":
                self._sequence(match["csi"])
            elif kind == "text":
                screen.write(match.group())
            elif kind == "control":
                self._control(match.group())
            elif kind == "escape":
                self._escape(match["escape"])
            elif kind in ("osc", "bell"):
                self._command(match["osc"], "\x07" if kind == "bell" else "\x1b\\")
            elif kind == "dcs":
                self.replies += reports.request(self, match["dcs"])

    def _control(self, character: str) -> None:
        screen = self.screen
        if character == "\b":
            screen.move_column(screen.x - 1)
        elif character == "\r":
            screen.move_column(0)
        elif character in "\n\v\f":
            screen.pending = False
            if self.modes.newline:
                screen.x = 0
            screen.index()
        elif character == "\t":
            screen.tab(1)
        elif character == "\x07":
            self.bells += 1
            if self.on_bell:
                self.on_bell()
        elif character in "\x0e\x0f":
            screen.shift(int(character == "\x0e"))

    def _escape(self, body: str) -> None:
        screen = self.screen
        if len(body) == 2 and body[0] in "()":
            screen.designate("()".index(body[0]), body[1])
        elif body == "7":
            screen.save_cursor()
        elif body == "8":
            screen.restore_cursor()
        elif body == "D":
            screen.pending = False
            screen.index()
        elif body == "E":
            screen.next_line()
        elif body == "M":
            screen.reverse_index()
        elif body == "H":
            screen.tabs.add(screen.x)
        elif body in "=>":
            self.modes.application_keypad = body == "="
        elif body == "c":
            self._reset()
        elif body == "#8":
            screen.fill("E")

    def _reset(self) -> None:
        self.modes.reset()
        self.screen.reset()
        self.shape = "block"
        self.title = ""

    def _sequence(self, body: str) -> None:
        key, numbers, parameters, controls = sequence(body)
        for character in controls:
            self._control(character)
        if key == "m":
            self.screen.style = restyled(self.screen.style, parameters)
        elif key in MOTIONS:
            MOTIONS[key](self.screen, numbers, max(1, numbers[0]))
        elif key in ("?h", "?l", "h", "l"):
            for number in numbers:
                self._switch(number, key[-1] == "h", private=key[0] == "?")
        elif key == " q":
            self.shape = {3: "underline", 4: "underline", 5: "bar", 6: "bar"}.get(numbers[0], "block")
            self.modes.cursor_blink = numbers[0] % 2 == 1 or numbers[0] == 0
        elif key == "!p":
            self._soft_reset()
        else:
            self.replies += reports.report(self, key, numbers)

    def _soft_reset(self) -> None:
        self.screen.soft_reset()
        self.modes.origin = self.modes.insert = self.modes.application_cursor = False
        self.modes.application_keypad = False
        self.modes.cursor_visible = self.modes.autowrap = True

    def _switch(self, number: int, on: bool, private: bool) -> None:
        if not private:
            if number in ANSI_MODES:
                setattr(self.modes, ANSI_MODES[number], on)
        elif number in PRIVATE_MODES:
            setattr(self.modes, PRIVATE_MODES[number], on)
            if number == 6:
                self.screen.move_to(0, 0)
        elif number in MOUSE_MODES:
            self.modes.mouse = number if on else 0
        elif number in SCREEN_MODES:
            self._alternate(on, with_cursor=number == 1049)
        elif number == 1048:
            (self.screen.save_cursor if on else self.screen.restore_cursor)()

    def _alternate(self, on: bool, with_cursor: bool) -> None:
        screen = self.screen
        if on and with_cursor:
            screen.save_cursor()
        screen.switch(on)
        if not on and with_cursor and screen.has_saved_cursor:
            screen.restore_cursor()

    def _command(self, body: str, end: str) -> None:
        number, _, rest = body.partition(";")
        if number in ("0", "2"):
            self.title = _UNPRINTABLE.sub("", rest)[:_LONGEST_TITLE]
            if self.on_title:
                self.on_title(self.title)
        elif number == "133" and self.on_command:
            kind, _, parameters = rest.partition(";")
            status = parameters.partition(";")[0]
            self.on_command(
                ShellMark(
                    kind,
                    int(status) if kind == "D" and re.fullmatch(r"-?\d{1,9}", status, re.ASCII) else None,
                    self.screen.scrolled + self.screen.y,
                    parameters,
                )
            )
        else:
            self.replies += reports.colours(self, number, rest, end)
