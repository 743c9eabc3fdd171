"""The warm process: started once, shared, replaced when it is gone, done without when it cannot be."""

import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox import client, places, warm
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm, WarmUnusable, last_line, process_environment
from ecslab.terms.problems import Problem


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime directory in which nothing is warm yet."""
    place = Path(tempfile.mkdtemp(prefix="ecslab-t-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
    yield places.runtime_dir()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def fake_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Puts a quick program in place of the mock AWS; it notes every start."""
    program = tmp_path / "python"
    starts = tmp_path / "starts"
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, os, socket, sys\n"
        f"with open({str(starts)!r}, 'a') as log: log.write(' '.join(sys.argv[1:4]) + '\\n')\n"
        "listener = socket.socket(socket.AF_UNIX)\n"
        "listener.bind(sys.argv[4])\n"
        "listener.listen()\n"
        "listener.settimeout(20)\n"
        "while True:\n"
        "    client, _ = listener.accept()\n"
        "    if os.fork() == 0:\n"
        "        for line in client.makefile('rb'):\n"
        "            client.sendall(json.dumps({'ok': True, 'pid': os.getpid()}).encode() + b'\\n')\n"
        "        os._exit(0)\n"
        "    client.close()\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return starts


@pytest.mark.slow
def test_a_sandbox_that_cannot_come_up_says_why_and_keeps_no_other_waiting(tmp_path: Path) -> None:
    world = resolve_world(builtin(), "playground", seed=1)
    broken = tmp_path / "broken"
    answers: dict[str, str] = {}

    def start(name: str, document: dict[str, Any]) -> None:
        with Warm() as connection:
            try:
                sandbox = Sandbox.start(tmp_path / name, document, warm=connection)
                answers[name] = "serves" if sandbox.alive() else "died"
                sandbox.stop()
            except Problem as problem:
                answers[name] = problem.what

    documents = {"one": world, "two": world, broken.name: {**world, "template": {"Resources": 7}}}
    threads = [threading.Thread(target=start, args=each) for each in documents.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers["one"], answers["two"]) == ("serves", "serves")
    assert answers["broken"].startswith("the sandbox did not start: the world in ")


def test_many_at_once_start_one_process(runtime: Path, fake_process: Path, tmp_path: Path) -> None:
    answers = []

    def one() -> None:
        with Warm() as connection:
            answers.append(connection.fork(tmp_path, port=0, rate=None, keep=False)["ok"])

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 5
    assert fake_process.read_text() == "-m ecslab.cloud warm\n"


def test_a_stale_socket_is_replaced(runtime: Path, fake_process: Path, tmp_path: Path) -> None:
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(Warm().path))
    stale.close()
    with Warm() as connection:
        assert connection.fork(tmp_path, port=0, rate=None, keep=False)["ok"]


def test_a_process_that_does_not_start_is_named_by_its_last_line(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho first >&2\necho 'no moto here' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(WarmUnusable, match="no moto here"):
        Warm().connect()


def test_a_sandbox_starts_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, world: dict[str, Any]
) -> None:
    def unusable(*_: object, **__: object) -> None:
        raise WarmUnusable("not today")

    monkeypatch.setattr(client, "_fork", unusable)
    sandbox = Sandbox.start(tmp_path / "alone", world)
    try:
        assert sandbox.health()
    finally:
        sandbox.stop()


def test_it_gets_nothing_of_the_callers_account() -> None:
    seen = process_environment(
        {"AWS_PROFILE": "x", "MOTO_X": "1", "PYTHONPATH": "/x", "HOME": "/root", "TZ": "Asia/Tokyo"}
    )
    assert seen == {"HOME": "/root", "PYTHONHASHSEED": "0", "TZ": "UTC"}


def test_changed_code_is_another_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cloud").mkdir()
    module = tmp_path / "cloud" / "clock.py"
    module.touch()
    monkeypatch.setattr(warm.ecslab, "__file__", str(tmp_path / "__init__.py"))
    before = warm.identity()
    os.utime(module, ns=(1, 1))
    assert warm.identity() != before


def test_the_last_line_of_a_log_is_one_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_line(log) == ""
    log.write_text("first\nlast\n\n")
    assert last_line(log) == "last"
