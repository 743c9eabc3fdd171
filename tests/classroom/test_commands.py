"""`ecslab submit` and `ecslab grade`, as they are typed."""

import gzip
import json
from pathlib import Path

import pytest

from ecslab.classroom.submission import read
from ecslab.cli.main import main
from ecslab.content.packs import find
from ecslab.lab.session import Session
from ecslab.progress.store import Store
from ecslab.quiz.course import load_quiz
from ecslab.quiz.desk import sit
from tests.classroom.work import LAB, edited, solve

QUIZ = "services"


@pytest.fixture(scope="module")
def handed_in(begin, pack, tmp_path_factory) -> Path:
    """A folder with Ada's lab, from a pack that is installed; she has answered its quiz as well."""
    assert main(["pack", "install", str(pack.root)]) == 0
    folder = tmp_path_factory.mktemp("handed-in")
    session: Session = begin()
    solve(session)
    session.verdicts()
    assert (
        main(["lab", "submit", LAB, "-o", str(folder / "ada.json.gz"), "--name", "Ada", "--student-id", "s1"])
        == 0
    )
    session.stop()
    quiz = load_quiz(find(pack.name), QUIZ)
    with Store.open() as store:
        sitting = sit(store, quiz, seed=1)
        for item in quiz.items:
            sitting.answer(1 if item.options else "7")
            sitting.next()
    return folder


def test_what_was_handed_in_is_graded_and_agrees(handed_in: Path, ecslab, tmp_path) -> None:
    status, out, err = ecslab("grade", handed_in)
    assert (status, err) == (0, "")
    assert out.splitlines()[1:] == [
        f"Ada      {LAB}     4/4  passed  {handed_in}/ada.json.gz",
        "1 graded, 0 refused, 0 disagree with their replay",
    ]
    report = tmp_path / "results.json"
    assert ecslab("grade", handed_in, "--format", "gradescope", "--out", report)[:2] == (
        0,
        "",
    )
    assert json.loads(report.read_text())["score"] == 4


def test_who_one_is_is_said_once(begin, ecslab, tmp_path, handed_in: Path) -> None:
    session = begin()
    session.give_up()
    status, out, _ = ecslab(
        "submit",
        LAB,
        "-o",
        tmp_path / "again.json",
    )
    assert status == 0
    assert out == (
        f"{tmp_path}/again.json (1 kB): {LAB}, 1 of 4 points, of Ada.\n"
        "Not every goal holds as things stand now; it is graded as it stands.\n"
    )
    assert read((tmp_path / "again.json").read_bytes()).learner.id == "s1"
    session.stop()


def test_a_bad_file_is_one_line_and_the_others_are_graded(handed_in: Path, ecslab, tmp_path) -> None:
    (tmp_path / "a.json").write_bytes((handed_in / "ada.json.gz").read_bytes())
    (tmp_path / "b.json").write_text('{"format": "something else"}')
    (tmp_path / "c.json").write_text("")
    (tmp_path / "notes.txt").write_text("not looked at in a folder")
    status, out, _ = ecslab("grade", tmp_path, "--format", "csv")
    assert status == 1
    rows = out.splitlines()
    assert len(rows) == 4
    assert rows[2].endswith("it is not a submission of ecslab")
    assert rows[3].endswith("it is not a submission: it is not JSON")


@pytest.mark.slow
def test_an_edited_file_is_a_negative_verdict(handed_in: Path, ecslab, tmp_path) -> None:
    content = gzip.decompress((handed_in / "ada.json.gz").read_bytes())
    (tmp_path / "a.json").write_bytes(edited(content, lambda value: value["claims"].update(points=40)))
    status, out, _ = ecslab("grade", tmp_path)
    assert status == 1
    assert "    disagrees: the file says 40 points, the replay 4\n" in out


def test_a_quiz_is_handed_in_and_analysed(ecslab, tmp_path, handed_in: Path) -> None:
    status, out, _ = ecslab("submit", QUIZ, "-o", tmp_path / "q.json")
    assert status == 0
    assert f"{QUIZ}, " in out
    status, out, _ = ecslab("grade", tmp_path, "--analyze", "--format", "json")
    assert status == 0
    (work,) = json.loads(out)
    assert (work["kind"], work["count"]) == ("quiz", 1)
    chosen = [choice for item in work["items"] for choice in item["choices"] if choice["count"]]
    assert chosen


@pytest.mark.slow
def test_a_class_table(handed_in: Path, ecslab, tmp_path) -> None:
    roster = tmp_path / "class.yaml"
    roster.write_text(
        f"format: 1\ntitle: Harbour\nstudents: [{{id: s1, name: Ada}}, {{id: s2}}]\nwork: [{{id: {LAB}}}]\n"
    )
    status, out, _ = ecslab("grade", handed_in, "--class", roster)
    assert status == 0
    assert out.splitlines()[3:6] == ["s1       Ada  4/4", "s2            –", ""]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["grade", "/no/such/place"], "there is no /no/such/place"),
        (["grade", ".", "--jobs", "0"], "--jobs counts from 1"),
        (["grade", ".", "--analyze", "--format", "csv"], "--analyze has no csv report; choose table or json"),
        (["grade", ".", "--class", "x.yaml", "--format", "junit"], "--class has no junit report"),
        (["grade", ".", "--class", "x.yaml", "--analyze"], "--analyze and --class are two reports"),
        (["grade", ".", "--class", "/no/class.yaml"], "cannot read /no/class.yaml"),
        (["submit", "no-such-lab"], "the lab no-such-lab has not been started"),
        (["submit", "exam"], "the exam has not been answered yet"),
        (["submit", LAB, "--name", "a\x1bb"], "only printable ones"),
    ],
)
def test_usage(words: list[str], why: str, ecslab, handed_in: Path) -> None:
    status, out, err = ecslab(*words)
    assert (status, out) == (2, "")
    assert why in err
    assert err.count("\n") == 1
