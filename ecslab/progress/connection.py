"""Opening the progress file and saying in one line why it cannot be used.

A file that is damaged, somebody else's or from a newer ecslab is left exactly as it was found.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ecslab.progress.records import ProgressProblem
from ecslab.progress.schema import APPLICATION_ID, MIGRATIONS, VERSION

BUSY_SECONDS = 10.0
ELSEWHERE = "or name another directory in ECSLAB_HOME"


@contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turns what SQLite says into what a person can do about it."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        raise _problem(path, error) from error


def connect(path: Path) -> sqlite3.Connection:
    """The database at `path`, made if there is none, brought up to this version's shape.

    Raises:
        ProgressProblem: it cannot be used; nothing was changed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProgressProblem(
            f"cannot make {path.parent} for the record of progress ({error.strerror})",
            f"make it writable {ELSEWHERE}",
        ) from error
    _refuse_foreign(path)
    with speaking(path):
        db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
        return db


def _refuse_foreign(path: Path) -> None:
    """Look without writing: even switching on the write-ahead log would change a file that is not ours."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with speaking(path):
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            owner = db.execute("PRAGMA application_id").fetchone()[0]
            version = db.execute("PRAGMA user_version").fetchone()[0]
            empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            health = "ok" if empty else db.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            db.close()
    if health != "ok":
        raise _damaged(path, health)
    if owner != APPLICATION_ID and not empty:
        raise ProgressProblem(
            f"{path} is a database of another program", f"move it out of the way {ELSEWHERE}"
        )
    if version > VERSION:
        raise ProgressProblem(
            f"{path} was written by a newer ecslab (schema {version}, this one knows {VERSION})",
            "upgrade ecslab; the record was left untouched",
        )


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    if _version(db) < VERSION:
        db.execute("BEGIN IMMEDIATE")
        try:
            migrate(db, _version(db), MIGRATIONS)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def migrate(db: sqlite3.Connection, version: int, migrations: tuple[str, ...]) -> None:
    """Play the steps after `version`, inside the caller's transaction."""
    for step in migrations[version:]:
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {len(migrations)}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _problem(path: Path, error: sqlite3.Error) -> ProgressProblem:
    text = str(error)
    if "locked" in text or "busy" in text:
        return ProgressProblem(f"{path} is in use by another ecslab", "close it there and try again")
    if "full" in text:
        return ProgressProblem(f"no room on the disk for {path}", "free some space; nothing was lost")
    if "readonly" in text or "unable to open" in text or "disk I/O" in text:
        return ProgressProblem(
            f"cannot write the record of progress {path} ({text})", f"make it writable {ELSEWHERE}"
        )
    return _damaged(path, text)


def _damaged(path: Path, text: str) -> ProgressProblem:
    return ProgressProblem(
        f"{path} is damaged ({text.splitlines()[0]})",
        f"it was left untouched: move it away, keep it, then `ecslab import` your last export {ELSEWHERE}",
    )
