"""Review: what is due now and nothing else, and the recall questions among it, one at a time."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from ecslab.tui import keys
from ecslab.tui.rows import Row, bar, row
from ecslab.tui.screens.page import Page
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import Line, TopBar
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.lesson.recalls import RecallCard
    from ecslab.tui.app import EcslabApp
    from ecslab.tui.review_layout import Due
    from ecslab.tui.study import Study


class DueRead(Message):
    """The queue has been read."""

    def __init__(self, due: "Due") -> None:
        super().__init__()
        self.due = due


class CardRated(Message):
    """A recall question was rated and is on disk."""


class ReviewPage(Page):
    """What is due."""

    where = "review"
    about = (
        "What is about to fade, and nothing else: questions as in a quiz, recall questions of lessons you read, and "
        "drills with new values. What you miss returns within a day. Below stands how much of what was due you "
        "still knew, beside what the schedule had predicted."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("review")]
    DEFAULT_CSS = """
    ReviewPage #review-rows { padding: 1 1 0 2; max-width: 110; margin: 1 0 0 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.due: Due | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield RowsView(self._rows, name="review-rows")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(RowsView).focus()
        self.query_one(TopBar).say([("ecslab ", "title"), "Review"])

    def on_screen_resume(self) -> None:
        self.in_thread(self._read, group="due", exclusive=True)

    def _read(self) -> None:
        self.post_message(DueRead(_study(self).due()))

    @on(DueRead)
    def _show(self, event: DueRead) -> None:
        self.due = event.due
        self.query_one(RowsView).rebuild()
        self.refresh_bindings()

    def _rows(self, width: int) -> list[Row]:
        if self.due is None:
            return [row(("looking what is due …", "quiet"))]
        from ecslab.tui.review_layout import hub

        return hub(self.due, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing is due, nothing can be started."""
        return action != "start" or (self.due is not None and bool(self.due.count))

    @on(RowsView.Chosen, "#review-rows")
    def _clicked(self) -> None:
        self.action_start()

    def action_start(self) -> None:
        """The questions, the recall questions or the drill that is marked."""
        kind, _, name = (self.query_one(RowsView).cursor or "").partition(":")
        if kind:
            cast("EcslabApp", self.app).go(kind, name)

    def action_leave(self) -> None:
        """Back home."""
        self.dismiss()


class RecallPage(Page):
    """Recall questions that are due, one after another."""

    where = "recall"
    about = (
        "A question from a lesson you read. Say the answer to yourself, press Enter, and rate how well you knew it: "
        "that decides when it returns. Each rating is kept before the next question is shown."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("recall")]
    DEFAULT_CSS = """
    RecallPage {
        & #recall-progress { padding: 0 1; margin: 1 0 0 0; color: $quiet; }
        & #recall-rows { padding: 1 1 0 2; max-width: 110; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.cards: tuple[RecallCard, ...] | None = None
        self.done = 0
        self.shown = False
        self._rating = False

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield Line(self._progress, name="recall-progress")
        yield RowsView(self._rows, name="recall-rows")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(RowsView).focus()
        self.query_one(TopBar).say([("ecslab ", "title"), "Recall"])
        self.in_thread(self._read, group="due")

    def _read(self) -> None:
        self.post_message(DueRead(_study(self).due()))

    @on(DueRead)
    def _begin(self, event: DueRead) -> None:
        self.cards = event.due.recalls
        self._paint()

    @property
    def card(self) -> "RecallCard | None":
        """The question at hand."""
        return self.cards[self.done] if self.cards and self.done < len(self.cards) else None

    def _paint(self) -> None:
        listing = self.query_one(RowsView)
        listing.rebuild()
        listing.scroll_home(animate=False, immediate=True)
        self.query_one("#recall-progress", Line).again()
        self.refresh_bindings()

    def _progress(self, width: int) -> Row:
        if not self.cards:
            return Row()
        total = len(self.cards)
        label = f" {min(self.done + 1, total)} of {total}"
        return row((bar(self.done / total, max(4, min(width, 100) - len(label) - 1)), "title"), label)

    def _rows(self, width: int) -> list[Row]:
        if self.cards is None:
            return [row(("opening the questions …", "quiet"))]
        from ecslab.tui import review_layout

        if self.card is None:
            return review_layout.recalled(self.done, width)
        return review_layout.recall(self.card, width, shown=self.shown)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """First the answer, then the rating."""
        if action == "show":
            return self.card is not None and not self.shown
        if action in ("rate", "rate_marked"):
            return self.card is not None and self.shown
        return True

    def action_show(self) -> None:
        """The answer."""
        self.shown = True
        self._paint()
        self.query_one(RowsView).mark("rate:3")

    def action_rate(self, rating: int) -> None:
        """How well it was known."""
        card = self.card
        if card is None or self._rating:
            return
        self._rating = True

        def work() -> None:
            try:
                _study(self).rate(card, rating)
            finally:
                self._rating = False
            self.post_message(CardRated())

        self.in_thread(work, group="rate")

    @on(RowsView.Chosen, "#recall-rows")
    def _clicked(self) -> None:
        self.action_rate_marked()

    def action_rate_marked(self) -> None:
        """The rating under the cursor."""
        name, _, value = (self.query_one(RowsView).cursor or "").partition(":")
        if name == "rate":
            self.action_rate(int(value))

    @on(CardRated)
    def _next(self) -> None:
        self.done += 1
        self.shown = False
        self._paint()

    def action_leave(self) -> None:
        """Back; the others stay due."""
        self.dismiss()


def _study(page: Page) -> "Study":
    return cast("EcslabApp", page.app).study
