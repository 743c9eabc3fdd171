"""Watches a lab while somebody works on it: verdicts as they change, told to whoever asked.

One thread waits at the sandbox for something new, judges, and reports what changed. When the sandbox
goes away under it (a crash, kill -9) it brings it back from the journal. It prints and draws nothing.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecslab.content.checks import with_dependents
from ecslab.lab.session import Session
from ecslab.sandbox.problems import SandboxProblem

if TYPE_CHECKING:
    from ecslab.grading.judge import Verdict

QUICK, SLOW = 0.15, 1.0
"""Real seconds to wait for news: while the world plays a change out, and otherwise."""
PATIENCE = 1.0
"""Real seconds before another try after a sandbox could not be brought back."""


@dataclass(frozen=True)
class Change:
    """A goal that is judged differently from before."""

    verdict: "Verdict"
    before: str
    """`pass`, `fail`, `not judged`, or nothing at first sight."""

    @property
    def reached(self) -> bool:
        return self.verdict.verdict == "pass"

    @property
    def lost(self) -> bool:
        """It passed and does no more."""
        return self.before == "pass" and not self.reached


@dataclass(frozen=True)
class News:
    """What the watcher reports: all verdicts, and those that changed."""

    verdicts: "Sequence[Verdict]"
    changes: Sequence[Change]
    clock: dict[str, Any]


class Watcher:
    """Call `start`, then `tell` is called from the watcher's thread; `stop` ends it.

    Args:
        tell: gets the first verdicts, and then every change.
        trouble: gets a problem that keeps the watcher from judging; it goes on trying.
        reviving: called before a sandbox that went away is started again.
    """

    def __init__(
        self,
        session: Session,
        tell: Callable[[News], None],
        trouble: Callable[[Exception], None] = lambda problem: None,
        reviving: Callable[[], None] = lambda: None,
    ) -> None:
        self.session = session
        self.verdicts: Sequence[Verdict] = ()
        self._tell = tell
        self._trouble = trouble
        self._reviving = reviving
        checks = session.lab.checks
        self._on_trial = with_dependents(checks, {c.id for c in checks if c.whatif is not None})
        """The goals that nobody can judge before a what-if has been tried."""
        self._judging = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch {session.lab.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the watching; returns when the thread has ended."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def look(self, patience: float = -1) -> bool:
        """Judges now, what-ifs aside, and tells what changed; False when somebody else was judging for longer
        than `patience` seconds, or the sandbox is gone for good. What hangs on a what-if stays as it was."""
        if not self._judging.acquire(timeout=patience):
            return False
        try:
            self._judge(ask=False)
        except SandboxProblem:
            return self._bring_back()
        finally:
            self._judging.release()
        return True

    def _run(self) -> None:
        seen: int | None = None
        pace = QUICK
        while not self._ending.is_set():
            try:
                state = self.session.sandbox.state(since=seen, wait=pace)
                seen = state["n"]
                pace = QUICK if _playing_out(state["clock"]) else SLOW
                with self._judging:
                    self._judge(ask=False)
                    self._judge(ask=True)
            except SandboxProblem:
                seen = None
                if not self._ending.is_set() and not self._bring_back():
                    self._ending.wait(PATIENCE)

    def _judge(self, *, ask: bool) -> None:
        verdicts = self.session.shown(self.session.verdicts(ask=ask))
        seen = {verdict.id: verdict for verdict in self.verdicts}
        if not ask:
            verdicts = [
                seen.get(verdict.id, verdict)
                if verdict.id in self._on_trial and verdict.verdict == "not judged"
                else verdict
                for verdict in verdicts
            ]
        before = {name: verdict.verdict for name, verdict in seen.items()}
        changes = [
            Change(verdict, before.get(verdict.id, ""))
            for verdict in verdicts
            if before.get(verdict.id) != verdict.verdict
        ]
        first, self.verdicts = not self.verdicts, verdicts
        if changes or first:
            self._tell(News(verdicts, changes, self.session.sandbox.clock()))

    def _bring_back(self) -> bool:
        """Starts the sandbox again, unless somebody stopped the lab."""
        if self.session.stopped:
            return False
        self._reviving()
        try:
            self.session.revive()
        except SandboxProblem as worse:
            self._trouble(worse)
            return False
        return True


def _playing_out(clock: dict[str, Any]) -> bool:
    return not clock["paused"] and clock["t"] < clock["fast_until"]
