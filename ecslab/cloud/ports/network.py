"""The network, as others ask about it: subnets, interfaces, and whether packets get there and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Subnet:
    id: str
    arn: str
    vpc_id: str
    az: str
    cidr: str


@dataclass(frozen=True)
class Eni:
    id: str
    mac: str
    private_ip: str
    private_dns: str
    public_ip: str | None
    subnet_id: str
    vpc_id: str
    az: str
    groups: tuple[str, ...]


class NoFreeAddress(Exception):
    """The subnet has no address left."""


class Vpc(Protocol):
    def subnet(self, subnet_id: str) -> Subnet | None: ...

    def has_group(self, group_id: str) -> bool: ...

    def default_group(self, vpc_id: str) -> str: ...

    def create_eni(
        self, subnet_id: str, groups: Sequence[str], *, public: bool, description: str, key: str
    ) -> Eni:
        """Raises NoFreeAddress. `key` names the draw of its ids (the task id)."""
        ...

    def delete_eni(self, eni_id: str) -> None: ...

    def reaches(self, eni: Eni, service: str) -> bool:
        """Whether a task behind `eni` gets packets to an AWS service and back (route, public
        address or NAT or endpoint, security groups both ways, NACL). `service` is the endpoint
        suffix, `ecr.api ecr.dkr s3 secretsmanager ssm logs kms ssmmessages sts`, or `internet`."""
        ...

    def reaches_host(self, eni: Eni, host: str, port: int) -> bool:
        """The task's own outbound call to `host:port` (an address, a name, or another task)."""
        ...

    def seen_as(self, eni: Eni) -> str:
        """Whom the internet sees when `eni` calls: its own public address, or its NAT gateway."""
        ...

    def reaches_members(self, eni: Eni, subnets: Sequence[str], groups: Sequence[str], port: int) -> bool:
        """The task's own outbound call to `port` of whatever has these subnets and groups."""
        ...

    def admits(
        self, source_subnets: Sequence[str], source_groups: Sequence[str], eni_id: str, port: int
    ) -> bool:
        """Whether TCP from an ALB with these subnets and groups gets to `eni_id:port` and back."""
        ...
