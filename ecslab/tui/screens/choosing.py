"""Making an answer with keys: ticks, an order, partners. What quiz and exam have in common.

It changes the draft and says so; whether that is only painted or kept first is the screen's business.
"""

from typing import TYPE_CHECKING

from textual import on

from ecslab.tui.screens.page import Page
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.tui.quiz_layout import Draft


class Choosing(Page):
    """A screen on which a question is answered: its rows are those of `quiz_layout.asked`."""

    draft: "Draft | None"
    """The answer while it is being made; None while no question is asked."""

    @property
    def listing(self) -> RowsView:
        """Where the question stands."""
        return self.query_one(RowsView)

    def changed(self) -> None:
        """The draft is another one."""
        raise NotImplementedError

    def marked(self) -> tuple[str, str]:
        """What the cursor is on: `option`, `line`, `step` or `pair`, and its number."""
        name, _, value = (self.listing.cursor or "").partition(":")
        return name, value

    def action_pick(self) -> None:
        """Ticks the marked option or line, or takes the tick away."""
        name, value = self.marked()
        if self.draft is None or name not in ("option", "line"):
            return
        if name == "option":
            self.draft.pick(int(value))
        else:
            self.draft.point(int(value))
        self.changed()

    def action_number(self, number: int) -> None:
        """A number key: an option, or the partner of the marked line."""
        draft = self.draft
        if draft is None or number > len(draft.shown):
            return
        name, value = self.marked()
        if name == "pair":
            draft.partners[int(value)] = number - 1
            self.changed()
            self.listing.action_step(1)
        elif name == "option" or draft.item.type.value == "diagnose":
            option = draft.shown[number - 1]
            draft.pick(option)
            self.changed()
            self.listing.mark(f"option:{option}")

    def action_move(self, by: int) -> None:
        """Ordering: the marked line up or down."""
        name, value = self.marked()
        if name == "step" and self.draft is not None:
            self.draft.move(int(value), by)
            self.changed()
            self.listing.mark(f"step:{value}")

    def action_partner(self, by: int = 1) -> None:
        """Matching: the next partner of the marked line."""
        name, value = self.marked()
        if name == "pair" and self.draft is not None:
            self.draft.partner(int(value), by)
            self.changed()

    @on(RowsView.Chosen)
    def _clicked(self) -> None:
        self.clicked(self.marked()[0])

    def clicked(self, name: str) -> None:
        """A row was clicked: the same as its key."""
        if name in ("option", "line"):
            self.action_pick()
        elif name == "pair":
            self.action_partner()
