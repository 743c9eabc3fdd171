"""`ecslab doctor`: every check is tried, and what is broken comes with what to do."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecslab.cli import doctor
from ecslab.cli.doctor import Finding
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem

WELL = Finding("thing", True, "works")
BROKEN = Finding("thing", False, "does not work", "mend it")
ABSENT = Finding("other", False, "is not here", "install it", essential=False)


def run(monkeypatch: pytest.MonkeyPatch, *findings: Finding, as_json: bool = False) -> int:
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
    return doctor.run(argparse.Namespace(json=as_json))


@pytest.mark.parametrize(("findings", "status"), [([WELL, ABSENT], 0), ([BROKEN, WELL], 3), ([], 0)])
def test_only_an_essential_failure_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, findings: list[Finding], status: int
) -> None:
    assert run(monkeypatch, *findings) == status


def test_a_line_says_what_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, WELL, BROKEN, ABSENT)
    well, broken, absent = capsys.readouterr().out.splitlines()
    assert well.split() == ["ok", "thing", "works"]
    assert broken.startswith("BROKEN") and broken.endswith("does not work; mend it")
    assert absent.startswith("missing") and absent.endswith("is not here; install it")


def test_json_has_the_same(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, BROKEN, as_json=True) == 3
    assert json.loads(capsys.readouterr().out) == [
        {"name": "thing", "ok": False, "detail": "does not work", "todo": "mend it", "essential": True}
    ]


def test_a_data_directory_that_cannot_be_made_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path / "file" / "below"))
    (finding,) = doctor._tried(doctor.data_directory)
    assert not finding.ok
    assert "cannot create" in finding.detail
    assert "ECSLAB_HOME" in finding.todo


def test_missing_tools_are_named_with_their_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None if name == "curl" else f"/bin/{name}")
    finding = doctor.tools()
    assert (finding.ok, finding.essential) == (False, False)
    assert finding.detail == "curl (asking load balancers)"


def test_no_terminal_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert not doctor.terminal().essential


def test_a_sandbox_that_does_not_start_is_named_and_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise SandboxProblem("the sandbox did not start: no moto", "its log is /x/log")

    monkeypatch.setattr(Sandbox, "start", fail)
    (finding,) = doctor.sandbox()
    assert (finding.name, finding.ok, finding.essential) == ("sandbox", False, True)
    assert "no moto" in finding.detail


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path))
    yield tmp_path


def test_here_everything_essential_works(home: Path) -> None:
    findings = {finding.name: finding for finding in doctor.examine()}
    assert {name for name, finding in findings.items() if finding.essential and not finding.ok} == set()
    assert {"python", "data", "ports", "bash", "sandbox", "aws"} <= set(findings)
    assert findings["aws"].detail.startswith("arn:aws:iam::123456789012:user/learner")
