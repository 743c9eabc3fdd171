"""An application whose image changed its ways while it ran: one run until then, another from then on.

Pure, as every run: it can be asked about any moment in any order.
"""

from collections.abc import Sequence

from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.images import Answer, Ending, Run


class AlteredRun:
    """`before` up to `since` ms after the container's start, `after` from there; see `ports.images.Run`."""

    def __init__(self, before: Run, after: Run, since: int) -> None:
        self._before = before
        self._after = after
        self._since = since

    def _at(self, at: int) -> Run:
        return self._after if at >= self._since else self._before

    def ending(self) -> Ending | None:
        return self._after.ending()

    def changes(self) -> Sequence[int]:
        earlier = {time for time in self._before.changes() if time < self._since}
        later = {time for time in self._after.changes() if time > self._since}
        return sorted(earlier | later | {self._since})

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
        return self._at(at).answer(port, path, at, method=method, loopback=loopback, stopping=stopping)

    def healthy(self, command: Sequence[str], at: int) -> bool:
        return self._at(at).healthy(command, at)

    def stop(self) -> tuple[int | None, int]:
        return self._after.stop()

    @property
    def drains(self) -> bool:
        return self._after.drains

    def lines(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        earlier = self._before.lines(start, min(end, self._since)) if start < self._since else ()
        later = self._after.lines(max(start, self._since), end) if end > self._since else ()
        return [*earlier, *later]

    def cpu(self, requests_per_second: float) -> float:
        return self._after.cpu(requests_per_second)

    def memory(self, at: int) -> float:
        return self._at(at).memory(at)

    def altered(self, program: JSON, at: int) -> Run:
        return AlteredRun(self, self._after.altered(program, at), at)
