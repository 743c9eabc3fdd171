"""CloudWatch's reading operations, answered from the world's metrics; the others are moto's."""

from collections.abc import Iterable, Iterator
from typing import Any

import moto.cloudwatch.urls
from moto.cloudwatch.exceptions import CloudWatchException, InvalidParameterCombination, InvalidParameterValue
from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from ecslab.cloud import metrics_query as reading
from ecslab.cloud.metrics_series import SIMPLE, is_statistic
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.cloudwatch import CloudWatch, backend, moment, unix

LIMIT = 1440
"""Datapoints that GetMetricStatistics gives at most."""
PAGE = 500


class Refused(CloudWatchException):
    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.code = error.code
        self.message = error.message


class CloudWatchAnswers(CloudWatchResponse):
    def get_metric_statistics(self) -> ActionResult:
        given = self.params
        names = [*(given.get("Statistics") or []), *(given.get("ExtendedStatistics") or [])]
        if not names:
            raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
        for name in names:
            if not is_statistic(name):
                raise InvalidParameterValue(f"The value {name} for parameter Statistics is not supported.")
        try:
            period = reading.checked_period(int(given["Period"]))
        except ApiError as error:
            raise Refused(error) from None
        start, end = unix(given["StartTime"]) // period * period, unix(given["EndTime"])
        if start >= end:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        wanted = -(-(end - start) // period)
        if wanted > LIMIT:
            raise InvalidParameterCombination(
                f"You have requested up to {wanted:,} datapoints, which exceeds the limit of {LIMIT:,}. You may "
                "reduce the datapoints requested by increasing Period, or decreasing the time range."
            )
        points = world().metrics.points(reading.key_of(given), start, end, period, given.get("Unit"))
        shown = [
            {
                "Timestamp": moment(point.t),
                "Unit": point.unit,
                **{name: point.statistic(name) for name in names if name in SIMPLE},
                **_extended({name: point.statistic(name) for name in names if name not in SIMPLE}),
            }
            for point in points
        ]
        return ActionResult({"Label": given["MetricName"], "Datapoints": shown})

    def get_metric_data(self) -> ActionResult:
        given = self.params
        start, end = unix(given["StartTime"]), unix(given["EndTime"])
        if start >= end:
            raise InvalidParameterValue("The parameter EndTime must be greater than StartTime.")
        queries = given.get("MetricDataQueries") or []
        for number, query in enumerate(queries, start=1):
            if not query.get("MetricStat") and not query.get("Expression"):
                raise Refused(
                    ApiError(
                        "ValidationError",
                        f"The parameter MetricDataQueries.member.{number}.MetricStat is required.\n",
                    )
                )
        try:
            found = reading.run(world().metrics, queries, start, end)
        except ApiError as error:
            raise Refused(error) from None
        newest_first = given.get("ScanBy") != "TimestampAscending"
        results = []
        for query in queries:
            if query.get("ReturnData") is False:
                continue
            series = found[query["Id"]]
            times = sorted((t for t in series if t < end), reverse=newest_first)
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or _label(query),
                    "Timestamps": [moment(t) for t in times],
                    "Values": [series[t] for t in times],
                    "StatusCode": "Complete",
                }
            )
        return ActionResult({"MetricDataResults": results, "Messages": []})

    def list_metrics(self) -> ActionResult:
        given = self.params
        filters = given.get("Dimensions") or []
        found = [
            {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            }
            for namespace, metric, dimensions in world().metrics.known()
            if given.get("Namespace") in (None, namespace)
            and given.get("MetricName") in (None, metric)
            and all(_meets(dict(dimensions), wanted) for wanted in filters)
        ]
        return ActionResult(_page("Metrics", found, given.get("NextToken"), PAGE))

    def describe_alarms(self) -> ActionResult:
        given = self.params
        kinds = given.get("AlarmTypes") or ["MetricAlarm"]
        names, prefix = given.get("AlarmNames"), given.get("AlarmNamePrefix")
        if names and prefix:
            raise InvalidParameterCombination("AlarmNames and AlarmNamePrefix are mutually exclusive.")
        if names and not given.get("AlarmTypes"):
            kinds = ["MetricAlarm", "CompositeAlarm"]
        chosen = [
            alarm
            for alarm in sorted(backend().alarms.values(), key=lambda alarm: alarm.name)
            if (not names or alarm.name in names)
            and alarm.name.startswith(prefix or "")
            and given.get("StateValue") in (None, alarm.state_value)
            and any(a.startswith(given.get("ActionPrefix") or "") for a in alarm.alarm_actions or [""])
        ]
        page = _page("Alarms", chosen, given.get("NextToken"), int(given.get("MaxRecords") or 50))
        here = page.pop("Alarms")
        page["MetricAlarms"] = [a for a in here if a.rule is None and "MetricAlarm" in kinds]
        page["CompositeAlarms"] = [a for a in here if a.rule is not None and "CompositeAlarm" in kinds]
        return ActionResult(page)

    def describe_alarms_for_metric(self) -> ActionResult:
        given = self.params
        wanted = reading.key_of(given)
        found = [
            alarm
            for alarm in backend().alarms.values()
            if alarm.rule is None
            and (alarm.namespace, alarm.metric_name) == wanted[:2]
            and reading.dimensions({"Name": d.name, "Value": d.value} for d in alarm.dimensions) == wanted[2]
        ]
        return ActionResult({"MetricAlarms": found})

    def describe_alarm_history(self) -> ActionResult:
        given = self.params
        items = [item for item in self._history(given) if _within(item, given)]
        items.sort(key=lambda item: item["Timestamp"])
        if given.get("ScanBy") != "TimestampAscending":
            items.reverse()
        page = _page("AlarmHistoryItems", items, given.get("NextToken"), int(given.get("MaxRecords") or 100))
        return ActionResult(page)

    def _history(self, given: JSON) -> Iterator[JSON]:
        for alarm in backend().alarms.values():
            if given.get("AlarmName") in (None, alarm.name):
                yield from alarm.history


def _within(item: JSON, given: JSON) -> bool:
    t = unix(item["Timestamp"])
    if given.get("StartDate") and t < unix(given["StartDate"]):
        return False
    if given.get("EndDate") and t > unix(given["EndDate"]):
        return False
    return given.get("HistoryItemType") in (None, item["HistoryItemType"])


def _extended(values: dict[str, float]) -> JSON:
    return {"ExtendedStatistics": values} if values else {}


def _label(query: JSON) -> str:
    stat = query.get("MetricStat")
    return str(stat["Metric"]["MetricName"]) if stat else str(query["Id"])


def _meets(dimensions: dict[str, str], wanted: JSON) -> bool:
    value = dimensions.get(wanted["Name"])
    return value is not None and wanted.get("Value") in (None, value)


def _page(name: str, found: Iterable[Any], token: str | None, size: int) -> JSON:
    """One page; the token is where the next one begins."""
    every = list(found)
    if token and not token.isdigit():
        raise InvalidParameterValue("Request parameter NextToken is invalid")
    start = int(token or 0)
    page: JSON = {name: every[start : start + size]}
    if start + size < len(every):
        page["NextToken"] = str(start + size)
    return page


def install() -> None:
    cloudwatch_backends.backend = CloudWatch
    moto.cloudwatch.urls.url_paths["{0}/$"] = CloudWatchAnswers.dispatch
