"""Taking the record elsewhere: all of it as one JSON document, and back, into an empty record or a used one.

An import *merges*: what is in both is there once, what is in one of them is there afterwards, and the same
file imported again changes nothing. Rows that carry a number of their own are known by what they say, and
get the number that they have here; a row that goes on (an exam, a card, a lesson) is kept as it is where it
is further. A file that does not fit changes nothing at all.
"""

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from ecslab.progress import exams
from ecslab.progress.records import ProgressProblem, stamp
from ecslab.progress.review import recall
from ecslab.progress.schema import TABLES, VERSION
from ecslab.progress.store import Store
from ecslab.terms.problems import Exit

FORMAT = "ecslab-progress"
NUMBER = "id"
GOING_ON = {"sittings": ("finished",)}
"""Columns that are filled in later: they do not tell two numbered rows apart, and a filled one wins."""
FURTHER = {"lessons": "opened", "exams": "seen", "exam_items": "changed", "exam_pauses": "ended"}
"""The column that says which of two rows with the same key is further: the greater one."""


def export(store: Store, now: datetime) -> dict[str, Any]:
    """Everything in the record."""
    with store.transaction() as db:
        tables = {table: [dict(row) for row in db.execute(f"SELECT * FROM {table}")] for table in TABLES}
    return {"format": FORMAT, "schema": VERSION, "exported": stamp(now), "tables": tables}


def export_file(store: Store, path: Path, now: datetime) -> None:
    """Write the record to `path`, which is replaced only once the new file is complete."""
    text = json.dumps(export(store, now), indent=1, ensure_ascii=False) + "\n"
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise ProgressProblem(f"cannot write {path} ({error.strerror})", "name another file") from error


def import_file(store: Store, path: Path) -> int:
    """Merge an export into the record; returns how many rows were new or further."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProgressProblem(f"cannot read {path} ({error.strerror})", "name another file") from error
    except (ValueError, RecursionError) as error:
        raise _not_an_export(path) from error
    return import_document(store, document, path)


def import_document(store: Store, document: Any, path: Path) -> int:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _not_an_export(path)
    if not isinstance(document.get("schema"), int) or document["schema"] > VERSION:
        raise ProgressProblem(f"{path} was exported by a newer ecslab", "upgrade ecslab and import it again")
    tables = document.get("tables")
    if not isinstance(tables, dict) or not all(isinstance(tables.get(t, []), list) for t in TABLES):
        raise _not_an_export(path)
    with store.transaction() as db:
        try:
            merge = _Merge(db)
            count = sum(merge.table(name, tables.get(name, [])) for name in TABLES)
            _readable(store)
        except (sqlite3.Error, TypeError, AttributeError, LookupError, ValueError) as error:
            raise ProgressProblem(
                f"{path} is damaged or does not fit this ecslab's record ({type(error).__name__}: {error})",
                "nothing was imported",
            ) from error
    return count


class _Merge:
    """Rows of another record on their way into this one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._numbers: dict[str, dict[Any, int]] = {}
        """For each table whose rows are numbered: the number there -> the number here."""

    def table(self, name: str, rows: list[dict[str, Any]]) -> int:
        info = self._db.execute(f"PRAGMA table_info({name})").fetchall()
        needed = {column["name"] for column in info if column["notnull"] or column["pk"]}
        columns = [column["name"] for column in info]
        links = {
            link["from"]: link["table"]
            for link in self._db.execute(f"PRAGMA foreign_key_list({name})")
            if link["to"] in (None, NUMBER, "sitting")
        }
        count = 0
        for row in rows:
            lacking = sorted(column for column in needed if row.get(column) is None)
            if lacking:
                raise KeyError(f"{name} lacks {', '.join(lacking)}")
            values = {column: row.get(column) for column in columns}
            for column, table in links.items():
                values[column] = self._here(table, values[column])
            keys = [column["name"] for column in info if column["pk"]]
            if keys == [NUMBER]:
                count += self._numbered(name, values)
            else:
                count += self._keyed(name, keys, values)
        return count

    def _here(self, table: str, number: Any) -> Any:
        """The number that a row of another table has here. An exam has its sitting's."""
        if number is None or table not in (*self._numbers, "exams"):
            return number
        return self._numbers["sittings" if table == "exams" else table][number]

    def _numbered(self, table: str, values: dict[str, Any]) -> int:
        there = values.pop(NUMBER)
        later = GOING_ON.get(table, ())
        told = [column for column in values if column not in later]
        found = self._db.execute(
            f"SELECT * FROM {table} WHERE {' AND '.join(f'{column} IS ?' for column in told)}",
            [values[column] for column in told],
        ).fetchone()
        if found is None:
            cursor = self._insert(table, values)
            here, count = int(cursor.lastrowid or 0), 1
        else:
            here, count = found[NUMBER], 0
            for column in later:
                if found[column] is None and values[column] is not None:
                    self._db.execute(
                        f"UPDATE {table} SET {column} = ? WHERE {NUMBER} = ?", (values[column], here)
                    )
                    count = 1
        self._numbers.setdefault(table, {})[there] = here
        return count

    def _keyed(self, table: str, keys: list[str], values: dict[str, Any]) -> int:
        where = " AND ".join(f"{key} = ?" for key in keys)
        found = self._db.execute(
            f"SELECT * FROM {table} WHERE {where}", [values[key] for key in keys]
        ).fetchone()
        if found is not None:
            if not _further(table, values, dict(found)):
                return 0
            self._db.execute(
                f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in values)} WHERE {where}",
                [*values.values(), *(values[key] for key in keys)],
            )
            return 1
        self._insert(table, values)
        return 1

    def _insert(self, table: str, values: dict[str, Any]) -> sqlite3.Cursor:
        return self._db.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            list(values.values()),
        )


def _further(table: str, new: dict[str, Any], held: dict[str, Any]) -> bool:
    """Whether a row from elsewhere goes on where the one here stopped."""
    if table == "cards":
        ours, theirs = (json.loads(card["state"])["last_review"] or "" for card in (held, new))
        return bool(theirs > ours)
    column = FURTHER.get(table)
    return column is not None and (new[column] or "") > (held[column] or "")


def _readable(store: Store) -> None:
    """What came in can be read again: a damaged value must not wait in the record for another day."""
    store.lessons(), store.sittings(), store.answers(), store.best_labs(), store.reviews(), store.streak()
    for row in store.rows("SELECT value FROM preferences"):
        json.loads(row["value"])
    for card in store.cards():
        recall(card.state, card.due)
    for row in store.rows("SELECT sitting FROM exams"):
        exams.exam(store, row["sitting"])


def _not_an_export(path: Path) -> ProgressProblem:
    return ProgressProblem(
        f"{path} is not an export of ecslab's progress",
        "write one with `ecslab progress export FILE`",
        status=Exit.USAGE,
    )
