"""The lab screen: story, goals with live ticks, a real shell, the live map, events and the clock of one session.

It attaches to the same session as `ecslab lab`. Whatever asks the sandbox runs in threads that post messages; the
handlers here change what is shown. It judges nothing and simulates nothing.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from ecslab.terms.problems import Problem
from ecslab.tui import keys, lab_layout, records_layout
from ecslab.tui.follower import Follower
from ecslab.tui.lab_messages import GoalsJudged, SessionFound, SessionOpened, SessionRefused, StateSeen
from ecslab.tui.map_layout import lay_out
from ecslab.tui.messages import Trouble
from ecslab.tui.rows import Piece, Row, paragraph, row
from ecslab.tui.screens.lab_files import LabFiles
from ecslab.tui.widgets.key_line import KeyLine
from ecslab.tui.widgets.lines import Tabs, TopBar
from ecslab.tui.widgets.panes import Pane, Panes
from ecslab.tui.widgets.rows_view import RowsView
from ecslab.tui.widgets.terminal import Terminal

if TYPE_CHECKING:
    from ecslab.lab.session import Session
    from ecslab.lab.watcher import News, Watcher
    from ecslab.sandbox.warm import Warm
    from ecslab.tui.app import EcslabApp

PANES = (
    ("shell", "1", "Shell"),
    ("goals", "2", "Goals"),
    ("map", "3", "Map"),
    ("events", "4", "Events"),
    ("story", "5", "Story"),
    ("journal", "6", "Journal"),
    ("logs", "7", "Logs"),
)
SHARING = ("story", "events", "journal", "logs")
"""Panes that have one place in the wide layout, and take turns in it."""
RECORDS = ("journal", "logs")
"""Panes that are read only while they are seen."""
TICK = 0.25
"""Real seconds between two paintings of the clock."""


class LabPage(LabFiles):
    """A lab in progress."""

    where = "lab"
    about = (
        "Work in the shell with aws, boto3, curl or anything else; goals turn green the moment they become true. "
        "F6 leaves the shell and returns to it: outside of it single keys work. e edits a file of the workspace, in "
        "your $VISUAL or $EDITOR if one is set. Simulated time runs fast after a change and stands still while you are "
        "away. Leaving keeps everything."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("lab")]
    DEFAULT_CSS = """
    LabPage {
        & #lab-tabs { display: none; background: $surface; }
        &.-one-by-one #lab-tabs { display: block; }
        & #pane-goals { height: auto; max-height: 44%; }
        & #pane-events, & #pane-story, & #pane-journal, & #pane-logs { height: 14; }
        & Pane.-framed Terminal { padding: 0 1; }
        & #pane-goals.-alone, & #pane-story.-alone, & #pane-events.-alone, & #pane-journal.-alone, & #pane-logs.-alone {
            height: 1fr; max-height: 100%;
        }
        & #pane-goals RowsView { height: auto; max-height: 100%; }
        & .-alone RowsView { height: 1fr; }
    }
    """

    def __init__(self, name: str, *, seed: int | None = None, fresh: bool = False) -> None:
        super().__init__()
        self.lab_id = name
        self._seed, self._fresh = seed, fresh
        self.state: Mapping[str, Any] = {}
        self.clock: Mapping[str, Any] | None = None
        self._clock_at = 0.0
        self._lost = False
        self.refused = ""
        """Why the lab could not be opened; it stands where the goals would."""
        self._records: dict[str, Sequence[Mapping[str, Any]]] = {}
        self._follower: Follower | None = None
        self._watcher: Watcher | None = None

        self._top = TopBar()
        self._tabs = Tabs(PANES, "shell", name="lab-tabs")
        self._views = {
            "goals": self.goals,
            "map": RowsView(self._map_rows),
            "events": RowsView(self._event_rows),
            "story": RowsView(self._story_rows),
            "journal": RowsView(self._journal_rows),
            "logs": RowsView(self._log_rows),
        }
        self.goals.show(self._goals_rows)
        for name in ("events", *RECORDS):
            self._views[name].follow = True
        contents: dict[str, Widget] = {"shell": self.shells, **self._views}
        pane = {name: Pane(name, title, number, contents[name]) for name, number, title in PANES}
        pane["shell"].entry = lambda: self.shells.current
        self.panes = Panes(
            [pane["goals"], pane["map"]],
            [pane["shell"], *(pane[name] for name in SHARING)],
            active="shell",
            sharing=SHARING,
        )
        """The panes, and which of them is active."""

    def compose(self) -> ComposeResult:
        yield self._top
        yield self._tabs
        yield self.panes
        yield KeyLine()

    # Opening and leaving -------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._arrange()
        self.say_in_shell("opening the lab …")
        self._say()
        self.set_interval(TICK, self._tick)
        self.in_thread(self._open, group="session")

    def _open(self) -> None:
        from ecslab.lab.opening import opening

        warm = self._study_app.study.warm
        try:
            session = self.begin(warm)
            self.post_message(SessionFound(opening(session.directory)))
            resumed = session.record.last("go") is not None
            session.go()
            session.hold()
        except Problem as problem:
            self.post_message(SessionRefused(problem))
            return
        self.post_message(SessionOpened(session, resumed=resumed))
        if self.shells.terminal is not None:
            self.prepare_shell(session, self.shells.terminal)

    def begin(self, warm: "Warm | None") -> "Session":
        """The attempt that is under way, or a new one. Called in a thread."""
        from ecslab.lab.session import Session

        return Session.start(self.lab_id, seed=self._seed, fresh=self._fresh, warm=warm)

    @on(SessionFound)
    def _opening(self, event: SessionFound) -> None:
        self.say_in_shell(f"{event.opening} …")
        self.busy = f"⋯ {event.opening.partition(':')[0]}"
        self._say()

    @on(SessionRefused)
    def _refused(self, event: SessionRefused) -> None:
        self.busy, self.refused = "✘ not opened", str(event.problem)
        for name in ("goals", "story"):
            self._views[name].rebuild()
        self._say()
        self.say_in_shell(f"✘ {event.problem}")
        self._study_app.tell(event.problem)

    @on(SessionOpened)
    def _opened(self, event: SessionOpened) -> None:
        from ecslab.lab.watcher import Watcher

        self.session = session = event.session
        self.busy = ""
        self._follower = Follower(session, lambda seen: self.post_message(StateSeen(seen)))
        self._follower.start()
        self._watcher = Watcher(session, self._news, self._trouble)
        self._watcher.start()
        self._views["story"].rebuild()
        self.panes.shared = "events" if event.resumed else "story"
        self.go("shell" if event.resumed or self.panes.side_by_side else "story")
        self._say()
        if event.resumed:
            self.notify("Welcome back. The lab is as you left it.")

    def _news(self, news: "News") -> None:
        self.post_message(GoalsJudged(news))

    def _trouble(self, error: Exception) -> None:
        if isinstance(error, Problem):
            self.post_message(Trouble(error))

    def on_unmount(self) -> None:
        for watching in (self._follower, self._watcher):
            if watching is not None:
                watching.stop()
        if self.session is not None:
            self.session.release()

    def action_leave(self) -> None:
        """Home; the lab stays as it is, and its time stands still."""
        self.careful(lambda: self.dismiss())

    # What is shown -------------------------------------------------------------------------------

    @property
    def _study_app(self) -> "EcslabApp":
        return cast("EcslabApp", self.app)

    def _goals_rows(self, width: int) -> list[Row]:
        if self.refused:
            return paragraph(f"✘ {self.refused}", width, role="bad")
        return lab_layout.goals(self.verdicts, width, self.session.questions if self.session else ())

    def _map_rows(self, width: int) -> list[Row]:
        return lay_out(self.state, width)

    @property
    def _begun(self) -> int:
        return int((self.clock or {}).get("begun") or 0)

    def _event_rows(self, width: int) -> list[Row]:
        return lab_layout.events(self.state.get("events", ()), self._begun, width)

    def _journal_rows(self, width: int) -> list[Row]:
        return records_layout.journal(self._records.get("journal"), self._begun, width)

    def _log_rows(self, width: int) -> list[Row]:
        return records_layout.logs(self._records.get("logs"), self._begun, width)

    def _story_rows(self, width: int) -> list[Row]:
        if self.session is None:
            return [] if self.refused else [row(("opening the lab …", "quiet"))]
        told = lab_layout.story(self.session.lab.story, self.session.hints.taken, width)
        own = (
            f"A terminal of your own works as well, and all here follows it: ecslab lab shell --lab "
            f"{self.session.lab.id}. Your files are in {self.session.workspace}; e edits one."
        )
        return [*told, Row(), *paragraph(own, width, role="quiet")]

    def _say(self) -> None:
        title = self.session.lab.title if self.session else self.lab_id
        elapsed = round((time.monotonic() - self._clock_at) * 1000)
        right: list[Piece] = [" ", *lab_layout.tally(self.verdicts), "  "]
        right += (
            [("✘ the world has stopped: bringing it back", "bad")]
            if self._lost
            else (lab_layout.clock(self.clock, elapsed, busy=self.busy))
        )
        self._top.say([(title, "title")], right)

    def _tick(self) -> None:
        self._say()

    @on(StateSeen)
    def _seen(self, event: StateSeen) -> None:
        seen = event.seen
        if self._lost and not seen.lost:
            self.notify("The world had stopped and was brought back; nothing is lost.")
        self._lost = seen.lost
        if seen.lost:
            self._say()
            return
        self.show_clock(seen.clock)
        for name, record in seen.records.items():
            self._records[name] = record
            self._views[name].rebuild()
        if seen.state is not None:
            self.state = seen.state
            self._views["map"].rebuild()
            self._views["events"].rebuild()
        if self._watcher is not None and self._watcher.verdicts is not self.verdicts:
            self.verdicts = self._watcher.verdicts
            self._views["goals"].rebuild()

    def show_clock(self, clock: Mapping[str, Any]) -> None:
        """The clock as it is now; from here on its hands move by themselves."""
        self.clock, self._clock_at = {**(self.clock or {}), **clock}, time.monotonic()
        self._say()

    def show_hints(self) -> None:
        """The hints that were taken stand under the story."""
        self._views["story"].rebuild()
        self._say()

    @on(GoalsJudged)
    def _judged(self, event: GoalsJudged) -> None:
        self.verdicts = event.news.verdicts
        self._views["goals"].rebuild()
        self._say()
        news = [change for change in event.news.changes if change.before]
        if not news or self.session is None:
            return
        reached = [f"✔ {change.verdict.goal}" for change in news if change.reached]
        lost = [f"✘ no longer: {change.verdict.goal}" for change in news if change.lost]
        if reached and self.session.score(self.verdicts).passed:
            reached = [
                "✔ All goals are reached. "
                + ("F6, then d, shows" if self.typing else "d shows")
                + " how it went."
            ]
        if reached:
            self.notify("\n".join(reached), markup=False)
        if lost:
            self.notify("\n".join(lost), severity="warning", markup=False)

    # Panes and the shell -------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        panes = self.panes
        panes.show_what_fits()
        alone = panes.zoomed or not panes.side_by_side
        self.set_class(alone, "-one-by-one")
        for pane in panes:
            pane.set_class(alone, "-alone")
        self._tabs.go(panes.active)
        if self._follower is not None:
            self._follower.wanted = frozenset(name for name in RECORDS if panes[name].display)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.panes.noticed(event.widget)
        self._arrange()
        self.refresh_bindings()

    def action_out(self) -> None:
        """Out of the shell: to the goals."""
        self.go("goals")

    def action_pane(self, name: str) -> None:
        """To one of the panes."""
        self.go(name)

    @on(Tabs.Asked)
    def _asked(self, event: Tabs.Asked) -> None:
        self.go(event.name)

    def go(self, name: str) -> None:
        """To one of the panes."""
        self.panes.go(name)
        self._arrange()

    def action_zoom(self) -> None:
        """Only this pane, or all again."""
        self.panes.zoomed = not self.panes.zoomed
        self.go(self.panes.active)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The shell has all keys but one while it has the focus."""
        if action == "scroll":
            return self.scrolls
        if self.typing:
            return action == "out"
        if action == "out":
            return False
        if action == "zoom":
            return self.panes.side_by_side
        if action == "details":
            return self.panes.active == "goals"
        return True

    @on(Terminal.ScrolledBack)
    def _scrolled(self, event: Terminal.ScrolledBack) -> None:
        back = f"{event.lines} lines back · Shift+PgDn" if event.lines else ""
        self.panes["shell"].border_subtitle = back
