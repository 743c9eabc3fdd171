"""CloudFormation's operations on stacks, each played as a run that may take hours of simulated time.

moto makes, changes and deletes a whole stack within its request. Here a stack stays IN_PROGRESS while a service
in it is not steady, and shows its resources and outputs as they are at that moment.
"""

from collections.abc import Callable
from typing import Any, Protocol, cast

import moto.cloudformation.responses as responses
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack, cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from ecslab.cloud.ports.world import Source as EventSource
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import determinism, stack_record
from ecslab.cloud.seam.binding import bound, world
from ecslab.cloud.seam.stack_record import Row
from ecslab.cloud.seam.stack_run import OnFailure, Run, Source, Verb

NOTHING_TO_DO = "No updates are to be performed."
_asked: list[OnFailure] = []
"""What the request in hand wants done when it fails."""
UNDELETABLE = ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")


class Stacks:
    """The runs of a world that wait for something."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._runs: list[Run] = []
        self._planned = False
        self._turns = 0
        self.at_once = False
        """While a world is built, its stack does not wait for services."""
        world.timeline.on("stack", self._on_turn)

    def busy(self) -> bool:
        return bool(self._runs)

    def start(self, run: Run) -> None:
        run.go()
        if not run.over:
            self._runs.append(run)

    def cancel(self, stack: Stack) -> None:
        self._runs = [run for run in self._runs if run.stack is not stack]

    def happened(self, source: EventSource) -> None:
        """A line of the event log: a service may be steady, failed or gone."""
        if self._runs and not self._planned and source in ("service", "deployment"):
            self._planned = True
            self._world.timeline.at(self._world.now, "stack", "")

    def _on_turn(self, entity: str, data: None) -> None:
        self._planned = False
        for run in list(self._runs):
            before = len(run.stack.events)
            self._turns += 1
            determinism.reseed(self._world.seed, "stack", run.stack.stack_id, self._turns)
            run.go()
            if run.over:
                self._runs.remove(run)
            if len(run.stack.events) != before:
                self._world.elb.refresh()
                self._world.touch()


class _WithStacks(Protocol):
    stacks: Stacks


def _stacks() -> Stacks | None:
    return cast(_WithStacks, world()).stacks if bound() else None


def _run(stack: Stack, verb: Verb) -> Run:
    here = _stacks()
    wish = _asked[-1] if _asked else "ROLLBACK"
    backend = cloudformation_backends[stack.account_id][stack.region_name]
    return Run(backend, stack, verb, at_once=here is None or here.at_once, on_failure=wish)


def _start(run: Run) -> None:
    here = _stacks()
    if here is None:
        run.go()
    else:
        here.start(run)


# --- what moto calls -----------------------------------------------------------------------------


def _create_resources(self: Stack) -> None:
    self.description = self.template_dict.get("Description")
    run = _run(self, "CREATE")
    try:
        run.create()
        _start(run)
    except Exception:
        run.backend.stacks.pop(self.stack_id, None)
        raise


def _update(
    self: Stack,
    template: str,
    role_arn: str | None = None,
    parameters: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    if not str(self.status).endswith(("_COMPLETE", "UPDATE_FAILED")) or self.status == "ROLLBACK_COMPLETE":
        raise ValidationError(
            message=f"Stack:{self.stack_id} is in {self.status} state and can not be updated."
        )
    wanted = {**self.resource_map.input_parameters, **parameters} if parameters else {}
    slots = Stack.parse_template(template).get("Parameters") or {}
    wanted = {name: value for name, value in wanted.items() if name in slots}
    if tags is None and self.has_template(template) and wanted == self.resource_map.input_parameters:
        raise ValidationError(message=NOTHING_TO_DO)
    run = _run(self, "UPDATE")
    run.update(Source(template, wanted))
    self.role_arn = role_arn
    if tags is not None:
        self.tags = tags
    _start(run)


def _delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    named = (stack for stack in self.stacks.values() if stack.name == name_or_stack_id)
    stack = self.stacks.get(name_or_stack_id) or next(named, None)
    if stack is None or stack.status == "DELETE_IN_PROGRESS":
        return
    if stack.enable_termination_protection is True:
        raise ValidationError(
            message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    if stack.status in UNDELETABLE:
        raise ValidationError(
            message=f"Stack [{stack.stack_id}] cannot be deleted while in status {stack.status}"
        )
    here = _stacks()
    if here is not None:
        here.cancel(stack)
    run = _run(stack, "DELETE")
    run.delete()
    _start(run)


def _execute_change_set(
    self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    change_set = self.describe_change_set(change_set_name)
    if change_set is None or change_set.execution_status != "AVAILABLE":
        raise ValidationError(
            message=f"ChangeSet [{change_set_name}] cannot be executed in its current status"
        )
    stack = self.stacks[change_set.stack_id]
    change_set.execution_status = "EXECUTE_COMPLETE"
    if change_set.change_set_type != "CREATE":
        stack.update(change_set.template, parameters=change_set.parameters)
        return
    stack.template, stack.parameters = change_set.template, change_set.parameters
    stack._parse_template()
    stack.cross_stack_resources = self.exports
    stack.resource_map = stack._create_resource_map()
    stack_record.mark(stack, "CREATE_IN_PROGRESS", "User Initiated")
    stack.create_resources()


# --- what is shown -------------------------------------------------------------------------------


class Shown:
    """A resource as DescribeStackResource and its plural have it."""

    def __init__(self, stack: Stack, row: Row) -> None:
        self.__dict__.update(row.__dict__)
        self.stack_id, self.stack_name = stack.stack_id, stack.name
        self.last_updated_timestamp = row.timestamp
        self.drift_information = {"StackResourceDriftStatus": "NOT_CHECKED"}


def _rows(self: Stack) -> list[Row]:
    return list(stack_record.rows(self).values())


def _list_stack_resources(self: CloudFormationResponse) -> ActionResult:
    stack, rows = self.cloudformation_backend.list_stack_resources(self._get_param("StackName"))
    return ActionResult({"StackResourceSummaries": [Shown(stack, cast(Row, row)) for row in rows]})


def _asking(plain: Callable[[CloudFormationResponse], ActionResult]) -> Any:
    """As moto's operation, with what the caller wants done on failure."""

    def wrapped(self: CloudFormationResponse) -> ActionResult:
        wish: OnFailure = self._get_param("OnFailure") or "ROLLBACK"
        if self._get_bool_param("DisableRollback", False):
            if self._get_param("OnFailure"):
                raise ValidationError(message="You cannot specify both DisableRollback and OnFailure.")
            wish = "DO_NOTHING"
        _asked.append(wish)
        try:
            return plain(self)
        finally:
            _asked.pop()

    return wrapped


def install() -> None:
    Stack.create_resources = _create_resources
    Stack.update = _update
    Stack.outputs = property(lambda self: self.__dict__.get("shown_outputs") or None)
    Stack.exports = property(lambda self: self.__dict__.get("shown_exports", []))
    Stack.stack_resources = property(_rows)
    CloudFormationBackend.delete_stack = _delete_stack
    CloudFormationBackend.execute_change_set = _execute_change_set
    for name in ("create_stack", "update_stack", "execute_change_set"):
        setattr(CloudFormationResponse, name, _asking(getattr(CloudFormationResponse, name)))
    CloudFormationResponse.list_stack_resources = _list_stack_resources
    responses.StackResourceDTO = Shown
