"""Drives a program in a real pseudo-terminal and reads its screen: the hands and eyes of end-to-end tests.

It waits for what the screen shows, never for time to pass; `wait_for` gives up with the screen in its message.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from ecslab.terminal import keys
from ecslab.terminal.emulator import Emulator
from ecslab.terminal.pty import Pty


class Driver:
    """A program, its terminal, and somebody who types and looks."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        columns: int = 80,
        rows: int = 24,
        timeout: float = 20.0,
    ) -> None:
        self.emulator = Emulator(columns, rows)
        self.pty = Pty(argv, env, cwd, columns, rows)
        self.timeout = timeout
        self.output: list[str] = []
        """All that the program printed, as it came."""
        self.ended = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.pty, selectors.EVENT_READ)

    def __enter__(self) -> Driver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What it types

    def press(self, *names: str) -> None:
        """Press keys, by Textual's names: "ctrl+c", "up", "enter", "x"."""
        for name in names:
            code = keys.encode(name, self.emulator.modes)
            if not code:
                raise ValueError(f"no such key: {name}")
            self.pty.write(code)

    def type(self, text: str) -> None:
        """Type a text as it is; a line feed is not the enter key."""
        self.pty.write(text)

    def send(self, text: str) -> None:
        """Type a text and press enter."""
        self.pty.write(text + "\r")

    def paste(self, text: str) -> None:
        """Paste a text, bracketed if the program wants that."""
        self.pty.write(keys.paste(text, self.emulator.modes))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self.emulator.resize(columns, rows)
        self.pty.resize(columns, rows)

    # What it sees

    def text(self) -> str:
        """The screen."""
        return self.emulator.text()

    def row(self, y: int) -> str:
        """One row of the screen, without the blanks at its end."""
        return str(self.emulator.rows[y]).rstrip()

    def shows(self, text: str) -> bool:
        """Whether a text is on the screen; blanks at its end count as shown where the row is empty."""
        return text in self.text() or any(text in str(row) for row in self.emulator.rows)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor."""
        cursor = self.emulator.cursor
        return cursor.x, cursor.y

    def wait_for(self, wanted: str | Callable[[], object], timeout: float | None = None) -> str:
        """Wait until the screen shows a text, or until a condition holds; the screen then.

        Raises TimeoutError, with the screen, when it does not come or the program ends without it.
        """
        condition = wanted if callable(wanted) else lambda: self.shows(wanted)
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while not condition():
            left = deadline - time.monotonic()
            if self.ended or left <= 0:
                why = "the program ended" if self.ended else "time is up"
                raise TimeoutError(f"{why}, no {wanted!r} on the screen:\n{self._framed()}")
            self.pump(left)
        return self.text()

    def wait_gone(self, unwanted: str, timeout: float | None = None) -> str:
        """Wait until the screen no longer shows a text."""
        return self.wait_for(lambda: not self.shows(unwanted), timeout)

    def wait_exit(self, timeout: float | None = None) -> int:
        """Wait for the end of the program: its exit status."""
        limit = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + limit
        while not self.ended:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"the program goes on:\n{self._framed()}")
            self.pump(left)
        return self.pty.wait(max(0.0, deadline - time.monotonic()))

    def pump(self, timeout: float) -> bool:
        """Take in what the program prints, waiting for it; whether there was any."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.pty.pending else 0)
        self._selector.modify(self.pty, events)
        got = False
        for _, ready in self._selector.select(timeout):
            if ready & selectors.EVENT_WRITE:
                self.pty.flush()
            if ready & selectors.EVENT_READ:
                got = self._take() or got
        return got

    def _take(self) -> bool:
        text = self.pty.read()
        if text is None:
            self.ended = True
            return False
        self.output.append(text)
        self.emulator.feed(text)
        self.pty.write(self.emulator.take_replies())
        return bool(text)

    def close(self) -> None:
        """Hang up."""
        if not self.pty.closed:
            self._selector.close()
            self.pty.close()

    def _framed(self) -> str:
        edge = "+" + "-" * self.emulator.columns + "+"
        return "\n".join([edge, *(f"|{row}|" for row in self.emulator.rows), edge])
