"""The learner's program is run in worlds of its own: when the learner asks, once, confined, and gone afterwards."""

import json
import tempfile
from collections.abc import Iterator

import pytest

from ecslab.classroom.handing_in import of_lab
from ecslab.classroom.regrading import Rules, grade
from ecslab.classroom.submission import text
from ecslab.content.packs import builtin
from ecslab.lab import programs
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm
from tests.classroom.work import ADA

LAB = "find-why-stopped"
ANSWER = {
    "cause": "image",
    "evidence": "my-app:v2: not found",
    "container": None,
    "task": "arn:aws:ecs:x:1:task/%s/2",
}
pytestmark = pytest.mark.slow


@pytest.fixture
def session(tmp_path, monkeypatch) -> Iterator[Session]:
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ECSLAB_SESSION", raising=False)
    with Warm() as warm:
        session = Session.start(LAB, seed=1, pack=builtin(), warm=warm)
        with session.attached():
            yield session
        session.stop()


def write(session: Session, program: str) -> None:
    (session.workspace / "triage.py").write_text(program)


def here(session: Session, *, run: bool = True) -> tuple[str, str]:
    verdict = session.verdicts(run={"here"} if run else False)[0]
    return verdict.verdict, verdict.message


def runs(session: Session) -> int:
    return len(list(session.record.lines("run")))


def test_it_is_run_when_the_learner_asks_once_for_each_version(session: Session) -> None:
    answer = json.dumps(ANSWER) % session.lab.vars["CLUSTER"]
    write(session, f"print({answer!r})")
    assert here(session, run=False)[0] == "not judged"
    assert runs(session) == 0
    assert here(session)[0] == "pass"
    assert here(session) == here(session, run=False)
    assert runs(session) == 1
    write(session, "print('{}')")
    assert here(session, run=False)[0] == "not judged"
    assert here(session)[0] == "fail"
    assert runs(session) == 2


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("def triage(:", "triage.py is not Python: line 1: invalid syntax"),
        (
            "import json\njson.loads('')",
            "triage.py ended with an error, line 2: json.decoder.JSONDecodeError",
        ),
        ("import time\ntime.sleep(99)", "triage.py did not end within 2 seconds, and was ended."),
        ("import sys\nsys.exit('no tasks')", "triage.py ended with status 1 (no tasks), expected is 0."),
        (
            "import helper",
            "triage.py ended with an error, line 1: ModuleNotFoundError: No module named 'helper'",
        ),
    ],
)
def test_what_goes_wrong_is_said(session: Session, monkeypatch, program: str, message: str) -> None:
    monkeypatch.setattr(programs, "SECONDS", 2)
    write(session, program)
    verdict, said = here(session)
    assert verdict == "fail"
    assert message in said


def test_no_file_and_a_link_are_no_program(session: Session, tmp_path) -> None:
    path = session.workspace / "triage.py"
    path.unlink()
    assert here(session) == ("fail", "There is no triage.py in your workspace.")
    (tmp_path / "other.py").write_text("print('{}')")
    path.symlink_to(tmp_path / "other.py")
    assert here(session) == ("fail", "There is no triage.py in your workspace.")


LOOKS = """\
import json, os
import boto3
boto3.client("ecs").delete_service(cluster="%s", service="%s", force=True)
open("left-behind", "w").write("x")
print(json.dumps({"cause": sorted(name for name in os.environ if "SECRET" in name), "home": os.listdir(os.environ["HOME"])}))
"""


def test_it_finds_no_keys_but_the_worlds_and_touches_neither_world_nor_workspace(
    session: Session, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("MY_SECRET", "of-the-learner")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    write(session, LOOKS % (session.lab.vars["CLUSTER"], session.lab.vars["SERVICE"]))
    before = session.sandbox.journal()
    assert here(session)[0] == "fail"
    (seen,) = session.record.lines("run")
    assert seen["cases"][0]["printed"] == {"cause": ["AWS_SECRET_ACCESS_KEY"], "home": []}
    assert seen["cases"][0]["changes"] == 1
    assert session.sandbox.journal() == before
    assert not (session.workspace / "left-behind").exists()
    assert list(tmp_path.glob("ecslab-case-*")) == []


def test_a_grader_runs_it_only_when_told_to(session: Session) -> None:
    write(session, (session.lab.root / "solution" / "boto3.py").read_text())
    assert all(verdict.passed for verdict in session.verdicts(run=True))
    content = text(of_lab(session, ADA))
    with Warm() as warm:
        unrun = grade(content, "a.json", Rules(), warm)
        run = grade(content, "a.json", Rules(run_scripts=True), warm)
    assert (unrun.passed, unrun.max, unrun.disagreements) == (None, 0, ())
    assert all(part.verdict == "not judged" for part in unrun.parts)
    assert any("only --run-scripts does" in note for note in unrun.notes)
    assert (run.passed, run.points, run.disagreements) == (True, session.lab.max_points, ())
