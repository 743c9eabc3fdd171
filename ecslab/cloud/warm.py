"""The warm process: everything imported and tried once, so that a sandbox is a fork away.

It serves a unix socket of its user's: one JSON line asks for a sandbox, one JSON line answers. It never
holds a world of its own.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecslab.cloud import rehearsal
from ecslab.cloud.clock import parse_rate
from ecslab.cloud.server import serve

IDLE = 30.0
"""Real seconds it stays after its last client has gone."""
PATIENCE = 60.0
"""Real seconds a sandbox may take to come up."""
LOOK = 0.005
"""Real seconds between two looks at sandboxes that come up."""


def run(path: Path) -> None:
    """Serves forks on the unix socket at `path` until nobody has been connected for a while."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    old = os.umask(0o177)
    listener.bind(str(path))
    os.umask(old)
    listener.listen(16)
    rehearsal.short()
    _settle_memory()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    inode = path.stat().st_ino
    try:
        _serve(listener)
    finally:
        if path.exists() and path.stat().st_ino == inode:
            path.unlink()


def _settle_memory() -> None:
    """What is there by now stays, so that no collection in a fork touches, and copies, its pages."""
    gc.collect()
    gc.freeze()


@dataclass
class _Pending:
    """A sandbox that comes up, and who waits for it."""

    client: socket.socket
    directory: Path
    child: int
    reading: int
    """The end of a pipe that says why it failed, and closes when it dies."""
    deadline: float


def _serve(listener: socket.socket) -> None:
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    clients: dict[socket.socket, bytes] = {}
    pending: list[_Pending] = []
    alone_since = time.monotonic()
    asked = rehearsed = False
    while clients or time.monotonic() - alone_since < IDLE:
        for key, _ in selector.select(timeout=LOOK if pending else 1.0):
            if key.fileobj is listener:
                client, _ = listener.accept()
                clients[client] = b""
                selector.register(client, selectors.EVENT_READ)
                continue
            client = key.fileobj  # type: ignore[assignment]
            data = _received(client)
            if not data:
                selector.unregister(client)
                client.close()
                del clients[client]
                alone_since = time.monotonic()
                continue
            *lines, clients[client] = (clients[client] + data).split(b"\n")
            for line in lines:
                _begin(line, client, [listener, *clients], pending)
                asked = True
        pending = [each for each in pending if not _settled(each)]
        _reap()
        if asked and not pending and not rehearsed:
            # Nobody waits, and where one world was there will be more.
            rehearsal.long()
            _settle_memory()
            rehearsed = True


def _received(client: socket.socket) -> bytes:
    try:
        return client.recv(1 << 16)
    except OSError:
        return b""


def _reply(client: socket.socket, answer: dict[str, Any]) -> None:
    try:
        client.sendall(json.dumps(answer).encode() + b"\n")
    except OSError:
        return


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return


def _begin(
    line: bytes, client: socket.socket, inherited: list[socket.socket], pending: list[_Pending]
) -> None:
    """Forks the sandbox that `line` asks for. Several come up at the same time, each on a core of its own."""
    try:
        wish = json.loads(line)
        directory = Path(wish["dir"])
    except (ValueError, KeyError, TypeError):
        _reply(client, {"ok": False, "error": "the warm process got a request it does not understand"})
        return
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        for each in pending:
            os.close(each.reading)
        for open_socket in inherited:
            open_socket.close()
        _become_sandbox(directory, wish, writing)
    os.close(writing)
    os.set_blocking(reading, False)
    pending.append(_Pending(client, directory, child, reading, time.monotonic() + PATIENCE))


def _become_sandbox(directory: Path, wish: dict[str, Any], writing: int) -> None:
    """Runs in the forked child, which never returns. The pipe closes when it dies."""
    status = 0
    try:
        os.setsid()
        log = os.open(directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        rate = parse_rate(wish.get("rate"))
        serve(directory, port=wish.get("port") or 0, rate=rate, keep=bool(wish.get("keep")))
    except Exception as error:
        status = 3
        os.write(writing, failure(directory, wish.get("port") or 0, error).encode())
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stderr.flush()
        os._exit(status)


def failure(directory: Path, port: int, error: Exception) -> str:
    """One line that says why a sandbox did not come up."""
    if isinstance(error, OSError) and error.errno in (98, 48):
        return f"port {port} is in use; choose another with --port, or leave it out"
    if isinstance(error, OSError):
        return f"{error.filename or directory}: {error.strerror}; the sandbox needs to write its directory"
    return f"the world in {directory} cannot be opened: {type(error).__name__}: {error}"


def _settled(each: _Pending) -> bool:
    """Whether a sandbox is up or has failed; its client is told."""
    try:
        said = os.read(each.reading, 1 << 16)
    except BlockingIOError:
        said = None
    if said is not None:
        why = said.decode(errors="replace") or f"the sandbox died; see {each.directory / 'log'}"
        answer: dict[str, Any] = {"ok": False, "error": why}
    elif _announced(each.directory / "sandbox.json", each.child):
        answer = {"ok": True, "pid": each.child}
    elif time.monotonic() > each.deadline:
        os.kill(each.child, signal.SIGKILL)
        log = each.directory / "log"
        answer = {"ok": False, "error": f"the sandbox was not ready after {PATIENCE:.0f} seconds; see {log}"}
    else:
        return False
    os.close(each.reading)
    _reply(each.client, answer)
    return True


def _announced(path: Path, pid: int) -> bool:
    try:
        return bool(json.loads(path.read_text())["pid"] == pid)
    except (OSError, ValueError, KeyError):
        return False
