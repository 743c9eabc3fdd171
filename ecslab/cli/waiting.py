"""What a command is doing while there is nothing to print yet: a line on the terminal, gone when it is done.

It appears once something takes longer than half a second, on stderr and only where that is a terminal: a report
stays a report, and a pipe gets nothing of it.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from ecslab.lab.session import Session

PATIENCE = 0.5
"""Real seconds for which nobody wonders."""


class Waiting:
    """The line: what is being done, for how long already, and how far it is where that is known."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer = threading.Timer(PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def say(self, what: str | None = None, *, done: int | None = None, total: int | None = None) -> None:
        """What is being done now, and how far it is."""
        with self._lock:
            self._what = self._what if what is None else what
            self._done = self._done if done is None else done
            self._total = self._total if total is None else total
            if self._bar is not None and self._task is not None:
                self._bar.update(
                    self._task,
                    description=self._what,
                    completed=self._done,
                    total=self._total,
                    count=self._count,
                )

    @property
    def _count(self) -> str:
        return "" if self._total is None else f"{self._done} of {self._total}"

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.table import Column

        with self._lock:
            if self._timer is None:
                return
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn(
                    "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
                ),
                BarColumn(20),
                TextColumn("{task.fields[count]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(
                self._what, total=self._total, completed=self._done, count=self._count
            )
            self._bar.start()


@contextmanager
def attached(session: "Session") -> Iterator["Session"]:
    """The session with its time running; a line tells that its world starts, or is brought back."""
    from ecslab.lab.opening import opening

    with Waiting(opening(session.directory)):
        session.hold()
    try:
        yield session
    finally:
        session.release()
