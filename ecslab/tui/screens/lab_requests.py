"""What a learner asks of a lab by a key: the clock, hints, undo, reset, a goal explained, the debrief.

The lower half of the lab screen: it asks in threads (`lab_desk`) and shows what comes back as a panel or a line.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on

from ecslab.tui import lab_desk, lab_layout
from ecslab.tui.lab_desk import ClockObeyed, Done, PanelReady, Work
from ecslab.tui.screens.page import Page
from ecslab.tui.screens.panel import Panel
from ecslab.tui.widgets.rows_view import RowsView

if TYPE_CHECKING:
    from ecslab.grading.judge import Verdict
    from ecslab.lab.session import Session


class LabRequests(Page):
    """A screen with a session of which things can be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.verdicts: Sequence[Verdict] = ()
        self.busy = ""
        """What is being done for the learner just now."""
        self.goals = RowsView()
        """The list of goals: the marked one is explained."""

    def show_clock(self, clock: Mapping[str, Any]) -> None:
        """The clock stands differently."""

    def show_hints(self) -> None:
        """Hints or answers may have changed."""

    def _ask(self, work: Work, *, busy: str = "") -> None:
        """Asks the session in a thread; what it answers comes back as a message."""
        session = self.session
        if session is None:
            return
        self.busy = busy
        self.show_hints()

        def ask() -> None:
            try:
                self.post_message(work(session))
            finally:
                if busy:
                    self.busy = ""

        self.in_thread(ask, group="desk")

    @on(ClockObeyed)
    def _obeyed(self, event: ClockObeyed) -> None:
        self.show_clock(event.clock)
        if event.said:
            self.notify(event.said, timeout=4)

    @on(Done)
    def _done(self, event: Done) -> None:
        self.notify(event.said, timeout=4, markup=False)
        self.show_hints()

    @on(PanelReady)
    def _read(self, event: PanelReady) -> None:
        def answered(yes: bool | None) -> None:
            if yes and event.then is not None:
                self._ask(event.then, busy=event.busy)

        self.show_hints()
        self.app.push_screen(Panel(event.title, event.rows, yes=event.yes), answered)

    def action_pause(self) -> None:
        """Stops the time, or lets it run."""
        self._ask(lab_desk.pause)

    def action_rate(self) -> None:
        """Time runs at another rate."""
        self._ask(lab_desk.rate)

    def action_step(self, by: str) -> None:
        """Time goes on by so much at once."""
        self._ask(lab_desk.step(by), busy=f"▶▶ +{by}")

    def action_steady(self) -> None:
        """Time goes on until everything is steady."""
        self._ask(lab_desk.steady, busy="▶▶ until steady")

    def action_hint(self) -> None:
        """The next hint, with its cost first."""
        self._ask(lab_desk.offer_hint)

    def action_undo(self) -> None:
        """The last command is taken back, after a preview."""
        self._ask(lab_desk.offer_undo, busy="⋯ looking what undo takes back")

    def action_reset(self) -> None:
        """Back to the start of the attempt, after a question."""
        self._ask(lab_desk.offer_reset)

    def action_debrief(self) -> None:
        """How it went."""
        self._ask(lab_desk.debrief, busy="⋯ looking back")

    @on(RowsView.Chosen)
    def _clicked(self, event: RowsView.Chosen) -> None:
        if event.view is self.goals:
            self.action_details()

    def action_details(self) -> None:
        """The marked goal in full; a goal that asks a question is answered here."""
        marked = self.goals.cursor
        chosen = [verdict for verdict in self.verdicts if verdict.id == marked]
        if not chosen or self.session is None:
            return
        asked = [check.answer for check in self.session.lab.checks if check.id == marked and check.answer]
        if asked:
            self._answer(chosen[0], asked[0])
        else:
            self.app.push_screen(Panel("Goal", lambda width: lab_layout.explained(chosen[0], width)))

    def _answer(self, verdict: "Verdict", asked: Any) -> None:
        from ecslab.tui.screens.ask import Ask

        def answered(value: str | None) -> None:
            if value:
                self._ask(lab_desk.answer(verdict.id, value))

        self.app.push_screen(Ask(verdict.goal, asked.prompt, asked.options), answered)
