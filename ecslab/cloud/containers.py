"""What an image does when it runs: the simulated application of one container.

Everything is decided when the container starts and is a pure function of the time since then, so
that a run can be asked about any moment in any order. It schedules nothing and keeps no history.
"""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ecslab.cloud import containers_commands as commands
from ecslab.cloud.containers_altered import AlteredRun
from ecslab.cloud.containers_needs import Surroundings, first_failure, soft_failures
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.images import Answer, Ending, Run

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
OOM_AFTER = 1_000
"""How long an application that wants too much memory lives."""
MINUTE = 60_000
SIGTERM_CODE = 143
SIGKILL_CODE = 137

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)")
_SLEEP = re.compile(r"sleep\s+(\d+(?:\.\d+)?|infinity)")


@dataclass(frozen=True)
class _Listener:
    port: int
    after: int
    address: str


class ContainerRun:
    """One container while it runs; see `ecslab.cloud.ports.images.Run`."""

    def __init__(
        self,
        program: JSON,
        *,
        environment: Mapping[str, str],
        command: Sequence[str] | None,
        memory_limit: int | None,
        surroundings: Surroundings,
    ) -> None:
        self._environment = {**environment, **surroundings.secrets}
        self._memory_limit = memory_limit
        self._script = _script(command)
        self._failure = first_failure(program.get("needs") or {}, self._environment, surroundings)
        self._soft = soft_failures(program.get("needs") or {}, surroundings)
        self._leaving_from = self._leaking_from = 0
        self._follow(program)

    def _follow(self, program: JSON) -> None:
        self._program = program
        self._sigterm: JSON = program.get("sigterm") or {}
        self._routes: JSON = program.get("routes") or {}
        self._memory = float(program.get("memory", 64))
        self._leak = float(program.get("leak", 0)) / MINUTE
        self._logs = [] if self._script is not None else list(self._logging())
        failures = [*self._soft, *([self._failure] if self._failure else [])]
        self._logs += [(failure.at, 0, failure.line) for failure in failures]
        self._listeners = () if self._failure or self._script else tuple(self._listening())
        self._ending = self._decide()

    def altered(self, program: JSON, at: int) -> Run:
        """The same container when its image's program becomes another: it is not asked for its needs again;
        an exit or a leak that is new counts from `at`."""
        after = copy.copy(self)
        if program.get("exit") != self._program.get("exit"):
            after._leaving_from = at
        if program.get("leak") != self._program.get("leak"):
            after._leaking_from = at
        after._follow(program)
        return AlteredRun(self, after, at)

    def _listening(self) -> list[_Listener]:
        found = []
        for entry in self._program.get("listen") or []:
            port = self.substitute(str(entry["port"]))
            if port.isdigit():
                found.append(_Listener(int(port), int(entry.get("after", 0)), entry.get("on", "0.0.0.0")))
        return found

    def _logging(self) -> Iterator[tuple[int, int, str]]:
        """(first time, ms to the next or 0, text) of each line of its log."""
        for entry in self._program.get("logs") or []:
            every = int(entry.get("every", 0))
            yield int(entry.get("at", every)), every, self.substitute(str(entry.get("line", "")))

    def _decide(self) -> Ending | None:
        if self._script is not None:
            return self._script
        limit = self._memory_limit
        if limit is not None and self._memory > limit:
            return Ending(OOM_AFTER, SIGKILL_CODE, OUT_OF_MEMORY)
        if self._failure is not None:
            return Ending(self._failure.at, 1)
        ends = []
        if limit is not None and self._leak:
            full = self._leaking_from + int((limit - self._memory) / self._leak) + 1
            ends.append(Ending(full, SIGKILL_CODE, OUT_OF_MEMORY))
        if leaving := self._program.get("exit"):
            ends.append(
                Ending(self._leaving_from + int(leaving.get("after", 0)), int(leaving.get("code", 0)))
            )
        return min(ends, key=lambda ending: ending.after, default=None)

    def substitute(self, text: str) -> str:
        """`${NAME}`, `${NAME:-default}` and `$NAME` from the container's environment."""
        if "$" not in text:
            return text

        def value(match: re.Match[str]) -> str:
            return self._environment.get(match[1] or match[3]) or match[2] or ""

        return _VARIABLE.sub(value, text)

    def ending(self) -> Ending | None:
        return self._ending

    def changes(self) -> Sequence[int]:
        times = {listener.after for listener in self._listeners}
        if self._ending is not None:
            times.add(self._ending.after)
        return sorted(time for time in times if time > 0)

    def answer(
        self,
        port: int,
        path: str,
        at: int,
        *,
        method: str = "GET",
        loopback: bool = False,
        stopping: int | None = None,
    ) -> Answer:
        if not self._accepts(port, at, loopback, stopping):
            return Answer("refused")
        route = self._route(path)
        if route.get("hang"):
            return Answer("timeout")
        latency = int(route.get("latency", 0))
        if self._dies_within(at, latency):
            return Answer("reset")
        body = self.substitute(str(route.get("body", "")))
        content_type = route.get("content_type") or ("text/html" if body.startswith("<") else "text/plain")
        cookie = str(route.get("set_cookie") or "")
        return Answer("status", int(route.get("status", 200)), latency, body, content_type, cookie)

    def _accepts(self, port: int, at: int, loopback: bool, stopping: int | None) -> bool:
        if at < 0 or (self._ending is not None and at >= self._ending.after):
            return False
        if stopping is not None and at >= stopping and not self._accepts_stopping(at - stopping):
            return False
        return any(
            listener.port == port
            and at >= listener.after
            and (loopback or listener.address not in ("127.0.0.1", "localhost", "::1"))
            for listener in self._listeners
        )

    def _accepts_stopping(self, since: int) -> bool:
        if self._sigterm.get("ignores"):
            return True
        if not self._sigterm.get("handles"):
            return False
        return bool(self._sigterm.get("drains")) and since < int(self._sigterm.get("takes", 0))

    def _dies_within(self, at: int, latency: int) -> bool:
        return self._ending is not None and at + latency >= self._ending.after

    def _route(self, path: str) -> JSON:
        plain = path.partition("?")[0]
        route = self._routes.get(plain)
        if route is None:
            prefixes = [p for p in self._routes if p.endswith("/*") and (plain + "/").startswith(p[:-1])]
            best = max(prefixes, key=len, default="*")
            route = self._routes.get(best, {"status": 404, "body": "not found"})
        return {"status": route} if isinstance(route, int) else dict(route)

    def healthy(self, command: Sequence[str], at: int) -> bool:
        if self._ending is not None and at >= self._ending.after:
            return False
        tools = self._program.get("tools")

        def fetch(port: int, path: str, method: str, loopback: bool) -> Answer:
            return self.answer(port, path, at, method=method, loopback=loopback)

        box = commands.Toolbox(
            tools=frozenset(tools or ()),
            shell=tools is None or bool(tools),
            declared=bool(self._program.get("health_command", True)),
            fetch=fetch,
            substitute=self.substitute,
        )
        return commands.status_of(command, box) == 0

    def stop(self) -> tuple[int | None, int]:
        if self._sigterm.get("ignores"):
            return None, SIGKILL_CODE
        if self._sigterm.get("handles"):
            return int(self._sigterm.get("takes", 0)), int(self._sigterm.get("code", 0))
        return 0, SIGTERM_CODE

    @property
    def drains(self) -> bool:
        """Whether requests that are under way when SIGTERM comes get their answer."""
        return bool(self._sigterm.get("ignores")) or (
            bool(self._sigterm.get("handles")) and bool(self._sigterm.get("drains"))
        )

    def lines(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        last = end if self._ending is None else min(end, self._ending.after + 1)
        found: list[tuple[int, str]] = []
        for first, every, text in self._logs:
            if every:
                number = max(0, -(-(start - first) // every))
                found += [(at, text) for at in range(first + number * every, last, every)]
            elif start <= first < last:
                found.append((first, text))
        return sorted(found, key=lambda line: line[0])

    def cpu(self, requests_per_second: float) -> float:
        per_request = float(self._program.get("cpu_per_request", 0))
        return float(self._program.get("cpu", 16)) + per_request * requests_per_second

    def memory(self, at: int) -> float:
        """MiB used; a leak grows from its beginning on."""
        return self._memory + self._leak * max(0, at - self._leaking_from) if at >= 0 else 0.0


def _script(command: Sequence[str] | None) -> Ending | None:
    """A `command` override that ends by itself: `sh -c "sleep 5; exit 3"`, `true`, `sleep 60`."""
    if not command:
        return None
    words = list(command)
    if words[0].rpartition("/")[2] in ("sh", "bash", "ash") and "-c" in words:
        words = words[words.index("-c") + 1 :]
    after, code, understood = 0, 0, False
    for part in re.split(r"\s*(?:;|&&)\s*", " ".join(words).strip()):
        if match := _SLEEP.fullmatch(part):
            after += 10**12 if match[1] == "infinity" else round(float(match[1]) * 1000)
        elif match := re.fullmatch(r"exit(?:\s+(\d+))?", part):
            return Ending(after, int(match[1] or code))
        elif part in ("true", "false"):
            code = int(part == "false")
        elif not part.startswith("echo"):
            return None
        understood = True
    return Ending(after, code) if understood else None
