"""Follows what a lab's sandbox shows: asks for the state, waits at the sandbox for the next change, tells it.

One daemon thread that only reads. It ends soon after `stop`, and never keeps the app from ending. Bringing a
sandbox back that went away is the lab's watcher's business; here it is only noticed.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecslab.terms.problems import Problem

if TYPE_CHECKING:
    from ecslab.lab.session import Session

WAIT = 1.0
"""Real seconds for which the sandbox may hold its answer back until something changes."""
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


class Follower:
    """Follows one session, and tells what it sees from a thread of its own."""

    def __init__(self, session: "Session", tell: Callable[[Seen], object]) -> None:
        self._session = session
        self._tell = tell
        self._ended = threading.Event()

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
                told = Seen(state["clock"], None if state.get("unchanged") else state)
                seen = int(state["n"])
            except (Problem, OSError):
                told, seen = Seen({}, lost=True), None
            if not self._ended.is_set():
                self._tell(told)
            if told.lost:
                self._ended.wait(RETRY)
