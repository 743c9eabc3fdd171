"""Metrics, alarms and scaling."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ecslab.cloud.metrics_series import Key, Point
from ecslab.cloud.ports.api import JSON


class Alarms(Protocol):
    watchers: list[Callable[[str, str], None]]
    """Called with (alarm name, new state)."""

    def state(self, name: str) -> str | None:
        """`OK`, `ALARM`, `INSUFFICIENT_DATA`; None: there is no such alarm."""
        ...

    def put(self, name: str) -> None: ...

    def deleted(self, name: str) -> None: ...

    def set_by_hand(self, name: str) -> None: ...

    def wake(self) -> None:
        """Something that alarms or what they trigger depend on has changed."""
        ...


class Metrics(Protocol):
    @property
    def alarms(self) -> Alarms: ...

    def points(self, key: Key, start: int, end: int, period: int, unit: str | None = None) -> list[Point]: ...

    def known(self) -> list[Key]: ...

    def put(self) -> None:
        """Somebody has put data of their own."""
        ...

    def task_changed(self, task_id: str) -> None:
        """Its containers do something else from now on."""
        ...

    def snapshot(self) -> list[JSON]: ...


class Scaling(Protocol):
    def call(self, operation: str, params: JSON) -> JSON:
        """Plays one operation of Application Auto Scaling on namespace `ecs`. Raises ApiError."""
        ...

    def operations(self) -> Sequence[str]: ...

    def snapshot(self) -> list[JSON]: ...
