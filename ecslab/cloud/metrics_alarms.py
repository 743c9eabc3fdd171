"""What state an alarm is in, given the values of its last periods: pure, with CloudWatch's wording.

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"

SPARE = 2
"""Periods looked at beyond the evaluation periods, where the newest values are missing."""

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (lambda value, limit: value > limit, "greater than"),
    "GreaterThanOrEqualToThreshold": (lambda value, limit: value >= limit, "greater than or equal to"),
    "LessThanThreshold": (lambda value, limit: value < limit, "less than"),
    "LessThanOrEqualToThreshold": (lambda value, limit: value <= limit, "less than or equal to"),
}

Datapoint = tuple[int, float]
"""(Unix ms of the period's start, value)"""


@dataclass(frozen=True)
class Rule:
    comparison: str
    threshold: float
    periods: int
    to_alarm: int
    missing: str
    """`missing`, `ignore`, `breaching` or `notBreaching`."""
    period: int
    """ms"""
    statistic: str

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True)
class Decision:
    state: str
    reason: str
    data: str
    """StateReasonData, JSON."""


def decide(rule: Rule, values: Sequence[tuple[int, float | None]], state: str, now: int) -> Decision:
    """`values`: the last `periods + SPARE` periods, oldest first, None where nothing was received.

    The state may be the one it has already.
    """
    real = [(t, value) for t, value in values if value is not None][-rule.periods :]
    lacking = rule.periods - len(real)
    bad = [point for point in real if rule.breaches(point[1])]
    if len(bad) >= rule.to_alarm:
        return _crossed(rule, ALARM, bad, real, now)
    good = [point for point in real if not rule.breaches(point[1])]
    if lacking <= 0:
        return _crossed(rule, OK, good, real, now)
    if rule.missing == "breaching" and len(bad) + lacking >= rule.to_alarm:
        return _filled(rule, ALARM, lacking, real, now)
    if rule.missing in ("breaching", "notBreaching") and not good:
        return _filled(rule, OK, lacking, real, now)
    if good:
        if rule.missing == "missing" and _premature(rule, values):
            return _crossed(rule, ALARM, bad, real, now)
        return _crossed(rule, OK, good, real, now)
    if rule.missing == "missing" and not real:
        unknown = f"{rule.periods} datapoint{'s were' if rule.periods > 1 else ' was'} unknown."
        return Decision(INSUFFICIENT, f"Insufficient Data: {unknown}", _data(rule, real, now))
    if rule.missing == "missing" and _premature(rule, values):
        return _crossed(rule, ALARM, bad, real, now)
    return Decision(state, "", "")


def _premature(rule: Rule, values: Sequence[tuple[int, float | None]]) -> bool:
    """The last values that came are all breaching, and the oldest of them is as old as an alarm needs."""
    age = 0
    for number, (_, value) in enumerate(reversed(values[-rule.periods :]), start=1):
        if value is not None and not rule.breaches(value):
            break
        if value is not None:
            age = number
    return age >= rule.to_alarm


def _crossed(rule: Rule, state: str, shown: list[Datapoint], real: list[Datapoint], now: int) -> Decision:
    listed = ", ".join(f"{value} ({_when(t)})" for t, value in reversed(shown))
    number = len(shown)
    points = f"{number} out of the last {rule.periods} datapoint{'s' if rule.periods > 1 else ''} [{listed}]"
    how = COMPARISONS[rule.comparison][1]
    verb = "was" if number == 1 else "were"
    change = "OK -> ALARM"
    least = rule.to_alarm
    if state == OK:
        verb, change, least = f"{verb} not", "ALARM -> OK", rule.periods - rule.to_alarm + 1
    least_text = f"minimum {least} datapoint{'s' if least > 1 else ''} for {change} transition"
    reason = f"Threshold Crossed: {points} {verb} {how} the threshold ({rule.threshold}) ({least_text})."
    return Decision(state, reason, _data(rule, real, now))


def _filled(rule: Rule, state: str, lacking: int, real: list[Datapoint], now: int) -> Decision:
    treated = "Breaching" if rule.missing == "breaching" else "NonBreaching"
    periods = f"{lacking} period{'s' if lacking > 1 else ''}"
    filled = f"{lacking} missing datapoint{'s were' if lacking > 1 else ' was'}"
    received = "no datapoints were received" if not real else "datapoints were not received"
    reason = f"Threshold Crossed: {received} for {periods} and {filled} treated as [{treated}]."
    return Decision(state, reason, _data(rule, real, now))


def _data(rule: Rule, real: list[Datapoint], now: int) -> str:
    data = {
        "version": "1.0",
        "queryDate": _iso(now),
        **({"startDate": _iso(real[0][0])} if real else {}),
        "statistic": rule.statistic,
        "period": rule.period // 1000,
        "recentDatapoints": [value for _, value in real],
        "threshold": rule.threshold,
    }
    return json.dumps(data, separators=(",", ":"))


def _when(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%d/%m/%y %H:%M:%S")


def _iso(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
