"""The rooms behind the screens, opened when first needed: the pack, the learner's record, a warm sandbox starter.

A screen's worker asks here and never imports a room at start. Nothing is decided here, and nothing is drawn.
"""

import random
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.terms.problems import Problem
from ecslab.tui.home_layout import Course, Entry

if TYPE_CHECKING:
    from ecslab.content.packs import Pack
    from ecslab.lesson.pages import Lesson, Try, Watch
    from ecslab.lesson.reader import Reader
    from ecslab.lesson.recalls import RecallCard
    from ecslab.lesson.scratch import Outcome, Scratch
    from ecslab.progress.overview import Overview
    from ecslab.progress.store import Store
    from ecslab.quiz.items import Item
    from ecslab.quiz.sitting import Sitting
    from ecslab.sandbox.warm import Warm
    from ecslab.tui.drills_layout import Catalogue
    from ecslab.tui.exam_desk import ExamDesk
    from ecslab.tui.review_layout import Due


PACK = "pack"
"""The preference that says which pack is studied."""


class Study:
    """What the app knows of the learner's machine. Safe to use from several threads."""

    def __init__(
        self, data: Path | None = None, pack: "Pack | None" = None, *, name: str | None = None
    ) -> None:
        """`pack` is studied, or the one called `name`, or else the one that was chosen last."""
        self._lock = threading.RLock()
        self._data = data
        self._pack = pack
        self._name = name
        self._store: Store | None = None
        self._warm: Warm | None = None
        self._scratch: Scratch | None = None
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
                self._pack = self._chosen()
            return self._pack

    def _chosen(self) -> "Pack":
        """The pack that was named, or chosen before and is still there."""
        from ecslab.content.packs import builtin, find

        if self._name is not None:
            return find(self._name)
        try:
            return find(self.store.preference(PACK))
        except Problem:
            return builtin()

    def packs(self) -> "list[tuple[str, str]]":
        """Name and title of every pack that can be studied; one that cannot be read has no title."""
        from ecslab.content.packs import known

        return [(pack.scope or pack.name, _title(pack)) for pack in known()]

    def choose(self, name: str) -> None:
        """Another pack is studied from now on, the next time too.

        Raises:
            Problem: there is none of this name, or the choice cannot be kept.
        """
        from ecslab.content.packs import find

        pack = find(name)
        self.store.set_preference(PACK, name)
        with self._lock:
            self._pack = pack
            if self._scratch is not None:
                self._scratch.close()
                self._scratch = None

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

    def read(self, name: str) -> "tuple[Reader, str]":
        """A lesson, opened where reading was left off, and the id of its quiz ("" if it has none)."""
        from ecslab.lesson.pages import load_lesson
        from ecslab.lesson.reader import Reader
        from ecslab.tui.course import quiz_of_lesson

        lesson = load_lesson(self.pack, name)
        return Reader(lesson, self.store), lesson.quiz or quiz_of_lesson(self.pack, lesson)

    @property
    def scratch(self) -> "Scratch":
        """The scratch worlds of the lessons."""
        with self._lock:
            if self._scratch is None:
                from ecslab.content.resolve import resolve_world
                from ecslab.lesson.scratch import Scratch

                self._scratch = Scratch(lambda world: resolve_world(self.pack, world), self.warm)
            return self._scratch

    def play(self, block: "Try") -> "Outcome":
        """Plays one AWS operation of a lesson in a scratch world."""
        return self.scratch.play(block)

    def watch(self, block: "Watch", step: str | None) -> Mapping[str, Any]:
        """A watched world of a lesson, after a step if one is named."""
        return self.scratch.watch(block, step)

    def lessons(self) -> "list[Lesson]":
        """Every lesson, to be searched."""
        from ecslab.lesson.pages import load_lesson

        return [load_lesson(self.pack, summary.id) for summary in self.pack.lessons()]

    def one_question(self, lesson: str, source: "Mapping[str, Any]") -> "Sitting":
        """A sitting of one question that stands on a page of a lesson; it is practice, not kept."""
        from ecslab.quiz.items import item_of
        from ecslab.quiz.sitting import Sitting

        return Sitting([item_of(source, lesson)], seed=random.randrange(2**31))

    @property
    def warm(self) -> "Warm":
        """The connection to the process that forks sandboxes; it lives as long as the app."""
        with self._lock:
            if self._warm is None:
                from ecslab.sandbox.warm import Warm

                self._warm = Warm()
            return self._warm

    def warm_up(self) -> None:
        """Starts the process that forks sandboxes; without it they start too, only slower."""
        from ecslab.sandbox.warm import WarmUnusable

        with suppress(WarmUnusable):
            self.warm.connect()

    def sit(self, kind: str, quiz: str, *, fresh: bool = False) -> "tuple[str, Sitting | None]":
        """Begins or goes on with a sitting: its title, and the sitting unless nothing is due."""
        from datetime import UTC, datetime

        from ecslab.quiz import course, desk
        from ecslab.quiz.trial import Bench

        run = Bench(self.warm)
        if kind == "review":
            return "Review", desk.sit_review(self.store, course.items(self.pack), datetime.now(UTC), run=run)
        asked = course.load_quiz(self.pack, quiz)
        return asked.title, desk.sit(self.store, asked, fresh=fresh, run=run)

    def flag(self, item: "Item", note: str) -> None:
        """Keeps that a question is bad."""
        from ecslab.quiz.desk import flagger

        flagger(self.store)(item, note)

    def due(self) -> "Due":
        """What is due now: questions, recall questions of lessons, drills; and how memory keeps."""
        from datetime import UTC, datetime

        from ecslab.lesson import recalls
        from ecslab.progress.retention import retention
        from ecslab.quiz import course, desk
        from ecslab.tui.review_layout import Due

        now = datetime.now(UTC)
        return Due(
            len(desk.due_items(self.store, course.items(self.pack), now)),
            tuple(recalls.due(self.store, self.pack, now)),
            tuple(desk.due_drills(self.store, now)),
            desk.next_due(self.store, course.curriculum(self.pack), now),
            retention(self.store.reviews(), now),
        )

    def drills(self) -> "Catalogue":
        """Every drill, how it went at best, what is due, and whether one is under way."""
        from ecslab.content.packs import builtin
        from ecslab.lab.drill import Drill
        from ecslab.progress import drills
        from ecslab.tui.drills_layout import Catalogue, Listed

        best, due = drills.best(self.store), drills.due(self.store)
        listed = [
            Listed(fault.id, fault.title, fault.worlds, fault.minutes, fault.id in due, best.get(fault.id))
            for fault in builtin().faults()
        ]
        return Catalogue(listed, Drill.going() is not None)

    def rate(self, card: "RecallCard", rating: int) -> None:
        """Keeps how well a recall question was known."""
        from ecslab.lesson import recalls
        from ecslab.progress.review import Rating

        recalls.rate(self.store, card, Rating(rating))

    def overview(self) -> "Overview":
        """All that is known of the learner's progress."""
        from datetime import UTC, datetime

        from ecslab.progress.overview import overview
        from ecslab.quiz import course

        return overview(self.store, course.curriculum(self.pack), datetime.now(UTC))

    @property
    def exams(self) -> "ExamDesk":
        """The exams over this pack."""
        from ecslab.tui.exam_desk import ExamDesk

        return ExamDesk(self.pack, self.store)

    def close(self) -> None:
        """Closes what was opened."""
        with self._lock:
            for opened in (self._scratch, self._store, self._warm):
                if opened is not None:
                    opened.close()
            self._scratch = self._store = self._warm = None


def _title(pack: "Pack") -> str:
    try:
        return pack.manifest.title
    except Problem:
        return ""
