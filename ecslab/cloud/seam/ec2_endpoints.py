"""What EC2 refuses about VPC endpoints, and the interfaces that come and go with an endpoint's subnets.

Sources: EC2 API reference, "CreateVpcEndpoint" and "Error codes"; the texts as seen in
terraform-aws-modules/terraform-aws-vpc#451 and #583, nanlabs/terraform-aws-starter#18,
ansible-collections/amazon.aws#576. That of a group of another VPC is the one that RunInstances gives.
"""

from collections.abc import Sequence
from typing import Any

from moto.ec2.exceptions import EC2ClientError


def _refuse(message: str, code: str = "InvalidParameter") -> EC2ClientError:
    return EC2ClientError(code, message)


def is_interface(kind: str | None) -> bool:
    return (kind or "Gateway").lower() == "interface"


def check(
    ec2: Any,
    vpc_id: str,
    kind: str | None,
    subnets: Sequence[str],
    tables: Sequence[str],
    groups: Sequence[str],
) -> None:
    """A new endpoint. Raises EC2ClientError."""
    if (kind or "Gateway").lower() == "gateway":
        if subnets:
            raise _refuse(
                "Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints."
            )
        return
    if tables:
        raise _refuse("Route table IDs are only supported for Gateway type VPC Endpoint.")
    check_subnets(ec2, vpc_id, (), subnets)
    check_groups(ec2, vpc_id, groups, subnets[0] if subnets else "")


def check_subnets(ec2: Any, vpc_id: str, present: Sequence[str], added: Sequence[str]) -> None:
    """One subnet a zone, all of the endpoint's VPC."""
    zones = {ec2.get_subnet(subnet_id).availability_zone for subnet_id in present}
    for subnet_id in added:
        subnet = ec2.get_subnet(subnet_id)
        if subnet.vpc_id != vpc_id:
            raise _refuse(f"Subnet {subnet_id} does not belong to VPC {vpc_id}.")
        if subnet.availability_zone in zones:
            raise _refuse(
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC endpoint subnets "
                "should be in different availability zones supported by the VPC endpoint service.",
                "DuplicateSubnetsInSameZone",
            )
        zones.add(subnet.availability_zone)


def check_groups(ec2: Any, vpc_id: str, groups: Sequence[str], subnet_id: str) -> None:
    for group_id in groups:
        group = ec2.get_security_group_from_id(group_id)
        if group is None:
            raise _refuse(f"The security group '{group_id}' does not exist", "InvalidGroup.NotFound")
        if group.vpc_id != vpc_id:
            other = f"subnet {subnet_id}" if subnet_id else f"VPC {vpc_id}"
            raise _refuse(f"Security group {group_id} and {other} belong to different networks.")


def occupy(eni: Any, kind: str, description: str) -> None:
    """An interface that AWS made for something of its own, and uses."""
    eni.status, eni.interface_type, eni.description = "in-use", kind, description
    eni.requester_managed = True


def equip(ec2: Any, endpoint: Any) -> None:
    """Has an endpoint's interfaces be in its subnets, with its security groups."""
    if not is_interface(endpoint.vpc_endpoint_type):
        return
    enis = [ec2.enis[eni_id] for eni_id in endpoint.network_interface_ids if eni_id in ec2.enis]
    for eni in [eni for eni in enis if eni.subnet.id not in endpoint.subnet_ids]:
        enis.remove(eni)
        ec2.enis.pop(eni.id)
    held = {eni.subnet.id for eni in enis}
    enis += [ec2.create_network_interface(s) for s in endpoint.subnet_ids or [] if s not in held]
    groups = [ec2.get_security_group_from_id(group) for group in endpoint.security_group_ids]
    for eni in enis:
        occupy(eni, "vpc_endpoint", f"VPC Endpoint Interface {endpoint.id}")
        eni._group_set = groups or [ec2.get_default_security_group(endpoint.vpc_id)]
    endpoint.network_interface_ids = [eni.id for eni in enis]
