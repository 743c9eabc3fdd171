"""Plays one AWS API request on moto's dispatcher, in this thread, and never answers 500.

The caller has frozen time at the request's stamp. What moto cannot do becomes a clear client error;
an exception inside it is kept in `Dispatcher.exceptions` as well, because a test run in which one happened has failed.
"""

import io
import traceback
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from botocore.model import OperationNotFoundError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import determinism
from ecslab.cloud.seam.operations import Operation, error_answer


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def error(self) -> str:
        """The error code of an answer that is one, as the client will print it; empty otherwise."""
        return error_code(self) if self.status >= 400 else ""


class Application(DomainDispatcherApplication):
    """moto's dispatcher, that looks for a host's service once: moto lists its own directory at every request."""

    @cache
    def get_backend_for_host(self, host: str | None) -> Any:
        return super().get_backend_for_host(host)


_APPLICATION = Application(create_backend_app)
"""It keeps the routes of each service that was called, and no state of a world."""


class AnsweringWorld(World, Protocol):
    """A world as those see it who make calls in it."""

    document: JSON
    changes: int
    """Changing inputs played so far."""
    dispatcher: "Dispatcher"


class Dispatcher:
    def __init__(self) -> None:
        self.exceptions: list[str] = []
        """Tracebacks of internal exceptions, whatever the client saw."""
        self.changes = 0
        """Calls so far that may have changed something, the world's own as well as clients'."""

    def call(
        self,
        operation: Operation,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        *,
        draw: tuple[object, ...],
    ) -> HttpAnswer:
        """`headers` with lower-case names; `draw` keys everything random in the answer."""
        determinism.reseed(*draw)
        self.changes += operation.changes
        try:
            return self._run(method, path, headers, body)
        except ApiError as error:
            return _answer(*error_answer(operation, error.code, error.message, error.status))
        except OperationNotFoundError:
            message = f"{operation.service} has no operation {operation.name}"
            return _answer(*error_answer(operation, "UnknownOperationException", message))
        except NotImplementedError:
            message = f"ecslab does not simulate {operation.service} {operation.name or path}"
            return _answer(*error_answer(operation, "UnsupportedOperation", message))
        except Exception as error:
            self.exceptions.append(traceback.format_exc())
            message = (
                f"ecslab's mock of {operation.service} {operation.name} failed on this request "
                f"({type(error).__name__}: {error}); please report it"
            )
            return _answer(*error_answer(operation, "SimulatorFault", message))

    def _run(self, method: str, path: str, headers: dict[str, str], body: bytes) -> HttpAnswer:
        environ = _environ(method, path, headers, body)
        started: dict[str, Any] = {}

        def start_response(status: str, out: list[tuple[str, str]], exc: Any = None) -> Any:
            started["status"], started["headers"] = int(status.split(maxsplit=1)[0]), out
            return lambda data: None

        chunks = _APPLICATION(environ, start_response)
        try:
            payload = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        if started["status"] >= 500:
            raise RuntimeError(payload.decode("utf-8", "replace")[:500])
        kept = tuple((k, v) for k, v in started["headers"] if k.lower() not in _HOP)
        return HttpAnswer(started["status"], kept, payload)


_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}


def _environ(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    from urllib.parse import unquote

    plain, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(plain, "latin-1"),
        "RAW_URI": path,
        "REQUEST_URI": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    return environ


def _answer(status: int, headers: dict[str, str], body: bytes) -> HttpAnswer:
    return HttpAnswer(status, tuple(headers.items()), body)


def error_code(answer: HttpAnswer) -> str:
    import json
    import re

    text = answer.body.decode("utf-8", "replace")
    if text.startswith("{"):
        try:
            parsed = json.loads(text)
        except ValueError:
            return str(answer.status)
        code = parsed.get("__type") or parsed.get("code") or parsed.get("Code") or str(answer.status)
        return str(code).rpartition("#")[2]
    found = re.search(r"<Code>([^<]+)</Code>", text)
    return found.group(1) if found else str(answer.status)
