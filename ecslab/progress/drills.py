"""Results of drills: what was hidden, whether it was repaired and named, how fast, and the best so far.

A result also moves the card `drill/FAULT` in the review queue, so that what was missed comes back.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecslab.progress.curriculum import DRILL
from ecslab.progress.records import moment, stamp, utc_now
from ecslab.progress.store import Store


@dataclass(frozen=True)
class DrillResult:
    """One drill that is over."""

    fault: str
    world: str
    seed: int
    objectives: tuple[str, ...]
    repaired: bool
    named: bool
    answers: int
    """How many causes were chosen, the right one included."""
    told: bool
    """The fault was known before: it had been asked for by name."""
    points: float
    """Of 100."""
    detected_ms: int | None = None
    repaired_ms: int | None = None
    """Simulated ms since the drill began."""
    seconds: float | None = None
    """Real seconds until the repair, when the drill was done in one go."""
    at: datetime | None = None

    @property
    def rating(self) -> int:
        """How well it was remembered, on FSRS's scale: 1 again, 2 hard, 3 good."""
        if not (self.repaired and self.named):
            return 1
        return 3 if self.answers == 1 or self.told else 2


def keep(store: Store, result: DrillResult, content: str, now: datetime | None = None) -> int:
    """Keeps a result and moves its card; the result's number. `content` tells versions of the fault apart."""
    at = now or utc_now()
    columns = {
        "fault": result.fault, "world": result.world, "seed": result.seed, "objectives": json.dumps(result.objectives),
        "repaired": int(result.repaired), "named": int(result.named), "answers": result.answers,
        "told": int(result.told), "points": result.points, "detected_ms": result.detected_ms,
        "repaired_ms": result.repaired_ms, "seconds": result.seconds, "at": stamp(at),
    }  # fmt: skip
    with store.transaction() as db:
        marks = ", ".join("?" * len(columns))
        cursor = db.execute(
            f"INSERT INTO drill_results ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values())
        )
        number = int(cursor.lastrowid or 0)
    store.record_review(
        DRILL + result.fault, result.rating, content=content, objectives=result.objectives, now=at
    )
    return number


def one(store: Store, number: int) -> DrillResult | None:
    """A result by its number; None when the record of progress is another one."""
    with store.transaction() as db:
        row = db.execute("SELECT * FROM drill_results WHERE id = ?", (number,)).fetchone()
    return _result(row) if row else None


def results(store: Store, fault: str | None = None) -> list[DrillResult]:
    """All results, oldest first."""
    with store.transaction() as db:
        rows = db.execute(
            "SELECT * FROM drill_results WHERE ?1 IS NULL OR fault = ?1 ORDER BY id", (fault,)
        ).fetchall()
    return [_result(row) for row in rows]


def tried(store: Store) -> dict[str, int]:
    """How often each fault was met."""
    counts: dict[str, int] = {}
    for result in results(store):
        counts[result.fault] = counts.get(result.fault, 0) + 1
    return counts


def best(store: Store) -> dict[str, DrillResult]:
    """The best result in each fault: more points first, then the quicker repair by the world's clock."""
    found: dict[str, DrillResult] = {}
    for result in results(store):
        held = found.get(result.fault)
        if held is None or _order(result) > _order(held):
            found[result.fault] = result
    return found


def due(store: Store, now: datetime | None = None) -> list[str]:
    """Faults whose drill is due, the longest overdue first."""
    return [card.item.removeprefix(DRILL) for card in store.due_cards(now) if card.item.startswith(DRILL)]


def _order(result: DrillResult) -> tuple[float, float]:
    quick = result.repaired_ms if result.repaired_ms is not None else float("inf")
    return result.points, -quick


def _result(row: sqlite3.Row) -> DrillResult:
    fields: dict[str, Any] = {name: row[name] for name in row.keys() if name != "id"}  # noqa: SIM118
    for name in ("repaired", "named", "told"):
        fields[name] = bool(fields[name])
    fields["objectives"] = tuple(json.loads(fields["objectives"]))
    return DrillResult(**{**fields, "at": moment(row["at"])})
