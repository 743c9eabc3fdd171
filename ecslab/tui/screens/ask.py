"""A question over the screen that is answered by typing or by choosing."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ecslab.tui import keys


class Ask(ModalScreen[str]):
    """Asks for one answer; an empty one means that there is none."""

    DEFAULT_CSS = """
    Ask {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 90%; max-width: 84; height: auto; max-height: 90%; padding: 1 2;
            border: round $border; border-title-color: $primary; border-title-style: bold; background: $surface;
        }
        & Input, & OptionList { margin: 1 0 0 0; height: auto; border: round $line; background: $background; }
        & Input:focus, & OptionList:focus { border: round $border; }
        & .ask-keys { margin: 1 0 0 0; color: $quiet; }
    }
    """
    CLOSED: ClassVar[str] = ""
    """What is answered when there is no answer."""
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("ask")]

    def __init__(self, title: str, prompt: str, options: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._prompt, self._choices = title, prompt, options

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = self._title
        with box:
            yield Static(self._prompt, markup=False)
            if self._choices:
                yield OptionList(
                    *(Option(choice, id=str(place)) for place, choice in enumerate(self._choices))
                )
            else:
                yield Input()
            yield Static("Enter answers · Esc closes", classes="ask-keys")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])

    def action_close(self) -> None:
        """No answer."""
        self.dismiss(self.CLOSED)


class Note(Ask):
    """Asks for a note that may be empty; closing it is something else."""

    CLOSED: ClassVar[str] = "\0"
