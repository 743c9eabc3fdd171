"""Makes a Python process see the world's clock instead of the wall's.

Used by the bundled `aws` and by the learner's `python` (through `site/sitecustomize.py`), so it
imports next to nothing and never fails a program because the world cannot be asked. Only the wall
clock is replaced: monotonic clocks and sleeping stay real.
"""

import sys
import time
from datetime import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FRESH_NS = 100_000_000
"""Real nanoseconds for which a reading of the world's clock is good."""
_PATIENCE = 2.0
"""Real seconds to wait for a later reading: the last one goes on meanwhile."""
_PATIENCE_AT_FIRST = 30.0
"""For the first reading: a sandbox that is busy has not stopped."""

Reading = tuple[int, bool]
"""The world's time in nanoseconds since 1970, and whether time stands still."""


def read(control_url: str, token: str, patience: float = _PATIENCE) -> Reading:
    """Asks a sandbox for its time.

    Raises:
        OSError: nobody answers there.
        ValueError: the answer is none.
    """
    from _socket import socket  # the C class: `socket` itself costs 5 ms to import

    host, _, rest = control_url.removeprefix("http://").partition(":")
    port, _, prefix = rest.partition("/")
    connection = socket()
    try:
        connection.settimeout(patience)
        connection.connect((host, int(port)))
        connection.sendall(
            f"GET /{prefix}/clock HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    finally:
        connection.close()
    return _parse(answer)


def _parse(answer: bytes) -> Reading:
    head, _, body = answer.decode("utf-8", "replace").partition("\r\n\r\n")
    if " 200 " not in head.partition("\r\n")[0] + " ":
        raise ValueError(head.partition("\r\n")[0])
    import json

    clock = json.loads(body)
    now = datetime.fromisoformat(str(clock["now"]))
    whole = int(now.replace(microsecond=0).timestamp())
    return whole * 1_000_000_000 + now.microsecond * 1_000, bool(clock.get("paused"))


def travel(environ: "Mapping[str, str]") -> bool:
    """Puts this process on the clock of the sandbox that `environ` names; says whether it could."""
    control_url, token = environ.get("ECSLAB_CONTROL_URL", ""), environ.get("ECSLAB_TOKEN", "")
    if not control_url:
        return False
    try:
        first = read(control_url, token, _PATIENCE_AT_FIRST)
    except (OSError, ValueError, KeyError):
        return False
    time_machine = library()

    class WorldTraveller(time_machine.Traveller):  # type: ignore[misc, name-defined]
        """Follows the world: pauses, jumps and its rate, by asking again now and then."""

        def __init__(self) -> None:
            super().__init__(first[0], None, True)
            self._reading = first
            self._read_at = time.monotonic_ns()

        def time_ns(self) -> int:
            age = time.monotonic_ns() - self._read_at
            if age > _FRESH_NS:
                self._ask()
                age = time.monotonic_ns() - self._read_at
            now, paused = self._reading
            return now if paused else now + age

        def _ask(self) -> None:
            try:
                reading = read(control_url, token)
            except (OSError, ValueError, KeyError):
                return
            self._reading, self._read_at = reading, time.monotonic_ns()

    time_machine.travel(0).start()
    time_machine.traveller_stack[-1] = WorldTraveller()
    return True


def library() -> "Any":
    """The library that moves a process's clock, without the two that it would import for features that nobody needs
    here (pytest's fixture and dateutil's parser: 130 ms where both are installed)."""
    unwanted = [name for name in ("pytest", "dateutil.parser") if name not in sys.modules]
    for name in unwanted:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        import time_machine
    finally:
        for name in unwanted:
            del sys.modules[name]
    return time_machine
