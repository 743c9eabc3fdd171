"""Requests that AWS refuses before any service looks at them: throttled, or not permitted to their caller.

Permissions are checked only in a world that says `enforce_iam`. It plays nothing and keeps only who is
throttled until when; the world's own calls (template, faults, checks) never come through here.
"""

from collections.abc import Iterator, Mapping

from ecslab.cloud.iam_policy import Permissions, not_authorized
from ecslab.cloud.iam_requests import action_of, passed_roles, resources_of
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import iam
from ecslab.cloud.seam.dispatch import AnsweringWorld, HttpAnswer
from ecslab.cloud.seam.operations import Operation, error_answer, parameters, protocol_of

ALWAYS = {("sts", "GetCallerIdentity")}
"""What needs no permission."""

THROTTLED = {
    "json": ("ThrottlingException", "Rate exceeded", 400),
    "query": ("Throttling", "Rate exceeded", 400),
    "ec2": ("RequestLimitExceeded", "Request limit exceeded.", 503),
}
DENIED = {
    "json": ("AccessDeniedException", "", 400),
    "query": ("AccessDenied", "", 403),
    "ec2": ("UnauthorizedOperation", "You are not authorized to perform this operation. ", 403),
}


class Refusals:
    def __init__(self, world: AnsweringWorld) -> None:
        self._world = world
        self._throttled: dict[tuple[str, str], int] = {}

    def throttle(self, service: str, operation: str, until: int) -> None:
        self._throttled[service, operation] = until

    def refusal(
        self, operation: Operation, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> HttpAnswer | None:
        """The answer to a request that goes no further."""
        try:
            self._check_rate(operation)
            if self._world.document.get("enforce_iam"):
                self._check_caller(operation, parameters(operation, method, path, headers, body))
        except ApiError as error:
            status, out, text = error_answer(operation, error.code, error.message, error.status)
            return HttpAnswer(status, tuple(out.items()), text)
        return None

    def _check_rate(self, operation: Operation) -> None:
        for name in (operation.name, "*"):
            if self._world.now < self._throttled.get((operation.service, name), 0):
                raise ApiError(*THROTTLED[protocol_of(operation.service)])

    def _check_caller(self, operation: Operation, params: JSON) -> None:
        world = self._world
        caller = iam.caller(operation.access_key) or iam.caller(world.document["identity"]["access_key_id"])
        if caller is None or (operation.service, operation.name) in ALWAYS:
            return
        for action, resource, context in self._wanted(operation, params):
            full = {"aws:RequestedRegion": world.region, "aws:PrincipalArn": caller.arn, **context}
            permissions = Permissions.of(action, caller.policies, caller.boundary)
            if why := permissions.refusal(resource, full):
                code, before, status = DENIED[protocol_of(operation.service)]
                text = not_authorized(caller.arn, action, resource, why)
                raise ApiError(code, before + text, status)

    def _wanted(self, operation: Operation, params: JSON) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        """What must be permitted: (action, resource, context)."""
        action = action_of(operation)
        for resource in resources_of(self._world, operation, params):
            yield action, resource, {}
        for role, service in passed_roles(self._world, operation, params):
            yield "iam:PassRole", role, {"iam:PassedToService": service}
