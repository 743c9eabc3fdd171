"""A session keeps everything: over a crash, over a week, for several terminals at once."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ecslab.lab.session import Session
from ecslab.progress.store import Store
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm
from ecslab.terms.problems import Problem

LAB = "first-service"
Begin = Callable[..., Session]
CREATE = "aws ecs create-cluster --cluster-name prod-cluster --query cluster.status --output text"


def bash(session: Session, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command], env=session.environment(), cwd=session.workspace, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def passing(session: Session) -> set[str]:
    return {verdict.id for verdict in session.verdicts() if verdict.passed}


def test_a_new_session_has_the_labs_files_in_its_workspace(begin: Begin) -> None:
    session = begin(LAB)
    assert {path.name for path in session.workspace.iterdir()} == {"README.md", "task-def.json"}
    assert passing(session) == set()


def test_nothing_is_lost_when_the_sandbox_is_killed(begin: Begin) -> None:
    session = begin(LAB)
    assert bash(session, CREATE).stdout == "ACTIVE\n"
    before = session.sandbox.journal()
    port = session.sandbox.port
    os.kill(session.sandbox.pid, signal.SIGKILL)
    revived = session.revive()
    assert revived.port == port
    assert revived.journal() == before
    assert passing(session) == {"cluster"}
    assert bash(session, CREATE).stdout == "ACTIVE\n"


def test_another_terminal_resumes_what_a_crash_left(begin: Begin) -> None:
    session = begin(LAB)
    bash(session, CREATE)
    environment = session.environment()
    os.kill(session.sandbox.pid, signal.SIGKILL)
    done = subprocess.run(
        ["ecslab", "lab", "check", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [check["id"] for check in report["checks"] if check["verdict"] == "pass"] == ["cluster"]


def test_two_terminals_see_the_same_lab(begin: Begin, warm: Warm) -> None:
    mine = begin(LAB)
    yours = Session.resume(LAB, warm=warm)
    assert yours.sandbox.pid == mine.sandbox.pid
    bash(yours, CREATE)
    mine.take_hint()
    assert passing(mine) == {"cluster"}
    assert yours.hints.taken == mine.hints.taken
    yours.undo()
    assert passing(mine) == set()


def test_undo_says_what_it_takes_back_and_takes_back_the_whole_command(begin: Begin) -> None:
    session = begin(LAB)
    bash(session, CREATE)
    command = (
        "export AWS_SDK_UA_APP_ID=cmd-1-7; aws ecs create-cluster --cluster-name two; "
        "aws ecs create-cluster --cluster-name three"
    )
    bash(session, command)
    preview = session.undo(preview=True)
    assert [(call["service"], call["operation"]) for call in preview["undone"]] == [
        ("ecs", "CreateCluster")
    ] * 2
    assert len(session.sandbox.state()["clusters"]) == 3
    session.undo()
    assert [cluster["name"] for cluster in session.sandbox.state()["clusters"]] == ["prod-cluster"]
    assert passing(session) == {"cluster"}


def test_reset_restores_the_beginning_and_leaves_workspace_and_hints(begin: Begin) -> None:
    session = begin(LAB)
    first = session.sandbox.state()
    bash(session, CREATE)
    (session.workspace / "notes.txt").write_text("mine")
    session.take_hint()
    session.reset()
    again = session.sandbox.state()
    assert {key: again[key] for key in ("clusters", "target_groups", "load_balancers")} == {
        key: first[key] for key in ("clusters", "target_groups", "load_balancers")
    }
    assert passing(session) == set()
    assert (session.workspace / "notes.txt").read_text() == "mine"
    assert len(session.hints.taken) == 1


def test_a_stopped_lab_goes_on_where_it_was(begin: Begin, warm: Warm) -> None:
    session = begin(LAB)
    bash(session, CREATE)
    then = session.sandbox.clock()["t"]
    session.stop()
    assert Sandbox.find(session.directory) is None
    again = Session.start(LAB, warm=warm)
    with again.attached():
        assert passing(again) == {"cluster"}
        assert again.sandbox.clock()["t"] - then < 600_000
    again.stop()


def test_a_fresh_start_keeps_the_earlier_attempt_aside(begin: Begin, home: Path) -> None:
    session = begin(LAB)
    bash(session, CREATE)
    again = begin(LAB)
    assert passing(again) == set()
    earlier = [
        path for path in (home / "sessions" / "earlier").iterdir() if (path / "journal.jsonl").exists()
    ]
    assert any("CreateCluster" in (path / "journal.jsonl").read_text() for path in earlier)


def test_the_seed_decides_what_is_drawn_and_is_kept(begin: Begin, warm: Warm) -> None:
    ports = {seed: begin("fix-alb-502", seed).lab.vars["PORT"] for seed in (1, 2, 3)}
    assert len(set(ports.values())) > 1
    assert Session.resume("fix-alb-502", warm=warm).lab.vars["PORT"] == ports[3]
    with pytest.raises(Problem, match="with the seed 3 is under way"):
        Session.start("fix-alb-502", seed=4, warm=warm)


def test_a_hint_is_written_down_before_it_is_shown_and_costs_points(begin: Begin) -> None:
    session = begin(LAB)
    bash(session, CREATE)
    for number in (1, 2):
        assert session.take_hint().number == number
        lines = (session.directory / "attempt.jsonl").read_text().splitlines()
        assert json.loads(lines[-1])["kind"] == "hint"
    assert session.hints.cost == 10
    assert session.score(session.verdicts()).points == 0.9


def test_a_hint_that_is_read_when_all_goals_are_reached_costs_nothing(begin: Begin) -> None:
    session = begin(LAB)
    for _ in range(2):
        session.take_hint()
    session.record.append("standing", verdicts={}, points=1.0, passed=True, finished=True, t=0)
    assert session.hints.next is not None and session.hints.next.cost == session.take_hint().cost == 0
    assert [hint.number for hint in session.hints.taken] == [1, 2, 3]
    assert [hint.number for hint in session.hints.helped] == [1, 2]
    assert session.hints.cost == 10


def test_hints_come_to_an_end(begin: Begin) -> None:
    session = begin(LAB)
    for _ in session.lab.hints:
        session.take_hint()
    with pytest.raises(Problem, match="no more hints"):
        session.take_hint()


def test_the_standing_is_in_the_record_of_progress(begin: Begin) -> None:
    session = begin(LAB)
    bash(session, CREATE)
    session.verdicts()
    with Store.open() as store:
        assert store.best_labs()[LAB].points == 1


def test_a_lab_that_asks_nothing_takes_no_answer(begin: Begin) -> None:
    with pytest.raises(Problem, match="no question 'cause'"):
        begin(LAB).answer("cause", "the port")


def test_without_a_lab_in_progress_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path))
    monkeypatch.delenv("ECSLAB_SESSION", raising=False)
    with pytest.raises(Problem, match="no lab is in progress; `ecslab lab list`"):
        Session.current()


def test_the_shell_names_its_session(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    first = begin(LAB)
    begin("roll-out")
    monkeypatch.setenv("ECSLAB_SESSION", first.environment()["ECSLAB_SESSION"])
    assert Session.current().lab.id == LAB
