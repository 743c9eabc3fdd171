"""Roles and secrets: who may do what, and what a container's `valueFrom` gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol


class Iam(Protocol):
    def can_assume(self, role_arn: str, service: str = "ecs-tasks.amazonaws.com") -> bool:
        """The role exists in this account and its trust policy admits the service."""
        ...

    def allows(
        self,
        role_arn: str,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
    ) -> bool:
        """Identity policies of the role: attached managed, customer managed and inline; an
        explicit Deny wins; `*` and `?` match; the conditions that matter here."""
        ...

    def refusal(
        self,
        role_arn: str,
        action: str,
        resource: str = "*",
        context: Mapping[str, str] | None = None,
    ) -> str:
        """Why it is not allowed, as AWS ends its sentence: `because no …`, `with an explicit deny …`; or empty."""
        ...

    def has_linked_role(self) -> bool:
        """Whether ECS can assume its service-linked role, AWSServiceRoleForECS."""
        ...

    def create_linked_role(self) -> None: ...

    def forget_linked_role(self) -> None: ...


@dataclass(frozen=True)
class SecretAnswer:
    """What fetching a container secret's `valueFrom` gives, permission and network aside."""

    service: Literal["secretsmanager", "ssm"]
    action: str
    """`secretsmanager:GetSecretValue` or `ssm:GetParameters`."""
    arn: str
    """What IAM is asked about."""
    found: bool
    value: str | None = None
    missing_key: str | None = None
    """A JSON key that the secret's value does not have."""
    kms_key_arn: str | None = None
    """Set when a customer managed key must be decrypted with."""


class Secrets(Protocol):
    def fetch(self, value_from: str) -> SecretAnswer: ...

    def environment_file(self, arn: str) -> str | None:
        """What an S3 object holds; None: there is no such object."""
        ...
