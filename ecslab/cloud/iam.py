"""Who may do what: roles as ECS and the applications use them, over the policies kept in moto."""

import re
from collections.abc import Mapping

from ecslab.cloud import iam_policy
from ecslab.cloud.iam_policy import Permissions
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
        role_arn: str | None,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
    ) -> bool:
        return not self._refusal(role_arn, action, resource, context or {})

    def denial(self, role_arn: str | None, session: str, action: str, resource: str = "*") -> str:
        why = self._refusal(role_arn, action, resource, {})
        if not why:
            return ""
        name = (role_arn or "none").rpartition("/")[2]
        user = f"arn:aws:sts::{self._world.account}:assumed-role/{name}/{session}"
        return iam_policy.not_authorized(user, action, resource, why)

    def _refusal(self, role_arn: str | None, action: str, resource: str, context: Mapping[str, str]) -> str:
        permissions = self._world.decisions.get(
            ("permissions", role_arn, action), lambda: self._permissions(role_arn, action)
        )
        full = {"aws:RequestedRegion": self._world.region, "aws:SecureTransport": "true", **context}
        return permissions.refusal(resource, full)

    def _permissions(self, role_arn: str | None, action: str) -> Permissions:
        role = self._role(role_arn) if role_arn else None
        if role is None:
            return Permissions.of(action, ())
        return Permissions.of(action, role.policies, role.boundary)
