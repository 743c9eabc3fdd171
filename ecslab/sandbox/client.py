"""A sandbox as its clients see it: started or found in a directory, leased, asked and stopped.

This is the only client of the mock AWS's control routes. It speaks HTTP and reads two files,
`world.json` and `sandbox.json`; it imports nothing of the mock AWS itself, which is another process.
"""

import http.client
import json
import os
import secrets
import signal
import string
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ecslab.sandbox import places
from ecslab.sandbox.problems import SandboxBusy, SandboxProblem
from ecslab.sandbox.warm import START_LIMIT, Warm, WarmUnusable, last_line, locked, process_environment, spawn
from ecslab.terms.problems import Exit

PREFIX = "/_ecslab"
HOST = "127.0.0.1"
QUICK = 5.0
"""Seconds for an answer that involves no simulation."""
PATIENT = 600.0
"""Seconds for an answer that may simulate days."""

_KEY_ALPHABET = string.ascii_uppercase + "234567"
_SECRET_ALPHABET = string.ascii_letters + string.digits + "+/"

JSON = dict[str, Any]


class Sandbox:
    """A running sandbox. Every call opens its own connection, so threads may share one object."""

    def __init__(self, directory: Path, *, port: int, token: str, pid: int) -> None:
        self.directory = directory
        self.port = port
        self.token = token
        self.pid = pid
        self.url = f"http://{HOST}:{port}"
        self.control_url = self.url + PREFIX
        self._lease: tuple[http.client.HTTPConnection, http.client.HTTPResponse] | None = None

    # --- starting and finding --------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        directory: Path | str,
        world: JSON | None = None,
        *,
        port: int = 0,
        rate: float | str | None = None,
        keep: bool = False,
        warm: Warm | None = None,
    ) -> "Sandbox":
        """The sandbox in `directory`: the one that runs, the one that ran, or a new one of `world`.

        The first start stamps the world with its epoch and its learner's keys and keeps it as
        `world.json`; later ones resume what the journal holds and ignore `world`. A caller that
        has a connection to the warm process passes it as `warm`.

        Raises:
            SandboxProblem: it does not start; the message says why and where the log is.
        """
        home = places.made(Path(directory).absolute())
        with locked(home / "lock"):
            running = cls.find(home)
            if running is not None:
                return running
            is_new = _write_world(home, world)
            (home / "sandbox.json").unlink(missing_ok=True)
            try:
                _bring_up(home, port=port, rate=None if rate is None else str(rate), keep=keep, warm=warm)
            except SandboxProblem:
                if is_new:  # it never began, so there is nothing to resume
                    (home / "world.json").unlink(missing_ok=True)
                    (home / "journal.jsonl").unlink(missing_ok=True)
                raise
            started = cls._read(home)
        if started is None:
            raise _did_not_start(home, last_line(home / "log"))
        return started

    @classmethod
    def find(cls, directory: Path | str) -> "Sandbox | None":
        """The sandbox that runs in `directory`, if one does."""
        found = cls._read(Path(directory).absolute())
        return found if found is not None and found.alive() else None

    @classmethod
    def _read(cls, home: Path) -> "Sandbox | None":
        try:
            about = json.loads((home / "sandbox.json").read_text())
            return cls(home, port=int(about["port"]), token=str(about["token"]), pid=int(about["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def alive(self) -> bool:
        """Whether the process still serves; one that is busy simulating counts as alive."""
        try:
            os.kill(self.pid, 0)
            self.health()
        except PermissionError:
            return False
        except SandboxBusy:
            return True
        except (OSError, SandboxProblem):
            return False
        return True

    # --- the lease -------------------------------------------------------------------------------

    def hold(self) -> "Sandbox":
        """Takes the lease: the sandbox lives, and its time runs, until `release`."""
        if self._lease is not None:
            return self
        connection = self._connect(timeout=PATIENT)
        try:
            connection.request("GET", f"{PREFIX}/lease", headers=self._headers())
            response = connection.getresponse()
        except OSError as error:
            connection.close()
            raise self._gone() from error
        if response.status != 200:
            error_text = _error_of(response.read(), response.reason)
            connection.close()
            raise SandboxProblem(f"the sandbox gives no lease: {error_text}", code=response.status)
        self._lease = (connection, response)
        return self

    def release(self) -> None:
        """Gives the lease back."""
        if self._lease is not None:
            connection, response = self._lease
            self._lease = None
            response.close()
            connection.close()

    @contextmanager
    def lease(self) -> Iterator["Sandbox"]:
        """Holds the lease for a while."""
        self.hold()
        try:
            yield self
        finally:
            self.release()

    # --- asking ----------------------------------------------------------------------------------

    def health(self) -> JSON:
        return dict(self._ask("GET", "health", timeout=QUICK))

    def clock(self, **changes: Any) -> JSON:
        """The clock; with `paused`, `rate`, `advance`, `until`, `limit` it is changed first."""
        if changes:
            return dict(self._ask("POST", "clock", changes))
        return dict(self._ask("GET", "clock"))

    def state(self, since: int | None = None, wait: float | None = None) -> JSON:
        """What the screen draws; with `since` and `wait` it waits for something newer."""
        query = {name: value for name, value in (("since", since), ("wait", wait)) if value is not None}
        return dict(self._ask("GET", "state" + (f"?{urlencode(query)}" if query else "")))

    def journal(self) -> list[JSON]:
        return list(self._ask("GET", "journal")["entries"])

    def logs(self) -> list[JSON]:
        """What containers logged last, oldest first."""
        return list(self._ask("GET", "logs")["events"])

    def history(self) -> JSON:
        """All that verdicts are made of."""
        return dict(self._ask("GET", "history"))

    def whatif(self, do: list[Any], advance: str, ask: list[JSON], check: str | None = None) -> JSON:
        """Plays `do` in a fork of the world, lets time pass, and reads `ask` there; `check` names
        the check that asks, for the sandbox's cache."""
        body: JSON = {"do": do, "advance": advance, "ask": ask}
        return dict(self._ask("POST", "whatif", body if check is None else {"id": check, **body}))

    def undo(self, preview: bool = False) -> JSON:
        """Takes back the last command that changed something; refused when there is none."""
        return dict(self._ask("POST", "undo", {"preview": preview}))

    def reset(self) -> JSON:
        """The world as it was when the attempt began."""
        return dict(self._ask("POST", "reset", {}))

    def stop(self) -> None:
        """Ends the process and returns when its journal is written and its port is free."""
        try:
            self._ask("POST", "stop", {}, timeout=QUICK)
        except SandboxProblem:
            pass
        finally:
            self.release()
        deadline = time.monotonic() + QUICK
        while self._listens():
            if time.monotonic() > deadline:
                # What it answered is in its journal already.
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(self.pid, signal.SIGKILL)
                return
            time.sleep(0.01)

    # --- HTTP ------------------------------------------------------------------------------------

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(HOST, self.port, timeout=timeout)

    def _listens(self) -> bool:
        connection = self._connect(timeout=QUICK)
        try:
            connection.connect()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def _ask(self, method: str, route: str, body: JSON | None = None, *, timeout: float = PATIENT) -> Any:
        connection = self._connect(timeout)
        try:
            payload = None if body is None else json.dumps(body).encode()
            headers = self._headers() | ({"Content-Type": "application/json"} if payload else {})
            connection.request(method, f"{PREFIX}/{route}", body=payload, headers=headers)
            response = connection.getresponse()
            answer = response.read()
        except TimeoutError as error:
            raise SandboxBusy(
                f"the sandbox in {self.directory} did not answer for {timeout:.0f} s"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._gone() from error
        finally:
            connection.close()
        if response.status != 200:
            status = Exit.USAGE if response.status in (400, 409) else Exit.ENVIRONMENT
            raise SandboxProblem(_error_of(answer, response.reason), status=status, code=response.status)
        return json.loads(answer)

    def _gone(self) -> SandboxProblem:
        return SandboxProblem(
            f"the sandbox in {self.directory} has stopped", "start it again; nothing is lost"
        )


def new_identity() -> dict[str, str]:
    """Random keys of the learner, in the shape that AWS gives them."""
    return {
        "access_key_id": "AKIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16)),
        "secret_access_key": "".join(secrets.choice(_SECRET_ALPHABET) for _ in range(40)),
    }


def _write_world(home: Path, world: JSON | None) -> bool:
    """Keeps the world of a first start, stamped; False: there is one already."""
    path = home / "world.json"
    if path.exists():
        return False
    if world is None:
        raise SandboxProblem(f"there is no sandbox in {home}", "start one there with a world first")
    stamped = {"epoch_ms": time.time_ns() // 1_000_000, "identity": new_identity()} | {
        name: value for name, value in world.items() if value is not None
    }
    draft = path.with_suffix(".draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(stamped, out)
        draft.replace(path)
    except OSError as error:
        raise SandboxProblem(f"cannot write {path} ({error.strerror})", places.ELSEWHERE) from None
    return True


def _bring_up(home: Path, *, port: int, rate: str | None, keep: bool, warm: Warm | None) -> None:
    """Starts the process and returns when it serves."""
    try:
        _fork(home, port=port, rate=rate, keep=keep, warm=warm)
    except WarmUnusable:
        _serve(home, port=port, rate=rate, keep=keep)


def _fork(home: Path, *, port: int, rate: str | None, keep: bool, warm: Warm | None) -> None:
    """Starts the sandbox as a child of the warm process."""
    kept = warm or Warm()
    try:
        answer = kept.fork(home, port=port, rate=rate, keep=keep)
    finally:
        if warm is None:
            kept.close()
    if not answer.get("ok"):
        raise _did_not_start(home, str(answer.get("error", "")))


def _serve(home: Path, *, port: int, rate: str | None, keep: bool) -> None:
    """Starts the sandbox as a process of its own: slower, but it needs nobody."""
    command = [sys.executable, "-m", "ecslab.cloud", "serve", str(home)]
    command += ["--port", str(port)] if port else []
    command += ["--rate", rate] if rate is not None else []
    command += ["--keep"] if keep else []
    log = home / "log"
    with log.open("ab") as output:
        process = spawn(command, process_environment(), output.fileno())
    deadline = time.monotonic() + START_LIMIT
    while not (home / "sandbox.json").exists():
        if process.poll() is not None:
            raise _did_not_start(home, last_line(log))
        if time.monotonic() > deadline:
            process.kill()
            raise _did_not_start(home, f"not ready within {START_LIMIT:.0f} seconds")
        time.sleep(0.01)


def _did_not_start(home: Path, why: str) -> SandboxProblem:
    what, _, todo = " ".join(why.split()).partition("; ")
    return SandboxProblem(
        f"the sandbox did not start: {what}" if what else "the sandbox did not start",
        todo or f"its log is {home / 'log'}",
    )


def _error_of(body: bytes, otherwise: str) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return otherwise
