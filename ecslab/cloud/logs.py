"""CloudWatch Logs as containers write to it; the groups and streams themselves live in moto."""

from collections.abc import Sequence

from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import logs


class LogStore:
    def __init__(self, world: World) -> None:
        self._world = world

    def has_group(self, group: str) -> bool:
        return logs.has_group(group)

    def create_group(self, group: str) -> None:
        logs.create_group(group)

    def create_stream(self, group: str, stream: str) -> None:
        logs.create_stream(group, stream)

    def put(self, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        epoch = self._world.epoch_seconds
        if not lines or not logs.put(group, stream, [(round(epoch(t) * 1000), text) for t, text in lines]):
            return
        for _, text in lines:
            self._world.record("log", f"{group}/{stream}", text)
        self._world.touch()
