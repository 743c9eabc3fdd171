"""Reading metrics as the API asks for them: one metric's statistics, or queries with expressions.

Queries have the API's shape (`MetricDataQueries` of GetMetricData, `Metrics` of PutMetricAlarm).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from ecslab.cloud.metrics_math import Expression, Series
from ecslab.cloud.metrics_series import MINUTE, Dimensions, Key, Point, is_statistic
from ecslab.cloud.ports.api import JSON, ApiError

PERIODS = (1, 5, 10, 20, 30)
"""Seconds shorter than a minute that a period may have."""


class Store(Protocol):
    def points(self, key: Key, start: int, end: int, period: int, unit: str | None = None) -> list[Point]: ...


def dimensions(given: Iterable[JSON]) -> Dimensions:
    """The API's `[{"Name": …, "Value": …}]` as part of a key."""
    return tuple(sorted((str(d["Name"]), str(d["Value"])) for d in given))


def key_of(metric: JSON) -> Key:
    return str(metric["Namespace"]), str(metric["MetricName"]), dimensions(metric.get("Dimensions") or [])


def checked_period(seconds: int) -> int:
    """In ms. Raises ApiError."""
    if seconds in PERIODS or (seconds > 0 and seconds % 60 == 0):
        return seconds * 1000
    raise ApiError(
        "InvalidParameterValue",
        f"The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60; it is {seconds}.",
    )


def keys_of(queries: Sequence[JSON]) -> list[Key]:
    return [key_of(query["MetricStat"]["Metric"]) for query in queries if query.get("MetricStat")]


def period_of(queries: Sequence[JSON]) -> int:
    """ms: the longest of the queries' periods."""
    stated = [(query.get("MetricStat") or {}).get("Period") or query.get("Period") for query in queries]
    return max((int(period) * 1000 for period in stated if period), default=MINUTE)


def run(store: Store, queries: Sequence[JSON], start: int, end: int) -> dict[str, Series]:
    """The series of every query by its id. `start` and `end` in Unix ms. Raises ApiError."""
    found: dict[str, Series] = {}
    periods: dict[str, int] = {}
    for query in queries:
        stat = query.get("MetricStat")
        if not stat:
            continue
        period = checked_period(int(stat["Period"]))
        if not is_statistic(stat["Stat"]):
            raise ApiError(
                "ValidationError", f"The value {stat['Stat']} for parameter Stat is not supported."
            )
        begin = start if start % MINUTE == 0 and (end - start) % period == 0 else start // period * period
        points = store.points(key_of(stat["Metric"]), begin, end, period, stat.get("Unit"))
        found[query["Id"]] = {point.t: point.statistic(stat["Stat"]) for point in points}
        periods[query["Id"]] = period
    waiting = [query for query in queries if query.get("Expression")]
    while waiting:
        ids = {query["Id"] for query in waiting}
        ready = [q for q in waiting if not ids & set(re.findall(r"[a-z]\w*", q["Expression"]))]
        if not ready:
            raise ApiError("ValidationError", "The expressions refer to each other in a circle.")
        for query in ready:
            found[query["Id"]] = Expression(query["Expression"], dict(found), periods).value()
            waiting.remove(query)
    return found


def series_of(store: Store, queries: Sequence[JSON], start: int, end: int) -> Series:
    """The one series that an alarm is about."""
    found = run(store, queries, start, end)
    returned = [query["Id"] for query in queries if query.get("ReturnData") is not False]
    return found.get(returned[0], {}) if returned else {}


def latest(values: Sequence[tuple[int, float | None]]) -> float | None:
    return next((value for _, value in reversed(values) if value is not None), None)
