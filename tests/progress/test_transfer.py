"""The whole record as one file, and back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecslab.progress import exams
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


def tables(store: Store) -> dict[str, list[str]]:
    """The record without the numbers of its rows, which may differ from one file to another."""
    found = export(store, NOW)["tables"]
    hidden = ("id", "sitting", "attempt")
    return {
        name: sorted(json.dumps({k: v for k, v in row.items() if k not in hidden}) for row in rows)
        for name, rows in found.items()
    }


def test_the_same_file_twice_changes_nothing(filled, tmp_path):
    export_file(filled, tmp_path / "out.json", NOW)
    before = export(filled, NOW)
    assert import_file(filled, tmp_path / "out.json") == 0
    assert export(filled, NOW) == before


def test_two_records_merge_whichever_comes_first(filled, tmp_path):
    later = NOW + timedelta(days=1)
    with Store(tmp_path / "b.sqlite3", clock=lambda: later) as other:
        other.mark_page("l", 1, 2)
        other.mark_page("m", 0, 3)
        sitting = other.start_sitting(Kind.QUIZ, "q", ["q/b"], 4)
        other.record_answer(Answer("q/b", "h", 0, False, 0.0, sitting=sitting.id))
        other.record_answer(Answer("q/a", "h", 0, False, 0.0))
        export_file(filled, tmp_path / "a.json", NOW)
        export_file(other, tmp_path / "b.json", NOW)
        import_file(filled, tmp_path / "b.json")
        import_file(other, tmp_path / "a.json")
        assert tables(filled) == tables(other)
        assert {a.item: len(s.answers) for s in filled.sittings() for a in s.answers} == {"q/a": 1, "q/b": 1}
        assert filled.lesson_progress("l").finished
        assert next(card for card in filled.cards() if card.item == "q/a").due == later + timedelta(
            minutes=10
        )


def test_a_sitting_that_was_finished_elsewhere_is_finished_here(filled, tmp_path):
    export_file(filled, tmp_path / "open.json", NOW)
    with Store(tmp_path / "b.sqlite3", clock=lambda: NOW) as other:
        import_file(other, tmp_path / "open.json")
        other.finish_sitting(other.sittings()[0].id)
        export_file(other, tmp_path / "done.json", NOW)
    assert import_file(filled, tmp_path / "done.json") == 1
    assert [sitting.finished for sitting in filled.sittings()] == [NOW]
    import_file(filled, tmp_path / "open.json")
    assert filled.sittings()[0].finished == NOW


def test_an_exam_goes_along_with_its_answers_and_pauses(filled, tmp_path):
    asked = [exams.ExamItem("q/a", "h", True), exams.ExamItem("q/b", "h", False)]
    run = exams.start(filled, "pack", "short", asked, seed=1, allowed=240)
    exams.keep(filled, run.id, 1, chosen=[2], flagged=True, spent=30, now=NOW + timedelta(seconds=30))
    exams.pause(filled, run.id, exams.Why.PAUSED, 31, NOW + timedelta(seconds=31))
    export_file(filled, tmp_path / "out.json", NOW)
    with Store(tmp_path / "b.sqlite3", clock=lambda: NOW) as other:
        other.start_sitting(Kind.QUIZ, "another", ["x/y"], 0)
        import_file(other, tmp_path / "out.json")
        held, here = exams.unfinished(filled, "pack"), exams.unfinished(other, "pack")
        assert held and here
        assert (here.items, here.pauses, here.left) == (held.items, held.pauses, 209)


def test_one_s_own_preferences_stay(filled, tmp_path):
    export_file(filled, tmp_path / "out.json", NOW)
    with Store(tmp_path / "b.sqlite3") as other:
        other.set_preference("theme", "light")
        import_file(other, tmp_path / "out.json")
        assert other.preference("theme") == "light"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("answers", "chosen", "{"),
        ("answers", "answered", "yesterday"),
        ("cards", "state", "[]"),
        ("days", "day", None),
    ],
)
def test_a_damaged_value_is_refused_in_one_line_and_nothing_comes_in(filled, tmp_path, table, column, value):
    document = export(filled, NOW)
    document["tables"][table][0][column] = value
    (tmp_path / "in.json").write_text(json.dumps(document))
    with Store(tmp_path / "b.sqlite3") as store:
        with pytest.raises(ProgressProblem, match="damaged") as refused:
            import_file(store, tmp_path / "in.json")
        assert "\n" not in str(refused.value)
        assert not any(export(store, NOW)["tables"].values())


def test_a_file_that_was_cut_short_is_no_export(filled, tmp_path):
    export_file(filled, tmp_path / "out.json", NOW)
    text = (tmp_path / "out.json").read_text()
    (tmp_path / "out.json").write_text(text[: len(text) // 2])
    with pytest.raises(ProgressProblem, match="not an export"):
        import_file(filled, tmp_path / "out.json")


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
