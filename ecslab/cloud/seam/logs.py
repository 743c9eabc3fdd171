"""moto's CloudWatch Logs, as awslogs writes to it: groups, streams and events at simulated times."""

import datetime as dt
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import moto.logs.urls
from moto.logs.models import LogEvent, LogGroup, LogsBackend, LogStream, logs_backends

from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.ec2 import held

EPOCH = dt.datetime(1970, 1, 1)


class Line:
    """What moto's `LogEvent` is, with an id that is worked out when somebody reads it.

    moto numbers events through the life of the process, and keeps every one in a list on the class; AWS's ids are
    56 digits of time and place.
    """

    __slots__ = ("ingestion_time", "message", "number", "stream", "timestamp")

    def __init__(self, stream: LogStream, number: int, ingested: int, timestamp: int, message: str) -> None:
        self.stream = stream
        self.number = number
        self.ingestion_time = ingested
        self.timestamp = timestamp
        self.message = message

    @property
    def event_id(self) -> str:
        place = blake2b(f"{self.stream.arn}/{self.number}".encode(), digest_size=17).digest()
        return f"{self.timestamp:016d}{int.from_bytes(place, 'big') % 10**40:040d}"

    to_filter_dict = LogEvent.to_filter_dict
    to_response_dict = LogEvent.to_response_dict


def _put_log_events(stream: LogStream, log_events: list[dict[str, Any]]) -> str:
    """moto's own at the world's time, to the millisecond; moto asks the clock for each of so many calls."""
    seconds = world().epoch_seconds()
    stream.last_ingestion_time = EPOCH + dt.timedelta(seconds=seconds)
    ingested = round(seconds * 1000)
    lines = [
        Line(stream, number, ingested, event["timestamp"], event["message"])
        for number, event in enumerate(log_events, len(stream.events))
    ]
    stream.events += lines
    stream.stored_bytes += sum(len(line.message) for line in lines)
    stream.upload_sequence_token += 1
    for wanted in stream.log_group.subscription_filters.values():
        stream._send_log_events(
            service=wanted.destination_arn.split(":")[2],
            destination_arn=wanted.destination_arn,
            filter_name=wanted.name,
            log_events=[
                {"id": line.event_id, "timestamp": line.timestamp, "message": line.message} for line in lines
            ],
        )
    return f"{stream.upload_sequence_token:056d}"


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
    LogStream.put_log_events = _put_log_events


def _backend() -> LogsBackend:
    return held(logs_backends)


def _group(name: str) -> LogGroup | None:
    return _backend().groups.get(name)


def has_group(name: str) -> bool:
    return _group(name) is not None


def create_group(name: str) -> None:
    if _group(name) is None:
        _backend().create_log_group(name, {})


def create_stream(group: str, stream: str) -> None:
    found = _group(group)
    if found is not None and stream not in found.streams:
        found.create_log_stream(stream)


def put(group: str, stream: str, events: Sequence[tuple[int, str]]) -> bool:
    """Appends (epoch milliseconds, message) events; whether there is such a stream."""
    found = _group(group)
    target: LogStream | None = found.streams.get(stream) if found else None
    if target is not None:
        target.put_log_events([{"timestamp": time, "message": message} for time, message in events])
    return target is not None
