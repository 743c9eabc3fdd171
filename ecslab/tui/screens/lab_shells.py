"""The shells of the lab screen: opened, left, ended and started again; what the shell gets of the keys.

Each is a pty of its own in the one session. The session's own command line is made in a thread, since it may
have to start what the shell needs.
"""

import subprocess
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import SuspendNotSupported

from ecslab.tui.lab_messages import ShellReady
from ecslab.tui.screens.lab_requests import LabRequests
from ecslab.tui.widgets.shells import MOST, Shells
from ecslab.tui.widgets.terminal import Terminal

if TYPE_CHECKING:
    from ecslab.lab.session import Session


class LabShells(LabRequests):
    """A screen with the shells of a session."""

    def __init__(self) -> None:
        super().__init__()
        self.shells = Shells()
        self._awaiting: set[Terminal] = set()
        """Terminals whose shell is on its way."""
        self._shell: Sequence[str] = ()
        self._environment: Mapping[str, str] = {}

    def go(self, name: str) -> None:
        """To one of the panes."""

    def say_in_shell(self, note: str) -> None:
        """A line in the place of the shell while none runs."""
        if self.shells.terminal is not None:
            self.shells.terminal.say(note)

    def prepare_shell(self, session: "Session", terminal: Terminal) -> None:
        """Makes the command line of a shell. Called in a thread."""
        from ecslab.shell import prompt

        shell = prompt.command(session.directory, session.lab.id)
        self.post_message(ShellReady(shell, {**session.environment(), **prompt.settings()}, terminal))

    def _start(self, session: "Session", terminal: Terminal) -> None:
        self._awaiting.add(terminal)
        terminal.say("starting the shell …")
        self.in_thread(lambda: self.prepare_shell(session, terminal), group="shell")

    @on(ShellReady)
    def _shell_ready(self, event: ShellReady) -> None:
        self._shell, self._environment = event.shell, event.environment
        self._awaiting.discard(event.terminal)
        if self.session is not None:
            event.terminal.run_program(event.shell, event.environment, self.session.workspace)
            self.refresh_bindings()

    @property
    def shell_text(self) -> str:
        """What the shell shows, for tests and for reading aloud."""
        return self.shells.current.text

    def type_into_shell(self, text: str) -> None:
        """Types a text into the shell, as if by keyboard."""
        if self.shells.terminal is not None:
            self.shells.terminal.send(text)

    @property
    def typing(self) -> bool:
        """The shell, or an open file, has the focus: at once, though it is told of it only later."""
        return self.focused is self.shells.current and not self.shells.current.ended

    @property
    def scrolls(self) -> bool:
        """Whether a shell has the focus and its scrollback can be seen."""
        terminal = self.shells.terminal
        return self.typing and terminal is not None and not terminal.emulator.alternate

    def action_scroll(self, pages: int) -> None:
        """Back through what the shell printed, or forward."""
        if self.shells.terminal is not None:
            self.shells.terminal.scroll_pages(pages)

    def action_shell(self) -> None:
        """Into the shell; a new one, if the last has ended."""
        terminal = self.shells.terminal
        if (
            self.session is not None
            and terminal is not None
            and terminal.ended
            and terminal not in self._awaiting
        ):
            self._start(self.session, terminal)
        self.go("shell")

    async def action_another_shell(self) -> None:
        """A further shell, beside those there are."""
        if self.session is None:
            return
        if self.full():
            return
        self._start(self.session, await self.shells.open())
        self.go("shell")

    def full(self) -> bool:
        """Says so when there is no room for another tab."""
        if self.shells.full:
            self.notify(f"There are {MOST} shells; exit or Ctrl-D in one of them closes it", timeout=4)
        return self.shells.full

    def action_next_shell(self) -> None:
        """Into the next shell or file."""
        self.shells.turn()
        self.action_shell()

    @on(Shells.Turned)
    def _turned(self) -> None:
        self.action_shell()

    @on(Shells.Ended)
    def _shell_ended(self, event: Shells.Ended) -> None:
        if not event.last:
            self.action_shell()
        elif self.shells.current not in self._awaiting:
            self.say_in_shell("The shell has ended. F6 starts it again; Esc goes home.")
            self.go("goals")

    def on_text_selected(self) -> None:
        text = self.get_selected_text()
        if text and self.shells.current in self.selections:
            self.app.copy_to_clipboard(text)
            self.notify("Copied", timeout=2)

    def action_terminal(self) -> None:
        """The real terminal for a shell in this lab, until that shell is left."""

        if self.session is None:
            return
        try:
            with self.app.suspend():
                print(
                    "\nThis is the lab's shell in the whole terminal. exit or Ctrl-D goes back to ecslab.\n"
                )
                subprocess.run(
                    self._shell, env=dict(self._environment), cwd=self.session.workspace, check=False
                )
        except SuspendNotSupported:
            self.notify("The terminal cannot be handed over here", severity="warning")
