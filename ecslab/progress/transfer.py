"""Taking the record elsewhere: all of it as one JSON document, and back into an empty record.

An import never mixes two records: it fills an empty one or is refused, so that it cannot lose or
double anything.
"""

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from ecslab.progress.records import ProgressProblem, stamp
from ecslab.progress.schema import TABLES, VERSION
from ecslab.progress.store import Store
from ecslab.terms.problems import Exit

FORMAT = "ecslab-progress"
STUDIED = tuple(table for table in TABLES if table != "preferences")
"""A record in which only these are empty is empty: a colour theme is no progress."""


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
    """Fill an empty record from an export; returns how many rows came in."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProgressProblem(f"cannot read {path} ({error.strerror})", "name another file") from error
    except ValueError as error:
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
        if any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in STUDIED):
            raise ProgressProblem(
                f"{store.path} already holds progress, and two records cannot be mixed",
                "export it and move it away first, or import with ECSLAB_HOME naming an empty directory",
            )
        db.execute("DELETE FROM preferences")
        try:
            return sum(_fill(db, table, tables.get(table, [])) for table in TABLES)
        except (sqlite3.Error, TypeError, AttributeError, KeyError) as error:
            raise ProgressProblem(
                f"{path} does not fit this ecslab's record ({error})", "nothing was imported"
            ) from error


def _fill(db: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> int:
    about = db.execute(f"PRAGMA table_info({table})").fetchall()
    columns = [column["name"] for column in about]
    must = {column["name"] for column in about if column["notnull"] or column["pk"]}
    # What may be empty may be missing too: an older ecslab did not know it.
    values = [[row[name] if name in must else row.get(name) for name in columns] for row in rows]
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    db.executemany(statement, values)
    return len(rows)


def _not_an_export(path: Path) -> ProgressProblem:
    return ProgressProblem(
        f"{path} is not an export of ecslab's progress",
        "write one with `ecslab progress export FILE`",
        status=Exit.USAGE,
    )
