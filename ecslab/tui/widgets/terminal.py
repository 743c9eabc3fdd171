"""A real terminal inside the app: a program on a pty, painted line by line from our emulator.

Every key goes to the program, but for those a screen binds with priority. At most one read of the pty is taken a
turn of the loop; painting is at once after a pause and at most every 33 ms in a flood. It knows no lab and no shell.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from ecslab.terminal import keys
from ecslab.terminal.emulator import Emulator, ShellMark
from ecslab.terminal.pty import Pty
from ecslab.tui.widgets.cells import Ink, cursor_style, strip_of

FRAME = 0.033
"""Seconds between two paintings in a flood."""
HALF_DRAWN = 0.15
"""Seconds for which a program may ask to hold the painting."""
BUTTONS = {1: "left", 2: "middle", 3: "right"}


class Terminal(Widget, can_focus=True):
    """A program in a terminal."""

    DEFAULT_CSS = """
    Terminal { height: 1fr; width: 1fr; background: $background; color: $foreground; pointer: text; }
    """

    class Ended(Message):
        """The program has ended."""

        def __init__(self, status: int) -> None:
            super().__init__()
            self.status = status

    class CommandFinished(Message):
        """The shell says that a command has ended (OSC 133)."""

        def __init__(self, status: int | None) -> None:
            super().__init__()
            self.status = status

    class ScrolledBack(Message):
        """How many lines above the end the view is."""

        def __init__(self, lines: int) -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, *, name: str | None = None, scrollback: int = 10_000) -> None:
        super().__init__(id=name)
        self._scrollback = scrollback
        self.emulator = Emulator(80, 24, scrollback)
        self._pty: Pty | None = None
        self._wanted: tuple[Sequence[str], Mapping[str, str], str | Path | None] | None = None
        self._strips: LRUCache[tuple[int, int, int], Strip] = LRUCache(2048)
        self._ink = Ink("#e6edf3", "#0f141a", True)
        self._top: int | None = None
        """The absolute line at the top of the view while scrolled back; None at the end."""
        self._painted_at = 0.0
        self._held_since = 0.0
        self._painting: Timer | None = None
        self._drawn_cursor: tuple[int, int] = (0, 0)
        self._note = ""

    # The program ---------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a program has the terminal."""
        return self._pty is not None

    @property
    def ended(self) -> bool:
        """Whether no program has the terminal, nor is one about to."""
        return self._pty is None and self._wanted is None

    def run_program(self, argv: Sequence[str], env: Mapping[str, str], cwd: str | Path | None = None) -> None:
        """Starts a program, as soon as the terminal has a size."""
        self._wanted = (argv, env, cwd)
        self._start_wanted()

    def _start_wanted(self) -> None:
        if self._wanted is None or self._pty is not None or not self._measured(self.content_size):
            return
        argv, env, cwd = self._wanted
        self._wanted = None
        columns, rows = self.content_size
        self.emulator = Emulator(columns, rows, self._scrollback)
        self.emulator.on_command = self._shell_said
        self._tell_colours()
        self._top, self._note = None, ""
        self._strips.clear()
        self._pty = Pty(argv, {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"}, cwd, columns, rows)
        self._pty.attach(asyncio.get_running_loop(), self._printed, self._exited)
        self.refresh()

    def stop_program(self) -> None:
        """Hangs up."""
        if self._pty is not None:
            self._pty.close()
            self._pty = None

    def say(self, note: str) -> None:
        """A line to show while no program runs."""
        self._note = note
        self.refresh()

    def on_unmount(self) -> None:
        self.stop_program()

    def send(self, text: str) -> None:
        """Types a text into the program."""
        if self._pty is not None:
            self._to_end()
            self._pty.write(text)

    def _printed(self, text: str) -> None:
        self.emulator.feed(text)
        replies = self.emulator.take_replies()
        if replies and self._pty is not None:
            self._pty.write(replies)
        self._paint_soon()

    def _exited(self, status: int) -> None:
        self._pty = None
        self._paint()
        self.post_message(self.Ended(status))

    def _shell_said(self, mark: ShellMark) -> None:
        if mark.kind == "D":
            self.post_message(self.CommandFinished(mark.status))

    # Painting ------------------------------------------------------------------------------------

    def _paint_soon(self) -> None:
        now = time.monotonic()
        if self.emulator.modes.synchronized:
            self._held_since = self._held_since or now
            if now - self._held_since < HALF_DRAWN:
                self._paint_after(HALF_DRAWN)
                return
        self._held_since = 0.0
        wait = self._painted_at + FRAME - now
        if wait <= 0:
            self._paint()
        else:
            self._paint_after(wait)

    def _paint_after(self, seconds: float) -> None:
        if self._painting is None:
            self._painting = self.set_timer(seconds, self._paint)

    def _paint(self) -> None:
        if self._painting is not None:
            self._painting.stop()
            self._painting = None
        self._painted_at = time.monotonic()
        emulator = self.emulator
        if self._top is not None:
            self._top = max(self._top, emulator.oldest)
            self.refresh()
            return
        cursor = emulator.cursor
        dirty = emulator.dirty | {cursor.y, self._drawn_cursor[1]}
        emulator.painted()
        self._drawn_cursor = (cursor.x, cursor.y)
        if len(dirty) > emulator.height // 2:
            self.refresh()
        else:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in dirty))

    def render_line(self, y: int) -> Strip:
        """One line of what the program shows."""
        emulator, ink = self.emulator, self._ink
        width = self.content_size.width
        index = self._first_index() + y
        if self._note and self._pty is None and y == self.content_size.height - 1:
            return Strip([Segment(f" {self._note}", self.rich_style)]).crop_extend(0, width, self.rich_style)
        if index >= emulator.total or (self._pty is None and self._wanted is not None):
            return Strip.blank(width, self.rich_style)
        row = emulator.line(index)
        line = emulator.oldest + index
        key = (row.version, line, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = (
                strip_of(row.chars, row.styles, ink)
                .crop_extend(0, width, self.rich_style)
                .apply_offsets(0, line)
            )
            self._strips[key] = strip
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(line)) is not None:
            return self._selected(strip, *span)
        cursor = emulator.cursor
        if self._top is None and cursor.visible and self._pty is not None and y == cursor.y:
            return self._with_cursor(strip, cursor.x, cursor.shape)
        return strip

    def _first_index(self) -> int:
        emulator = self.emulator
        if self._top is None:
            return emulator.total - emulator.height
        return max(0, self._top - emulator.oldest)

    def _with_cursor(self, strip: Strip, x: int, shape: str) -> Strip:
        x = min(x, max(0, strip.cell_length - 1))
        left, cell, right = (*strip.divide([x, x + 1, strip.cell_length]), Strip([]), Strip([]))[:3]
        segments = [
            Segment(text, cursor_style(shape, self.has_focus, style or self.rich_style, self._ink))
            for text, style, _ in cell
        ]
        return Strip.join([left, Strip(segments), right])

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        length = strip.cell_length
        end = length if end == -1 else min(end, length)
        style = self.screen.get_component_rich_style("screen--selection")
        left, middle, right = (*strip.divide([min(start, end), end, length]), Strip([]), Strip([]))[:3]
        painted = [Segment(text, (old + style) if old else style) for text, old, _ in middle]
        return Strip.join([left, Strip(painted), right])

    def notify_style_update(self) -> None:
        """The theme changed: the terminal's own colours change with it."""
        super().notify_style_update()
        self._tell_colours()
        self._strips.clear()

    def _tell_colours(self) -> None:
        style = self.rich_style
        ink, paper = (colour.triplet if colour else None for colour in (style.color, style.bgcolor))
        if ink is not None and paper is not None:
            self.emulator.foreground = (ink.red, ink.green, ink.blue)
            self.emulator.background = (paper.red, paper.green, paper.blue)
            self._ink = Ink(ink.hex, paper.hex, self.app.current_theme.dark)
        else:
            self._ink = Ink("", "", self.app.current_theme.dark, ansi=True)

    # Size ----------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        size = self.content_size
        if not self._measured(size):
            return
        if self._pty is None:
            self._start_wanted()
        elif (size.width, size.height) != (self.emulator.columns, self.emulator.height):
            self.emulator.resize(size.width, size.height)
            self._pty.resize(size.width, size.height)
            self._to_end()
            self.screen.clear_selection()
        self.refresh()

    @staticmethod
    def _measured(size: Size) -> bool:
        return size.width > 1 and size.height > 1

    # Keys, pastes, mouse -------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        if self._pty is None:
            return
        code = keys.encode(event.key, self.emulator.modes, event.character)
        if self.screen.selections:
            self.screen.clear_selection()
        self.send(code)
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.send(keys.paste(event.text, self.emulator.modes))

    def on_focus(self, event: events.Focus) -> None:
        self._focus_changed(event, events.DescendantFocus(self))

    def on_blur(self, event: events.Blur) -> None:
        self._focus_changed(event, events.DescendantBlur(self))

    def _focus_changed(self, event: events.Event, told: events.Event) -> None:
        """What Textual does then, but for painting all of it: nothing but the cursor looks different."""
        event.prevent_default()
        self.has_focus = isinstance(event, events.Focus)
        if self._pty is not None:
            self._pty.write(keys.focus(self.has_focus, self.emulator.modes))
        self.refresh(Region(0, self._drawn_cursor[1], self.size.width, 1))
        if self.parent is not None:
            self.parent.post_message(told)

    def scroll_pages(self, pages: int) -> None:
        """Scrolls by whole views, back when negative."""
        self.scroll_back(pages * (self.content_size.height - 1))

    def scroll_back(self, lines: int) -> None:
        """Scrolls through what has left the screen; forward beyond the end follows the program again."""
        emulator = self.emulator
        last = emulator.total - emulator.height
        first = min(max(self._first_index() + lines, 0), last)
        self._top = None if first >= last else emulator.oldest + first
        self.post_message(self.ScrolledBack(last - first))
        self.refresh()

    def _to_end(self) -> None:
        if self._top is not None:
            self._top = None
            self.post_message(self.ScrolledBack(0))
            self.refresh()

    @property
    def allow_select(self) -> bool:
        """The mouse selects text, unless the program wants the mouse."""
        return self.emulator.modes.mouse == 0

    def _mouse(self, kind: str, button: int, event: events.MouseEvent) -> None:
        held = frozenset(name for name in ("shift", "meta", "ctrl") if getattr(event, name))
        modes = self.emulator.modes
        code = keys.mouse(kind, BUTTONS.get(button, "none"), max(0, event.x), max(0, event.y), modes, held)
        if code and self._pty is not None:
            self._pty.write(code)
            event.stop()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._mouse("press", event.button, event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._mouse("release", event.button, event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._mouse("move", event.button, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, up=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, up=False)

    def _wheel(self, event: events.MouseEvent, *, up: bool) -> None:
        emulator = self.emulator
        code = keys.wheel(up, max(0, event.x), max(0, event.y), emulator.modes, emulator.alternate)
        if code and self._pty is not None:
            self._pty.write(code)
        else:
            self.scroll_back(-3 if up else 3)
        event.stop()

    # Selecting -----------------------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text; wrapped lines in one piece."""
        emulator = self.emulator
        start, end = selection
        first = (0, 0) if start is None else (start.y - emulator.oldest, start.x)
        last = (emulator.total - 1, emulator.columns) if end is None else (end.y - emulator.oldest, end.x - 1)
        return emulator.selection(first, last), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """The mouse selected more or less."""
        self.refresh()

    @property
    def text(self) -> str:
        """What the program shows, for tests and for reading aloud."""
        return self.emulator.text()
