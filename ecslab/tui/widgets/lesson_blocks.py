"""The live blocks of a lesson page: a drawing, a command to try, a world to watch, and questions of three kinds.

They show and ask; running a command and judging an answer is done elsewhere.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalScroll, Vertical
from textual.message import Message
from textual.widgets import Markdown, Static

from ecslab.lesson.pages import Block, Check, Diagram, Predict, Prose, Recall, Try, Watch
from ecslab.lesson.scratch import Outcome
from ecslab.tui.map_layout import lay_out
from ecslab.tui.rows import Row, paragraph, row
from ecslab.tui.widgets.prose import ProseView
from ecslab.tui.widgets.rows_view import RowsView

EVENTS = 4
"""How many of the newest events a watched world shows."""


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


class PredictBlock(Question):
    """What do you expect? The answer is shown once something has been chosen, by the world itself where it can."""

    DEFAULT_CSS = """
    PredictBlock .try-output { display: none; margin: 1 0 0 0; }
    PredictBlock.-shown .try-output { display: block; }
    PredictBlock .predict-answer { margin: 1 0 0 0; }
    """

    def __init__(self, block: Predict) -> None:
        super().__init__()
        self.source = block
        self.chosen: int | None = None
        """Of the options, from 0."""

    def compose(self) -> ComposeResult:
        options = "\n".join(f"{number}. {option}" for number, option in enumerate(self.source.options, 1))
        yield Markdown(f"**What do you expect?** {self.source.ask}\n\n{options}")
        yield Static(f"1-{len(self.source.options)}  choose, then see", classes="question-do", markup=False)
        yield Static(classes="try-output", markup=False)

    def choose(self, option: int) -> bool:
        """Takes a choice, from 0; False if there is no such option or one was made already."""
        if not self.open or not 0 <= option < len(self.source.options):
            return False
        self.open, self.chosen = False, option
        self.query_one(".question-do", Static).update(f"You said {option + 1} · ⋯ let us see")
        return True

    def show(self, outcome: Outcome | None) -> None:
        """What really happens."""
        assert self.chosen is not None
        if outcome is not None and self.source.see is not None:
            said = Text(f"$ aws {self.source.see.call}\n{outcome.output or '(it printed nothing)'}")
            self.query_one(".try-output", Static).update(said)
            self.add_class("-shown")
        right = self.chosen == self.source.right
        look = "✔ as you expected" if right else f"✘ it is {self.source.right + 1}"
        self.query_one(".question-do", Static).update(f"You said {self.chosen + 1} · {look}")
        self.mount(Markdown(self.source.answer, classes="predict-answer"))

    def on_click(self, event: events.Click) -> None:
        event.stop()


class WatchBlock(Vertical):
    """A live world, drawn as the map of a lab draws it, and stepped by the reader."""

    DEFAULT_CSS = """
    WatchBlock {
        height: auto; margin: 0 2 1 2; padding: 0 1; background: $surface; border-left: outer $accent;
        & Markdown { padding: 0; margin: 0; }
        & RowsView { height: auto; margin: 1 0 0 0; }
        & .watch-state { color: $accent; }
    }
    """

    class Wanted(Message):
        """The reader wants to see it, or to let its time run."""

        def __init__(self, block: "WatchBlock") -> None:
            super().__init__()
            self.block = block

    def __init__(self, block: Watch) -> None:
        super().__init__()
        self.source = block
        self.seen: Mapping[str, Any] | None = None
        self.busy = False
        self._first = False
        """The map has come and was not looked at yet."""

    def compose(self) -> ComposeResult:
        yield Markdown(f"**Watch.** {self.source.say}")
        for call in self.source.before:
            yield Static(Text(f"$ aws {call}"), classes="try-call")
        yield Static("w  start it in a scratch AWS", classes="watch-state", markup=False)
        yield RowsView(name="watch")

    def on_mount(self) -> None:
        self.query_one(RowsView).can_focus = False
        self.query_one(RowsView).styles.height = 0

    def _state(self) -> Static:
        """What can be done with it now; the map stands below."""
        return self.query_one(".watch-state", Static)

    def working(self) -> None:
        """It has been asked for."""
        self.busy = True
        self._state().update("⋯ starting" if self.seen is None else "⋯ its time runs")

    def show(self, state: Mapping[str, Any]) -> None:
        """The world as it is now."""
        self._first = self.seen is None
        self.busy, self.seen = False, state
        self._fit()
        keys = f"w  {self.source.step} on · W  on until it is steady"
        self._state().update(keys)

    def _fit(self) -> None:
        view = self.query_one(RowsView)
        if self.seen is not None:
            view.styles.height = len(self._rows(max(24, self.content_size.width - 2)))
            view.show(self._rows)

    def on_resize(self) -> None:
        """The map is in sight when it comes; a reader who steps on keeps looking at the same place."""
        self._fit()
        if self._first:
            self._first = False
            self._state().scroll_visible(animate=False, top=True)

    def failed(self) -> None:
        """It could not be shown."""
        self.busy = False
        self._state().update("✘ it could not be shown · w tries again")

    def _rows(self, width: int) -> list[Row]:
        assert self.seen is not None
        at = self.seen["clock"]["now"][11:19]
        out = [row((at, "title")), *lay_out(self.seen, width)]
        for event in self.seen["events"][-EVENTS:]:
            who = f"task {event['subject'][:8]} " if event["source"] == "task" else ""
            out += paragraph(f"{who}{event['message']}", width, first=[("· ", "quiet")], role="quiet")
        return out

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wanted(self))


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


def widget_of(block: Block) -> Markdown | Drawing | TryBlock | WatchBlock | Question:
    """The widget that shows a block."""
    match block:
        case Prose(text):
            return ProseView(text, open_links=False)
        case Diagram():
            return Drawing(block)
        case Try():
            return TryBlock(block)
        case Watch():
            return WatchBlock(block)
        case Predict():
            return PredictBlock(block)
        case Recall():
            return RecallBlock(block)
        case Check():
            return CheckBlock(block)
