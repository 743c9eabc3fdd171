"""moto's IAM: plain views of roles and their policies, and AWS's managed policies on demand.

moto can load all 1,582 managed policies (0.1 s for every reset) or none; here those that belong to
this field exist from the start and any other one appears when it is first named.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

import moto.iam.urls
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import (
    SERVICE_NAME_CONVERSION,
    AWSManagedPolicy,
    IAMBackend,
    ManagedPolicy,
    Policy,
    Role,
    iam_backends,
)
from moto.moto_api._internal import mock_random
from moto.sts.models import sts_backends

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import determinism
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.ec2 import held

AWS_PREFIX = "arn:aws:iam::aws:policy/"

LINKED_NAMES = {"ecs": "ECS", "elasticloadbalancing": "ElasticLoadBalancing"}
"""How service-linked roles are spelled: AWSServiceRoleForECS."""

LINKED_SPELLINGS = {
    "AWSServiceRoleForApplicationAutoScaling_Ecs": "AWSServiceRoleForApplicationAutoScaling_ECSService"
}

AT_HAND = (
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonEC2ContainerServiceforEC2Role",
    "AmazonEC2ContainerServiceAutoscaleRole",
    "AmazonEC2ContainerServiceEventsRole",
    "AmazonECSInfrastructureRolePolicyForVolumes",
    "AmazonECS_FullAccess",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AdministratorAccess",
    "CloudWatchFullAccess",
    "CloudWatchLogsFullAccess",
    "CloudWatchLogsReadOnlyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
)


@dataclass(frozen=True)
class RoleView:
    arn: str
    trust: JSON
    policies: tuple[JSON, ...]
    """Identity policy documents: inline, and the default versions of the attached ones."""
    boundary: JSON | None


def _parse(document: str | JSON | None) -> JSON:
    return document if isinstance(document, dict) else _parsed(document or "{}")


@lru_cache(maxsize=1024)
def _parsed(text: str) -> JSON:
    """A document is read for every decision, and never changed."""
    try:
        parsed = json.loads(unquote(text) if text.startswith("%7B") else text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


@lru_cache
def _data(name: str) -> JSON | None:
    """The published data of one AWS managed policy, without parsing all five megabytes."""
    found_at = re.search(rf'"{re.escape(name)}":\s*(?={{)', aws_managed_policies_data)
    if found_at is None:
        return None
    found, _ = json.JSONDecoder().raw_decode(aws_managed_policies_data, found_at.end())
    return found if isinstance(found, dict) and "Document" in found else None


def _aws_policy(name: str, account: str, region: str) -> ManagedPolicy | None:
    data = _data(name)
    if data is None:
        return None
    state = mock_random.getstate()
    policy = AWSManagedPolicy.from_data(name, account, region, data)
    mock_random.setstate(state)
    policy.id = "ANPA" + blake2b(name.encode(), digest_size=9).hexdigest()[:17].upper()
    return policy


class Iam(IAMBackend):
    @property
    def _url_module(self) -> Any:
        return moto.iam.urls

    def _init_aws_policies(self) -> list[ManagedPolicy]:
        made = [_aws_policy(name, self.account_id, self.region_name) for name in AT_HAND]
        return [policy for policy in made if policy is not None]

    def _know(self, policy_arn: str) -> None:
        if policy_arn in self.managed_policies or not policy_arn.startswith(AWS_PREFIX):
            return
        policy = _aws_policy(policy_arn.rpartition("/")[2], self.account_id, self.region_name)
        if policy is not None and policy.arn == policy_arn:
            self.aws_managed_policies.append(policy)
            self.managed_policies[policy_arn] = policy

    def attach_role_policy(self, policy_arn: str, role_name: str) -> None:
        self._know(policy_arn)
        super().attach_role_policy(policy_arn, role_name)

    def attach_user_policy(self, policy_arn: str, user_name: str) -> None:
        self._know(policy_arn)
        super().attach_user_policy(policy_arn, user_name)

    def attach_group_policy(self, policy_arn: str, group_name: str) -> None:
        self._know(policy_arn)
        super().attach_group_policy(policy_arn, group_name)

    def get_policy(self, policy_arn: str) -> ManagedPolicy:
        self._know(policy_arn)
        return super().get_policy(policy_arn)

    def get_policy_version(self, policy_arn: str, version_id: str) -> Any:
        self._know(policy_arn)
        return super().get_policy_version(policy_arn, version_id)

    def create_service_linked_role(self, service_name: str, *args: Any, **kwargs: Any) -> Role:
        if not service_name.endswith(".amazonaws.com") or service_name.count(".") < 2:
            raise ApiError("InvalidInput", f"Service role for {service_name} is not supported")
        role = super().create_service_linked_role(service_name, *args, **kwargs)
        role.name = LINKED_SPELLINGS.get(role.name, role.name)
        return role


def install() -> None:
    iam_backends.backend = Iam
    SERVICE_NAME_CONVERSION.update(LINKED_NAMES)
    for name in AT_HAND:
        _data(name)


def _backend() -> IAMBackend:
    return held(iam_backends, "aws")


def _default_document(policy: Policy) -> JSON:
    for version in policy.versions:
        if version.version_id == policy.default_version_id:
            return _parse(version.document)
    return {}


def caller(access_key: str) -> RoleView | None:
    """Who signs with this key: a user with the policies of its groups, or a session of a role."""
    backend = _backend()
    key = backend.access_keys.get(access_key)
    if key is None:
        session = sts_backends[world().account]["aws"].get_assumed_role_from_access_key(access_key)
        view = role(session.role_arn) if session is not None else None
        return None if view is None or session is None else replace(view, arn=session.arn)
    user = backend.get_user(key.user_name)
    groups = [group for group in backend.groups.values() if user in group.users]
    documents = [_parse(document) for holder in (user, *groups) for document in holder.policies.values()]
    documents += [
        _default_document(policy) for holder in (user, *groups) for policy in holder.managed_policies.values()
    ]
    return RoleView(arn=user.arn, trust={}, policies=tuple(documents), boundary=None)


def forget_role(name: str) -> None:
    for identity, found in list(_backend().roles.items()):
        if found.name == name:
            del _backend().roles[identity]


def create_linked_role(service: str) -> None:
    """What a service does by itself when it is first used. The draws of the request in hand stay as they were."""
    if any(found._linked_service == service for found in _backend().roles.values()):
        return
    state = mock_random.getstate()
    determinism.reseed(world().seed, "linked-role", service)
    _backend().create_service_linked_role(service, "", "")
    mock_random.setstate(state)


def has_role(name: str) -> bool:
    return any(found.name == name for found in _backend().roles.values())


def arn_of_role(name: str) -> str | None:
    """The ARN of the role of this name, which has its path in it."""
    return next((r.arn for r in _backend().roles.values() if r.name == name), None)


def role(arn: str) -> RoleView | None:
    """The role with exactly this ARN, path included."""
    found: Role | None = next((r for r in _backend().roles.values() if r.arn == arn), None)
    if found is None:
        return None
    documents = [_parse(document) for document in found.policies.values()]
    documents += [_default_document(policy) for policy in found.managed_policies.values()]
    boundary = _backend().managed_policies.get(found.permissions_boundary_arn or "")
    return RoleView(
        arn=found.arn,
        trust=_parse(found.assume_role_policy_document),
        policies=tuple(documents),
        boundary=_default_document(boundary) if boundary else None,
    )
