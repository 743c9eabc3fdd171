"""What a stack shows of its resources: a row for each, and the events by which it came there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.cloudformation.models import Stack
from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow


@dataclass
class Row:
    """One resource as DescribeStackResources shows it."""

    logical_resource_id: str
    resource_type: str
    physical_resource_id: str = ""
    resource_status: str = ""
    resource_status_reason: str | None = None
    timestamp: datetime = field(default_factory=utcnow)


@dataclass
class ResourceEvent:
    """One event of a resource, with the fields of moto's events."""

    stack_id: str
    stack_name: str
    logical_resource_id: str
    physical_resource_id: str
    resource_type: str
    resource_status: str
    resource_status_reason: str | None
    event_id: str
    timestamp: datetime
    resource_properties: str | None = None
    client_request_token: str | None = None


def rows(stack: Stack) -> dict[str, Row]:
    """By logical id, in the order in which they came."""
    found: dict[str, Row] = stack.__dict__.setdefault("rows", {})
    return found


def note(
    stack: Stack, name: str, kind: str, status: str, reason: str | None = None, physical: str | None = None,
    *, follows: bool = True,
) -> None:  # fmt: skip
    """An event of a resource; its row `follows`, unless the row is another resource's of this name."""
    row = rows(stack).setdefault(name, Row(name, kind)) if follows else Row(name, kind)
    if physical is not None:
        row.physical_resource_id = physical
    row.resource_type = kind
    row.resource_status, row.resource_status_reason, row.timestamp = status, reason, utcnow()
    when = iso_8601_datetime_with_milliseconds(row.timestamp)
    event: Any = ResourceEvent(
        stack.stack_id, stack.name, name, row.physical_resource_id, kind, status, reason,
        f"{name}-{status}-{when}", row.timestamp,
    )  # fmt: skip
    stack.events.append(event)


def mark(stack: Stack, status: str, reason: str | None = None) -> None:
    """The stack's own state, with its event."""
    stack.status = status
    stack.status_reason = reason
    stack._add_stack_event(status, resource_status_reason=reason)
