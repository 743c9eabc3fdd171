"""The event queue of the simulation: a heap of (time, kind, entity).

It knows nothing of AWS. Handlers are registered by kind; cost grows with what changes, nothing is
polled. Ties break by (time, kind, entity) and then by the order of scheduling.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[[str, Any], None]
"""Called with (entity, data) while the world's `now` is the event's time."""


@dataclass(eq=False, slots=True)
class Event:
    """One future happening. `time` is in simulated milliseconds since the world's epoch."""

    time: int
    kind: str
    entity: str
    data: Any = None
    cancelled: bool = False


class Timeline:
    def __init__(self) -> None:
        self._heap: list[tuple[int, str, str, int, Event]] = []
        self._sequence = 0
        self._handlers: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        """Makes `handler` the one that plays events of `kind`."""
        if kind in self._handlers:
            raise ValueError(f"two handlers for {kind!r}")
        self._handlers[kind] = handler

    def at(self, time: int, kind: str, entity: str, data: Any = None) -> Event:
        """Schedules an event; the caller never schedules into the past of the world."""
        self._sequence += 1
        event = Event(time, kind, entity, data)
        heapq.heappush(self._heap, (time, kind, entity, self._sequence, event))
        return event

    def cancel(self, event: Event | None) -> None:
        if event is not None:
            event.cancelled = True

    def next_time(self) -> int | None:
        while self._heap and self._heap[0][-1].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self, until: int) -> Event | None:
        """The next event due at or before `until`, taken off the queue."""
        while self._heap and self._heap[0][0] <= until:
            event = heapq.heappop(self._heap)[-1]
            if not event.cancelled:
                return event
        return None

    def play(self, event: Event) -> None:
        self._handlers[event.kind](event.entity, event.data)
