"""The network as packets meet it: interfaces, addresses, and whether a connection gets there and back.

State is moto's EC2; this room decides. It knows nothing of tasks, targets or applications.
"""

from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Address

from ecslab.cloud import vpc_rules as rules
from ecslab.cloud.ports.network import Eni, Subnet
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import ec2
from ecslab.cloud.seam.ec2 import AclEntry, Endpoint, Group, Route

HTTPS = 443
_PUBLIC_FIRST = (3, 18, 34, 44, 52, 54, 100)
_PRIVATE_SUFFIXES = (".internal", ".local", ".rds.amazonaws.com", ".cache.amazonaws.com")


class _Views:
    """Groups, subnets and ACLs as they stood when they were first asked for."""

    def __init__(self) -> None:
        self._groups: dict[str, Group | None] = {}
        self._subnets: dict[str, Subnet | None] = {}
        self._acls: dict[str, tuple[AclEntry, ...]] = {}
        self.admitted: dict[tuple[object, ...], bool] = {}

    def groups(self, ids: Sequence[str]) -> list[Group]:
        for group_id in ids:
            if group_id not in self._groups:
                self._groups[group_id] = ec2.group(group_id)
        return [group for group in map(self._groups.get, ids) if group is not None]

    def subnets(self, ids: Sequence[str]) -> list[Subnet]:
        for subnet_id in ids:
            if subnet_id not in self._subnets:
                self._subnets[subnet_id] = ec2.subnet(subnet_id)
        return [subnet for subnet in map(self._subnets.get, ids) if subnet is not None]

    def acl(self, subnet_id: str) -> tuple[AclEntry, ...]:
        if subnet_id not in self._acls:
            self._acls[subnet_id] = ec2.acl(subnet_id)
        return self._acls[subnet_id]

    def still_true(self) -> bool:
        return (
            all(ec2.group(key) == value for key, value in self._groups.items())
            and all(ec2.acl(key) == value for key, value in self._acls.items())
            and all(ec2.subnet(key) == value for key, value in self._subnets.items())
        )


