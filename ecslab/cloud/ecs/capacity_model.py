"""A capacity provider of the account: an Auto Scaling group, and how ECS is to manage its size. Plain data."""

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
FARGATE = ("FARGATE", "FARGATE_SPOT")


@dataclass(eq=False)
class CapacityProvider:
    name: str
    arn: str
    group_arn: str
    scaling: JSON
    """`managedScaling` with its defaults."""
    protection: str
    draining: str
    tags: list[JSON] = field(default_factory=list)
    updated: str | None = None
    idle_since: int | None = None
    """Since when its group has been bigger than needed."""

    @property
    def managed(self) -> bool:
        return bool(self.scaling["status"] == "ENABLED")

    @property
    def target(self) -> int:
        return int(self.scaling["targetCapacity"])

    @property
    def step_minimum(self) -> int:
        return int(self.scaling["minimumScalingStepSize"])

    @property
    def step_maximum(self) -> int:
        return int(self.scaling["maximumScalingStepSize"])
