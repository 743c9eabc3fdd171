"""Follows what a lab's sandbox shows: asks for the state, waits at the sandbox for the next change, tells it.

One daemon thread that only reads. It ends soon after `stop`, and never keeps the app from ending. Bringing a
sandbox back that went away is the lab's watcher's business; here it is only noticed.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecslab.terms.problems import Problem

if TYPE_CHECKING:
    from ecslab.lab.session import Session

WAIT = 1.0
"""Real seconds for which the sandbox may hold its answer back until something changes."""
AGAIN = 1.0
"""Real seconds between two readings of the journal or the logs."""
RETRY = 0.3
"""Real seconds before a sandbox that could not be reached is asked again."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the sandbox shows now."""

    clock: Mapping[str, Any]
    state: Mapping[str, Any] | None = None
    """None when nothing but the clock has moved."""
    lost: bool = False
    """The sandbox cannot be reached just now."""
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """What was read of the records that somebody looks at: `journal`, `logs`."""


class Follower:
    """Follows one session, and tells what it sees from a thread of its own."""

    def __init__(self, session: "Session", tell: Callable[[Seen], object]) -> None:
        self._session = session
        self._tell = tell
        self._ended = threading.Event()
        self._read_at: dict[str, float] = {}
        self.wanted: frozenset[str] = frozenset()
        """The records that somebody looks at; set from the screen's thread."""

    def start(self) -> None:
        """Begins to follow."""
        threading.Thread(target=self._run, name=f"follow {self._session.lab.id}", daemon=True).start()

    def stop(self) -> None:
        """Ends soon; nothing more is told."""
        self._ended.set()

    def _run(self) -> None:
        seen: int | None = None
        while not self._ended.is_set():
            try:
                state = self._session.sandbox.state(since=seen, wait=None if seen is None else WAIT)
                told = Seen(
                    state["clock"], None if state.get("unchanged") else state, records=self._records()
                )
                seen = int(state["n"])
            except (Problem, OSError):
                told, seen = Seen({}, lost=True), None
            if not self._ended.is_set():
                self._tell(told)
            if told.lost:
                self._ended.wait(RETRY)

    def _records(self) -> dict[str, list[dict[str, Any]]]:
        """Records grow by reads too, which are no news in the state: they are read again after a while."""
        sandbox, now = self._session.sandbox, time.monotonic()
        read = {"journal": sandbox.journal, "logs": sandbox.logs}
        due = [name for name in self.wanted if now - self._read_at.get(name, 0.0) >= AGAIN]
        self._read_at.update(dict.fromkeys(due, now))
        return {name: read[name]() for name in due}
