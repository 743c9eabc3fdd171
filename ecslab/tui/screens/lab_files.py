"""Editing files of the workspace on the lab screen: in the learner's own editor, or else in the one that is built in.

Their own runs in a terminal of its own beside the shells. Files are read in threads; the handlers open the tabs.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from ecslab.tui.screens.find import Files
from ecslab.tui.screens.lab_shells import LabShells
from ecslab.tui.screens.panel import careful
from ecslab.tui.widgets.editor import Editor

if TYPE_CHECKING:
    from ecslab.lab.files import Opened
    from ecslab.lab.session import Session


class FileForEditor(Message):
    """A file is to be edited by the learner's own program."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        super().__init__()
        self.name, self.command, self.environment = name, command, environment


class FileRead(Message):
    """A file has been read, to be edited here."""

    def __init__(self, name: str, path: Path, opened: "Opened") -> None:
        super().__init__()
        self.name, self.path, self.opened = name, path, opened


class LabFiles(LabShells):
    """A screen on which files of a session's workspace are edited."""

    @property
    def unsaved(self) -> Sequence[str]:
        """The files that would be lost."""
        return self.shells.unsaved

    def action_edit(self) -> None:
        """Asks which file, and opens it."""
        from ecslab.lab import files

        session = self.session
        if session is None:
            return

        def chosen(name: str | None) -> None:
            if name:
                self.edit(session, name)

        self.app.push_screen(Files(files.listed(session.workspace)), chosen)

    def edit(self, session: "Session", name: str) -> None:
        """Opens a file, or goes to where it is open."""
        there = self.shells.editing(name)
        if there is not None:
            self.shells.show(there)
            self.go("shell")
        elif not self.full():
            self.in_thread(lambda: self._fetch(session, name), group="files")

    def _fetch(self, session: "Session", name: str) -> None:
        """Called in a thread."""
        from ecslab.lab import files

        path = files.place(session.workspace, name)
        environment = session.environment()
        own = files.own_editor(environment)
        if own:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.post_message(FileForEditor(name, [*own, str(path)], environment))
        else:
            self.post_message(FileRead(name, path, files.read(path)))

    @on(FileForEditor)
    async def _start_editor(self, event: FileForEditor) -> None:
        if self.session is not None:
            terminal = await self.shells.open(event.name)
            terminal.run_program(event.command, event.environment, self.session.workspace)
            self.go("shell")

    @on(FileRead)
    async def _open_here(self, event: FileRead) -> None:
        await self.shells.edit(Editor(event.name, event.path, event.opened))
        self.go("shell")

    def careful(self, then: Callable[[], object]) -> None:
        """Does it at once, or after a question if unsaved changes would be lost with it."""
        careful(self.app, self.unsaved, then)
