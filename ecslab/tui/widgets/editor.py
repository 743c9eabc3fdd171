"""An editor for one file, for learners who have named none of their own: the text in colours, saved with a key.

It says that a file is saved once it is on the disk, asks before it loses or overwrites anything, and notices when the
file changes under it. How a file is read and written is `lab.files`' business.
"""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from ecslab.lab import files
from ecslab.terms.problems import Problem
from ecslab.tui import keys
from ecslab.tui.messages import Trouble
from ecslab.tui.rows import paragraph
from ecslab.tui.screens.panel import Panel
from ecslab.tui.widgets.highlights import Highlighter

LOOK = 1.0
"""Real seconds between two looks at the file."""


class Editor(TextArea):
    """One file of the workspace."""

    DEFAULT_CSS = """
    Editor {
        height: 1fr; width: 1fr; background: $background; color: $foreground; padding: 0;
        & .text-area--gutter { color: $quiet; }
        & .text-area--cursor-gutter { color: $accent; background: $background; }
        & .text-area--cursor-line { background: $surface; }
        & .text-area--cursor { color: $background; background: $foreground; }
        & > .editor--word { color: $primary; }
        & > .editor--name { color: $accent; }
        & > .editor--text { color: $success; }
        & > .editor--number { color: $warning; }
        & > .editor--comment { color: $quiet; text-style: italic; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"editor--{role}" for role in ("word", "name", "text", "number", "comment")
    }
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("editor")]

    class Stands(Message):
        """There is something to save, or no longer."""

    class Closed(Message):
        """The learner is done with the file."""

        def __init__(self, editor: "Editor") -> None:
            super().__init__()
            self.editor = editor

    class Saved(Message):
        """A text of the file is on the disk."""

        def __init__(self, text: str, stamp: files.Stamp) -> None:
            super().__init__()
            self.text, self.stamp = text, stamp

    ended: ClassVar[bool] = False
    """A text is there until it is closed; a terminal beside it may be without a program."""

    def __init__(self, title: str, path: Path, opened: files.Opened, *, name: str | None = None) -> None:
        super().__init__(
            opened.text,
            tab_behavior="indent",
            soft_wrap=True,
            show_line_numbers=True,
            compact=True,
            id=name,
        )
        self.title = title
        self.path = path
        self._kept = self.text
        """The text that is on the disk; empty where there is no file."""
        self._stamp = opened.stamp
        self._warned: files.Stamp | None = opened.stamp
        self._saving = False
        self.unsaved = False
        self._highlighter = Highlighter(title, opened.text)

    def on_mount(self) -> None:
        self.set_interval(LOOK, self.look)

    def get_line(self, line_index: int) -> Text:
        """One line, in the colours of its language."""
        line = super().get_line(line_index)
        for start, end, role in self._highlighter.line(self.document.lines, line_index):
            line.stylize(self.get_component_rich_style(f"editor--{role}", partial=True), start, end)
        return line

    def on_key(self, event: events.Key) -> None:
        """Esc is a binding of ours: a text area would take it for a way to the next widget."""
        if event.key == "escape":
            event.prevent_default()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._stand()

    def _stand(self) -> None:
        unsaved = self.text != self._kept
        if unsaved != self.unsaved:
            self.unsaved = unsaved
            self.post_message(self.Stands())

    # Saving --------------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Onto the disk; over what another program wrote meanwhile only after a question."""
        now = files.stamp(self.path)
        if now in (None, self._stamp):
            self._save()
        else:
            self._ask(
                f"{self.title} was changed on the disk since you opened it.", "Save over it", self._save
            )

    def _save(self) -> None:
        if self._saving:
            return
        self._saving = True
        text = self.text

        def work() -> None:
            try:
                self.post_message(self.Saved(text, files.save(self.path, text)))
            except Problem as problem:
                self.post_message(Trouble(problem))
            finally:
                self._saving = False

        self.run_worker(work, thread=True, group="save")

    @on(Saved)
    def _saved(self, event: Saved) -> None:
        self._kept, self._stamp, self._warned = event.text, event.stamp, event.stamp
        self._stand()
        self.notify(f"{self.title} is saved", timeout=3, markup=False)

    # What happens to the file meanwhile ----------------------------------------------------------

    def look(self) -> None:
        """Reads the file again when it changed on the disk; with unsaved changes here it only says so."""
        now = files.stamp(self.path)
        if self._saving or now in (self._stamp, self._warned):
            return
        self._warned = now
        if self.unsaved or now is None:
            self._kept = "" if now is None else self._kept
            self._stand()
            what = "deleted" if now is None else "changed"
            self.notify(f"{self.title} was {what} on the disk", severity="warning", timeout=8, markup=False)
            return
        try:
            opened = files.read(self.path)
        except Problem as problem:
            self.post_message(Trouble(problem))
            return
        at = self.cursor_location
        self.load_text(opened.text)
        self._kept, self._stamp = self.text, opened.stamp
        self.move_cursor(at)
        self.notify(f"{self.title} was changed on the disk and read again", timeout=4, markup=False)

    # Closing -------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Closes the file; a question comes first if something is not saved."""

        def close() -> None:
            self.post_message(self.Closed(self))

        if self.unsaved:
            self._ask(f"{self.title} has changes that are not saved.", "Close without them", close)
        else:
            close()

    def _ask(self, said: str, yes: str, then: Callable[[], None]) -> None:
        def answered(agreed: bool | None) -> None:
            if agreed:
                then()

        self.app.push_screen(
            Panel(self.title, lambda width: paragraph(said, width), yes=yes, no="Back"), answered
        )
