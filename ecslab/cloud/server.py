"""The sandbox's loopback HTTP server: sockets, leases and the pace of time, in one thread.

h11 speaks HTTP, asyncio waits; each request is played to its end before the next one is looked at.
What a request means is the gateway's.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import ssl
import time
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import h11

from ecslab import __version__
from ecslab.cloud.authority import Authority
from ecslab.cloud.clock import Rate
from ecslab.cloud.control import Control, reply
from ecslab.cloud.engine import Call, Engine
from ecslab.cloud.gateway import CONTROL, Gateway, Origin
from ecslab.cloud.seam.dispatch import HttpAnswer

LINGER = 3.0
"""Real seconds a sandbox outlives its last lease."""
FIRST_LEASE = 15.0
"""Real seconds within which the first lease must come."""
HEARTBEAT = 1.0
"""Real seconds between marks and syncs of the journal."""
LARGEST_BODY = 8 * 1024 * 1024
LONGEST_WAIT = 60.0
SHORTEST_PAUSE = 0.02
"""Real seconds between two looks at a world in which much is going on."""
PHRASES = {status.value: status.phrase for status in HTTPStatus}
BALANCER_PHRASES = {503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
"""What an ALB writes on its status line where the standard says something else."""


class Server:
    def __init__(self, directory: Path, engine: Engine, *, keep: bool, token: str, any_key: bool) -> None:
        self.directory = directory
        self.engine = engine
        self.keep = keep
        self.token = token
        self.any_key = any_key
        self.leases = 0
        self._left_at = time.monotonic() + FIRST_LEASE - LINGER
        self.authority = Authority(directory)
        self._stopped = asyncio.Event()
        self._changed = asyncio.Condition()
        self._looked = 0
        self._connections = 0

    async def run(self, port: int) -> None:
        """Serves until stopped or abandoned. Raises OSError when the port cannot be had."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, limit=1 << 18)
        actual = server.sockets[0].getsockname()[1]
        self.control = Control(self.engine, self.token, self._stopped.set)
        self.gateway = Gateway(self.engine, self.control, any_key=self.any_key, port=actual)
        self._announce(actual)
        self._attended()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        pulse = asyncio.create_task(self._pulse())
        await self._stopped.wait()
        pulse.cancel()
        server.close()
        async with self._changed:
            self._changed.notify_all()
        self.engine.close()
        (self.directory / "sandbox.json").unlink(missing_ok=True)

    def _announce(self, port: int) -> None:
        url = f"http://127.0.0.1:{port}"
        facts = {
            "pid": os.getpid(), "port": port, "token": self.token, "url": url, "control_url": url + CONTROL,
            "keep": self.keep, "version": __version__,
        }  # fmt: skip
        temporary = self.directory / ".sandbox.json"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(facts, file)
        temporary.replace(self.directory / "sandbox.json")

    # --- leases and the pace of time -------------------------------------------------------------

    def _attended(self) -> None:
        self.engine.clock.set_running(self.keep or self.leases > 0)

    async def _pulse(self) -> None:
        """Plays what falls due, tells waiting clients, marks time, and ends an abandoned sandbox."""
        marked = time.monotonic()
        while True:
            await asyncio.sleep(self._pause())
            if not (self.engine.clock.setting == "max" and self.engine.unsettled):
                self.engine.now()
            await self._notify()
            if time.monotonic() - marked >= HEARTBEAT:
                marked = time.monotonic()
                self.engine.heartbeat()
            if not self.keep and not self.leases and time.monotonic() - self._left_at > LINGER:
                self._stopped.set()

    def _pause(self) -> float:
        due = self.engine.world.timeline.next_time()
        wait = self.engine.clock.real_seconds_until(due) if due is not None else None
        return min(max(HEARTBEAT / 4 if wait is None else wait, SHORTEST_PAUSE), HEARTBEAT / 4)

    async def _notify(self) -> None:
        n = self.engine.look()
        if n != self._looked:
            self._looked = n
            async with self._changed:
                self._changed.notify_all()

    # --- connections -----------------------------------------------------------------------------

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        name = str(self._connections)
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 17)
        try:
            while not self._stopped.is_set():
                call = await _receive(http, reader, writer)
                if call is None or not await self._serve(call, name, http, reader, writer):
                    break
                if http.our_state is h11.MUST_CLOSE or http.their_state is not h11.DONE:
                    break
                http.start_next_cycle()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except h11.RemoteProtocolError as error:
            with contextlib.suppress(ConnectionError, h11.LocalProtocolError):
                _send(http, writer, reply(error.error_status_hint, {"error": str(error)}), close=True)
                await writer.drain()
        finally:
            self.engine.forget_connection(name)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(
        self,
        call: Call,
        name: str,
        http: h11.Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Answers one request; False when the connection is over."""
        if call.method == "CONNECT":
            way = self.gateway.connect(call.path)
            if isinstance(way, Origin):
                await self._tunnel(way, reader, writer)
            else:
                _send(http, writer, way, close=True)
                await writer.drain()
            return False
        path = call.path.removeprefix(CONTROL)
        if path != call.path and self.gateway.is_local(call) and self.control.admits(call):
            if call.method == "GET" and path.split("?")[0] == "/lease":
                await self._lease(http, reader, writer)
                return False
            if call.method == "GET" and path.startswith("/state?"):
                await self._await_change(path)
        answer = self.gateway.answer(call, name)
        _send(http, writer, answer, head=call.method == "HEAD")
        await writer.drain()
        await self._notify()
        return True

    async def _tunnel(
        self, origin: Origin, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Speaks TLS as the load balancer that a CONNECT named, until the client hangs up."""
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await writer.start_tls(self.authority.context(origin.host))
        except (ssl.SSLError, OSError):
            return
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 17)
        while (call := await _receive(http, reader, writer)) is not None:
            answer = self.gateway.tunnelled(call, origin)
            _send(http, writer, answer, head=call.method == "HEAD")
            await writer.drain()
            await self._notify()
            if http.our_state is h11.MUST_CLOSE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()

    async def _lease(
        self, http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Holds the connection open; the client gives the lease back by closing it."""
        head = h11.Response(
            status_code=200, headers=[("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")]
        )
        writer.write(http.send(head) or b"")
        writer.write(http.send(h11.Data(data=b"held\n")) or b"")
        await writer.drain()
        self.leases += 1
        self._attended()
        try:
            await self._until_closed(reader)
        finally:
            self.leases -= 1
            self._left_at = time.monotonic()
            self.engine.now()
            self._attended()
            self.engine.heartbeat()

    async def _until_closed(self, reader: asyncio.StreamReader) -> None:
        stopped = asyncio.ensure_future(self._stopped.wait())
        closed = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({stopped, closed}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (stopped, closed):
            waiting.cancel()

    async def _await_change(self, path: str) -> None:
        """The waiting form of `GET state?since=N&wait=S`."""
        query = {key: values[-1] for key, values in parse_qs(urlsplit(path).query).items()}
        try:
            wait = min(float(query.get("wait", "0")), LONGEST_WAIT)
        except ValueError:
            return
        if wait <= 0 or query.get("since") != str(self.engine.look()):
            return

        async def changed() -> None:
            async with self._changed:
                await self._changed.wait_for(
                    lambda: self._stopped.is_set() or query["since"] != str(self.engine.look())
                )

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(changed(), wait)


async def _receive(
    http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Call | None:
    """The next whole request, or None when the client has gone."""
    request: h11.Request | None = None
    chunks: list[bytes] = []
    size = 0
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            if http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                writer.write(http.send(go_on) or b"")
            http.receive_data(await reader.read(1 << 16))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            size += len(event.data)
            if size > LARGEST_BODY:
                raise h11.RemoteProtocolError("the request is too large", error_status_hint=413)
            chunks.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            assert request is not None
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in request.headers}
            return Call(request.method.decode(), request.target.decode("latin-1"), headers, b"".join(chunks))
        else:
            return None


def _send(
    http: h11.Connection,
    writer: asyncio.StreamWriter,
    answer: HttpAnswer,
    *,
    close: bool = False,
    head: bool = False,
) -> None:
    headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
    if not any(name.lower() == "date" for name, _ in headers):
        headers.append(("Date", formatdate(time.time(), usegmt=True)))
    headers.append(("Content-Length", str(len(answer.body))))
    if close:
        headers.append(("Connection", "close"))
    balancer = ("Server", "awselb/2.0") in answer.headers
    reason = (BALANCER_PHRASES if balancer else {}).get(answer.status) or PHRASES.get(answer.status, "")
    head_line = h11.Response(status_code=answer.status, headers=headers, reason=reason.encode())
    writer.write(http.send(head_line) or b"")
    if answer.body and not head:
        writer.write(http.send(h11.Data(data=answer.body)) or b"")
    writer.write(http.send(h11.EndOfMessage()) or b"")


def kept_token(directory: Path) -> str:
    """The directory's token, the same after a restart: shells that have it go on."""
    path = directory / "token"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()


def serve(directory: Path, *, port: int = 0, rate: Rate | None = None, keep: bool = False) -> None:
    """Opens the world in `directory` and serves it until it is stopped or abandoned.

    Raises:
        OSError: the port cannot be had, the directory cannot be written.
        TemplateFailed, JournalDamaged: the directory holds no world that can be opened.
    """
    engine = Engine(directory, rate=rate)
    any_key = bool(engine.document.get("any_key"))
    asyncio.run(_serve(directory, engine, port=port, keep=keep, any_key=any_key))


async def _serve(directory: Path, engine: Engine, *, port: int, keep: bool, any_key: bool) -> None:
    server = Server(directory, engine, keep=keep, token=kept_token(directory), any_key=any_key)
    await server.run(port)
