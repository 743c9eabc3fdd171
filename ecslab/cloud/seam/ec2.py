"""moto's EC2: plain views of the network, and the interfaces of tasks as real ENIs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any, Literal

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models import elastic_network_interfaces as interfaces
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule

from ecslab.cloud.ports.network import Eni, Subnet
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.ec2_addresses import next_address
from ecslab.cloud.seam.ec2_endpoints import is_interface

RouteKind = Literal["local", "igw", "nat", "other"]


@dataclass(frozen=True)
class Rule:
    """One line of a security group: one peer, one range of ports."""

    protocol: str
    from_port: int
    to_port: int
    cidr: str | None
    group: str | None
    prefix_list: str | None


@dataclass(frozen=True)
class Group:
    id: str
    vpc_id: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True)
class Route:
    cidr: str
    kind: RouteKind
    target: str


@dataclass(frozen=True)
class AclEntry:
    number: int
    egress: bool
    allow: bool
    protocol: str
    cidr: str
    from_port: int
    to_port: int


@dataclass(frozen=True)
class Nat:
    subnet_id: str
    available: bool
    public: bool


@dataclass(frozen=True)
class Endpoint:
    service_name: str
    interface: bool
    groups: tuple[str, ...]
    private_dns: bool
    route_tables: tuple[str, ...]
    addresses: tuple[str, ...]


class TaskInterface(NetworkInterface):
    """The ENI of a Fargate task: attached to something that AWS owns."""

    @property
    def attachment(self) -> Any:
        return SimpleNamespace(
            attach_time=self.attach_time,
            attachment_id=self.attachment_id,
            delete_on_termination=False,
            device_index=1,
            network_card_index=0,
            instance_id=None,
            instance_owner_id=self.owner_id,
            status="attached",
        )

    @property
    def association(self) -> dict[str, Any]:
        if not self.public_ip:
            return {}
        name = f"ec2-{self.public_ip.replace('.', '-')}.compute-1.amazonaws.com"
        return {
            "natEnabled": True,
            "publicIp": self.public_ip,
            "publicDnsName": name,
            "ipOwnerId": "amazon",
        }


def held(backends: Any, region: str = "") -> Any:
    """The world's backend of a service: moto's own lookup takes a lock and a list of accounts (14 µs)."""
    where = region or world().region
    account = dict.get(backends, world().account)
    found = dict.get(account, where) if account is not None else None
    return found if found is not None else backends[world().account][where]


def backend() -> EC2Backend:
    return held(ec2_backends)


def _subnet(subnet_id: str) -> Any | None:
    try:
        return backend().get_subnet(subnet_id)
    except InvalidSubnetIdError:
        return None


def subnet(subnet_id: str) -> Subnet | None:
    found = _subnet(subnet_id)
    if found is None:
        return None
    return Subnet(found.id, found.arn, found.vpc_id, found.availability_zone, found.cidr_block)


def subnet_of(vpc_id: str, address: str) -> Subnet | None:
    """The subnet of a VPC that an address lies in."""
    ip = IPv4Address(address)
    for found in backend().describe_subnets(filters={"vpc-id": [vpc_id]}):
        if ip in found.cidr:
            return subnet(found.id)
    return None


def vpc_cidrs(vpc_id: str) -> tuple[str, ...]:
    vpc = backend().vpcs.get(vpc_id)
    return tuple(str(a["cidr_block"]) for a in vpc.get_cidr_block_association_set()) if vpc else ()


def resolves_names(vpc_id: str) -> bool:
    vpc = backend().vpcs.get(vpc_id)
    return vpc is not None and str(vpc.enable_dns_support).lower() != "false"


def _rule(rule: SecurityGroupRule) -> Rule:
    any_port = rule.from_port is None or rule.from_port == -1
    return Rule(
        protocol=str(rule.ip_protocol),
        from_port=0 if any_port else int(rule.from_port),
        to_port=65535 if any_port else int(rule.to_port),
        cidr=rule.cidr_ipv4,
        group=(rule.source_group or {}).get("GroupId"),
        prefix_list=rule.prefix_list_id,
    )


def group(group_id: str) -> Group | None:
    found: SecurityGroup | None = None
    for groups in backend().groups.values():
        found = groups.get(group_id)
        if found is not None:
            break
    if found is None:
        return None
    ingress = tuple(_rule(rule) for rule in found.ingress_rules)
    egress = tuple(_rule(rule) for rule in found.egress_rules)
    return Group(found.id, found.vpc_id or "", ingress, egress)


def default_group(vpc_id: str) -> str:
    found = backend().get_default_security_group(vpc_id)
    return str(found.id) if found else ""


def _route_table(of: Any) -> Any | None:
    main = None
    for table in backend().route_tables.values():
        if of.id in table._associations.values():
            return table
        if table.vpc_id == of.vpc_id and table.main_association_id is not None:
            main = table
    return main


def route_table_id(subnet_id: str) -> str | None:
    found = _subnet(subnet_id)
    table = _route_table(found) if found else None
    return str(table.id) if table else None


def routes(subnet_id: str) -> tuple[Route, ...]:
    """The IPv4 routes of a subnet: of its own table, or of the VPC's main one."""
    found = _subnet(subnet_id)
    if found is None:
        return ()
    table = _route_table(found)
    views = []
    for route in table.routes if table else []:
        if not route.destination_cidr_block:
            continue
        kind: RouteKind = "other"
        target = ""
        if route.local:
            kind = "local"
        elif route.nat_gateway is not None:
            kind, target = "nat", route.nat_gateway.id
        elif route.gateway is not None and route.gateway.id.startswith("igw-"):
            attached = route.gateway.vpc is not None and route.gateway.vpc.id == found.vpc_id
            kind, target = ("igw" if attached else "other"), route.gateway.id
        views.append(Route(route.destination_cidr_block, kind, target))
    return tuple(views)


