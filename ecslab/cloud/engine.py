"""A sandbox's inside: one world, its clock and its journal, kept in step.

Every input gets its stamp here, is played, and is in the journal before its answer leaves. It knows
HTTP only as values; sockets are the server's.
"""

import json
import os
import select
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ecslab import __version__
from ecslab.cloud import journal as journals
from ecslab.cloud import probes
from ecslab.cloud.clock import Clock, Rate
from ecslab.cloud.faults import UnknownFault
from ecslab.cloud.journal import Entry, Journal
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.ports.balancing import LoadBalancerAnswer
from ecslab.cloud.seam import operations
from ecslab.cloud.seam.dispatch import Dispatcher, HttpAnswer
from ecslab.cloud.seam.operations import Operation
from ecslab.cloud.world import World
from ecslab.terms.durations import parse_duration

WHATIF_SECONDS = 30.0
"""Real seconds a forked world may take."""


class NothingToUndo(Exception):
    pass


@dataclass(frozen=True)
class Call:
    """One HTTP request, header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Engine:
    """Raises `template.TemplateFailed` or `journal.JournalDamaged` when it is opened on a bad directory."""

    def __init__(
        self,
        directory: Path,
        *,
        rate: Rate | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.directory = directory
        self.document: JSON = json.loads((directory / "world.json").read_text())
        path = directory / "journal.jsonl"
        history = journals.load(path)
        self.journal = Journal(path)
        self.entries: list[Entry] = history.entries if history else []
        if history is None:
            self.journal.write(self._header())
        self.diverged: list[int] = []
        """Numbers of entries whose replay gave another answer than the one recorded."""
        self._shown: dict[int, JSON] = {}
        self._dispatcher = Dispatcher()
        self.world = self._built()
        self._replay(history.marked if history else None)
        self.clock = Clock(self.world.now, monotonic, rate)
        self._restore_allowance()
        self._marked = self.world.now
        self.unsettled = False
        """At rate "max": whether a change has yet to play out."""
        self._seen: tuple[int, int, int] = (0, -1, 0)
        self.n = 0
        self._whatifs: dict[str, JSON] = {}
        self._polls: dict[str, int] = {}

    def _header(self) -> JSON:
        digest = sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()
        versions = {"ecslab": __version__, "moto": version("moto"), "botocore": version("botocore")}
        return {"format": journals.FORMAT, "versions": versions, "world": digest}

    def _built(self) -> World:
        world = World(self.document, self._dispatcher)
        world.build()
        return world

    def _restore_allowance(self) -> None:
        last = next((e for e in reversed(self._live()) if e.kind == "request"), None)
        self.clock.fast_until = last.t + self.world.allowance if last else self.world.now

    def close(self) -> None:
        self.mark()
        self.journal.close()
        self.world.close()

    # --- time ------------------------------------------------------------------------------------

    def now(self) -> int:
        """Brings the world to this moment and returns its time."""
        if self.clock.setting == "max" and self.unsettled:
            self.unsettled = False
            self.world.run_until_steady(max(self.clock.fast_until, self.world.now))
            self.clock.jump(self.world.now)
        self.world.advance_to(self.clock.now())
        return self.world.now

    def mark(self) -> None:
        """Writes down that time had got this far."""
        t = self.world.now if self.unsettled else self.now()
        if t != self._marked:
            self.journal.mark(t)
            self._marked = t

    def heartbeat(self) -> None:
        """Marks time and makes what was written survive a power cut."""
        self.mark()
        self.journal.sync()

    def advance(self, ms: int) -> None:
        self.clock.jump(self.now() + ms)
        self.now()
        self.mark()

    def until_steady(self, limit: int) -> bool:
        reached = self.world.run_until_steady(self.now() + limit)
        self.clock.jump(self.world.now)
        self.mark()
        return reached

    def waiter_polled(self, connection: str, operation: Operation, body: bytes) -> None:
        """A waiter's second and later poll lets AWS's own delay pass, unless the clock is paused."""
        key = f"{connection}/{operation.service}/{operation.name}/{sha256(body).hexdigest()}"
        if key in self._polls and not self.clock.paused:
            delay = operations.waiter_delay(operation)
            self.clock.jump(self.now() + delay)
        self._polls[key] = self._polls.get(key, 0) + 1

    def forget_connection(self, connection: str) -> None:
        for key in [key for key in self._polls if key.startswith(f"{connection}/")]:
            del self._polls[key]

    def look(self) -> int:
        """The number of the present state; goes up when something changed since the last look."""
        seen = (id(self.world), self.world.version, self._counted())
        if seen != self._seen:
            self._seen = seen
            self.n += 1
        return self.n

    def _counted(self) -> int:
        """Goes up once a real second, at most, while clients send: what they were answered is counted."""
        if not self.world.elb.busy():
            return 0
        rate = self.clock.rate()
        step = 1000 if rate == "max" else max(1000, round(1000 * rate))
        return self.world.now // step

    # --- inputs ----------------------------------------------------------------------------------

    def request(self, call: Call, operation: Operation) -> HttpAnswer:
        """One AWS API request, stamped, played and journalled."""
        t = self.now()
        answer = self.world.request(operation, call.method, call.path, dict(call.headers), call.body)
        entry = self._entry("request", t, call, operation.changes)
        entry.target = call.headers.get("x-amz-target", "")
        entry.scope = operations.credential_scope(dict(call.headers))
        entry.service, entry.operation = operation.service, operation.name
        entry.client, entry.command = client_of(call.headers.get("user-agent", ""))
        entry.status, entry.error = answer.status, answer.error
        entry.digest = digest(answer)
        self._write(entry)
        if operation.changes:
            self.clock.changed(self.world.allowance)
            self.unsettled = True
        return answer

    def browse(
        self, call: Call, balancer: str, port: int, *, secure: bool = False
    ) -> LoadBalancerAnswer | None:
        """One request to a load balancer; the simulated time it takes passes at once."""
        t = self.now()
        answer = self._browse(call, balancer, port, secure)
        entry = self._entry("balancer", t, call, True)
        entry.detail = {"balancer": balancer, "port": port, "headers": journals.kept_headers(call.headers)}
        if secure:
            entry.detail["secure"] = True
        entry.status = answer.status if answer else 0
        entry.client = "http"
        self._write(entry)
        if answer and answer.elapsed:
            self.clock.jump(t + answer.elapsed)
            self.now()
        return answer

    def _browse(self, call: Call, balancer: str, port: int, secure: bool) -> LoadBalancerAnswer | None:
        headers = dict(call.headers)
        return self.world.browse(balancer, port, call.method, call.path, headers, call.body, secure=secure)

    def _entry(self, kind: journals.Kind, t: int, call: Call, changes: bool) -> Entry:
        return Entry(
            n=len(self.entries) + 1,
            t=t,
            kind=kind,
            changes=changes,
            method=call.method,
            path=call.path,
            body=call.body.decode("latin-1"),
            host=call.headers.get("host", ""),
            content_type=call.headers.get("content-type", ""),
        )

    def _write(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.journal.entry(entry)
        self._marked = entry.t

    def parameters(self, entry: Entry) -> JSON:
        """What a journalled API request asked for, in the API's spelling."""
        if entry.n not in self._shown:
            operation = Operation(entry.service, entry.operation, self.world.region, "")
            headers = {"content-type": entry.content_type, "x-amz-target": entry.target}
            body = entry.body.encode("latin-1")
            asked = operations.parameters(operation, entry.method, entry.path, headers, body)
            self._shown[entry.n] = probes.plain(asked)
        return self._shown[entry.n]

    # --- undo, reset, replay ---------------------------------------------------------------------

    def _live(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.changes and not entry.undone]

    def undo_preview(self) -> list[Entry]:
        """The inputs that an undo takes back: the last shell command that changed something through
        the API, and what came after it. Raises NothingToUndo."""
        live = self._live()
        calls = [entry for entry in live if entry.kind == "request"]
        if not calls:
            raise NothingToUndo("nothing to undo: no command has changed anything yet")
        first = calls[-1]
        if first.command:
            first = next(entry for entry in calls if entry.command == first.command)
        return [entry for entry in live if entry.n >= first.n]

    def undo(self) -> list[Entry]:
        taken = self.undo_preview()
        self._take_back(taken, max(taken[0].t - 1, self.world.begun), "undo")
        return taken

    def reset(self) -> None:
        """The world as at the start of the attempt. The journal keeps what was done."""
        self._take_back(self._live(), self.world.begun, "reset")

    def _take_back(self, taken: list[Entry], t: int, why: str) -> None:
        self.journal.undo([entry.n for entry in taken], t, why)
        self.journal.sync()
        for entry in taken:
            entry.undone = True
        self._whatifs.clear()
        self.world.close()
        self.world = self._built()
        self._replay(t)
        self.clock.jump(self.world.now)
        self._restore_allowance()
        self.unsettled = False
        self._marked = self.world.now

    def _replay(self, until: int | None) -> None:
        for entry in self._live():
            self.world.advance_to(entry.t)
            answer = self.play(entry)
            if isinstance(answer, HttpAnswer) and digest(answer) != entry.digest:
                self.diverged.append(entry.n)
        if until is not None:
            self.world.advance_to(until)

    def play(self, entry: Entry) -> HttpAnswer | LoadBalancerAnswer | None:
        """Plays a journalled input on the world as it stands at the entry's stamp."""
        headers = {"host": entry.host, "content-type": entry.content_type, "x-amz-target": entry.target}
        if entry.kind == "balancer":
            headers |= entry.detail.get("headers") or {"user-agent": entry.detail.get("agent", "")}
            call = Call(entry.method, entry.path, headers, entry.body.encode("latin-1"))
            detail = entry.detail
            return self._browse(call, detail["balancer"], detail["port"], detail.get("secure", False))
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={entry.scope}, SignedHeaders=host, Signature=0"
        )
        headers = {name: value for name, value in headers.items() if value}
        body = entry.body.encode("latin-1")
        operation = operations.identify(entry.method, entry.path, headers, body)
        return self.world.request(operation, entry.method, entry.path, headers, body)

    # --- what-if ---------------------------------------------------------------------------------

    def whatif(self, question: JSON) -> JSON:
        """Plays `do` and `advance` on a fork of the world and answers `ask` there.

        What this world refuses to have done to it, such as the rollout of a service that is gone, answers with
        the refusal, as the value of everything that was asked.

        Raises:
            ApiError: there is no such fault, or the fork took too long.
        """
        key = json.dumps([self.world.changes, self.world.now // 1000, question], sort_keys=True)
        if key not in self._whatifs:
            self._whatifs = {**dict(list(self._whatifs.items())[-50:]), key: self._forked(question)}
        answer = self._whatifs[key]
        if "error" in answer:
            raise ApiError("WhatIfFailed", answer["error"])
        return answer

    def _forked(self, question: JSON) -> JSON:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._answer_and_die(question, writing)
        os.close(writing)
        return _await_child(child, reading)

    def _answer_and_die(self, question: JSON, writing: int) -> None:
        """Runs in the forked child, which never returns."""
        try:
            answer = self._play_question(question)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(answer).encode())
        finally:
            os._exit(0)

    def _play_question(self, question: JSON) -> JSON:
        world = self.world
        world.unobserved()
        asked = question.get("ask", [])
        try:
            for fault in question.get("do", []):
                world.fault(fault)
        except UnknownFault:
            raise
        except ApiError as refusal:
            return {"values": [{"Error": refusal.code} for _ in asked], "t": world.now}
        world.advance_to(world.now + parse_duration(question.get("advance", 0)))
        look = probes.Look(world)
        return {"values": [look.read(probe) for probe in asked], "t": world.now}


def _await_child(child: int, reading: int) -> JSON:
    chunks: list[bytes] = []
    deadline = time.monotonic() + WHATIF_SECONDS
    with os.fdopen(reading, "rb") as pipe:
        while True:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([pipe], [], [], max(0.0, left))
            if not ready:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return {"error": f"the what-if took more than {WHATIF_SECONDS:.0f} seconds"}
            chunk = os.read(pipe.fileno(), 1 << 16)
            if not chunk:
                break
            chunks.append(chunk)
    os.waitpid(child, 0)
    if not chunks:
        return {"error": "the forked world ended without an answer"}
    answer: JSON = json.loads(b"".join(chunks))
    return answer


def digest(answer: HttpAnswer) -> str:
    return sha256(f"{answer.status}\n".encode() + answer.body).hexdigest()[:16]


def client_of(agent: str) -> tuple[str, str]:
    """(`aws-cli`, `boto3`, …; the shell command's number) from a User-Agent."""
    client = "other"
    for name, prefix in (("aws-cli", "aws-cli/"), ("boto3", "Boto3/"), ("botocore", "Botocore/")):
        if agent.startswith(prefix):
            client = name
            break
    command = next((word[8:] for word in agent.split() if word.startswith("app/cmd-")), "")
    return client, command


def is_waiter(agent: str) -> bool:
    """botocore marks the polls of a waiter with `B` in the feature list `m/…` of its User-Agent."""
    features = next((word[2:] for word in agent.split() if word.startswith("m/")), "")
    return "B" in features.split(",")


def entry_json(engine: Engine, entry: Entry) -> dict[str, Any]:
    """An entry as `GET journal` shows it."""
    shown = {
        "n": entry.n, "t": entry.t, "time": iso(engine.world, entry.t), "command": entry.command,
        "service": entry.service, "operation": entry.operation, "client": entry.client,
        "changes": entry.changes and entry.kind == "request", "status": entry.status, "error": entry.error,
        "undone": entry.undone,
    }  # fmt: skip
    if entry.kind == "request":
        operation = Operation(entry.service, entry.operation, engine.world.region, "")
        headers = {"content-type": entry.content_type, "x-amz-target": entry.target}
        body = entry.body.encode("latin-1")
        shown["params"] = probes.plain(
            operations.parameters(operation, entry.method, entry.path, headers, body)
        )
    else:
        shown["operation"], shown["path"] = f"{entry.method} {entry.path}", entry.path
        shown["host"] = entry.host
    return shown


def iso(world: World, t: int) -> str:
    from datetime import UTC, datetime

    moment = datetime.fromtimestamp(world.epoch_seconds(t), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
