"""The warm process: one mock AWS with everything imported, from which sandboxes are forked.

It is started on demand, one for each user and version of the code, and ends by itself some time
after its last client. Nothing here knows what a sandbox is: it passes a request on and returns the
answer. When the warm process cannot be used, `WarmUnusable` says so and the caller does without.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ecslab
from ecslab.sandbox import places

START_LIMIT = 90.0
"""Seconds that a cold start may take on a slow machine."""


class WarmUnusable(Exception):
    """There is no warm process to be had; a sandbox can still be served directly."""


def process_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a process of the mock AWS gets: reproducible, and nothing of the caller's AWS account."""
    source = os.environ if base is None else base
    kept = {
        name: value
        for name, value in source.items()
        if not name.startswith(("AWS_", "MOTO_", "ECSLAB_")) and name != "PYTHONPATH"
    }
    return kept | {"PYTHONHASHSEED": "0", "TZ": "UTC"}


def cores() -> int:
    """How many processes may run at once on this machine."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def identity() -> str:
    """Names the code that a warm process runs: a process of older code must not serve newer."""
    root = Path(ecslab.__file__).parent
    newest = max(
        (path.stat().st_mtime_ns for room in ("cloud", "terms") for path in (root / room).rglob("*.py")),
        default=0,
    )
    text = "\0".join([ecslab.__version__, sys.executable, str(root), str(newest)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on a file, across processes."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Warm:
    """A connection to the warm process, which stays as long as somebody is connected.

    `with Warm() as warm:` keeps it; `connect()` and `close()` do the same by hand.
    """

    def __init__(self) -> None:
        self.path = places.runtime_dir() / f"warm-{identity()}.sock"
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "Warm":
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def connect(self) -> None:
        """Connects, starting the process when there is none.

        Raises:
            WarmUnusable: it does not start.
        """
        if self._connection is not None:
            return
        with locked(self.path.with_suffix(".lock")):
            self._connection = self._dial() or self._start()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def fork(self, directory: Path, *, port: int, rate: str | None, keep: bool) -> dict[str, Any]:
        """Asks for a sandbox in `directory`; the answer is `{"ok", "pid" | "error"}`.

        Raises:
            WarmUnusable: the process went away before it answered.
        """
        request = {"dir": str(directory), "port": port, "rate": rate, "keep": keep}
        with self._lock:
            self.connect()
            assert self._connection is not None
            try:
                self._connection.sendall(json.dumps(request).encode() + b"\n")
                with self._connection.makefile("rb") as answers:
                    line = answers.readline()
                answer = json.loads(line)
            except (OSError, ValueError) as error:
                self.close()
                raise WarmUnusable(str(error)) from error
        return dict(answer)

    def _dial(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(self.path))
        except OSError:
            connection.close()
            return None
        return connection

    def _start(self) -> socket.socket:
        """Starts the process; the caller holds the lock, so a socket that is there is stale."""
        self.path.unlink(missing_ok=True)
        places.prune(self.path.parent, "warm-*", "aws-*", "py-*", days=2)
        log = self.path.with_suffix(".log")
        with log.open("wb") as output:
            command = [sys.executable, "-m", "ecslab.cloud", "warm", str(self.path)]
            process = spawn(command, process_environment(), output.fileno())
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            connection = self._dial() if self.path.exists() else None
            if connection is not None:
                return connection
            if process.poll() is not None:
                raise WarmUnusable(last_line(log) or f"exit status {process.returncode}")
            time.sleep(0.01)
        process.kill()
        raise WarmUnusable(f"did not start within {START_LIMIT:.0f} seconds")


def spawn(command: list[str], env: Mapping[str, str], output: int) -> "subprocess.Popen[bytes]":
    """Starts a process in a session of its own, away from our terminal and directory.

    It may outlive us; when we outlive it, no zombie stays.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=dict(env),
        cwd="/",
        start_new_session=True,
    )
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def last_line(path: Path) -> str:
    """The last line of a log that says something."""
    try:
        return last_line_of(path.read_text(errors="replace"))
    except OSError:
        return ""


def last_line_of(text: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
