"""What an attempt writes down survives a crash in the middle of a line, and knows its own format."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ecslab.content.packs import Pack
from ecslab.lab.record import About, Record
from ecslab.lab.session import Session
from ecslab.lab.workspace import lay_out
from ecslab.sandbox.warm import Warm
from ecslab.terms.problems import Problem

PACK = {
    "pack.yaml": "format: 1\nname: small\nversion: 0.1.0\ntitle: Small\nauthors: [us]\nlicense: MIT\n",
    "labs/worlds/empty/template.yaml": (
        "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 10.0.0.0/16}\n"
    ),
    "labs/ask/lab.yaml": (
        "format: 1\nid: ask\ntitle: A question\nkind: guided\nobjectives: [a.b]\nminutes: 1\n"
        "world: {base: empty}\nstory: Which port?\nchecks:\n"
        "  - id: port\n    goal: You know the port\n"
        "    answer: {prompt: Which port does HTTP have?, kind: number, is: 80}\n"
    ),
}


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    for name, text in PACK.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Pack(tmp_path)


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.append("hint", number=1)
    with record.path.open("a") as file:
        file.write('{"kind": "hi')
    assert [line["number"] for line in record.lines("hint")] == [1]


def test_a_directory_without_a_session_is_none(tmp_path: Path) -> None:
    assert About.read(tmp_path) is None
    (tmp_path / "session.json").write_text("{")
    assert About.read(tmp_path) is None


def test_a_session_of_a_newer_ecslab_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "session.json").write_text(json.dumps({"format": 99, "lab": "x"}))
    with pytest.raises(Problem, match="written by a newer ecslab; update ecslab"):
        About.read(tmp_path)


def test_the_workspace_is_laid_out_once_without_links(tmp_path: Path) -> None:
    source = tmp_path / "files"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.txt").write_text("a")
    (source / "leads-out").symlink_to("/etc/passwd")
    workspace = lay_out(source, tmp_path)
    assert [path.name for path in workspace.rglob("*")] == ["deep", "a.txt"]
    (workspace / "deep" / "a.txt").write_text("mine")
    assert (lay_out(source, tmp_path) / "deep" / "a.txt").read_text() == "mine"


def test_an_answer_is_kept_and_a_later_one_replaces_it(home: Path, warm: Warm, pack: Pack) -> None:
    session = Session.start("ask", pack=pack, warm=warm)
    with session.attached():
        judged: Callable[[], str] = lambda: session.verdicts()[0].verdict  # noqa: E731
        assert judged() == "not judged"
        session.answer("port", "8080")
        assert judged() == "fail"
        session.answer("port", "80")
        assert judged() == "pass"
    again = Session.resume("ask", warm=warm)
    with again.attached():
        assert again.verdicts()[0].passed
    again.stop()
