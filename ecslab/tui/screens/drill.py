"""The drill screen: the lab screen over a world with one hidden fault, and one key more, to name it."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from ecslab.tui import drill_desk, keys
from ecslab.tui.drill_desk import CausesListed
from ecslab.tui.lab_messages import GoalsJudged
from ecslab.tui.screens.ask import Ask
from ecslab.tui.screens.lab import LabPage

if TYPE_CHECKING:
    from ecslab.lab.session import Session
    from ecslab.sandbox.warm import Warm


class DrillPage(LabPage):
    """A drill in progress.

    Args:
        fault: hide this one; empty: what is due, or what was tried least.
    """

    where = "drill"
    about = (
        "This world worked until a short while ago; one thing is wrong with it now. Look before you change anything, "
        "repair it so that the goals hold, and name the cause: the first answer counts. Points do not depend on the "
        "clock; the times are yours to beat."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("drill")]

    def __init__(self, fault: str = "", *, seed: int | None = None, fresh: bool = False) -> None:
        super().__init__("drill", seed=seed, fresh=fresh)
        self._fault = fault
        self._reminded = False

    def begin(self, warm: "Warm | None") -> "Session":
        """The drill that is under way, or a new one."""
        from ecslab.lab.drill import Drill

        return Drill.start(self._fault or None, seed=self._seed, fresh=self._fresh, warm=warm).session

    def action_name_it(self) -> None:
        """Asks for the cause."""
        self._ask(drill_desk.causes)

    def action_debrief(self) -> None:
        """How it went, and once it is over, what it was."""
        self._ask(drill_desk.debrief, busy="⋯ looking back")

    @on(CausesListed)
    def _choose(self, event: CausesListed) -> None:
        by_title = {cause.title: cause.id for cause in event.causes}

        def answered(title: str | None) -> None:
            if title:
                self._ask(drill_desk.name(by_title[title]))

        self.app.push_screen(
            Ask("The cause", "What is wrong here? The first answer counts.", list(by_title)), answered
        )

    @on(GoalsJudged)
    def _remind(self, event: GoalsJudged) -> None:
        session = self.session
        if session is None or self._reminded or session.released:
            return
        if event.news.verdicts and session.score(event.news.verdicts).passed:
            self._reminded = True
            self.notify("Repaired. Now name the cause: " + ("F6, then n" if self.typing else "n"), timeout=12)
