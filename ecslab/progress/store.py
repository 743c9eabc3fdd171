"""The record of what somebody did and knows: one SQLite file, written before the screen says so.

Every method that writes has committed, and synced to the disk, when it returns. A file that cannot be
used is never repaired, moved or overwritten here: the person is told what is wrong and what to do.
It knows no pack and no screen; ids of lessons, items and labs are plain text to it.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ecslab.progress.connection import connect, speaking
from ecslab.progress.records import (
    Answer,
    Confidence,
    Flag,
    Kind,
    LabResult,
    LessonProgress,
    Review,
    ReviewCard,
    SittingRecord,
    moment,
    stamp,
    utc_now,
)


class Store:
    """The progress of one person. Safe to use from several threads and several processes."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._db = connect(path)

    @classmethod
    def open(cls, path: Path | None = None, *, clock: Callable[[], datetime] = utc_now) -> "Store":
        """The learner's own record, or the one at `path`."""
        if path is None:
            from ecslab.sandbox.places import database_path

            path = database_path()
        return cls(path, clock=clock)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading ------------------------------------------------------------------------------------

    def lesson_progress(self, lesson: str) -> LessonProgress:
        row = self._one("SELECT pages, position FROM lessons WHERE lesson = ?", lesson)
        if row is None:
            return LessonProgress(lesson)
        read = frozenset(r["page"] for r in self._all("SELECT page FROM pages WHERE lesson = ?", lesson))
        return LessonProgress(
            lesson, frozenset(p for p in read if p < row["pages"]), row["pages"], row["position"]
        )

    def lessons(self) -> list[LessonProgress]:
        """Every lesson that was ever opened."""
        return [
            self.lesson_progress(r["lesson"]) for r in self._all("SELECT lesson FROM lessons ORDER BY opened")
        ]

    def mark_page(self, lesson: str, page: int, pages: int, now: datetime | None = None) -> LessonProgress:
        """The reader has turned past `page` (from 0) of a lesson of `pages`; reading goes on at the next."""
        following = min(page + 1, pages - 1)
        with self._writing(now) as at:
            self._open_lesson(lesson, following, pages, at)
            self._db.execute("INSERT OR IGNORE INTO pages VALUES (?, ?, ?)", (lesson, page, stamp(at)))
        return self.lesson_progress(lesson)

    def set_position(self, lesson: str, page: int, pages: int, now: datetime | None = None) -> None:
        """Remember the page on the screen, without calling it read."""
        with self._writing(now) as at:
            self._open_lesson(lesson, page, pages, at)

    def turn_bookmark(self, lesson: str, page: int, now: datetime | None = None) -> bool:
        """Sets a bookmark on a page (from 0), or takes it away; whether there is one now."""
        with self._writing(now, studied=False) as at:
            gone = self._db.execute("DELETE FROM bookmarks WHERE lesson = ? AND page = ?", (lesson, page))
            if gone.rowcount:
                return False
            self._db.execute("INSERT INTO bookmarks VALUES (?, ?, ?)", (lesson, page, stamp(at)))
        return True

    def bookmarks(self) -> list[tuple[str, int]]:
        """(lesson, page from 0), the newest first."""
        return [
            (r["lesson"], r["page"])
            for r in self._all("SELECT * FROM bookmarks ORDER BY at DESC, rowid DESC")
        ]

    def _open_lesson(self, lesson: str, position: int, pages: int, at: datetime) -> None:
        self._db.execute(
            "INSERT INTO lessons VALUES (?, ?, ?, ?) ON CONFLICT (lesson) DO UPDATE"
            " SET pages = excluded.pages, position = excluded.position",
            (lesson, pages, position, stamp(at)),
        )

    # Questions ----------------------------------------------------------------------------------

    def start_sitting(
        self, kind: Kind, quiz: str, items: Sequence[str], seed: int, now: datetime | None = None
    ) -> SittingRecord:
        """Begin answering `items` (keys, in the order in which they will be asked)."""
        with self._writing(now) as at:
            cursor = self._db.execute(
                "INSERT INTO sittings (kind, quiz, seed, items, started) VALUES (?, ?, ?, ?, ?)",
                (kind.value, quiz, seed, json.dumps(list(items)), stamp(at)),
            )
        return SittingRecord(int(cursor.lastrowid or 0), kind, quiz, seed, tuple(items), at)

    def sitting(self, number: int) -> SittingRecord | None:
        row = self._one("SELECT * FROM sittings WHERE id = ?", number)
        return self._sitting(row) if row else None

    def unfinished_sitting(self, kind: Kind, quiz: str) -> SittingRecord | None:
        """The newest sitting of this quiz that was begun and not finished, with its answers so far."""
        row = self._one(
            "SELECT * FROM sittings WHERE kind = ? AND quiz = ? AND finished IS NULL"
            " ORDER BY id DESC LIMIT 1",
            kind.value,
            quiz,
        )
        return self._sitting(row) if row else None

    def sittings(self, quiz: str | None = None) -> list[SittingRecord]:
        """All sittings, oldest first."""
        rows = self._all("SELECT * FROM sittings WHERE ?1 IS NULL OR quiz = ?1 ORDER BY id", quiz)
        return [self._sitting(row) for row in rows]

    def record_answer(self, answer: Answer, now: datetime | None = None) -> ReviewCard:
        """Keep an answer and move its question in the review queue, both or neither."""
        with self._writing(now) as at:
            return self._answered(answer, at)

    def record_exam(self, sitting: int, answers: Sequence[Answer], now: datetime | None = None) -> None:
        """Hand in an exam: its answers, their places in the review queue and the end of the sitting,
        all or nothing. An exam that was handed in already stays as it is."""
        with self._writing(now) as at:
            ended = self._db.execute(
                "UPDATE sittings SET finished = ? WHERE id = ? AND finished IS NULL", (stamp(at), sitting)
            )
            for answer in answers if ended.rowcount else ():
                self._answered(answer, at)

    def _answered(self, answer: Answer, at: datetime) -> ReviewCard:
        from ecslab.progress.review import rating_of

        self._db.execute(
            "INSERT INTO answers (sitting, item, hash, objectives, chosen, right, credit, confidence,"
            " answered, variant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                answer.sitting,
                answer.item,
                answer.hash,
                json.dumps(list(answer.objectives)),
                json.dumps(answer.chosen),
                int(answer.right),
                answer.credit,
                answer.confidence.value if answer.confidence else None,
                stamp(at),
                answer.variant,
            ),
        )
        rating = rating_of(answer.right, answer.confidence)
        return self._reviewed(answer.item, answer.hash, answer.objectives, int(rating), at)

    def finish_sitting(self, number: int, now: datetime | None = None) -> SittingRecord:
        with self._writing(now) as at:
            self._db.execute(
                "UPDATE sittings SET finished = ? WHERE id = ? AND finished IS NULL", (stamp(at), number)
            )
        found = self.sitting(number)
        if found is None:
            raise KeyError(number)
        return found

    def answers(self, sitting: int | None = None) -> list[Answer]:
        """Every answer, oldest first; of one sitting if it is named."""
        rows = self._all("SELECT * FROM answers WHERE ?1 IS NULL OR sitting = ?1 ORDER BY id", sitting)
        return [_answer(row) for row in rows]

    def latest_answers(self) -> dict[str, Answer]:
        """The last answer to each item."""
        return {answer.item: answer for answer in self.answers()}

    def flag(
        self,
        item: str,
        content: str,
        *,
        note: str = "",
        variant: int | None = None,
        now: datetime | None = None,
    ) -> None:
        """Note that a question is bad; `content` is its hash, so that a mended one is told apart."""
        with self._writing(now, studied=False) as at:
            self._db.execute(
                "INSERT INTO flags (item, hash, variant, note, at) VALUES (?, ?, ?, ?, ?)",
                (item, content, variant, note, stamp(at)),
            )

    def flags(self) -> list[Flag]:
        """Every flag, oldest first."""
        rows = self._all("SELECT * FROM flags ORDER BY id")
        return [Flag(r["item"], r["hash"], r["variant"], r["note"], moment(r["at"])) for r in rows]

    def _sitting(self, row: sqlite3.Row) -> SittingRecord:
        finished = moment(row["finished"]) if row["finished"] else None
        return SittingRecord(
            row["id"],
            Kind(row["kind"]),
            row["quiz"],
            row["seed"],
            tuple(json.loads(row["items"])),
            moment(row["started"]),
            finished,
            tuple(self.answers(row["id"])),
        )

    # Labs ---------------------------------------------------------------------------------------

    def start_lab(
        self,
        lab: str,
        *,
        seed: int = 0,
        directory: str = "",
        objectives: Sequence[str] = (),
        now: datetime | None = None,
    ) -> int:
        """Begin an attempt at a lab; returns its number."""
        with self._writing(now) as at:
            cursor = self._db.execute(
                "INSERT INTO lab_attempts (lab, seed, directory, objectives, started) VALUES (?, ?, ?, ?, ?)",
                (lab, seed, directory, json.dumps(list(objectives)), stamp(at)),
            )
        return int(cursor.lastrowid or 0)

    def record_lab(
        self,
        attempt: int,
        *,
        points: float,
        maximum: float,
        passed: bool,
        hints: int = 0,
        verdicts: Sequence[dict[str, Any]] = (),
        now: datetime | None = None,
    ) -> None:
        """Keep how an attempt stands now. Call it as often as the standing changes."""
        with self._writing(now) as at:
            self._db.execute(
                "INSERT INTO lab_results (attempt, points, maximum, passed, hints, verdicts, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (attempt, points, maximum, int(passed), hints, json.dumps(list(verdicts)), stamp(at)),
            )

    def best_labs(self) -> dict[str, LabResult]:
        """The best result ever reached in each lab."""
        best: dict[str, LabResult] = {}
        rows = self._all(
            "SELECT r.*, a.lab, a.objectives FROM lab_results r"
            " JOIN lab_attempts a ON a.id = r.attempt ORDER BY r.id"
        )
        for result in map(_lab_result, rows):
            held = best.get(result.lab)
            if held is None or (result.passed, result.share) >= (held.passed, held.share):
                best[result.lab] = result
        return best

    # Review -------------------------------------------------------------------------------------

    def cards(self) -> list[ReviewCard]:
        return [_card(row) for row in self._all("SELECT * FROM cards ORDER BY due, item")]

    def due_cards(self, now: datetime | None = None) -> list[ReviewCard]:
        """What should be asked again now, the longest overdue first."""
        until = stamp(now or self._clock())
        return [
            _card(row) for row in self._all("SELECT * FROM cards WHERE due <= ? ORDER BY due, item", until)
        ]

    def enqueue(
        self, cards: Iterable[tuple[str, str, Sequence[str]]], due: datetime, now: datetime | None = None
    ) -> None:
        """Put new cards (key, hash, objectives) into the queue; those that are in it already stay as they are,
        unless their content changed."""
        from ecslab.progress.review import fresh

        with self._writing(now):
            for item, content, objectives in cards:
                self._db.execute(
                    "INSERT INTO cards VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (item) DO UPDATE SET"
                    " hash = ?2, objectives = ?3, state = ?4, due = ?5 WHERE hash <> ?2",
                    (item, content, json.dumps(list(objectives)), fresh(item, due), stamp(due)),
                )

    def record_review(
        self,
        item: str,
        rating: int,
        *,
        content: str = "",
        objectives: Sequence[str] = (),
        now: datetime | None = None,
    ) -> ReviewCard:
        """Rate what was remembered (1 again, 2 hard, 3 good, 4 easy) and say when it returns.

        For whatever is no question with an answer: a recall question of a lesson (`recall/…`), a drill
        (`drill/…`). The first call makes the card. `content` tells versions apart: another one begins anew.
        """
        with self._writing(now) as at:
            return self._reviewed(item, content, objectives, rating, at)

    def forget(self, items: Iterable[str]) -> None:
        """Take cards out of the queue, whose content is no more. Their past reviews stay."""
        with self._writing(None, studied=False):
            self._db.executemany("DELETE FROM cards WHERE item = ?", [(item,) for item in items])

    def reviews(self) -> list[Review]:
        """Every review, oldest first."""
        return [_review(row) for row in self._all("SELECT * FROM reviews ORDER BY at, id")]

    def _reviewed(
        self, item: str, content: str, objectives: Sequence[str], rating: int, at: datetime
    ) -> ReviewCard:
        from ecslab.progress.review import Rating, recall, schedule

        held = self._one("SELECT * FROM cards WHERE item = ?", item)
        known = held["state"] if held and held["hash"] == content else None
        state, due = schedule(known, item, Rating(rating), at)
        self._db.execute(
            "INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?)",
            (item, content, json.dumps(list(objectives)), state, stamp(due)),
        )
        self._db.execute(
            "INSERT INTO reviews (item, rating, at, due, expected, predicted) VALUES (?, ?, ?, ?, ?, ?)",
            (
                item,
                rating,
                stamp(at),
                stamp(due),
                held["due"] if held and known else None,
                (recall(known, at) or None) if known else None,
            ),
        )
        return ReviewCard(item, content, tuple(objectives), state, due)

    # The person ---------------------------------------------------------------------------------

    def preference(self, name: str, default: Any = None) -> Any:
        row = self._one("SELECT value FROM preferences WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def set_preference(self, name: str, value: Any) -> None:
        with self._writing(None, studied=False):
            self._db.execute("INSERT OR REPLACE INTO preferences VALUES (?, ?)", (name, json.dumps(value)))

    def streak(self, now: datetime | None = None) -> int:
        """Days in a row on which something was studied, up to today or yesterday (local dates)."""
        today = (now or self._clock()).astimezone().date()
        days = {date.fromisoformat(row["day"]) for row in self._all("SELECT day FROM days")}
        day = today if today in days else today - timedelta(days=1)
        count = 0
        while day in days:
            count, day = count + 1, day - timedelta(days=1)
        return count

    # The database -------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, committed and synced when the block ends, undone when it fails."""
        with self._lock, speaking(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _writing(self, now: datetime | None, *, studied: bool = True) -> Iterator[datetime]:
        at = now or self._clock()
        with self.transaction() as db:
            yield at
            if studied:
                db.execute("INSERT OR IGNORE INTO days VALUES (?)", (at.astimezone().date().isoformat(),))

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """What a question to the database brings, for the rooms of the record that have tables of their own."""
        return self._all(statement, *values)

    def _one(self, statement: str, *values: Any) -> sqlite3.Row | None:
        rows = self._all(statement, *values)
        return rows[0] if rows else None

    def _all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock, speaking(self.path):
            return self._db.execute(statement, values).fetchall()


def _answer(row: sqlite3.Row) -> Answer:
    return Answer(
        item=row["item"],
        hash=row["hash"],
        chosen=json.loads(row["chosen"]),
        right=bool(row["right"]),
        credit=row["credit"],
        confidence=Confidence(row["confidence"]) if row["confidence"] else None,
        objectives=tuple(json.loads(row["objectives"])),
        answered=moment(row["answered"]),
        sitting=row["sitting"],
        variant=row["variant"],
    )


def _lab_result(row: sqlite3.Row) -> LabResult:
    return LabResult(
        attempt=row["attempt"],
        lab=row["lab"],
        points=row["points"],
        maximum=row["maximum"],
        passed=bool(row["passed"]),
        hints=row["hints"],
        objectives=tuple(json.loads(row["objectives"])),
        at=moment(row["at"]),
        verdicts=json.loads(row["verdicts"]),
    )


def _review(row: sqlite3.Row) -> Review:
    expected = moment(row["expected"]) if row["expected"] else None
    return Review(row["item"], row["rating"], moment(row["at"]), expected, row["predicted"])


def _card(row: sqlite3.Row) -> ReviewCard:
    objectives = tuple(json.loads(row["objectives"]))
    return ReviewCard(row["item"], row["hash"], objectives, row["state"], moment(row["due"]))
