"""Terminals that share one place: one is seen, the others go on; a line of tabs when there are several."""

from typing import ClassVar

from textual import on
from textual.containers import Vertical
from textual.message import Message

from ecslab.tui.widgets.lines import Tabs
from ecslab.tui.widgets.terminal import Terminal

MOST = 4
"""Terminals at once: each is a process with a scrollback of its own."""


class Shells(Vertical):
    """One terminal or more, of which one is the current one. A terminal whose program ends goes, but for the last."""

    DEFAULT_CSS = """
    Shells { height: 1fr; width: 1fr; }
    Shells > Tabs { display: none; background: $surface; }
    Shells.-several > Tabs { display: block; }
    """
    NAME: ClassVar[str] = "lab-shell"

    class Ended(Message):
        """The program of the current terminal has ended; the terminal is the last one, or was closed."""

        def __init__(self, *, last: bool) -> None:
            super().__init__()
            self.last = last

    class Turned(Message):
        """Another terminal was asked for by a click."""

    def __init__(self) -> None:
        self._made = 1
        self.all = [Terminal(name=f"{self.NAME}-1")]
        self.current = self.all[0]
        self._tabs = Tabs(self._names(), f"{self.NAME}-1")
        super().__init__(self._tabs, self.current)

    def _names(self) -> list[tuple[str, str, str]]:
        return [(str(one.id), "shell", str(one.id).rpartition("-")[2]) for one in self.all]

    @property
    def full(self) -> bool:
        """Whether there is no room for another one."""
        return len(self.all) >= MOST

    async def open(self) -> Terminal:
        """Another terminal, which becomes the current one."""
        self._made += 1
        terminal = Terminal(name=f"{self.NAME}-{self._made}")
        self.all.append(terminal)
        await self.mount(terminal)
        self.show(terminal)
        return terminal

    def turn(self) -> None:
        """The next terminal becomes the current one, after the last the first."""
        self.show(self.all[(self.all.index(self.current) + 1) % len(self.all)])

    def show(self, terminal: Terminal) -> None:
        """One of the terminals becomes the current one."""
        self.current = terminal
        for one in self.all:
            one.display = one is terminal
        self.set_class(len(self.all) > 1, "-several")
        self._tabs.show(self._names(), str(terminal.id))

    @on(Tabs.Asked)
    def _asked(self, event: Tabs.Asked) -> None:
        event.stop()
        self.show(next(one for one in self.all if one.id == event.name))
        self.post_message(self.Turned())

    @on(Terminal.Ended)
    async def _ended(self, event: Terminal.Ended) -> None:
        event.stop()
        for terminal in [one for one in self.all if one.ended]:
            was_current, last = terminal is self.current, len(self.all) == 1
            if not last:
                self.all.remove(terminal)
                self.show(self.all[-1] if was_current else self.current)
                await terminal.remove()
            if was_current:
                self.post_message(self.Ended(last=last))
