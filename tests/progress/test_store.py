"""The record of progress keeps what it was told, and refuses what it cannot keep."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecslab.progress.connection import migrate
from ecslab.progress.records import Answer, Confidence, Kind, ProgressProblem
from ecslab.progress.schema import APPLICATION_ID, MIGRATIONS, VERSION
from ecslab.progress.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "progress.sqlite3"


@pytest.fixture
def store(path: Path):
    with Store(path, clock=lambda: NOW) as opened:
        yield opened


def answer(item: str = "q/a", right: bool = True, **fields) -> Answer:
    return Answer(item, fields.pop("hash", "h1"), 0, right, float(right), **fields)


def test_a_page_is_read_when_it_is_turned_and_reading_goes_on_at_the_next(store, path):
    store.mark_page("l", 0, 3)
    progress = store.mark_page("l", 1, 3)
    assert (progress.read, progress.position, progress.share, progress.finished) == ({0, 1}, 2, 2 / 3, False)
    with Store(path) as again:
        assert again.lesson_progress("l") == progress


def test_the_last_page_finishes_a_lesson(store):
    for page in range(3):
        store.mark_page("l", page, 3)
    assert store.lesson_progress("l").finished
    assert store.lesson_progress("l").position == 2


def test_a_lesson_that_became_shorter_does_not_count_pages_it_no_longer_has(store):
    store.mark_page("l", 4, 5)
    store.set_position("l", 0, 3)
    assert store.lesson_progress("l").read == frozenset()


def test_an_unopened_lesson_is_at_its_first_page(store):
    assert store.lesson_progress("none").position == 0
    assert store.lesson_progress("none").share == 0


def test_an_interrupted_sitting_is_found_again_with_its_answers(store, path):
    begun = store.start_sitting(Kind.QUIZ, "q", ["q/a", "q/b"], seed=7)
    store.record_answer(answer(sitting=begun.id, confidence=Confidence.SURE, objectives=("o",)))
    with Store(path) as again:
        found = again.unfinished_sitting(Kind.QUIZ, "q")
    assert (found.id, found.seed, found.items) == (begun.id, 7, ("q/a", "q/b"))
    assert [(a.item, a.right, a.confidence, a.objectives) for a in found.answers] == [
        ("q/a", True, Confidence.SURE, ("o",))
    ]


def test_a_finished_sitting_is_not_gone_on_with(store):
    begun = store.start_sitting(Kind.QUIZ, "q", ["q/a"], seed=7)
    assert store.finish_sitting(begun.id).finished == NOW
    assert store.unfinished_sitting(Kind.QUIZ, "q") is None


def test_a_failed_write_leaves_no_half_of_it(store):
    with pytest.raises(ProgressProblem):
        store.record_answer(answer(sitting=99))
    assert store.answers() == []
    assert store.cards() == []


def test_an_edited_question_begins_its_schedule_anew(store):
    for day in range(5):
        store.record_answer(answer(confidence=Confidence.SURE), NOW + timedelta(days=30 * day))
    far = store.cards()[0].due
    edited = store.record_answer(answer(hash="h2", right=True), NOW + timedelta(days=121))
    assert edited.hash == "h2"
    assert edited.due - (NOW + timedelta(days=121)) < far - (NOW + timedelta(days=120))


def test_only_due_cards_are_due_and_the_longest_overdue_come_first(store):
    store.record_answer(answer("q/late", right=False), NOW - timedelta(days=2))
    store.record_answer(answer("q/later", right=False), NOW - timedelta(days=1))
    store.record_answer(answer("q/known", confidence=Confidence.SURE), NOW)
    assert [card.item for card in store.due_cards(NOW)] == ["q/late", "q/later"]


def test_the_best_result_of_a_lab_counts(store):
    first = store.start_lab("fix", objectives=("o",))
    store.record_lab(first, points=6, maximum=8, passed=False, verdicts=[{"id": "a", "verdict": "pass"}])
    second = store.start_lab("fix", objectives=("o",))
    store.record_lab(second, points=8, maximum=8, passed=True)
    store.record_lab(second, points=2, maximum=8, passed=False)
    best = store.best_labs()["fix"]
    assert (best.points, best.passed, best.attempt, best.objectives) == (8, True, second, ("o",))


def test_preferences_are_any_json(store):
    assert store.preference("theme", "dark") == "dark"
    store.set_preference("theme", {"name": "light"})
    assert store.preference("theme") == {"name": "light"}


def test_a_streak_is_the_days_in_a_row_up_to_yesterday_or_today(store):
    for days in (5, 2, 1):
        store.mark_page("l", 0, 3, NOW - timedelta(days=days))
    assert store.streak(NOW) == 2
    store.mark_page("l", 0, 3, NOW)
    assert store.streak(NOW) == 3
    assert store.streak(NOW + timedelta(days=2)) == 0


def test_threads_share_a_store(store):
    threads = [
        threading.Thread(target=lambda n=n: [store.record_answer(answer(f"q/{n}-{i}")) for i in range(20)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.answers()) == 80


KILLED = """
import sys, os
from pathlib import Path
from ecslab.progress.records import Answer, Kind
from ecslab.progress.store import Store
store = Store(Path(sys.argv[1]))
sitting = store.start_sitting(Kind.QUIZ, "q", ["q/a", "q/b"], 1)
store.record_answer(Answer("q/a", "h", [2, 0], False, 0.5, sitting=sitting.id))
print("recorded", flush=True)
sys.stdin.read()
"""


def test_an_answer_survives_kill_9_the_moment_after_it_was_recorded(path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == "recorded"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    with Store(path) as store:
        found = store.unfinished_sitting(Kind.QUIZ, "q")
        assert [(a.item, a.chosen, a.credit) for a in found.answers] == [("q/a", [2, 0], 0.5)]
        assert [card.item for card in store.cards()] == ["q/a"]


def test_writes_are_synced_and_foreign_keys_hold(store):
    with store.transaction() as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_newer_schema_is_refused_in_one_line_and_left_alone(store, path):
    store.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(ProgressProblem, match=r"newer ecslab.*upgrade") as refused:
        Store(path)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is not a database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_named_and_left_alone(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ProgressProblem, match="damaged") as refused:
        Store(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == content


def test_a_record_with_a_torn_page_is_refused_not_read_wrongly(store, path):
    for n in range(300):
        store.record_answer(answer(f"q/{n}"))
    store.close()
    torn = bytearray(path.read_bytes())
    torn[8192:12288] = b"\xaa" * 4096
    path.write_bytes(torn)
    with pytest.raises(ProgressProblem, match="damaged"):
        Store(path)


def test_somebody_elses_database_is_not_touched(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    with pytest.raises(ProgressProblem, match="another program"):
        Store(path)
    with sqlite3.connect(path) as db:
        assert [row[0] for row in db.execute("SELECT name FROM sqlite_master")] == ["theirs"]
    db.close()


def test_a_place_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProgressProblem, match="ECSLAB_HOME"):
        Store(tmp_path / "file" / "progress.sqlite3")


def test_a_directory_in_the_files_place_says_what_to_do(tmp_path):
    (tmp_path / "progress.sqlite3").mkdir()
    with pytest.raises(ProgressProblem, match="ECSLAB_HOME"):
        Store(tmp_path / "progress.sqlite3")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_says_what_to_do(store, path):
    store.close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(ProgressProblem, match="ECSLAB_HOME"):
            Store(path).set_preference("x", 1)
    finally:
        path.parent.chmod(0o700)


def test_a_migration_happens_whole_or_not_at_all(store):
    broken = (*MIGRATIONS, "CREATE TABLE extra (x); CREATE TABLE extra (x)")
    with pytest.raises(ProgressProblem), store.transaction() as db:
        migrate(db, VERSION, broken)
    with store.transaction() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone()[0] == 0


def test_a_migration_keeps_what_was_there(store):
    store.record_answer(answer())
    with store.transaction() as db:
        migrate(db, VERSION, (*MIGRATIONS, "ALTER TABLE answers ADD COLUMN seconds REAL"))
    assert len(store.answers()) == 1


def test_a_bookmark_is_set_and_taken_away_and_the_newest_comes_first(store):
    assert store.turn_bookmark("pots", 2, NOW)
    assert store.turn_bookmark("trees", 0, NOW + timedelta(days=1))
    assert store.bookmarks() == [("trees", 0), ("pots", 2)]
    assert not store.turn_bookmark("trees", 0, NOW)
    assert store.bookmarks() == [("pots", 2)]


OLD = Path(__file__).parent / "data" / "progress-1.sql"


def test_a_record_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(path):
    path.parent.mkdir(parents=True)
    old = sqlite3.connect(path)
    old.executescript(OLD.read_text())
    old.close()
    with Store(path, clock=lambda: NOW) as store:
        assert [(a.item, a.right) for a in store.answers()] == [("q/a", True), ("q/b", False)]
        assert store.lesson_progress("l").read == {0, 1}
        assert [(r.item, r.expected, r.predicted) for r in store.reviews()] == [
            ("q/a", None, None),
            ("q/b", None, None),
        ]
        store.record_answer(answer("q/b"))
        assert store.reviews()[-1].predicted is not None
        assert store.rows("PRAGMA user_version")[0][0] == VERSION


def test_a_record_of_the_first_version_gains_variants_and_flags(tmp_path):
    path = tmp_path / "old.sqlite3"
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db, 0, MIGRATIONS[:1])
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(
        "INSERT INTO answers (item, hash, objectives, chosen, right, credit, answered)"
        " VALUES ('q/a', 'h', '[]', '1', 1, 1.0, '2026-01-01T00:00:00.000000Z')"
    )
    db.close()
    with Store(path) as store:
        assert store.answers()[0].variant is None
        store.record_answer(answer(variant=7))
        assert store.answers()[1].variant == 7
        store.flag("q/a", "h", note="odd", variant=7)
        assert [(f.item, f.note, f.variant) for f in store.flags()] == [("q/a", "odd", 7)]
