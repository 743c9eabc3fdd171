"""Exams in the record of progress: which questions, what was chosen and flagged so far, and the time.

An exam's answers may change until it is handed in, so they are kept beside the questions and become
answers, with their places in the review queue, only then (`Store.record_exam`). Time is kept as *spent*:
it is written with every change and by a heartbeat, so that a crash loses seconds and is never charged.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecslab.progress.records import Kind, SittingRecord, moment, stamp
from ecslab.progress.store import Store

EXAM = "exam"
"""What an exam is called in the record where a quiz has its id; a pack's key of it tells packs apart."""


class Why(StrEnum):
    """Why an exam stood still."""

    PAUSED = "paused"
    LEFT = "left"
    INTERRUPTED = "interrupted"
    """It ended without a word: a crash, a kill, a flat battery."""


@dataclass(frozen=True)
class ExamItem:
    """One question of an exam, as the record has it."""

    item: str
    hash: str
    scored: bool
    chosen: Any = None
    """None: not answered."""
    flagged: bool = False


@dataclass(frozen=True)
class Pause:
    began: datetime
    ended: datetime | None
    why: Why


@dataclass(frozen=True)
class ExamRecord:
    """An exam, running or handed in."""

    sitting: SittingRecord
    form: str
    allowed: float
    """Seconds."""
    spent: float
    """Seconds of work so far; pauses are not in it."""
    seen: datetime
    """When the time was last written."""
    items: tuple[ExamItem, ...]
    pauses: tuple[Pause, ...]

    @property
    def id(self) -> int:
        return self.sitting.id

    @property
    def left(self) -> float:
        return max(0.0, self.allowed - self.spent)


def start(
    store: Store,
    pack: str,
    form: str,
    items: Sequence[ExamItem],
    *,
    seed: int,
    allowed: float,
    now: datetime | None = None,
) -> ExamRecord:
    """Begin an exam over the questions of a pack."""
    sitting = store.start_sitting(Kind.EXAM, pack, [item.item for item in items], seed, now)
    with store.transaction() as db:
        db.execute(
            "INSERT INTO exams VALUES (?, ?, ?, 0, ?)", (sitting.id, form, allowed, stamp(sitting.started))
        )
        db.executemany(
            "INSERT INTO exam_items (sitting, place, item, hash, scored) VALUES (?, ?, ?, ?, ?)",
            [(sitting.id, n, item.item, item.hash, int(item.scored)) for n, item in enumerate(items)],
        )
    found = exam(store, sitting.id)
    if found is None:
        raise KeyError(sitting.id)
    return found


def exam(store: Store, number: int) -> ExamRecord | None:
    sitting = store.sitting(number)
    held = store.rows("SELECT * FROM exams WHERE sitting = ?", number)
    if sitting is None or not held:
        return None
    row = held[0]
    items = store.rows("SELECT * FROM exam_items WHERE sitting = ? ORDER BY place", number)
    pauses = store.rows("SELECT * FROM exam_pauses WHERE sitting = ? ORDER BY began", number)
    return ExamRecord(
        sitting,
        row["form"],
        row["allowed"],
        row["spent"],
        moment(row["seen"]),
        tuple(_item(each) for each in items),
        tuple(
            Pause(moment(p["began"]), moment(p["ended"]) if p["ended"] else None, Why(p["why"]))
            for p in pauses
        ),
    )


def unfinished(store: Store, pack: str) -> ExamRecord | None:
    """The exam of this pack that was begun and not handed in."""
    held = store.unfinished_sitting(Kind.EXAM, pack)
    return exam(store, held.id) if held else None


def finished(store: Store, pack: str) -> list[ExamRecord]:
    """The exams of this pack that were handed in, oldest first."""
    ended = [s.id for s in store.sittings(pack) if s.kind is Kind.EXAM and s.finished]
    return [found for number in ended if (found := exam(store, number)) is not None]


def keep(
    store: Store, number: int, place: int, *, chosen: Any, flagged: bool, spent: float, now: datetime
) -> None:
    """What one question (from 0) looks like now, and the time with it, in one step."""
    with store.transaction() as db:
        db.execute(
            "UPDATE exam_items SET chosen = ?, flagged = ?, changed = ? WHERE sitting = ? AND place = ?",
            (None if chosen is None else json.dumps(chosen), int(flagged), stamp(now), number, place),
        )
        _time(db, number, spent, now)


def withdraw(store: Store, number: int, place: int) -> None:
    """A question that the pack no longer has as it was asked does not count any more."""
    with store.transaction() as db:
        db.execute(
            "UPDATE exam_items SET scored = 0, chosen = NULL WHERE sitting = ? AND place = ?", (number, place)
        )


def tick(store: Store, number: int, spent: float, now: datetime) -> None:
    """The heartbeat: so much time is spent."""
    with store.transaction() as db:
        _time(db, number, spent, now)


def pause(store: Store, number: int, why: Why, spent: float, began: datetime) -> None:
    """The exam stands still from `began` on."""
    with store.transaction() as db:
        _time(db, number, spent, began)
        db.execute(
            "INSERT OR IGNORE INTO exam_pauses (sitting, began, why) VALUES (?, ?, ?)",
            (number, stamp(began), why.value),
        )


def resume(store: Store, number: int, now: datetime) -> None:
    """The exam runs again; one that nobody paused was interrupted when it was last seen."""
    with store.transaction() as db:
        ended = db.execute(
            "UPDATE exam_pauses SET ended = ? WHERE sitting = ? AND ended IS NULL", (stamp(now), number)
        )
        if not ended.rowcount:
            db.execute(
                "INSERT OR IGNORE INTO exam_pauses SELECT sitting, seen, ?, ? FROM exams WHERE sitting = ?",
                (stamp(now), Why.INTERRUPTED.value, number),
            )
        db.execute("UPDATE exams SET seen = ? WHERE sitting = ?", (stamp(now), number))


def _time(db: sqlite3.Connection, number: int, spent: float, now: datetime) -> None:
    db.execute(
        "UPDATE exams SET spent = max(spent, ?), seen = ? WHERE sitting = ?", (spent, stamp(now), number)
    )


def _item(row: sqlite3.Row) -> ExamItem:
    chosen = None if row["chosen"] is None else json.loads(row["chosen"])
    return ExamItem(row["item"], row["hash"], bool(row["scored"]), chosen, bool(row["flagged"]))
