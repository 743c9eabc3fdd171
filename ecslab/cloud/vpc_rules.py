"""Packet filters as values: security groups (stateful) and network ACLs (stateless).

Pure functions over the rules; which rules apply is decided in `vpc.py`.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network

from ecslab.cloud.seam.ec2 import AclEntry, Group, Rule

EPHEMERAL = 40_000
"""A port that return traffic may go to (1024-65535 for an ALB, 32768-60999 for Linux)."""
INTERNET = "52.94.133.131"
"""An address that stands for the internet, and for AWS's public endpoints."""
CLIENT = "203.0.113.25"
"""The address that the learner's requests come from."""
_TCP = {"tcp", "6", "-1", "all"}


@lru_cache(maxsize=4096)
def _span(cidr: str) -> tuple[int, int] | None:
    """The first and the last address, as numbers; None: this is no IPv4."""
    try:
        network = IPv4Network(cidr, strict=False)
    except ValueError:
        return None
    return int(network.network_address), int(network.broadcast_address)


def covers(outer: str, inner: str) -> bool:
    """Whether every address of `inner` is in `outer`; an address counts as its /32."""
    whole, part = _span(outer), _span(inner)
    return whole is not None and part is not None and whole[0] <= part[0] and part[1] <= whole[1]


def rule_allows(rule: Rule, port: int, cidr: str, groups: Iterable[str]) -> bool:
    """TCP to `port`, the peer being all of `cidr` or a member of one of `groups`."""
    if rule.protocol.lower() not in _TCP or not rule.from_port <= port <= rule.to_port:
        return False
    if rule.group is not None:
        return rule.group in groups
    return rule.cidr is not None and covers(rule.cidr, cidr)


def egress_allows(own: Iterable[Group], port: int, cidr: str, peers: Iterable[str] = ()) -> bool:
    peers = set(peers)
    return any(rule_allows(rule, port, cidr, peers) for group in own for rule in group.egress)


def ingress_allows(own: Iterable[Group], port: int, cidr: str, peers: Iterable[str] = ()) -> bool:
    peers = set(peers)
    return any(rule_allows(rule, port, cidr, peers) for group in own for rule in group.ingress)


def prefix_list_allows(own: Iterable[Group], port: int) -> bool:
    """An egress rule to a prefix list, such as S3's in front of a gateway endpoint."""
    return any(
        rule.prefix_list is not None
        and rule.protocol.lower() in _TCP
        and rule.from_port <= port <= rule.to_port
        for group in own
        for rule in group.egress
    )


def acl_allows(entries: Iterable[AclEntry], *, egress: bool, port: int, cidr: str) -> bool:
    """The first entry that matches decides; none matching means no."""
    for entry in entries:
        if entry.egress != egress or entry.protocol.lower() not in _TCP or not covers(entry.cidr, cidr):
            continue
        if entry.protocol in ("-1", "all") or entry.from_port <= port <= entry.to_port:
            return entry.allow
    return False


def acl_round_trip(near: tuple[AclEntry, ...], port: int, cidr: str) -> bool:
    """A connection from behind this ACL out to `cidr:port`, and the answer back in."""
    return acl_allows(near, egress=True, port=port, cidr=cidr) and acl_allows(
        near, egress=False, port=EPHEMERAL, cidr=cidr
    )


def acl_round_trip_in(near: tuple[AclEntry, ...], port: int, cidr: str) -> bool:
    """A connection from `cidr` in to `port` behind this ACL, and the answer back out."""
    return acl_allows(near, egress=False, port=port, cidr=cidr) and acl_allows(
        near, egress=True, port=EPHEMERAL, cidr=cidr
    )
