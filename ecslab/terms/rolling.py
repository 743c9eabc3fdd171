"""The arithmetic of a rolling deployment: rounding, the circuit breaker's threshold, the throttle.

Percentages and counts in, counts out. Which task is started or stopped is decided elsewhere.
Source: Amazon ECS developer guide, "deployment-type-ecs", "deployment-circuit-breaker",
"service-throttle-logic".
"""

from collections.abc import Mapping
from typing import Any

MINIMUM_HEALTHY_PERCENT = 100
MAXIMUM_PERCENT = 200

BREAKER_PERCENT = 50
BREAKER_LOW, BREAKER_HIGH = 3, 200

ESTABLISHED_AFTER = 40_000
"""ms that a task without a health check must have been RUNNING before it counts as healthy."""

FIRST_BACKOFF = 10_000
LONGEST_BACKOFF = 27 * 60_000
THROTTLE_EVENT_AFTER = 3
"""Rounds of failed starts after which the service says that it can't start tasks consistently."""


def minimum_healthy(desired: int, percent: int = MINIMUM_HEALTHY_PERCENT) -> int:
    """Tasks that must stay healthy during a deployment: rounded up."""
    return -(-desired * percent // 100)


def maximum_tasks(desired: int, percent: int = MAXIMUM_PERCENT) -> int:
    """Tasks, RUNNING and PENDING, that may exist during a deployment: rounded down."""
    return desired * percent // 100


def breaker_threshold(desired: int, chosen: Mapping[str, Any] | None = None) -> int:
    """Failed tasks at which the deployment circuit breaker triggers; `chosen` is its ThresholdConfiguration.

    Source: Amazon ECS API Reference, "ThresholdConfiguration"; that a share is rounded up is known of the default only.
    """
    kind, value = (
        ("BOUNDED_PERCENT", BREAKER_PERCENT) if chosen is None else (chosen["type"], chosen["value"])
    )
    if kind == "COUNT":
        return int(value)
    share = -(-desired * int(value) // 100)
    return share if kind == "UNBOUNDED_PERCENT" else max(BREAKER_LOW, min(BREAKER_HIGH, share))


def backoff(rounds: int) -> int:
    """ms to wait before the next start after so many rounds of starts that never got to RUNNING."""
    if rounds <= 0:
        return 0
    return min(FIRST_BACKOFF << min(rounds - 1, 20), LONGEST_BACKOFF)
