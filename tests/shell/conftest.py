"""A stand-in for a sandbox (it answers like one, remembers what it was asked, simulates nothing), and a home."""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ecslab.sandbox.client import Sandbox, new_identity
from ecslab.shell import shims
from ecslab.shell.environment import environment

TOKEN = "a-token"
WORLD_TIME = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Standin:
    """What the stand-in answers with, and what it has heard."""

    now: datetime = WORLD_TIME
    paused: bool = True
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    """Operation -> answers, one after another; the last one stays."""
    hold: threading.Event = field(default_factory=threading.Event)
    """Set to let answers to `Hold*` operations go."""

    def calls(self, operation: str | None = None) -> list[Asked]:
        """Requests to AWS, not to the control routes."""
        return [
            one
            for one in self.asked
            if not one.path.startswith("/_ecslab")
            and (operation is None or one.headers.get("x-amz-target", "").endswith("." + operation))
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Standin

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self.close_connection = True
        self._answer(403, {"error": f"{self.path} is not part of this world"})

    def do_GET(self) -> None:
        self._heard(b"")
        if self.path == "/_ecslab/clock":
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._answer(401, {"error": "wrong token"})
            now = self.state.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            return self._answer(200, {"now": now, "t": 0, "rate": 1, "paused": self.state.paused})
        return self._answer(404, {"error": "unknown"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._heard(body)
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        answers = self.state.answers.get(operation, [{}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "hold":
            self.state.hold.wait(30)
            answer = {}
        if isinstance(answer, dict) and "__type" in answer:
            return self._answer(400, answer)
        return self._answer(200, answer)

    def _heard(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.state.asked.append(Asked(self.command, self.path, headers, body))


class StandinServer:
    """`with StandinServer() as standin: standin.state, standin.url`."""

    def __enter__(self) -> "StandinServer":
        self.state = Standin()
        handler = type("Handler", (_Handler,), {"state": self.state})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.state.hold.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Directories of the module's own; what it left running is ended."""
    place = Path(tempfile.mkdtemp(prefix="ecslab-t-", dir="/tmp"))
    runtime = place / "run"
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECSLAB_HOME", str(place / "home"))
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        yield place
        server = _server_pid()
        if server is not None:
            os.kill(server, signal.SIGTERM)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def server_pid(home: Path) -> Callable[[], int | None]:
    return _server_pid


def _server_pid() -> int | None:
    """The warm `aws` server, if one runs."""
    lock = shims.server_address().with_suffix(".lock")
    try:
        pid = int(lock.read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


@pytest.fixture
def standin(home: Path) -> Iterator[StandinServer]:
    with StandinServer() as server:
        yield server


@pytest.fixture
def sandbox(standin: StandinServer, tmp_path: Path) -> Sandbox:
    """A sandbox's directory and address, with the stand-in behind them."""
    world = {"id": "standin", "region": "us-east-1", "identity": new_identity()}
    (tmp_path / "world.json").write_text(json.dumps(world))
    about = {"pid": os.getpid(), "port": standin.port, "token": TOKEN}
    (tmp_path / "sandbox.json").write_text(json.dumps(about))
    return Sandbox(tmp_path, port=standin.port, token=TOKEN, pid=os.getpid())


@pytest.fixture
def env(sandbox: Sandbox) -> dict[str, str]:
    return environment(sandbox)