def nat(nat_id: str) -> Nat | None:
    found = backend().nat_gateways.get(nat_id)
    if found is None:
        return None
    return Nat(found.subnet_id, found.state == "available", found.connectivity_type != "private")


def _number(value: Any, default: int) -> int:
    return default if value in (None, "", -1, "-1") else int(value)


def acl(subnet_id: str) -> tuple[AclEntry, ...]:
    """The entries of the subnet's network ACL, in the order in which they are tried."""
    for found in backend().network_acls.values():
        if any(a.subnet_id == subnet_id for a in found._associations.values()):
            entries = [
                AclEntry(
                    number=int(entry.rule_number),
                    egress=str(entry.egress).lower() == "true",
                    allow=entry.rule_action == "allow",
                    protocol=str(entry.protocol),
                    cidr=entry.cidr_block or "",
                    from_port=_number(entry.port_range_from, 0),
                    to_port=_number(entry.port_range_to, 65535),
                )
                for entry in found.network_acl_entries
            ]
            return tuple(sorted(entries, key=lambda entry: entry.number))
    return ()


def endpoints(vpc_id: str) -> tuple[Endpoint, ...]:
    views = []
    for found in backend().vpc_end_points.values():
        if found.vpc_id != vpc_id or found.state != "available":
            continue
        interface = is_interface(found.vpc_endpoint_type)
        enis = [backend().enis[i] for i in found.network_interface_ids if i in backend().enis]
        views.append(
            Endpoint(
                service_name=found.service_name,
                interface=interface,
                groups=tuple(found.security_group_ids or [default_group(vpc_id)]),
                private_dns=str(found.private_dns_enabled).lower() != "false",
                route_tables=tuple(found.route_table_ids or ()),
                addresses=tuple(eni.private_ip_address for eni in enis),
            )
        )
    return tuple(views)


def private_name(address: str) -> str:
    return f"ip-{address.replace('.', '-')}.ec2.internal"


@lru_cache(maxsize=1024)
def _eni(
    eni_id: str, mac: str, address: str, public: str | None, place: tuple[str, str, str], *groups: str
) -> Eni:
    """The same object for the same interface: a load balancer's target is looked at many times."""
    return Eni(eni_id, mac, address, private_name(address), public, *place, groups)


def _view(eni: NetworkInterface) -> Eni:
    subnet = eni.subnet
    place = subnet.id, subnet.vpc_id, subnet.availability_zone
    groups = [group.id for group in eni._group_set]
    return _eni(eni.id, eni.mac_address, eni.private_ip_address, eni.public_ip, place, *groups)


def interface(eni_id: str) -> Eni | None:
    found = backend().enis.get(eni_id)
    return _view(found) if found else None


def groups_of(eni_id: str) -> tuple[str, ...]:
    """The security groups of an interface."""
    found = backend().enis.get(eni_id)
    return tuple(group.id for group in found._group_set) if found else ()


def interface_at(vpc_id: str, address: str) -> Eni | None:
    """`address` may be the id of an instance that runs: its first interface."""
    if address.startswith("i-"):
        return _of_instance(vpc_id, address)
    found = backend().enis.at(vpc_id, address)
    return _view(found) if found is not None else None


def _of_instance(vpc_id: str, instance_id: str) -> Eni | None:
    for instance in backend().all_instances():
        if instance.id == instance_id and instance._state.name == "running" and instance.nics:
            eni = instance.nics[0]
            return _view(eni) if eni.subnet.vpc_id == vpc_id else None
    return None


def instance_state(instance_id: str) -> str:
    """`running`, `stopped`, …; `terminated` also when it is long gone."""
    found = next((i for i in backend().all_instances() if i.id == instance_id), None)
    return str(found._state.name) if found is not None else "terminated"


@dataclass(frozen=True)
class InterfaceIds:
    """What identifies a new interface; drawn by the caller."""

    eni: str
    attachment: str
    mac: str
    public_ip: str | None


@contextmanager
def interface_ids(eni: str, mac: str) -> Iterator[None]:
    """moto draws both in its own way otherwise, and what it draws next for a request would be another."""
    drawn = interfaces.random_eni_id, interfaces.random_mac_address
    interfaces.random_eni_id, interfaces.random_mac_address = (lambda: eni), (lambda: mac)
    try:
        yield
    finally:
        interfaces.random_eni_id, interfaces.random_mac_address = drawn


def create_interface(subnet_id: str, groups: tuple[str, ...], description: str, ids: InterfaceIds) -> Eni:
    """A task's interface, in use from the start. Raises NoFreeAddress."""
    ec2 = backend()
    found = ec2.get_subnet(subnet_id)
    address = next_address(ec2.enis, found)
    with interface_ids(ids.eni, ids.mac):
        eni = TaskInterface(ec2, found, address, group_ids=list(groups), description=description)
    TaskInterface.instances_tracked.clear()
    eni.public_ip = ids.public_ip
    eni.status = "in-use"
    eni.attachment_id = ids.attachment
    eni.requester_managed = True
    eni.requester_id = "578734482556"
    eni.private_dns_name = private_name(address)
    ec2.enis[eni.id] = eni
    return _view(eni)


def delete_interface(eni_id: str) -> None:
    backend().enis.pop(eni_id, None)
