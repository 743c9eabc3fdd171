"""What ECS sends to EventBridge, in the event log's own lines: type, name and level of each event. Pure.

Source: Amazon ECS developer guide, "Amazon ECS service action events", "… deployment state change events", "… task
state change events" and "… container instance state change events".
"""

import re

from ecslab.cloud.ecs.model import JSON

TASK = "ECS Task State Change"
INSTANCE = "ECS Container Instance State Change"
ACTION = "ECS Service Action"
DEPLOYMENT = "ECS Deployment State Change"

ACTIONS: tuple[tuple[str, str, str], ...] = (
    (r"has reached a steady state\.$", "SERVICE_STEADY_STATE", "INFO"),
    (r"has stopped \d+ running tasks|^stopped \d+ pending tasks", "TASKS_STOPPED", "INFO"),
    (r"^is unable to consistently start tasks", "SERVICE_TASK_START_IMPAIRED", "WARN"),
    (r"^failed to launch a task with \(error ", "SERVICE_TASK_CONFIGURATION_FAILURE", "ERROR"),
    (r"^was unable to place a task", "SERVICE_TASK_PLACEMENT_FAILURE", "ERROR"),
    (
        r"^was unable to reach steady state\. Reason: No Container Inst",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "ERROR",
    ),
)
"""A service event's text -> name and level of the service action that goes with it."""

REASONS: tuple[tuple[str, str], ...] = (
    (r"insufficient CPU units", "RESOURCE:CPU"),
    (r"insufficient memory", "RESOURCE:MEMORY"),
    (r"already using a port", "RESOURCE:PORTS"),
    (r"No Container Instances|no container instance met", "NO_CONTAINER_INSTANCES"),
    (r"agent connected|\"AGENT\"", "AGENT"),
    (r"MemberOf|missing an attribute", "ATTRIBUTE"),
    (r"Capacity is unavailable|limit on the number|above your limit", "RESOURCE:FARGATE"),
)
"""What a placement failure gives as its `reason`, by the event's text; the first that fits."""

DEPLOYMENTS = {"IN_PROGRESS": "INFO", "COMPLETED": "INFO", "FAILED": "ERROR"}
"""Rollout state -> level of `SERVICE_DEPLOYMENT_…`."""


_SPOKEN_OF = re.compile("|".join(pattern for pattern, _, _ in ACTIONS))


def service_action(message: str) -> JSON:
    """Of a service event, without the service's name in front; empty: none goes with it."""
    if not _SPOKEN_OF.search(message):
        return {}
    for pattern, name, level in ACTIONS:
        if re.search(pattern, message):
            detail = action(name, level)
            if name == "SERVICE_TASK_PLACEMENT_FAILURE":
                reason = next((why for text, why in REASONS if re.search(text, message)), None)
                detail |= {"reason": reason} if reason else {}
            return detail
    return {}


def action(name: str, level: str = "INFO") -> JSON:
    return {"detail_type": ACTION, "event": name, "level": level}


def deployment(rollout: str) -> JSON:
    return {
        "detail_type": DEPLOYMENT,
        "event": f"SERVICE_DEPLOYMENT_{rollout}",
        "level": DEPLOYMENTS[rollout],
    }
