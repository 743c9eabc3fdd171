"""A learner's program, run afresh: it reaches what it reaches, within limits, and finds no way out."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from ecslab.classroom import scripts
from ecslab.classroom.grades import Rerun
from ecslab.classroom.handing_in import of_lab
from ecslab.classroom.submission import text
from ecslab.content.labs import Script
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_lab
from ecslab.lab.session import Session
from ecslab.shell import confined
from ecslab.terms.problems import Problem
from tests.classroom.work import ADA, edited

LAB = "roll-out"


@pytest.fixture(autouse=True)
def nobody(tmp_path, monkeypatch) -> Path:
    """A grader who has no AWS keys of their own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def ran(program: str, warm) -> Rerun:
    lab, document = resolve_lab(builtin(), LAB, 3)
    return scripts.run(lab, document, {"deploy.py": program}, warm)


def test_keys_at_hand_are_a_reason_not_to_run_anything(nobody: Path, ecslab, tmp_path) -> None:
    (nobody / ".aws").mkdir()
    (nobody / ".aws" / "credentials").touch()
    (tmp_path / "a.json").write_text("{}")
    status, out, err = ecslab("grade", tmp_path / "a.json", "--run-scripts")
    assert (status, out) == (3, "")
    assert f"{nobody}/.aws/credentials could lead a learner's script to your AWS account" in err
    with pytest.raises(Problem, match="as a user who has none, or in a container"):
        scripts.refuse_with_keys_at_hand()


@pytest.mark.parametrize("name", ["../deploy.py", "/etc/passwd", "a/b.py", ".netrc", "deploy.sh", "~/x.py"])
def test_a_lab_cannot_ask_for_a_file_from_elsewhere_on_the_learners_machine(name: str) -> None:
    with pytest.raises(ValueError, match="file"):
        Script.model_validate({"file": name})


PROBE = """\
import json, os, socket, subprocess, sys, urllib.request
import boto3
found = {"env": sorted(name for name in os.environ if "SECRET" in name), "home": os.listdir(os.path.expanduser("~"))}
found["who"] = boto3.client("sts").get_caller_identity()["Account"]
try:
    urllib.request.urlopen("http://example.com/")
except urllib.error.HTTPError as error:
    found["outside"] = error.code
try:
    open("big", "wb").write(b"x" * 20_000_000)
except OSError as error:
    found["big"] = error.errno
try:
    held = bytearray(3 << 30)
except MemoryError:
    found["memory"] = "refused"
found["args"] = sys.argv[1:]
print(json.dumps(found))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.uname().sysname != "Linux", reason="address space is limited on Linux only")
def test_a_program_has_limits_and_no_keys_but_the_worlds(warm, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-grader")
    monkeypatch.setenv("MY_SECRET", "of-the-grader")
    rerun = ran(PROBE, warm)
    assert rerun.status == 0, rerun
    assert json.loads(rerun.output.splitlines()[-1]) == {
        "env": ["AWS_SECRET_ACCESS_KEY"], "home": [], "who": "123456789012", "outside": 403, "big": errno.EFBIG,
        "memory": "refused", "args": ["v1.3.1"],
    }  # fmt: skip
    assert rerun.passed is False
    assert "released" in rerun.missed


@pytest.mark.slow
def test_a_program_that_never_ends_is_ended_with_all_that_it_started(warm, monkeypatch) -> None:
    monkeypatch.setattr(confined, "SECONDS", 3)
    rerun = ran(
        "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid, flush=True)\nchild.wait()",
        warm,
    )
    assert (rerun.status, rerun.passed) == (None, False)
    assert rerun.output.endswith("(ended after 3 seconds)")
    child = int(rerun.output.split()[0])
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]


@pytest.mark.slow
def test_a_script_that_was_handed_in_is_run_afresh_when_it_is_asked_for(warm, ecslab, tmp_path) -> None:
    session = Session.start(LAB, seed=3, fresh=True, warm=warm)
    try:
        session.hold()
        shutil.copy(session.lab.root / "solution" / "boto3.py", session.workspace / "deploy.py")
        session.give_up()  # the calls were never made: only the script knows how
        content = text(of_lab(session, ADA))
    finally:
        session.stop()
    good, bad, none = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "none.json"
    good.write_bytes(content)
    bad.write_bytes(
        edited(content, lambda value: value["lab"]["files"].update({"deploy.py": "raise SystemExit(7)"}))
    )
    none.write_bytes(edited(content, lambda value: value["lab"].pop("files")))
    status, out, _ = ecslab("grade", good, bad, none, "--run-scripts")
    assert status == 1
    scripts_said = [line.strip() for line in out.splitlines() if line.startswith("    script: ")]
    assert scripts_said == [
        "script: deploy.py ends with 7 in a fresh world and does not reach released, settled, kept, no-loss, next-time",
        "script: deploy.py: it was not handed in",
    ]
    rerun = json.loads(ecslab("grade", good, "--run-scripts", "--format", "json")[1])["submissions"][0][
        "rerun"
    ]
    assert (rerun["status"], rerun["passed"], rerun["missed"]) == (0, True, [])
    assert json.loads(ecslab("grade", good, "--format", "json")[1])["submissions"][0]["rerun"] is None
