"""One operation on a stack, played as CloudFormation plays it: in order, waiting for services, turning back.

A run makes, changes or deletes what it can, then waits; `go` is called again when something has happened.
A resource begins when all that it needs is there, so what does not depend on a service does not wait for it.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import moto.cloudformation.parsing as parsing
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.core.exceptions import ServiceException
from moto.ec2.models.core import TaggedEC2Resource

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import stack_order, stack_outputs, stack_record, stack_service
from ecslab.cloud.seam.binding import bound, world
from ecslab.cloud.seam.ec2 import backend as ec2_backend
from ecslab.cloud.seam.ecs_stacks import Service
from ecslab.cloud.seam.stack_service import Outcome, Wait
from ecslab.cloud.seam.stacks import HandlerRefused, StackResource

Verb = Literal["CREATE", "UPDATE", "DELETE"]
OnFailure = Literal["ROLLBACK", "DO_NOTHING", "DELETE"]
PAST: dict[str, str] = {"CREATE": "create", "UPDATE": "update", "DELETE": "delete"}
CANCELLED = {"CREATE": "Resource creation cancelled", "UPDATE": "Resource update cancelled"}
REPLACES = "Requested update requires the creation of a new physical resource; hence creating one."
TAKEN_NAME = (
    "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
    "Rename {} and update the stack again."
)
TOO_LONG = "Stack creation time exceeded the specified timeout"


@dataclass(eq=False)
class Leaving:
    """A resource that is to be deleted."""

    name: str
    resource: Any
    template: JSON
    seen: bool = False
    error: str = ""


@dataclass(frozen=True)
class Source:
    """What a stack is made from."""

    template: str
    parameters: dict[str, Any]


@dataclass(eq=False)
class Run:
    """`at_once`: nothing is waited for and the first failure is raised: how a world is built."""

    backend: CloudFormationBackend
    stack: Stack
    verb: Verb
    at_once: bool = False
    on_failure: OnFailure = "ROLLBACK"
    over: bool = False
    _rolling_back: bool = False
    _before: Source | None = None
    _old: JSON = field(default_factory=dict)
    """The resources of the template before an update."""
    _texts: JSON = field(default_factory=dict)
    """All resources that were ever written down."""
    _resources: JSON = field(default_factory=dict)
    _todo: list[str] = field(default_factory=list)
    _waiting: dict[str, Wait] = field(default_factory=dict)
    _doing: dict[str, Verb] = field(default_factory=dict)
    _failed: list[str] = field(default_factory=list)
    _known: dict[str, JSON | None] = field(default_factory=dict)
    """Properties that resources have now; None: what an update that failed has left."""
    _replaced: dict[str, tuple[Any, JSON | None]] = field(default_factory=dict)
    _leaving: list[Leaving] = field(default_factory=list)
    _stage: Callable[[], bool] | None = None
    _deadline: int | None = None

    # --- beginning -------------------------------------------------------------------------------

    def create(self) -> None:
        self.stack.status = "CREATE_IN_PROGRESS"
        self._resources = self._texts = self.stack.template_dict["Resources"]
        stack_order.check(self.stack.template_dict)
        self._todo = stack_order.order(self._resources)
        self.stack.resource_map.tags.update(
            {
                "aws:cloudformation:stack-name": self.stack.name,
                "aws:cloudformation:stack-id": self.stack.stack_id,
            }
        )
        if self.stack.timeout_in_minutes and bound():
            self._deadline = world().now + 60_000 * int(self.stack.timeout_in_minutes)
            world().timeline.at(self._deadline, "stack", self.stack.stack_id)
        self._stage = self._applying

    def update(self, new: Source) -> None:
        """Raises what is wrong with the new template or its parameters; the stack stays as it was."""
        stack = self.stack
        self._before = Source(str(stack.template), dict(stack.resource_map.input_parameters))
        self._old = self._texts = dict(stack.resource_map._resource_json_map)
        self._known = {
            name: parsing.clean_json(text, stack.resource_map).get("Properties", {})
            for name, text in self._old.items()
            if stack.resource_map._parsed_resources.get(name) is not None
        }
        try:
            self._load(new)
        except Exception:
            self._load(self._before)
            raise
        stack_record.mark(stack, "UPDATE_IN_PROGRESS", "User Initiated")
        self._stage = self._applying

    def _load(self, source: Source) -> None:
        stack, held = self.stack, self.stack.resource_map
        stack.template = source.template
        stack._parse_template()
        stack_order.check(stack.template_dict)
        self._resources = stack.template_dict["Resources"]
        self._texts = {**self._texts, **self._resources}
        self._todo = stack_order.order(self._resources)
        held._template, held._resource_json_map = stack.template_dict, self._resources
        held.input_parameters, held.resolved_parameters = source.parameters, {}
        stack.parameters = source.parameters
        held.load_mapping()
        held.load_parameters()
        held.load_conditions()

    def delete(self) -> None:
        stack_record.mark(self.stack, "DELETE_IN_PROGRESS", "User Initiated")
        self._texts = self.stack.resource_map._resource_json_map
        self._leaving = self._everything()
        self._stage = self._deleting

    def _everything(self) -> list[Leaving]:
        held = self.stack.resource_map
        return [
            Leaving(name, held._parsed_resources[name], held._resource_json_map[name])
            for name in reversed(stack_order.order(held._resource_json_map))
            if held._parsed_resources.get(name) is not None
        ]

    # --- going on --------------------------------------------------------------------------------

    def go(self) -> None:
        self._look()
        while not self.over and self._stage is not None and self._stage():
            pass

    def _look(self) -> None:
        for name, wait in list(self._waiting.items()):
            found = stack_service.outcome(wait)
            if found is None:
                continue
            del self._waiting[name]
            if found.failure:
                self._fail(name, self._handler(name, found))
            else:
                self._complete(name)
        if self._deadline is not None and world().now >= self._deadline and self._waiting:
            for name in self._waiting:
                self._fail(name, TOO_LONG)
            self._waiting.clear()

    def _kind(self, name: str) -> str:
        return str(self._texts.get(name, {}).get("Type", ""))

    def _note(self, name: str, status: str, reason: str | None = None, physical: str | None = None) -> None:
        stack_record.note(self.stack, name, self._kind(name), status, reason, physical)

    def _complete(self, name: str) -> None:
        self._note(name, f"{self._doing.get(name, self.verb)}_COMPLETE")

    def _fail(self, name: str, reason: str) -> None:
        self._note(name, f"{self._doing.get(name, self.verb)}_FAILED", reason)
        self._failed.append(name)

    def _handler(self, name: str, found: Outcome) -> str:
        here = world()
        token = here.draws.uuid("stack-handler", self.stack.stack_id, name, here.now)
        return (
            f'Resource handler returned message: "{found.failure}" '
            f"(RequestToken: {token}, HandlerErrorCode: {found.code})"
        )

    # --- making and changing ---------------------------------------------------------------------

    def _applying(self) -> bool:
        """Whether there is another stage to play at once."""
        for name in list(self._todo):
            needs = stack_order.dependencies(self._resources, name)
            if self._failed or any(other in self._todo or other in self._waiting for other in needs):
                continue
            self._todo.remove(name)
            self._apply(name)
        if self._failed:
            self._turn_back()
            return True
        if self._todo or self._waiting:
            return False
        self._applied()
        return True

    def _apply(self, name: str) -> None:
        text, held = self._resources[name], self.stack.resource_map
        condition = text.get("Condition")
        if condition and not held.lazy_condition_map[condition]:
            return
        present = held._parsed_resources.get(name)
        if present is not None and name in self._replaced and self._rolling_back:
            self._put_back(name, present)
            return
        self._doing[name] = "CREATE" if present is None else "UPDATE"
        try:
            resource = self._made(name, text) if present is None else self._changed(name, text, present)
        except Exception as error:
            if self.at_once:
                raise
            self._fail(name, self._why(name, error))
            return
        if resource is None:
            return
        held._parsed_resources[name] = resource
        if isinstance(resource, Service) and not self.at_once:
            self._await(name, resource)
        else:
            self._complete(name)

    def _made(self, name: str, text: JSON) -> Any:
        self._note(name, "CREATE_IN_PROGRESS")
        held = self.stack.resource_map
        resource = parsing.parse_and_create_resource(
            name, text, held, self.backend.account_id, self.backend.region_name
        )
        if isinstance(resource, TaggedEC2Resource):
            held.tags["aws:cloudformation:logical-id"] = name
            ec2_backend().create_tags([resource.physical_resource_id], held.tags)
        physical = str(getattr(resource, "physical_resource_id", "") or "")
        self._note(name, "CREATE_IN_PROGRESS", "Resource creation Initiated", physical)
        return resource if resource is not None else _Nothing(name)

    def _changed(self, name: str, text: JSON, present: Any) -> Any:
        """The resource after the change; None when there is nothing to change."""
        wanted = parsing.clean_json(text, self.stack.resource_map).get("Properties", {})
        known = self._known.get(name)
        if known == wanted or isinstance(present, _Nothing):
            return None
        self._known[name] = None
        old = known or {}
        changed = {key for key in {*old, *wanted} if old.get(key) != wanted.get(key)}
        if known is not None and _replaces(present, text["Type"], changed):
            resource = self._replaced_by(name, text, present, old, wanted)
        else:
            self._note(name, "UPDATE_IN_PROGRESS")
            resource = parsing.parse_and_update_resource(
                name, text, self.stack.resource_map, self.backend.account_id, self.backend.region_name
            )
            if resource is None:
                resource = self._replaced_by(name, text, present, old, wanted)
        self._known[name] = wanted
        return resource

    def _replaced_by(self, name: str, text: JSON, present: Any, old: JSON, wanted: JSON) -> Any:
        named = parsing.get_name_type_map().get(text["Type"])
        if named and wanted.get(named) and old.get(named) == wanted[named]:
            raise ApiError("ValidationError", TAKEN_NAME.format(wanted[named]))
        self._note(name, "UPDATE_IN_PROGRESS", REPLACES)
        resource = parsing.parse_and_create_resource(
            name, text, self.stack.resource_map, self.backend.account_id, self.backend.region_name
        )
        self._replaced[name] = (present, old)
        physical = str(getattr(resource, "physical_resource_id", "") or "")
        self._note(name, "UPDATE_IN_PROGRESS", "Resource creation Initiated", physical)
        return resource

    def _put_back(self, name: str, present: Any) -> None:
        """What an update had replaced is the stack's again; what replaced it goes."""
        before, properties = self._replaced.pop(name)
        self._leaving.append(Leaving(name, present, self._resources[name]))
        self.stack.resource_map._parsed_resources[name] = before
        self._known[name] = properties
        self._note(name, "UPDATE_COMPLETE", None, str(before.physical_resource_id))

    def _await(self, name: str, service: Service) -> None:
        now = world().now
        shown = stack_service.described(service.id)
        newest = (shown or {}).get("deployments") or [{}]
        wait = Wait(service.id, now, newest[0].get("id", ""), newest[0].get("createdAt", 0.0))
        found = stack_service.outcome(wait) if self._doing[name] == "UPDATE" else None
        if found is not None and not found.failure:
            self._complete(name)
            return
        self._waiting[name] = wait
        world().timeline.at(wait.until, "stack", self.stack.stack_id)

    def _why(self, name: str, error: Exception) -> str:
        if isinstance(error, HandlerRefused):
            return self._handler(name, Outcome(error.said(), "InvalidRequest"))
        if isinstance(error, (ServiceException, ApiError)):
            return str(error.message)
        world_ = world()
        exceptions: list[str] = world_.dispatcher.exceptions  # type: ignore[attr-defined]
        exceptions.append(traceback.format_exc())
        return (
            f"ecslab's mock of {self._kind(name)} failed ({type(error).__name__}: {error}); please report it"
        )

    # --- the end of it ---------------------------------------------------------------------------

    def _applied(self) -> None:
        try:
            stack_outputs.publish(self.backend, self.stack)
        except Exception as error:
            if self.at_once:
                raise
            self._failed.append("Outputs")
            self._turn_back(self._why("Outputs", error))
            return
        if self.verb == "CREATE":
            stack_record.mark(self.stack, "CREATE_COMPLETE")
            self.over = True
            return
        if not self._rolling_back:
            kept = set(self._resources)
            self._leaving = [Leaving(n, r, self._old[n]) for n, (r, _) in self._replaced.items()]
            self._leaving += self._removed(lambda name: name not in kept)
        else:
            self._leaving += self._removed(lambda name: name not in self._resources)
        if self._leaving:
            stack_record.mark(self.stack, f"{self._state}_COMPLETE_CLEANUP_IN_PROGRESS")
        self._stage = self._deleting

    def _removed(self, gone: Callable[[str], bool]) -> list[Leaving]:
        """Resources that the template does not have, or not under its conditions."""
        held = self.stack.resource_map
        known = {**self._old, **self._doing}
        names = [name for name in reversed(list(known)) if gone(name) or self._unwanted(name)]
        return [
            Leaving(name, held._parsed_resources.pop(name), self._texts[name])
            for name in names
            if held._parsed_resources.get(name) is not None
        ]

    def _unwanted(self, name: str) -> bool:
        condition = (self._resources.get(name) or {}).get("Condition")
        return bool(condition) and not self.stack.resource_map.lazy_condition_map[condition]

    @property
    def _state(self) -> str:
        return "UPDATE_ROLLBACK" if self._rolling_back else self.verb

    def _turn_back(self, why: str | None = None) -> None:
        for name in self._waiting:
            self._fail(name, CANCELLED[self._doing.get(name, "CREATE")])
        self._waiting, self._todo = {}, []
        reason = (
            why or f"The following resource(s) failed to {PAST[self.verb]}: [{', '.join(self._failed)}]. "
        )
        if self._rolling_back or self.on_failure == "DO_NOTHING":
            stack_record.mark(self.stack, f"{self._state}_FAILED", reason)
            self.over = True
        elif self.verb == "CREATE":
            state = "ROLLBACK" if self.on_failure == "ROLLBACK" else "DELETE"
            stack_record.mark(
                self.stack, f"{state}_IN_PROGRESS", f"{reason}{state.title()} requested by user."
            )
            self._leaving = self._everything()
            self._stage = self._deleting
        else:
            assert self._before is not None
            stack_record.mark(self.stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
            self._failed, self._rolling_back = [], True
            self._load(self._before)

    # --- deleting --------------------------------------------------------------------------------

    def _deleting(self) -> bool:
        """Dependents first. What cannot be deleted yet is tried again while others go."""
        progress = True
        while progress:
            progress = False
            for item in list(self._leaving):
                if not self._needed(item) and self._delete(item):
                    self._leaving.remove(item)
                    progress = True
        if self._waiting:
            return False
        for item in self._leaving:
            self._part(item, "DELETE_FAILED", item.error)
        self._deleted()
        return False

    def _needed(self, item: Leaving) -> bool:
        """Whether something that is going to be deleted, or is on its way out, still needs it."""
        texts = {other.name: other.template for other in self._leaving}
        texts |= {name: self._texts[name] for name in self._waiting}
        texts[item.name] = item.template
        return any(
            item.name in stack_order.dependencies(texts, other) for other in texts if other != item.name
        )

    def _delete(self, item: Leaving) -> bool:
        if item.template.get("DeletionPolicy") == "Retain":
            self._part(item, "DELETE_SKIPPED")
            return True
        if not item.seen:
            item.seen = True
            self._doing[item.name] = "DELETE"
            self._part(item, "DELETE_IN_PROGRESS")
        try:
            self._remove(item)
        except Exception as error:
            item.error = self._why(item.name, error)
            return False
        if isinstance(item.resource, Service) and bound():
            wait = Wait(item.resource.id, world().now, gone=True)
            if stack_service.outcome(wait) is None:
                self._waiting[item.name] = wait
                return True
        self._part(item, "DELETE_COMPLETE")
        held = self.stack.resource_map._parsed_resources
        if held.get(item.name) is item.resource:
            del held[item.name]
        return True

    def _remove(self, item: Leaving) -> None:
        if isinstance(item.resource, StackResource):
            item.resource.remove()
        elif not isinstance(item.resource, _Nothing):
            self.stack.resource_map._delete_resource(item.resource, item.template)

    def _part(self, item: Leaving, status: str, reason: str | None = None) -> None:
        """An event of a resource that leaves; another one may have its name by now."""
        physical = str(getattr(item.resource, "physical_resource_id", "") or "")
        present = self.stack.resource_map._parsed_resources.get(item.name)
        kind = str(item.template["Type"])
        follows = present is None or present is item.resource
        stack_record.note(self.stack, item.name, kind, status, reason, physical, follows=follows)

    def _deleted(self) -> None:
        self.over = True
        names = ", ".join(item.name for item in self._leaving)
        reason = f"The following resource(s) failed to delete: [{names}]. " if names else None
        if self.verb == "UPDATE":
            stack_record.mark(self.stack, f"{self._state}_COMPLETE")
        elif self.verb == "CREATE" and self.on_failure == "ROLLBACK":
            stack_record.mark(self.stack, "ROLLBACK_FAILED" if reason else "ROLLBACK_COMPLETE", reason)
        elif reason:
            stack_record.mark(self.stack, "DELETE_FAILED", reason)
        else:
            stack_record.mark(self.stack, "DELETE_COMPLETE")
            stack_outputs.forget(self.backend, self.stack)


class _Nothing:
    """Stands for a resource of a type that the mock does not have."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name


def _replaces(present: Any, kind: str, changed: set[str]) -> bool:
    if present.cf_resource_type != kind or parsing.get_name_type_map().get(kind) in changed:
        return True
    return isinstance(present, StackResource) and bool(changed & present.REPLACES)
