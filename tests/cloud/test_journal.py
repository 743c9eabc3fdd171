"""The journal: what was acknowledged is there again after any death of the process."""

from pathlib import Path

import pytest

from ecslab.cloud import journal
from ecslab.cloud.journal import Entry, Journal, JournalDamaged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def written(path: Path, *entries: Entry, header: bool = True) -> Journal:
    book = Journal(path)
    if header:
        book.write({"format": journal.FORMAT, "world": "abc"})
    for entry in entries:
        book.entry(entry)
    return book


def entry(n: int, t: int, **more: object) -> Entry:
    return Entry(n=n, t=t, kind="request", changes=True, **more)  # type: ignore[arg-type]


def test_no_file_is_no_history(path: Path) -> None:
    assert journal.load(path) is None


def test_what_is_written_is_read_again_any_byte_of_it(path: Path) -> None:
    body = bytes(range(256)).decode("latin-1")
    written(path, entry(1, 10, body=body, operation="CreateCluster"))
    history = journal.load(path)
    assert history is not None
    assert history.header["world"] == "abc"
    assert history.entries == [entry(1, 10, body=body, operation="CreateCluster")]


def test_an_input_of_the_very_first_moment_and_a_read_keep_all_they_say(path: Path) -> None:
    first = entry(1, 0, status=0)
    read = Entry(n=2, t=0, kind="request", changes=False)
    written(path, first, read).close()
    history = journal.load(path)
    assert history is not None
    assert history.entries == [first, read]


def test_an_entry_is_with_the_operating_system_when_write_returns(path: Path) -> None:
    book = written(path, entry(1, 10))
    history = journal.load(path)  # the writer has neither synced nor closed
    assert history is not None
    assert [e.n for e in history.entries] == [1]
    book.close()


def test_a_torn_last_line_is_cut_off_and_writing_goes_on(path: Path) -> None:
    written(path, entry(1, 10)).close()
    with path.open("ab") as file:
        file.write(b'{"n":2,"t":20,"ki')
    history = journal.load(path)
    assert history is not None
    assert [e.n for e in history.entries] == [1]
    written(path, entry(2, 30), header=False).close()
    again = journal.load(path)
    assert again is not None
    assert [(e.n, e.t) for e in again.entries] == [(1, 10), (2, 30)]


def test_a_mark_after_the_last_entry_says_where_time_had_got(path: Path) -> None:
    book = written(path, entry(1, 10))
    book.mark(500)
    book.mark(900)
    book.close()
    history = journal.load(path)
    assert history is not None
    assert history.marked == 900


def test_undone_entries_stay_marked_and_time_goes_back(path: Path) -> None:
    book = written(path, entry(1, 10), entry(2, 20))
    book.mark(5_000)
    book.undo([2], 19, "undo")
    book.close()
    history = journal.load(path)
    assert history is not None
    assert [(e.n, e.undone) for e in history.entries] == [(1, False), (2, True)]
    assert history.marked == 19


def test_a_damaged_line_in_the_middle_is_refused_by_file_and_line(path: Path) -> None:
    written(path, entry(1, 10)).close()
    path.write_bytes(path.read_bytes() + b"garbage\n" + b'{"mark":1}\n')
    with pytest.raises(JournalDamaged, match=r"line 3: not JSON"):
        journal.load(path)


def test_another_format_is_refused(path: Path) -> None:
    path.write_text('{"format":99}\n')
    with pytest.raises(JournalDamaged, match="format 99"):
        journal.load(path)
