"""The filters of DescribeNetworkInterfaces: those that AWS has and moto lacks.

Source: EC2 API reference, "DescribeNetworkInterfaces". `group-name` is no longer listed there but still taken.
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.elastic_network_interfaces import NetworkInterface


def _association(name: str) -> Callable[[Any], Any]:
    return lambda eni: (eni.association or {}).get(name) or ""


def _attachment(name: str) -> Callable[[Any], Any]:
    def value(eni: Any) -> Any:
        found = getattr(eni.attachment, name, None) if eni.attachment is not None else None
        return "" if found is None else found

    return value


VALUES: dict[str, Callable[[Any], Any]] = {
    "addresses.private-ip-address": lambda eni: [a["PrivateIpAddress"] for a in eni.private_ip_addresses],
    "addresses.primary": lambda eni: [str(bool(a.get("Primary"))).lower() for a in eni.private_ip_addresses],
    "addresses.association.public-ip": _association("publicIp"),
    "addresses.association.owner-id": _association("ipOwnerId"),
    "association.public-ip": _association("publicIp"),
    "association.public-dns-name": _association("publicDnsName"),
    "association.ip-owner-id": _association("ipOwnerId"),
    "association.allocation-id": _association("allocationId"),
    "association.association-id": _association("associationId"),
    "attachment.attachment-id": lambda eni: eni.attachment_id or "",
    "attachment.attach-time": _attachment("attach_time"),
    "attachment.delete-on-termination": _attachment("delete_on_termination"),
    "attachment.device-index": _attachment("device_index"),
    "attachment.instance-id": _attachment("instance_id"),
    "attachment.instance-owner-id": _attachment("instance_owner_id"),
    "attachment.status": _attachment("status"),
    "availability-zone": lambda eni: eni.subnet.availability_zone,
    "availability-zone-id": lambda eni: eni.subnet.availability_zone_id,
    "description": lambda eni: eni.description or "",
    "group-id": lambda eni: [group.id for group in eni._group_set],
    "group-name": lambda eni: [group.name for group in eni._group_set],
    "interface-type": lambda eni: eni.interface_type,
    "ipv6-addresses.ipv6-address": lambda eni: list(eni.ipv6_addresses),
    "mac-address": lambda eni: eni.mac_address,
    "network-interface-id": lambda eni: eni.id,
    "operator.managed": lambda eni: False,
    "operator.principal": lambda eni: "",
    "owner-id": lambda eni: eni.owner_id,
    "private-dns-name": lambda eni: getattr(eni, "private_dns_name", None) or "",
    "private-ip-address": lambda eni: [a["PrivateIpAddress"] for a in eni.private_ip_addresses],
    "requester-id": lambda eni: eni.requester_id,
    "requester-managed": lambda eni: eni.requester_managed,
    "source-dest-check": lambda eni: eni.source_dest_check,
    "status": lambda eni: eni.status,
    "subnet-id": lambda eni: eni.subnet.id,
    "vpc-id": lambda eni: eni.subnet.vpc_id,
}


def _interface_value(self: Any, filter_name: str, method_name: str | None = None) -> Any:
    if filter_name in VALUES:
        return VALUES[filter_name](self)
    if filter_name.startswith("tag:") or filter_name in ("tag-key", "tag-value"):
        return TaggedEC2Resource.get_filter_value(self, filter_name, method_name)
    raise EC2ClientError("InvalidParameterValue", f"The filter '{filter_name}' is invalid")


def install() -> None:
    NetworkInterface.get_filter_value = _interface_value
