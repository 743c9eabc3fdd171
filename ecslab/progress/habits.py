"""Time spent, read off the record: no stopwatch runs, and nobody is watched.

Whatever was done left a moment behind. The time between two of them was spent learning as long as it is
no longer than `LONGEST`; what came before the first moment of a spell is not known and counts as `FIRST`.
It is an estimate, and said to be one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecslab.progress.records import moment
from ecslab.progress.store import Store

LONGEST = timedelta(minutes=10)
FIRST = timedelta(minutes=1)
MOMENTS = (
    ("answers", "answered"),
    ("pages", "read"),
    ("reviews", "at"),
    ("lab_attempts", "started"),
    ("lab_results", "at"),
    ("exam_items", "changed"),
)
"""Table and column of every moment at which something was done."""


@dataclass(frozen=True)
class TimeSpent:
    """Minutes."""

    today: int
    week: int
    """Today and the six days before."""
    total: int


def time_spent(store: Store, now: datetime) -> TimeSpent:
    texts = {
        row[0]
        for table, column in MOMENTS
        for row in store.rows(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
    }
    spells = spells_of(moment(text) for text in texts)
    today = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return TimeSpent(
        _minutes(spells, today), _minutes(spells, today - timedelta(days=6)), _minutes(spells, None)
    )


def spells_of(moments: Iterable[datetime]) -> list[tuple[datetime, timedelta]]:
    """For every moment, how long was worked up to it."""
    found: list[tuple[datetime, timedelta]] = []
    before: datetime | None = None
    for at in sorted(moments):
        gap = at - before if before is not None else LONGEST * 2
        found.append((at, gap if gap <= LONGEST else FIRST))
        before = at
    return found


def _minutes(spells: list[tuple[datetime, timedelta]], since: datetime | None) -> int:
    spent = sum((gap for at, gap in spells if since is None or at >= since), timedelta())
    return round(spent.total_seconds() / 60)
