"""The whole record as one file, and back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecslab.progress.records import Answer, Confidence, Kind, ProgressProblem
from ecslab.progress.schema import TABLES, VERSION
from ecslab.progress.store import Store
from ecslab.progress.transfer import FORMAT, export, export_file, import_document, import_file

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def filled(tmp_path: Path):
    with Store(tmp_path / "a.sqlite3", clock=lambda: NOW) as store:
        store.mark_page("l", 0, 2)
        sitting = store.start_sitting(Kind.QUIZ, "q", ["q/a"], 3)
        store.record_answer(
            Answer("q/a", "h", [1, "ä"], True, 1.0, Confidence.GUESS, ("o",), sitting=sitting.id)
        )
        store.record_lab(store.start_lab("lab"), points=1, maximum=2, passed=False, verdicts=[{"id": "x"}])
        store.set_preference("theme", "dark")
        yield store


def test_what_goes_out_comes_back(filled, tmp_path):
    export_file(filled, tmp_path / "out.json", NOW)
    with Store(tmp_path / "b.sqlite3") as other:
        import_file(other, tmp_path / "out.json")
        assert export(other, NOW) == export(filled, NOW)
        assert other.answers() == filled.answers()


def test_two_records_are_never_mixed(filled, tmp_path):
    export_file(filled, tmp_path / "out.json", NOW)
    with pytest.raises(ProgressProblem, match="already holds progress"):
        import_file(filled, tmp_path / "out.json")
    assert len(filled.answers()) == 1


def test_a_preference_alone_is_no_progress(filled, tmp_path):
    export_file(filled, tmp_path / "out.json", NOW)
    with Store(tmp_path / "b.sqlite3") as other:
        other.set_preference("theme", "light")
        import_file(other, tmp_path / "out.json")
        assert other.preference("theme") == "dark"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no json", "not an export"),
        ("[]", "not an export"),
        (json.dumps({"format": FORMAT, "schema": VERSION, "tables": []}), "not an export"),
        (json.dumps({"format": FORMAT, "schema": VERSION + 1, "tables": {}}), "newer ecslab"),
        (
            json.dumps({"format": FORMAT, "schema": VERSION, "tables": {"days": [{"wrong": 1}]}}),
            "does not fit",
        ),
        (json.dumps({"format": FORMAT, "schema": VERSION, "tables": {"pages": [1]}}), "does not fit"),
    ],
)
def test_a_file_that_is_no_export_changes_nothing(tmp_path, content, says):
    (tmp_path / "in.json").write_text(content)
    with Store(tmp_path / "b.sqlite3") as store:
        with pytest.raises(ProgressProblem, match=says) as refused:
            import_file(store, tmp_path / "in.json")
        assert "\n" not in str(refused.value)
        assert not any(export(store, NOW)["tables"][table] for table in TABLES)


def test_an_import_that_fails_half_way_leaves_the_record_empty(filled, tmp_path):
    document = export(filled, NOW)
    document["tables"]["answers"][0]["sitting"] = 99
    (tmp_path / "in.json").write_text(json.dumps(document))
    with Store(tmp_path / "b.sqlite3") as store:
        with pytest.raises(ProgressProblem):
            import_file(store, tmp_path / "in.json")
        assert store.lessons() == []


def test_a_file_that_cannot_be_written_or_read_is_named(filled, tmp_path):
    with pytest.raises(ProgressProblem, match="cannot write"):
        export_file(filled, tmp_path / "none" / "out.json", NOW)
    with pytest.raises(ProgressProblem, match="cannot read"):
        import_file(filled, tmp_path / "none.json")


def test_flags_go_along_and_an_export_of_the_first_version_still_comes_in(filled, tmp_path):
    filled.flag("q/a", "h", note="odd")
    document = export(filled, NOW)
    with Store(tmp_path / "b.sqlite3") as other:
        import_document(other, document, tmp_path)
        assert other.flags() == filled.flags()
    del document["tables"]["flags"]
    for row in document["tables"]["answers"]:
        del row["variant"]
    with Store(tmp_path / "c.sqlite3") as other:
        import_document(other, {**document, "schema": 1}, tmp_path)
        assert other.answers() == filled.answers()
