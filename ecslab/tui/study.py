"""The rooms behind the screens, opened when first needed: the pack, the learner's record, a warm sandbox starter.

A screen's worker asks here and never imports a room at start. Nothing is decided here, and nothing is drawn.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.tui.home_layout import Course, Entry

if TYPE_CHECKING:
    from ecslab.content.packs import Pack
    from ecslab.progress.store import Store
    from ecslab.quiz.sitting import Sitting
    from ecslab.sandbox.warm import Warm


class Study:
    """What the app knows of the learner's machine. Safe to use from several threads."""

    def __init__(self, data: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._data = data
        self._pack: Pack | None = None
        self._store: Store | None = None
        self._warm: Warm | None = None
        self.listed: list[Entry] = []
        """What the course listed last: for the command palette."""

    @property
    def directory(self) -> Path:
        """Where the learner's files are."""
        if self._data is None:
            from ecslab.sandbox.places import data_dir

            self._data = data_dir()
        return self._data

    @property
    def pack(self) -> "Pack":
        """The pack that is studied."""
        with self._lock:
            if self._pack is None:
                from ecslab.content.packs import find

                self._pack = find()
            return self._pack

    @property
    def store(self) -> "Store":
        """The learner's record."""
        with self._lock:
            if self._store is None:
                from ecslab.progress.store import Store

                self._store = Store.open(self.directory / "progress.sqlite3")
            return self._store

    def course(self) -> Course:
        """What Home shows, read anew."""
        from ecslab.tui.course import read

        course = read(self.pack, self.store)
        self.listed = course.entries
        return course

    def sit(self, kind: str, quiz: str, *, fresh: bool = False) -> "tuple[str, Sitting | None]":
        """Begins or goes on with a sitting: its title, and the sitting unless nothing is due."""
        from datetime import UTC, datetime

        from ecslab.quiz import course, desk

        if kind == "review":
            return "Review", desk.sit_review(self.store, course.items(self.pack), datetime.now(UTC))
        asked = course.load_quiz(self.pack, quiz)
        return asked.title, desk.sit(self.store, asked, fresh=fresh)

    def close(self) -> None:
        """Closes what was opened."""
        with self._lock:
            for close in (self._store and self._store.close, self._warm and self._warm.close):
                if close:
                    close()
            self._store = self._warm = None
