"""What shares the place of the shell: terminals and open files; one is seen, the others go on; tabs when several."""

from typing import ClassVar

from textual import on
from textual.containers import Vertical
from textual.message import Message

from ecslab.tui.rows import fit
from ecslab.tui.widgets.editor import Editor
from ecslab.tui.widgets.lines import Tabs
from ecslab.tui.widgets.terminal import Terminal

MOST = 4
"""Tabs at once: a terminal is a process with a scrollback of its own."""
NAME_WIDTH = 14

Tab = Terminal | Editor


class Shells(Vertical):
    """One terminal or more, of which one is the current one, and files that are edited.

    A terminal whose program ends goes, but for the last; a file goes when it is closed.
    """

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
        """Another tab is the current one: by a click, or since a file was closed."""

    def __init__(self) -> None:
        self._made = 1
        first = Terminal(name=f"{self.NAME}-1")
        self.all: list[Tab] = [first]
        self.current: Tab = first
        self.files: dict[Tab, str] = {}
        """The tabs in which a file is open, with its name."""
        self._tabs = Tabs(self._names(), f"{self.NAME}-1")
        super().__init__(self._tabs, first)

    def _names(self) -> list[tuple[str, str, str]]:
        return [(str(tab.id), *self._label(tab)) for tab in self.all]

    def _label(self, tab: Tab) -> tuple[str, str]:
        name = self.files.get(tab)
        if name is None:
            return "shell", str(tab.id).rpartition("-")[2]
        mark = "*" if isinstance(tab, Editor) and tab.unsaved else ""
        return "edit", fit(name.rpartition("/")[2], NAME_WIDTH) + mark

    @property
    def full(self) -> bool:
        """Whether there is no room for another one."""
        return len(self.all) >= MOST

    @property
    def terminal(self) -> Terminal | None:
        """The current tab, if it is a terminal."""
        return self.current if isinstance(self.current, Terminal) else None

    @property
    def unsaved(self) -> list[str]:
        """The files with changes that are not on the disk."""
        return [self.files[tab] for tab in self.all if isinstance(tab, Editor) and tab.unsaved]

    def editing(self, name: str) -> Tab | None:
        """Where this file is open."""
        return next((tab for tab, open_name in self.files.items() if open_name == name), None)

    def _next_id(self) -> str:
        self._made += 1
        return f"{self.NAME}-{self._made}"

    async def open(self, file: str = "") -> Terminal:
        """Another terminal, which becomes the current one; for an editor of this file, if one is named."""
        terminal = Terminal(name=self._next_id())
        await self._add(terminal, file)
        return terminal

    async def edit(self, editor: Editor) -> None:
        """An open file, which becomes the current tab."""
        editor.id = self._next_id()
        await self._add(editor, editor.title)

    async def _add(self, tab: Tab, file: str) -> None:
        self.all.append(tab)
        if file:
            self.files[tab] = file
        await self.mount(tab)
        self.show(tab)

    def turn(self) -> None:
        """The next tab becomes the current one, after the last the first."""
        self.show(self.all[(self.all.index(self.current) + 1) % len(self.all)])

    def show(self, tab: Tab) -> None:
        """One of the tabs becomes the current one."""
        self.current = tab
        for one in self.all:
            one.display = one is tab
        self.again()

    def again(self) -> None:
        """The names of the tabs may have changed."""
        self.set_class(len(self.all) > 1 or bool(self.files), "-several")
        self._tabs.show(self._names(), str(self.current.id))

    @on(Tabs.Asked)
    def _asked(self, event: Tabs.Asked) -> None:
        event.stop()
        self.show(next(one for one in self.all if one.id == event.name))
        self.post_message(self.Turned())

    @on(Editor.Stands)
    def _stands(self, event: Editor.Stands) -> None:
        event.stop()
        self.again()

    @on(Editor.Closed)
    async def _file_closed(self, event: Editor.Closed) -> None:
        event.stop()
        await self._remove(event.editor)
        self.post_message(self.Turned())

    @on(Terminal.Ended)
    async def _ended(self, event: Terminal.Ended) -> None:
        event.stop()
        for terminal in [one for one in self.all if isinstance(one, Terminal) and one.ended]:
            was_current = terminal is self.current
            last = not any(isinstance(one, Terminal) for one in self.all if one is not terminal)
            file = self.files.pop(terminal, "")
            if file and event.status:
                self.notify(f"The editor of {file} ended with status {event.status}", severity="warning")
            if last:
                self.again()
            else:
                await self._remove(terminal)
            if was_current:
                self.post_message(self.Ended(last=last))

    async def _remove(self, tab: Tab) -> None:
        self.all.remove(tab)
        self.files.pop(tab, None)
        self.show(self.all[-1] if tab is self.current else self.current)
        await tab.remove()
