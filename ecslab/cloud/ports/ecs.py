"""ECS, as the others see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ecslab.cloud.ports.api import JSON
from ecslab.cloud.ports.images import Run


@dataclass(frozen=True)
class Application:
    """The container that owns an address and port."""

    run: Run
    started: int
    stopping: int | None
    """World time at which SIGTERM was sent."""
    eni_id: str
    task_id: str
    ports: Mapping[int, int] | None = field(default=None, hash=False)
    """On a container instance: the host ports that lead to it, and where to. None: its own ports."""

    def port(self, outside: int) -> int | None:
        """The container's port behind a port of its address."""
        return outside if self.ports is None else self.ports.get(outside)


class Draining(Protocol):
    def takes(self, machine: str) -> bool:
        """Whether ECS drains an instance that is to be terminated, instead of letting it go at once."""
        ...

    def protects(self, machine: str) -> bool | None:
        """Whether ECS protects an instance from scale-in; None: that is left to the group."""
        ...


class Ecs(Protocol):
    @property
    def draining(self) -> Draining:
        """What ECS has a say in when an Auto Scaling group shrinks."""
        ...

    def machines_changed(self) -> None:
        """EC2 instances were started, stopped or terminated."""
        ...

    def call(self, operation: str, params: JSON) -> JSON:
        """Plays one API operation (`CreateService`, parameters and answer in the API's spelling,
        timestamps as epoch seconds). Raises ApiError."""
        ...

    def operations(self) -> Sequence[str]:
        """The operations that `call` plays."""
        ...

    def applications(self, ip: str) -> Sequence[Application]:
        """The running containers behind a private address; empty: no task has it."""
        ...

    def members(self, service: str) -> tuple[Sequence[str], Sequence[str]] | None:
        """The subnets and security groups of a service's tasks; None: it is not there or wants no task."""
        ...

    def target_changed(self, group_arn: str, ip: str, port: int) -> None: ...

    def image_altered(self, content: str) -> None:
        """The program of an image has changed: its running containers follow."""
        ...

    def steady(self) -> bool:
        """Every ACTIVE service has one COMPLETED deployment, running = desired and none pending;
        no task in transition."""
        ...

    def snapshot(self) -> JSON:
        """`{"clusters": [...], "services": [...], "tasks": [...], "task_definitions": [...]}`."""
        ...
