"""moto's CloudWatch: it keeps alarms and custom data; what metrics say and how alarms stand is ours.

Plain views of alarms for `ecslab.cloud.metrics_watch`; the operations are in `cloudwatch_responses.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import moto.cloudwatch.urls
from moto.cloudwatch.exceptions import InvalidParameterCombination, ValidationError
from moto.cloudwatch.models import (
    Alarm,
    CloudWatchBackend,
    MetricAggregatedDatum,
    MetricDatum,
    MetricDatumBase,
    cloudwatch_backends,
)

from ecslab.cloud.metrics_alarms import COMPARISONS, INSUFFICIENT, Rule
from ecslab.cloud.metrics_query import key_of, keys_of, period_of
from ecslab.cloud.metrics_series import Key, Sample
from ecslab.cloud.ports.api import JSON
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.ec2 import held

CREATED = "Unchecked: Initial alarm creation"


@dataclass(frozen=True)
class AlarmView:
    name: str
    arn: str
    state: str
    reason: str
    metric: str
    """`AWS/ECS CPUUtilization`, or `metric math`."""
    rule: Rule
    queries: tuple[JSON, ...]
    keys: tuple[Key, ...]
    enabled: bool
    """Its actions run."""
    actions: tuple[str, ...]
    """Those of its present state."""

    @property
    def threshold(self) -> float:
        return self.rule.threshold


class CloudWatch(CloudWatchBackend):
    """Alarms begin without data, keep their state when they are put again, and tell who watches them."""

    @property
    def _url_module(self) -> Any:
        return moto.cloudwatch.urls

    def put_metric_alarm(self, *args: Any, **kwargs: Any) -> Alarm:
        known = self.alarms.get(kwargs["name"])
        if kwargs.get("rule") is None:
            _check(kwargs)
        alarm = super().put_metric_alarm(*args, **kwargs)
        if known is None:
            alarm.state_value, alarm.state_reason = INSUFFICIENT, CREATED
            alarm.state_transitioned_timestamp = alarm.state_updated_timestamp
            summary = f'Alarm "{alarm.name}" created'
        else:
            for kept in STATE:
                setattr(alarm, kept, getattr(known, kept))
            summary = f'Alarm "{alarm.name}" updated'
        _note(alarm, "ConfigurationUpdate", summary)
        world().metrics.alarms.put(alarm.name)
        return alarm

    def delete_alarms(self, alarm_names: list[str]) -> None:
        super().delete_alarms(alarm_names)
        for name in alarm_names:
            world().metrics.alarms.deleted(name)

    def enable_alarm_actions(self, alarm_names: list[str]) -> None:
        super().enable_alarm_actions(alarm_names)
        world().metrics.alarms.wake()

    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else ""
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)
        alarm = self.alarms[alarm_name]
        alarm.history.pop()
        if state_value != before:
            _note(alarm, "StateUpdate", f"Alarm updated from {before} to {state_value}")
            world().metrics.alarms.set_by_hand(alarm_name)

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        super().put_metric_data(namespace, metric_data)
        world().metrics.put()


STATE = (
    "state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "state_transitioned_timestamp",
    "history",
)  # fmt: skip


def _check(given: dict[str, Any]) -> None:
    if given["comparison_operator"] not in COMPARISONS:
        raise ValidationError(
            f"ecslab does not simulate alarms with the comparison operator {given['comparison_operator']}"
        )
    to_alarm = given.get("datapoints_to_alarm")
    if to_alarm is not None and to_alarm > given["evaluation_periods"]:
        raise ValidationError("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if given.get("statistic") and given.get("extended_statistic"):
        raise InvalidParameterCombination(
            "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both."
        )


def backend() -> CloudWatch:
    found: CloudWatch = held(cloudwatch_backends)
    return found


# --- alarms --------------------------------------------------------------------------------------


def alarms() -> Iterator[AlarmView]:
    return (_view(alarm) for alarm in backend().alarms.values() if alarm.rule is None)


def alarm(name: str) -> AlarmView | None:
    found = backend().alarms.get(name)
    return _view(found) if found is not None and found.rule is None else None


def _view(alarm: Alarm) -> AlarmView:
    queries = tuple(_queries(alarm))
    keys = tuple(keys_of(queries))
    actions = {
        "ALARM": alarm.alarm_actions,
        "OK": alarm.ok_actions,
        "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
    }
    periods = int(alarm.evaluation_periods)
    rule = Rule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold or 0),
        periods=periods,
        to_alarm=int(alarm.datapoints_to_alarm or periods),
        missing=alarm.treat_missing_data or "missing",
        period=period_of(queries),
        statistic=alarm.statistic or alarm.extended_statistic or "",
    )
    return AlarmView(
        name=alarm.name,
        arn=alarm.alarm_arn,
        state=alarm.state_value,
        reason=alarm.state_reason,
        metric=" ".join(keys[0][:2]) if len(keys) == 1 else "metric math",
        rule=rule,
        queries=queries,
        keys=keys,
        enabled=bool(alarm.actions_enabled),
        actions=tuple(actions[alarm.state_value] or ()),
    )


def _dimensions(dimensions: list[Any]) -> list[JSON]:
    return [{"Name": d.name, "Value": d.value} for d in dimensions]


def _queries(alarm: Alarm) -> Iterator[JSON]:
    """What the alarm reads, in the shape of GetMetricData."""
    if not alarm.metric_data_queries:
        metric = {
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric_name,
            "Dimensions": _dimensions(alarm.dimensions),
        }
        stat = alarm.statistic or alarm.extended_statistic
        yield {
            "Id": "m1",
            "MetricStat": {"Metric": metric, "Period": alarm.period, "Stat": stat, "Unit": alarm.unit},
        }
    for query in alarm.metric_data_queries:
        shown: JSON = {"Id": query.id, "ReturnData": query.return_data is not False, "Period": query.period}
        if query.metric_stat is None:
            shown["Expression"] = query.expression
        else:
            read = query.metric_stat
            shown["MetricStat"] = {
                "Metric": {
                    "Namespace": read.metric.namespace,
                    "MetricName": read.metric.metric_name,
                    "Dimensions": _dimensions(read.metric.dimensions),
                },
                "Period": read.period,
                "Stat": read.stat,
                "Unit": read.unit,
            }
        yield shown


def set_state(name: str, state: str, reason: str, data: str) -> AlarmView:
    alarm = backend().alarms[name]
    before = alarm.state_value
    alarm.state_value, alarm.state_reason, alarm.state_reason_data = state, reason, data
    alarm.state_updated_timestamp = alarm.state_transitioned_timestamp = _now()
    _note(alarm, "StateUpdate", f"Alarm updated from {before} to {state}")
    return _view(alarm)


def note_action(name: str, action: str) -> None:
    """An action was run, as the alarm's history shows it."""
    found = backend().alarms.get(name)
    if found is not None:
        _note(found, "Action", f"Successfully executed action {action}")


