"""How a service's task is doing: well, well for long enough, or so unwell that it must be replaced.

Reads the task and its targets; changes nothing.
"""

from dataclasses import dataclass

from ecslab.cloud.ecs import messages
from ecslab.cloud.ecs.model import Health, Service, Status, Target, Task
from ecslab.cloud.ecs.state import SECOND
from ecslab.terms.rolling import ESTABLISHED_AFTER

NOTICE = 20 * SECOND
"""How long a target has been unhealthy when the scheduler acts on it."""


def failing(target: Target) -> bool:
    """Whether a target is a reason to replace its task. `lost`: somebody took it out of its group."""
    closed = target.state == "unused" and "Availability Zone" in (target.description or "")
    return closed or target.state in ("unhealthy", "unhealthy.draining", "lost")


@dataclass(frozen=True)
class Condition:
    well: bool = False
    counts_at: int | None = None
    """When it begins, or began, to count towards the healthy minimum."""
    sick_at: int | None = None
    """When it is, or was, to be replaced, unless it recovers."""
    target: Target | None = None
    """The target that fails; None with `sick_at`: the container's own check does."""

    def counts(self, now: int) -> bool:
        return self.counts_at is not None and now >= self.counts_at

    def sick(self, now: int) -> bool:
        return self.sick_at is not None and now >= self.sick_at


NEITHER = Condition()
"""Not up yet, or on its way down."""


def of(service: Service, task: Task, now: int) -> Condition:
    if task.last is not Status.RUNNING or task.stopping_or_stopped or task.started is None:
        return NEITHER
    graceful = task.started + service.grace
    sick = [(max(target.since + NOTICE, graceful), target) for target in task.registered if failing(target)]
    if task.unhealthy_since is not None:
        return Condition(sick_at=max(task.unhealthy_since, graceful))
    if sick:
        at, target = min(sick, key=lambda pair: pair[0])
        return Condition(sick_at=at, target=target)
    checked = any(c.checked and c.essential for c in task.containers)
    if checked and task.health != Health.HEALTHY:
        return Condition()
    if task.deployment is not None and task.deployment.load_balancers:
        if not task.registered or any(target.state != "healthy" for target in task.registered):
            return Condition()
        return Condition(True, max(target.since for target in task.registered) + ESTABLISHED_AFTER)
    if checked:
        return Condition(True, now)
    established = task.started + ESTABLISHED_AFTER
    return Condition(now >= established, established)


def stop_reason(condition: Condition) -> str:
    if condition.target is None:
        return messages.FAILED_CONTAINER_CHECKS
    return messages.failed_elb_checks(condition.target.group_arn)


def complaint(task: Task, condition: Condition) -> str:
    target = condition.target
    if target is None:
        return messages.unhealthy_container(task.id)
    if target.state == "lost":
        return messages.lost_target(
            task.started_by or "", task.id, target.group_arn, target.description or "TARGET"
        )
    return messages.unhealthy_target(
        task.id,
        target.port,
        target.group_arn,
        target.description or "Health checks failed",
        target.ip if target.ip.startswith("i-") else None,
    )
