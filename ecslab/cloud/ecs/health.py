"""Container health checks, computed ahead: a run's results only change at the offsets it names.

Pure: a run and a healthCheck in, the offsets at which the status flips out.
Source: Amazon ECS API reference, HealthCheck.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ecslab.cloud.ecs.model import Container, Health
from ecslab.cloud.ports.images import Run

DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}


def flips(run: Run, check: dict[str, Any]) -> Sequence[tuple[int, Health]]:
    """(ms since the container's start, new status), in order."""
    command = check["command"]
    if command and command[0] == "NONE":
        return []
    interval = 1000 * int(check.get("interval", DEFAULTS["interval"]))
    retries = int(check.get("retries", DEFAULTS["retries"]))
    grace = 1000 * int(check.get("startPeriod") or 0)
    changes = sorted(run.changes())
    out: list[tuple[int, Health]] = []
    status = Health.UNKNOWN
    failures = 0
    at = interval
    while True:
        good = run.healthy(command, at)
        if good:
            failures = 0
            new = Health.HEALTHY
        else:
            failures += status != Health.UNKNOWN or at > grace
            new = Health.UNHEALTHY if failures >= retries else status
        if new != status:
            status = new
            out.append((at, status))
        at += interval
        if status == (Health.HEALTHY if good else Health.UNHEALTHY):
            later = next((change for change in changes if change > at - interval), None)
            if later is None:
                return out
            at = max(at, -(-later // interval) * interval)


def of_task(containers: Iterable[Container]) -> Health:
    """A task's health is that of its essential containers that have a check."""
    states = [c.health for c in containers if c.essential and c.checked]
    if not states:
        return Health.UNKNOWN
    if Health.UNHEALTHY in states:
        return Health.UNHEALTHY
    return Health.UNKNOWN if Health.UNKNOWN in states else Health.HEALTHY
