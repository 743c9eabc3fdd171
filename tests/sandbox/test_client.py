"""Sandboxes as real processes: started, found, leased, asked, stopped and resumed."""

import http.client
import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.terms.problems import Exit

Start = Callable[..., Sandbox]
CREATE = "AmazonEC2ContainerServiceV20141113.CreateCluster"
LIST = "AmazonEC2ContainerServiceV20141113.ListClusters"


def call(sandbox: Sandbox, target: str, **params: Any) -> Any:
    """One signed-looking request, as an AWS client sends it."""
    key = json.loads((sandbox.directory / "world.json").read_text())["identity"]["access_key_id"]
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    scope = f"Credential={key}/20300101/us-east-1/ecs/aws4_request"
    headers = {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
    }
    connection.request("POST", "/", json.dumps(params), headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, body
    return body


def test_a_new_sandbox_has_a_world_with_an_epoch_and_keys_of_its_own(start: Start) -> None:
    sandbox = start()
    world = json.loads((sandbox.directory / "world.json").read_text())
    assert world["id"] == "small"
    assert world["epoch_ms"] > 1_700_000_000_000
    assert len(world["identity"]["access_key_id"]) == 20
    assert world["identity"]["access_key_id"].startswith("AKIA")
    assert len(world["identity"]["secret_access_key"]) == 40
    for name in ("world.json", "sandbox.json"):
        assert (sandbox.directory / name).stat().st_mode & 0o077 == 0
    assert sandbox.control_url == f"http://127.0.0.1:{sandbox.port}/_ecslab"
    assert sandbox.health()


def test_it_is_found_while_it_runs_and_not_afterwards(start: Start) -> None:
    sandbox = start()
    found = Sandbox.find(sandbox.directory)
    assert found is not None
    assert (found.port, found.token, found.pid) == (sandbox.port, sandbox.token, sandbox.pid)
    sandbox.stop()
    assert Sandbox.find(sandbox.directory) is None
    assert Sandbox.find(sandbox.directory / "nowhere") is None


def test_starting_it_twice_gives_the_one_that_runs(start: Start) -> None:
    assert start("same").port == start("same", world=None).port


def test_it_resumes_what_was_done(start: Start) -> None:
    sandbox = start()
    call(sandbox, CREATE, clusterName="kept")
    sandbox.stop()
    again = start("one", world=None)
    assert call(again, LIST)["clusterArns"] == ["arn:aws:ecs:us-east-1:123456789012:cluster/kept"]


def test_a_killed_one_resumes_with_nothing_lost(start: Start) -> None:
    sandbox = start()
    call(sandbox, CREATE, clusterName="kept")
    os.kill(sandbox.pid, signal.SIGKILL)
    with pytest.raises(SandboxProblem, match="has stopped"):
        while True:
            sandbox.health()
    again = start("one", world=None)
    assert call(again, LIST)["clusterArns"] == ["arn:aws:ecs:us-east-1:123456789012:cluster/kept"]


def test_a_directory_without_a_world_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(SandboxProblem, match="no sandbox in"):
        Sandbox.start(tmp_path)


def test_time_runs_while_somebody_holds_the_lease(start: Start) -> None:
    sandbox = start()
    began = sandbox.clock()["t"]
    with sandbox.lease():
        while sandbox.clock()["t"] == began:
            pass
    while sandbox.clock()["t"] != sandbox.clock()["t"]:
        pass


def test_clock_state_journal_and_history_are_what_the_sandbox_says(start: Start) -> None:
    sandbox = start()
    before = sandbox.clock(paused=True)["t"]
    assert sandbox.clock(advance="5m")["t"] == before + 300_000
    call(sandbox, CREATE, clusterName="one")
    state = sandbox.state()
    assert [cluster["name"] for cluster in state["clusters"]] == ["one"]
    assert sandbox.state(since=state["n"], wait=0.05).get("unchanged")
    assert [entry["operation"] for entry in sandbox.journal() if entry["changes"]][-1] == "CreateCluster"
    assert sandbox.history()["changes"] == 1
    assert sandbox.logs() == []


def test_undo_and_reset(start: Start) -> None:
    sandbox = start()
    with pytest.raises(SandboxProblem) as nothing:
        sandbox.undo()
    assert nothing.value.code == 409
    call(sandbox, CREATE, clusterName="one")
    assert [entry["operation"] for entry in sandbox.undo(preview=True)["undone"]] == ["CreateCluster"]
    assert sandbox.state()["clusters"]
    sandbox.undo()
    assert not sandbox.state()["clusters"]
    call(sandbox, CREATE, clusterName="two")
    sandbox.reset()
    assert not sandbox.state()["clusters"]


def test_a_refusal_is_the_sandboxs_own_line(start: Start) -> None:
    sandbox = start()
    with pytest.raises(SandboxProblem) as refused:
        sandbox.clock(advance="soon")
    assert (refused.value.code, refused.value.status) == (400, Exit.USAGE)
    stranger = Sandbox(sandbox.directory, port=sandbox.port, token="wrong", pid=sandbox.pid)
    with pytest.raises(SandboxProblem) as unknown:
        stranger.clock()
    assert unknown.value.code == 401


def test_a_port_in_use_is_one_line(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SandboxProblem, match=rf"{port}.*in use") as problem:
            start(port=port)
    assert "\n" not in str(problem.value)
    assert "log" not in str(problem.value), "it says itself what to do"


def test_what_never_began_can_begin_differently(start: Start, world: dict[str, Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SandboxProblem):
            start(port=taken.getsockname()[1])
    again = start(world=world | {"id": "another"})
    assert json.loads((again.directory / "world.json").read_text())["id"] == "another"


def test_a_read_only_directory_is_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(Exception, match=r"cannot create .*ECSLAB_HOME") as problem:
        Sandbox.start(blocked / "below", {"id": "x"})
    assert "\n" not in str(problem.value)


def test_a_world_that_cannot_be_built_says_why_and_where_the_log_is(start: Start, tmp_path: Path) -> None:
    broken = {"id": "broken", "template": {"Resources": {"X": {"Type": "AWS::No::Such"}}}, "seed": "x"}
    with pytest.raises(SandboxProblem, match="did not start") as problem:
        start("broken", world=broken)
    assert str(tmp_path / "broken" / "log") in str(problem.value)
    assert "\n" not in str(problem.value)
