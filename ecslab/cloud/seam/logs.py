"""moto's CloudWatch Logs, as awslogs writes to it: groups, streams and events at simulated times."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import moto.logs.urls
from moto.logs.models import LogEvent, LogGroup, LogsBackend, LogStream, logs_backends

from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.seam.ec2 import held

_put_log_events = LogStream.put_log_events


def _put_with_stable_ids(stream: LogStream, log_events: list[dict[str, Any]]) -> str:
    """moto numbers events through the life of the process; AWS's ids are 56 digits of time and place.

    It also keeps every event it ever made in a list on the class.
    """
    first = len(stream.events)
    token: str = _put_log_events(stream, log_events)
    for number, event in enumerate(stream.events[first:], first):
        place = blake2b(f"{stream.arn}/{number}".encode(), digest_size=17).digest()
        event.event_id = f"{event.timestamp:016d}{int.from_bytes(place, 'big') % 10**40:040d}"
    LogEvent.instances_tracked.clear()
    return token


class Logs(LogsBackend):
    """CloudWatch Logs that refuses a query it does not know instead of failing on it."""

    @property
    def _url_module(self) -> Any:
        return moto.logs.urls

    def start_query(self, log_group_names: list[str], *args: Any, **kwargs: Any) -> str:
        if not log_group_names:
            raise ApiError("InvalidParameterException", "A log group must be specified")
        query: str = super().start_query(log_group_names, *args, **kwargs)
        return query

    def get_query_results(self, query_id: str) -> Any:
        if query_id not in self.queries:
            raise ApiError("ResourceNotFoundException", f"Query '{query_id}' does not exist")
        return super().get_query_results(query_id)


def install() -> None:
    logs_backends.backend = Logs
    LogStream.put_log_events = _put_with_stable_ids


def _backend() -> LogsBackend:
    return held(logs_backends)


def _group(name: str) -> LogGroup | None:
    return _backend().groups.get(name)


def has_group(name: str) -> bool:
    return _group(name) is not None


def create_group(name: str) -> None:
    if _group(name) is None:
        _backend().create_log_group(name, {})


def has_stream(group: str, stream: str) -> bool:
    found = _group(group)
    return found is not None and stream in found.streams


def create_stream(group: str, stream: str) -> None:
    found = _group(group)
    if found is not None and stream not in found.streams:
        found.create_log_stream(stream)


def put(group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
    """Appends (epoch milliseconds, message) events."""
    found = _group(group)
    target: LogStream | None = found.streams.get(stream) if found else None
    if target is not None and events:
        target.put_log_events([{"timestamp": time, "message": message} for time, message in events])
