"""Deleting a stack with ECS services: it stays DELETE_IN_PROGRESS until their tasks are gone.

moto deletes everything at once. Here the services are deleted first, by force; the rest follows when the
last of them is INACTIVE. What then cannot be deleted leaves the stack DELETE_FAILED, with the reason.
"""

from typing import TYPE_CHECKING, Any, cast

from moto.cloudformation.models import CloudFormationBackend, Stack

from ecslab.cloud.seam import determinism
from ecslab.cloud.seam.binding import bound, world
from ecslab.cloud.seam.ecs_stacks import Service

if TYPE_CHECKING:
    from ecslab.cloud.ecs.plane import EcsPlane

_plain_delete = CloudFormationBackend.delete_stack


def _delete(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    stack = _find(self, name_or_stack_id)
    services = [] if stack is None or not bound() else _services(stack)
    if stack is None or not services:
        _plain_delete(self, name_or_stack_id)
        return
    if stack.status == "DELETE_IN_PROGRESS":
        return
    stack.status = "DELETE_IN_PROGRESS"
    stack._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
    for arn in services:
        Service.delete_from_cloudformation_json(arn, {}, self.account_id, self.region_name)
    plane = cast("EcsPlane", world().ecs)
    plane.when_inactive(services, lambda: _finish(self, stack))


def _find(backend: CloudFormationBackend, name_or_stack_id: str) -> Stack | None:
    named = (stack for stack in backend.stacks.values() if stack.name == name_or_stack_id)
    return backend.stacks.get(name_or_stack_id) or next(named, None)


def _services(stack: Stack) -> list[str]:
    resources: dict[str, Any] = stack.resource_map._parsed_resources
    kept = {
        name
        for name, text in stack.resource_map._resource_json_map.items()
        if text.get("DeletionPolicy") == "Retain"
    }
    return [r.id for name, r in resources.items() if isinstance(r, Service) and name not in kept]


def _finish(backend: CloudFormationBackend, stack: Stack) -> None:
    here = world()
    determinism.reseed(here.seed, "stack-deletion", stack.stack_id)
    exports = [export.name for export in stack.exports]
    try:
        stack.resource_map.delete()
    except Exception as error:
        stack.status = "DELETE_FAILED"
        stack.status_reason = str(getattr(error, "message", None) or error)
        stack._add_stack_event("DELETE_FAILED", resource_status_reason=stack.status_reason)
    else:
        stack._add_stack_event("DELETE_COMPLETE")
        stack.status = "DELETE_COMPLETE"
        backend.stacks.pop(stack.stack_id, None)
        backend.deleted_stacks[stack.stack_id] = stack
        for name in exports:
            backend.exports.pop(name, None)
    here.elb.refresh()
    here.touch()


def install() -> None:
    CloudFormationBackend.delete_stack = _delete
