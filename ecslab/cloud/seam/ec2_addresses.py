"""Private addresses of a VPC: who has one, and which is given out next.

Addresses are given out in the order of the subnet, for everything that asks for one, because moto
picks them at random (with duplicates) and gives freed ones back in the order of a set.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface

from ecslab.cloud.ports.network import NoFreeAddress

RESERVED_FIRST = 4
"""AWS keeps a subnet's network address and the next three, and the last one."""


class Interfaces(dict[str, NetworkInterface]):
    """moto's interfaces by id, found by address as well: a world may have thousands."""

    def __init__(self) -> None:
        super().__init__()
        self._by_address: dict[str, dict[str, NetworkInterface]] = {}
        self._several: dict[str, NetworkInterface] = {}
        """Those that have, or had, more addresses than one."""

    def __setitem__(self, eni_id: str, eni: NetworkInterface) -> None:
        super().__setitem__(eni_id, eni)
        self._by_address.setdefault(eni.private_ip_address, {})[eni_id] = eni
        if len(eni.private_ip_addresses) > 1:
            self.has_several(eni)

    def pop(self, eni_id: str, default: Any = None) -> Any:
        eni = super().pop(eni_id, default)
        if eni is not default:
            self._several.pop(eni_id, None)
            here = self._by_address[eni.private_ip_address]
            del here[eni_id]
            if not here:
                del self._by_address[eni.private_ip_address]
        return eni

    def has_several(self, eni: NetworkInterface) -> None:
        """The interface gets addresses beside its first one."""
        self._several[eni.id] = eni

    def at(self, vpc_id: str, address: str) -> NetworkInterface | None:
        """The interface of a VPC that has this as its first address."""
        here = self._by_address.get(address, {}).values()
        return next((eni for eni in here if eni.subnet.vpc_id == vpc_id), None)

    def taken(self, subnet: Any, address: str) -> bool:
        if any(eni.subnet.id == subnet.id for eni in self._by_address.get(address, {}).values()):
            return True
        return any(
            held["PrivateIpAddress"] == address
            for eni in self._several.values()
            if eni.subnet.id == subnet.id
            for held in eni.private_ip_addresses
        )


@lru_cache(maxsize=256)
def _given_out(cidr: str) -> tuple[int, int]:
    """(the first address that is given out, how many are)"""
    network = IPv4Network(cidr, strict=False)
    return int(network.network_address) + RESERVED_FIRST, network.num_addresses - RESERVED_FIRST - 1


def next_address(interfaces: Interfaces, subnet: Any) -> str:
    """The address after the last one given out in this subnet that nobody has.

    Raises:
        NoFreeAddress: none is left.
    """
    first, size = _given_out(subnet.cidr_block)
    last: int = getattr(subnet, "last_given", first - 1)
    for step in range(1, size + 1):
        number = first + (last - first + step) % size
        address = str(IPv4Address(number))
        if address not in subnet._subnet_ips and not interfaces.taken(subnet, address):
            subnet.last_given = number
            return address
    raise NoFreeAddress(subnet.id)
