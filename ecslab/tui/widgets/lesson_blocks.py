"""The live blocks of a lesson page: a box drawing, a command to try, a recall question, a question of a quiz.

They show and ask; running a command and judging an answer is done elsewhere.
"""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalScroll, Vertical
from textual.message import Message
from textual.widgets import Markdown, Static

from ecslab.lesson.pages import Block, Check, Diagram, Prose, Recall, Try
from ecslab.lesson.scratch import Outcome


class Drawing(HorizontalScroll, can_focus=False):
    """A box drawing, kept to the character."""

    DEFAULT_CSS = """
    Drawing { height: auto; margin: 0 0 1 1; scrollbar-size-horizontal: 1; }
    Drawing > .drawing { width: auto; color: $foreground; }
    """

    def __init__(self, block: Diagram) -> None:
        super().__init__()
        self._block = block

    def compose(self) -> ComposeResult:
        text = Text(self._block.text, no_wrap=True)
        if self._block.caption:
            text.append(f"\n{self._block.caption}", "italic")
        yield Static(text, classes="drawing", markup=False)


class TryBlock(Vertical):
    """A command, what to look for, and what it really printed."""

    DEFAULT_CSS = """
    TryBlock {
        height: auto; margin: 0 2 1 2; padding: 0 1; background: $surface; border-left: outer $accent;
        & .try-call { color: $foreground; text-style: bold; }
        & .try-say { color: $quiet; }
        & .try-state { color: $accent; }
        & .try-output { display: none; margin: 1 0 0 0; }
        &.-shown .try-output { display: block; }
    }
    """

    class Wanted(Message):
        """The learner wants to see it run."""

        def __init__(self, block: "TryBlock") -> None:
            super().__init__()
            self.block = block

    def __init__(self, block: Try) -> None:
        super().__init__()
        self.source = block
        self.state = "new"
        """new, running or done."""

    def compose(self) -> ComposeResult:
        yield Static(Text(f"$ aws {self.source.call}"), classes="try-call")
        if self.source.say:
            yield Static(Text(self.source.say.replace("`", "")), classes="try-say")
        yield Static(classes="try-state")
        yield Static(classes="try-output", markup=False)

    def on_mount(self) -> None:
        self._say("t  run it in a scratch AWS")

    def _say(self, text: str) -> None:
        self.query_one(".try-state", Static).update(Text(text))

    def running(self) -> None:
        """The command has been sent off."""
        self.state = "running"
        self._say("⋯ running")

    def finished(self, outcome: Outcome) -> None:
        """What it printed, to be read on the page."""
        self.state = "done"
        said = outcome.output or "(it printed nothing)"
        self.query_one(".try-output", Static).update(Text(said))
        self.add_class("-shown")
        look = "✔ this is what it printed" if outcome.as_expected else "✘ that was not what it should print"
        self._say(f"{look} · t runs it again")

    def failed(self) -> None:
        """It could not be run."""
        self.state = "new"
        self._say("✘ it could not be run · t tries again")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted(self))


class Question(Vertical):
    """What a recall and a check have in common: a question, and a line that says what Enter does."""

    DEFAULT_CSS = """
    Question { height: auto; margin: 0 2 1 2; padding: 0 1; background: $surface; border-left: outer $primary; }
    Question .question-do { color: $accent; }
    Question Markdown { padding: 0; margin: 0; }
    Question MarkdownParagraph { margin: 0 0 0 0; }
    """
    title: ClassVar[str] = ""

    class Wanted(Message):
        """The learner wants to answer, or to see the answer."""

        def __init__(self, block: "Question") -> None:
            super().__init__()
            self.block = block

    open: bool = True
    """Whether it still waits for the learner."""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted(self))


class RecallBlock(Question):
    """Say it to yourself, then see the answer."""

    def __init__(self, block: Recall) -> None:
        super().__init__()
        self.source = block

    def compose(self) -> ComposeResult:
        yield Markdown(f"**Recall.** {self.source.ask}")
        yield Static("Enter  say it to yourself, then see the answer", classes="question-do", markup=False)

    def reveal(self) -> None:
        """Shows the answer."""
        if self.open:
            self.open = False
            self.query_one(".question-do", Static).remove()
            self.mount(Markdown(self.source.answer))


class CheckBlock(Question):
    """A question of the quiz kind, answered on a screen of its own."""

    def __init__(self, block: Check) -> None:
        super().__init__()
        self.source = block

    def compose(self) -> ComposeResult:
        yield Markdown(f"**Check yourself.** {str(self.source.item.get('stem', '')).strip()}")
        yield Static("Enter  answer it", classes="question-do", markup=False)

    def answered(self) -> None:
        """It has been answered on its own screen."""
        self.open = False
        self.query_one(".question-do", Static).update("✔ answered · click to answer again")


def widget_of(block: Block) -> Markdown | Drawing | TryBlock | Question:
    """The widget that shows a block."""
    match block:
        case Prose(text):
            return Markdown(text, open_links=False)
        case Diagram():
            return Drawing(block)
        case Try():
            return TryBlock(block)
        case Recall():
            return RecallBlock(block)
        case Check():
            return CheckBlock(block)
