"""Runs a Python program as the `python` of a lab's shell does, and reads what it says.

It is forked from a warm server that has boto3 loaded (`pythond`) where there is one, and is a process of its own
otherwise: the same program, the same environment, the same end; only what it costs differs.
"""

import contextlib
import hashlib
import marshal
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from ecslab.sandbox import places
from ecslab.sandbox.warm import spawn
from ecslab.shell import limits, shims, waiters

PYTHON = ("python", "-P")
"""Without the script's own directory on the path: a program may be called boto3.py."""
MASK = 0o022
"""The umask of a program."""
MOST_READ = 1_000_000
"""Bytes of each output that are kept, from its end."""
AT_THE_START = ("PYTHON", "LANG", "LC_")
"""How variables begin that Python reads when it starts: a warm server serves those who have the same."""
PLACES = ("PATH", "TMPDIR")
"""Nothing but this of whoever starts a server is in its memory, from which programs are forked."""

Limits = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it said."""

    status: int | None
    """Its exit status, negative for a signal; None: it was ended because it took too long."""
    out: str
    err: str


@dataclass(frozen=True)
class _Wanted:
    """A program that is to run."""

    script: Path
    args: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    most: Limits


class Process(Protocol):
    """A program that runs, at the head of a process group of its own."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, negative for a signal. Raises subprocess.TimeoutExpired."""
        ...


def run(
    script: Path,
    args: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    seconds: float,
    most: Limits = (),
) -> Ended:
    """Runs a program and ends what it left running.

    Args:
        env: the environment of a sandbox, as `shell.environment` makes it.
        seconds: of real time that it may take.
        most: limits of what it may use.
    """
    wanted = _Wanted(script, args, env, cwd, most)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = _forked(wanted, out, err) or _started(wanted, out, err)
        try:
            status: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
        return Ended(status, _said(out), _said(err))


def _said(output: IO[bytes]) -> str:
    output.seek(0, os.SEEK_END)
    output.seek(max(0, output.tell() - MOST_READ))
    return output.read().decode(errors="replace")


def _end(process: Process) -> None:
    """The program, and whatever it left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _started(wanted: _Wanted, out: IO[bytes], err: IO[bytes]) -> Process:
    """The program as a process of its own."""
    python = shutil.which(PYTHON[0], path=wanted.env["PATH"]) or sys.executable
    return subprocess.Popen(
        [python, *PYTHON[1:], str(wanted.script), *wanted.args],
        cwd=wanted.cwd,
        env=dict(wanted.env),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        start_new_session=True,
        umask=MASK,
        preexec_fn=lambda: limits.keep(wanted.most),
    )


# --- forked from a warm server ------------------------------------------------------------------------


def server_address(env: Mapping[str, str]) -> Path:
    """Where the warm server for programs of this environment listens."""
    text = "\0".join([shims.identity(), *(f"{name}={env[name]}" for name in sorted(_at_the_start(env)))])
    return places.runtime_dir() / f"py-{hashlib.sha256(text.encode()).hexdigest()[:12]}.sock"


def start_server(env: Mapping[str, str]) -> None:
    """Starts a warm server for the programs to come; it ends at once if there is one by then."""
    kept = {name: env[name] for name in (*PLACES, *_at_the_start(env)) if name in env}
    path = os.pathsep.join([str(shims.ROOM / "site"), *filter(None, [env.get("PYTHONPATH")])])
    own = {"PYTHONPATH": path, "AWS_DATA_PATH": str(waiters.directory()), "HOME": os.devnull}
    command = [sys.executable, "-P", "-m", "ecslab.shell.pythond", str(server_address(env))]
    spawn(command, kept | own, subprocess.DEVNULL)


def _at_the_start(env: Mapping[str, str]) -> list[str]:
    return [name for name in env if name.startswith(AT_THE_START)]


def _forked(wanted: _Wanted, out: IO[bytes], err: IO[bytes]) -> "Forked | None":
    """The program as a fork of the warm server; None when there is none, and then one is started for the next time."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(server_address(wanted.env)))
    except OSError:
        connection.close()
        start_server(wanted.env)
        return None
    environment = {os.fsencode(name): os.fsencode(value) for name, value in wanted.env.items()}
    most = [tuple(pair) for pair in wanted.most]
    request = marshal.dumps((str(wanted.script), list(wanted.args), most, environment, MASK))
    nothing, here = os.open(os.devnull, os.O_RDONLY), os.open(wanted.cwd, os.O_RDONLY)
    try:
        socket.send_fds(
            connection, [len(request).to_bytes(4, "big")], [nothing, out.fileno(), err.fileno(), here]
        )
        connection.sendall(request)
        return Forked(connection)
    except OSError:  # the server was just leaving
        connection.close()
        return None
    finally:
        os.close(nothing)
        os.close(here)


class Forked:
    """A program that a warm server has forked, as if it were a child of ours."""

    def __init__(self, connection: socket.socket) -> None:
        """Raises OSError: the server left before it had forked."""
        self._connection = connection
        self._status: int | None = None
        kind, self.pid = self._told(None)
        if kind != b"P":
            raise ConnectionError(kind)

    def wait(self, timeout: float | None = None) -> int:
        if self._status is None:
            deadline = None if timeout is None else time.monotonic() + timeout
            try:
                kind, value = self._told(deadline)
            except TimeoutError:
                raise subprocess.TimeoutExpired("python", timeout or 0) from None
            except OSError:  # nobody knows how it ended
                kind, value = b"S", signal.SIGKILL
            self._status = -value if kind == b"S" else value
            self._connection.close()
        return self._status

    def _told(self, deadline: float | None) -> tuple[bytes, int]:
        """A message of the server: `P`id, e`X`it status or `S`ignal, and its number."""
        data = b""
        while len(data) < 5:
            self._connection.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
            more = self._connection.recv(5 - len(data))
            if not more:
                raise ConnectionError("the server has gone")
            data += more
        return data[:1], int.from_bytes(data[1:], "big")