class Network:
    def __init__(self, world: World) -> None:
        self._world = world
        self._views = _Views()

    def refresh(self) -> bool:
        """Something may have changed; whether what `admits` has seen so far really did."""
        if self._views.still_true():
            return False
        self._views = _Views()
        return True

    def subnet(self, subnet_id: str) -> Subnet | None:
        return self._world.decisions.get(("subnet", subnet_id), lambda: ec2.subnet(subnet_id))

    def has_group(self, group_id: str) -> bool:
        return ec2.group(group_id) is not None

    def default_group(self, vpc_id: str) -> str:
        return ec2.default_group(vpc_id)

    def create_eni(
        self, subnet_id: str, groups: Sequence[str], *, public: bool, description: str, key: str
    ) -> Eni:
        draws = self._world.draws
        number = draws.hex(10, "eni-mac", key)
        pairs = [number[i : i + 2] for i in range(0, 10, 2)]
        ids = ec2.InterfaceIds(
            eni=f"eni-0{draws.hex(16, 'eni', key)}",
            attachment=f"ela-attach-0{draws.hex(16, 'eni-attach', key)}",
            mac=":".join(["0e", *pairs]),
            public_ip=self._public_address(key) if public else None,
        )
        return ec2.create_interface(subnet_id, tuple(groups), description, ids)

    def _public_address(self, key: str) -> str:
        draws = self._world.draws
        host = [draws.integer(1, 254, "eni-public", key, place) for place in range(3)]
        return ".".join(map(str, [draws.pick(_PUBLIC_FIRST, "eni-public", key), *host]))

    def delete_eni(self, eni_id: str) -> None:
        ec2.delete_interface(eni_id)

    def reaches(self, eni: Eni, service: str) -> bool:
        key = ("reaches", service, eni.subnet_id, eni.groups, eni.public_ip is None)
        found = self._world.decisions.get(key, lambda: self._reached(eni, service))
        return found if isinstance(found, bool) else self._reaches_endpoint(eni, found)

    def _reached(self, eni: Eni, service: str) -> bool | Endpoint:
        """The same for all interfaces of a subnet with the same groups; an endpoint asks for each one's address."""
        if not ec2.resolves_names(eni.vpc_id):
            return False
        if service == "internet":
            return self._reaches_internet(eni, HTTPS)
        name = f"com.amazonaws.{self._world.region}.{service}"
        here = [e for e in ec2.endpoints(eni.vpc_id) if e.service_name == name]
        for endpoint in here:
            # With private DNS the service's name resolves to the endpoint, whatever the routes say.
            if endpoint.interface and endpoint.private_dns:
                return endpoint
        table = ec2.route_table_id(eni.subnet_id)
        if any(not e.interface and table in e.route_tables for e in here):
            return self._reaches_gateway(eni)
        return self._reaches_internet(eni, HTTPS)

    def _groups(self, ids: Sequence[str]) -> list[Group]:
        return [group for group in map(ec2.group, ids) if group is not None]

    def _reaches_endpoint(self, eni: Eni, endpoint: Endpoint) -> bool:
        own, theirs = self._groups(eni.groups), self._groups(endpoint.groups)
        return any(
            rules.egress_allows(own, HTTPS, address, endpoint.groups)
            and rules.ingress_allows(theirs, HTTPS, eni.private_ip, eni.groups)
            and self._crosses(eni.subnet_id, eni.private_ip, eni.vpc_id, address, HTTPS)
            for address in endpoint.addresses
        )

    def _crosses(self, subnet_id: str, source: str, vpc_id: str, target: str, port: int) -> bool:
        """The ACLs between two addresses of a VPC; inside one subnet there is none."""
        there = ec2.subnet_of(vpc_id, target)
        if there is None or there.id == subnet_id:
            return there is not None
        return rules.acl_round_trip(ec2.acl(subnet_id), port, target) and rules.acl_round_trip_in(
            ec2.acl(there.id), port, source
        )

    def _reaches_gateway(self, eni: Eni) -> bool:
        own = self._groups(eni.groups)
        out = rules.egress_allows(own, HTTPS, rules.INTERNET) or rules.prefix_list_allows(own, HTTPS)
        return out and rules.acl_round_trip(ec2.acl(eni.subnet_id), HTTPS, rules.INTERNET)

    def _reaches_internet(self, eni: Eni, port: int, peer: str = rules.INTERNET) -> bool:
        if not rules.egress_allows(self._groups(eni.groups), port, peer):
            return False
        if not rules.acl_round_trip(ec2.acl(eni.subnet_id), port, peer):
            return False
        return self._leaves(eni.subnet_id, peer, has_public_ip=eni.public_ip is not None)

    def _leaves(self, subnet_id: str, peer: str, *, has_public_ip: bool) -> bool:
        """Whether packets have a way out of the VPC: an internet gateway for public addresses, or a
        NAT gateway that has such a way itself."""
        best = self._route(subnet_id, peer)
        if best is None:
            return False
        if best.kind == "igw":
            return has_public_ip
        nat = ec2.nat(best.target) if best.kind == "nat" else None
        if nat is None or not (nat.available and nat.public) or nat.subnet_id == subnet_id:
            return False
        return any(r.kind == "igw" and rules.covers(r.cidr, peer) for r in ec2.routes(nat.subnet_id))

    def _route(self, subnet_id: str, peer: str) -> Route | None:
        """The most specific one that covers the peer."""
        fitting = [route for route in ec2.routes(subnet_id) if rules.covers(route.cidr, peer)]
        return max(fitting, key=lambda route: int(route.cidr.partition("/")[2]), default=None)

    def seen_as(self, eni: Eni) -> str:
        best = self._route(eni.subnet_id, rules.INTERNET)
        return best.target if best is not None and best.kind == "nat" else eni.public_ip or ""

    def is_public(self, subnet_id: str) -> bool:
        """Whether the subnet routes to an internet gateway."""
        return self._leaves(subnet_id, rules.INTERNET, has_public_ip=True) and any(
            route.kind == "igw" for route in ec2.routes(subnet_id)
        )

    def reaches_host(self, eni: Eni, host: str, port: int) -> bool:
        try:
            address = str(IPv4Address(host))
        except AddressValueError:
            return self._reaches_name(eni, host.lower().rstrip("."), port)
        if any(rules.covers(cidr, address) for cidr in ec2.vpc_cidrs(eni.vpc_id)):
            return self._reaches_neighbour(eni, address, port)
        return self._reaches_internet(eni, port, address)

    def _reaches_name(self, eni: Eni, host: str, port: int) -> bool:
        if not ec2.resolves_names(eni.vpc_id):
            return False
        if host.endswith(_PRIVATE_SUFFIXES) or "." not in host:
            # Something of the VPC that the world does not model: only the way out of the task counts.
            own = self._groups(eni.groups)
            return any(rules.egress_allows(own, port, cidr) for cidr in ec2.vpc_cidrs(eni.vpc_id))
        return self._reaches_internet(eni, port)

    def reaches_members(self, eni: Eni, subnets: Sequence[str], groups: Sequence[str], port: int) -> bool:
        if not ec2.resolves_names(eni.vpc_id):
            return False
        own, theirs = self._groups(eni.groups), self._groups(groups)
        if not rules.ingress_allows(theirs, port, eni.private_ip, eni.groups):
            return False
        return any(
            rules.egress_allows(own, port, there.cidr, groups)
            and (
                there.id == eni.subnet_id
                or (
                    rules.acl_round_trip(ec2.acl(eni.subnet_id), port, there.cidr)
                    and rules.acl_round_trip_in(ec2.acl(there.id), port, eni.private_ip)
                )
            )
            for there in filter(None, map(ec2.subnet, subnets))
        )

    def _reaches_neighbour(self, eni: Eni, address: str, port: int) -> bool:
        there = ec2.interface_at(eni.vpc_id, address)
        if there is None:
            return False
        own, theirs = self._groups(eni.groups), self._groups(there.groups)
        if not rules.egress_allows(own, port, address, there.groups):
            return False
        if not rules.ingress_allows(theirs, port, eni.private_ip, eni.groups):
            return False
        if not self._crosses(eni.subnet_id, eni.private_ip, eni.vpc_id, address, port):
            return False
        listeners = self._world.ecs.applications(address)
        now = self._world.now
        return not listeners or any(
            (inside := app.port(port)) is not None
            and app.run.answer(inside, "/", now - app.started).kind != "refused"
            for app in listeners
        )

    def admits(
        self, source_subnets: Sequence[str], source_groups: Sequence[str], eni_id: str, port: int
    ) -> bool:
        eni = ec2.interface(eni_id)
        if eni is None:
            return False
        known = self._views.admitted
        key = (tuple(source_subnets), tuple(source_groups), eni.subnet_id, eni.groups, eni.private_ip, port)
        if key not in known:
            known[key] = self._admits(source_subnets, source_groups, eni, port)
        return known[key]

    def _admits(
        self, source_subnets: Sequence[str], source_groups: Sequence[str], eni: Eni, port: int
    ) -> bool:
        views = self._views
        sources = views.subnets(source_subnets)
        if not sources or any(source.vpc_id != eni.vpc_id for source in sources):
            return False
        senders = list(source_groups)
        if senders and not rules.egress_allows(views.groups(senders), port, eni.private_ip, eni.groups):
            return False
        receivers, acl_there = views.groups(eni.groups), views.acl(eni.subnet_id)
        for source in sources:
            if not rules.ingress_allows(receivers, port, source.cidr, senders):
                return False
            if source.id == eni.subnet_id:
                continue
            if not rules.acl_round_trip(views.acl(source.id), port, eni.private_ip):
                return False
            if not rules.acl_round_trip_in(acl_there, port, source.cidr):
                return False
        return True

    def admits_public(self, groups: Sequence[str], port: int) -> bool:
        """Whether anybody on the internet may connect to an interface with these groups."""
        return rules.ingress_allows(self._groups(groups), port, rules.CLIENT)
