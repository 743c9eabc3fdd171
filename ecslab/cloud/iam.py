"""Who may do what: roles as ECS and the applications use them, over the policies kept in moto."""

import re
from collections.abc import Mapping

from ecslab.cloud import iam_policy
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import iam

ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[\x21-\x7e]+/)?[\w+=,.@-]+")
"""A role's ARN names its account; one without it (`arn:aws:iam::role/x`) cannot be assumed."""

LINKED_ROLE = "AWSServiceRoleForECS"


class Identity:
    def __init__(self, world: World) -> None:
        self._world = world
        self._linked = True

    def has_linked_role(self) -> bool:
        """Whether ECS has its service-linked role in this account; a fault can take it away."""
        return self._linked or iam.has_role(LINKED_ROLE)

    def forget_linked_role(self) -> None:
        self._linked = False
        iam.forget_role(LINKED_ROLE)

    def create_linked_role(self) -> None:
        """What ECS does by itself when it is first used."""
        self._linked = True

    def can_assume(self, role_arn: str, service: str = "ecs-tasks.amazonaws.com") -> bool:
        key = ("assume", role_arn, service)
        return self._world.decisions.get(key, lambda: self._can_assume(role_arn, service))

    def _can_assume(self, role_arn: str, service: str) -> bool:
        match = ROLE_ARN.fullmatch(role_arn)
        if match is None or match[1] != self._world.account:
            return False
        role = self._role(role_arn)
        if role is None:
            return False
        return iam_policy.trusts(role.trust, service, self._context(service))

    def _role(self, arn: str) -> iam.RoleView | None:
        return self._world.decisions.get(("role", arn), lambda: iam.role(arn))

    def _context(self, service: str) -> dict[str, str]:
        """What ECS says about itself when it assumes a role (confused-deputy conditions)."""
        world = self._world
        name = service.partition(".")[0].removesuffix("-tasks")
        return {
            "aws:SourceAccount": world.account,
            "aws:SourceArn": f"arn:aws:{name}:{world.region}:{world.account}:*",
        }

    def allows(
        self,
        role_arn: str,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
    ) -> bool:
        return not self.refusal(role_arn, action, resource, context)

    def refusal(
        self,
        role_arn: str,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
    ) -> str:
        key = ("refusal", role_arn, action, resource)
        if context:
            return self._refusal(role_arn, action, resource, context)
        return self._world.decisions.get(key, lambda: self._refusal(role_arn, action, resource, {}))

    def _refusal(self, role_arn: str, action: str, resource: str, context: Mapping[str, str]) -> str:
        role = self._role(role_arn)
        policies, boundary = ([], None) if role is None else (role.policies, role.boundary)
        full = {"aws:RequestedRegion": self._world.region, "aws:SecureTransport": "true", **context}
        return iam_policy.refused(policies, boundary, action, resource, full)
