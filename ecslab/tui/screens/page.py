"""What the screens of the app have in common: a name for help, and a thread that tells problems as messages."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from ecslab.terms.problems import Problem
from ecslab.tui.messages import Trouble


class Page(Screen[None]):
    """A full screen of the app."""

    where: ClassVar[str] = "app"
    """The part of the key table that is about this screen."""
    about: ClassVar[str] = ""
    """What the screen is for, the first lines of its help."""

    focused = reactive[Widget | None](None, repaint=False)
    """What gets the keys. The widgets that gain and lose them paint themselves: the rest of the screen stays as it is."""

    @property
    def typing(self) -> bool:
        """Whether every key goes into something that is typed into."""
        return False

    @property
    def unsaved(self) -> Sequence[str]:
        """What leaving the app would lose, by the name the learner knows it by."""
        return ()

    def in_thread(self, work: Callable[[], None], *, group: str, exclusive: bool = False) -> None:
        """Runs blocking work in a thread. It posts messages; a problem becomes one of them."""

        def careful() -> None:
            try:
                work()
            except Problem as problem:
                self.post_message(Trouble(problem))

        self.run_worker(careful, thread=True, group=group, exclusive=exclusive)
