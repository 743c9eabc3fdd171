"""What Application Auto Scaling keeps of ECS services: targets, policies, scheduled actions, activities.

Plain data with AWS's names; nothing here acts.
"""

from dataclasses import dataclass, field
from typing import Literal

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.timeline import Event

NAMESPACE = "ecs"
DIMENSION = "ecs:service:DesiredCount"
COOLDOWN = 300
"""Seconds, for ECS."""

Direction = Literal["High", "Low"]


def invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def not_found(what: str, resource: str, more: str = "") -> ApiError:
    return ApiError(
        "ObjectNotFoundException",
        f"{what} for service namespace: {NAMESPACE}, resource ID: {resource}, "
        f"scalable dimension: {DIMENSION}{more}",
    )


@dataclass(eq=False)
class Policy:
    name: str
    arn: str
    kind: Literal["TargetTrackingScaling", "StepScaling"]
    configuration: JSON
    created: int
    created_by: str
    """The id in the actions and descriptions of its alarms."""
    alarms: dict[Direction, str] = field(default_factory=dict)
    """Names of the alarms that target tracking made."""

    @property
    def tracks(self) -> bool:
        return self.kind == "TargetTrackingScaling"

    @property
    def target_value(self) -> float:
        return float(self.configuration["TargetValue"])

    @property
    def scales_in(self) -> bool:
        return not self.configuration.get("DisableScaleIn")

    def cooldown(self, name: str) -> int:
        """ms"""
        stated = self.configuration.get(name)
        return 1000 * int(COOLDOWN if stated is None else stated)


@dataclass(eq=False)
class ScheduledAction:
    name: str
    arn: str
    schedule: str
    timezone: str
    start: int | None
    """World time."""
    end: int | None
    action: JSON
    created: int
    event: Event | None = None


@dataclass(eq=False)
class Activity:
    id: str
    description: str
    cause: str
    started: int
    status: str
    message: str | None = None
    capacity: int | None = None
    """The desired count that it set."""
    ended: int | None = None
    reasons: list[JSON] = field(default_factory=list)
    """NotScaledReasons."""


@dataclass(eq=False)
class Target:
    cluster: str
    service: str
    arn: str
    role: str
    minimum: int
    maximum: int
    created: int
    suspended: dict[str, bool] = field(
        default_factory=lambda: {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        }
    )
    policies: dict[str, Policy] = field(default_factory=dict)
    actions: dict[str, ScheduledAction] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    """Newest first."""
    made: int = 0
    """Ids drawn so far; keys the next."""
    out_until: int = 0
    """Until when the last scale-out cools down."""
    out_from: int = 0
    out_to: int = 0
    in_until: int = 0
    said: dict[str, str] = field(default_factory=dict)
    """Alarm -> the reason given last for not scaling."""

    @property
    def resource(self) -> str:
        return f"service/{self.cluster}/{self.service}"

    @property
    def key(self) -> tuple[str, str]:
        return self.cluster, self.service

    def within(self, capacity: int) -> int:
        return max(self.minimum, min(self.maximum, capacity))