def _note(alarm: Alarm, kind: str, summary: str) -> None:
    alarm.history.append(
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm",
            "Timestamp": _now(),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": alarm.state_reason_data if kind == "StateUpdate" else "{}",
        }
    )
    del alarm.history[:-500]


def _now() -> datetime:
    return datetime.fromtimestamp(world().epoch_seconds(), UTC).replace(tzinfo=None)


# --- custom data ---------------------------------------------------------------------------------


def custom() -> Iterator[tuple[Key, Sample]]:
    """What was put by PutMetricData, and moto's own metrics of other services."""
    for datum in backend().get_all_metrics():
        yield key_of_datum(datum), _sample(datum)


def key_of_datum(datum: MetricDatumBase) -> Key:
    return key_of(
        {
            "Namespace": datum.namespace,
            "MetricName": datum.name,
            "Dimensions": _dimensions(datum.dimensions),
        }
    )


def _sample(datum: MetricDatumBase) -> Sample:
    stamp = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
    t = round(stamp.timestamp() * 1000)
    unit = datum.unit or "None"
    if isinstance(datum, MetricAggregatedDatum):
        return Sample(t, datum.sum, datum.sample_count, datum.min, datum.max, unit)
    assert isinstance(datum, MetricDatum)
    return Sample.one(t, datum.value, unit)


def moment(t: int) -> datetime:
    """A period's start as the API shows it."""
    return datetime.fromtimestamp(t / 1000, UTC).replace(tzinfo=None)


def unix(stamp: datetime) -> int:
    """ms of a time that a client gave, whole seconds."""
    return int((stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()) * 1000
