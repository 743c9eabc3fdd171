"""CloudWatch Logs, as containers write to it."""

from collections.abc import Sequence
from typing import Protocol


class Logs(Protocol):
    def has_group(self, group: str) -> bool: ...

    def create_group(self, group: str) -> None: ...

    def create_stream(self, group: str, stream: str) -> None: ...

    def put(self, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        """Appends (time, text) lines; a group deleted meanwhile swallows them."""
        ...
