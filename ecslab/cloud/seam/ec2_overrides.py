"""What moto's EC2 does differently here: addresses in order, AWS's default VPC, whole security groups.

Installed once a process, before the first request.
"""

from ipaddress import IPv4Address
from typing import Any

import moto.ec2.models.elastic_ip_addresses
import moto.ec2.models.instances
import moto.ec2.models.nat_gateways
import moto.ec2.models.vpcs
import moto.ec2.urls
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroup
from moto.ec2.models.subnets import Subnet
from moto.moto_api._internal import mock_random

from ecslab.cloud.ports.network import NoFreeAddress
from ecslab.cloud.seam import ec2_endpoints, ec2_filters
from ecslab.cloud.seam.ec2_addresses import Interfaces, next_address
from ecslab.cloud.seam.ec2_endpoints import occupy


def _take(ec2: EC2Backend, subnet: Any) -> str:
    try:
        return next_address(ec2.enis, subnet)
    except NoFreeAddress:
        raise EC2ClientError(
            "InsufficientFreeAddressesInSubnet",
            f"Insufficient free addresses in subnet {subnet.id} to satisfy the requested number of interfaces.",
        ) from None


class Ec2(EC2Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.enis = Interfaces()
        self._open_default_vpc()

    @property
    def _url_module(self) -> Any:
        return moto.ec2.urls

    def _open_default_vpc(self) -> None:
        """AWS's default VPC has an internet gateway and a route to it; moto's has neither."""
        vpc_id = self.default_vpc.id
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc_id)
        table = next(t for t in self.route_tables.values() if t.vpc_id == vpc_id)
        self.create_route(table.id, "0.0.0.0/0", gateway_id=gateway.id)

    def create_network_interface(
        self,
        subnet: Any,
        private_ip_address: str | list[str] = "",
        private_ip_addresses: list[dict[str, Any]] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> NetworkInterface:
        if isinstance(subnet, str):
            subnet = self.get_subnet(subnet)
        if isinstance(private_ip_address, list):
            private_ip_address = private_ip_address[0] if private_ip_address else ""
        held = list(private_ip_addresses or [])
        if private_ip_address and IPv4Address(private_ip_address) not in subnet.cidr:
            raise EC2ClientError(
                "InvalidParameterValue", "Address does not fall within the subnet's address range"
            )
        if not private_ip_address and not held:
            private_ip_address = _take(self, subnet)
        extra = int(kwargs.pop("secondary_ips_count", None) or 0)
        if extra and not held:
            held.append({"Primary": True, "PrivateIpAddress": private_ip_address})
        for _ in range(extra):
            held.append({"Primary": False, "PrivateIpAddress": _take(self, subnet)})
        return super().create_network_interface(subnet, private_ip_address, held or None, *args, **kwargs)

    def assign_private_ip_addresses(
        self,
        eni_id: str,
        private_ip_addresses: list[str] | None = None,
        secondary_ips_count: int | None = None,
    ) -> NetworkInterface:
        eni = self.get_network_interface(eni_id)
        self.enis.has_several(eni)
        for _ in range(int(secondary_ips_count or 0)):
            held = {"Primary": False, "PrivateIpAddress": _take(self, eni.subnet)}
            eni.private_ip_addresses.append(held)
        return super().assign_private_ip_addresses(eni_id, private_ip_addresses, 0)

    def create_subnet_association(self, route_table_id: str, subnet_id: str) -> Any:
        """A stack's `SubnetRouteTableAssociation`; moto keeps it in a list that no route table reads."""
        self.associate_route_table(route_table_id, subnet_id=subnet_id)
        return super().create_subnet_association(route_table_id, subnet_id)

    def delete_network_interface(self, eni_id: str) -> None:
        eni = self.enis.get(eni_id)
        if eni is not None and eni.status == "in-use":
            message = f"Network interface '{eni_id}' is currently in use."
            raise EC2ClientError("InvalidParameterValue", message)
        super().delete_network_interface(eni_id)

    def delete_security_group(self, name: str | None = None, group_id: str | None = None) -> Any:
        group = self.get_security_group_by_name_or_id(group_id or name or "")
        if group is not None and any(group in eni._group_set for eni in self.enis.values()):
            raise EC2ClientError("DependencyViolation", f"resource {group.id} has a dependent object")
        return super().delete_security_group(name, group_id)

    def create_subnet(self, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        if not cidr_block:
            raise EC2ClientError(
                "MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."
            )
        return super().create_subnet(vpc_id, cidr_block, *args, **kwargs)

    def associate_vpc_cidr_block(self, vpc_id: str, cidr_block: str, ipv6: bool) -> Any:
        if not cidr_block and not ipv6:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter cidrBlock")
        return super().associate_vpc_cidr_block(vpc_id, cidr_block, ipv6)

    def create_nat_gateway(
        self,
        subnet_id: str,
        allocation_id: str,
        tags: dict[str, str] | None = None,
        connectivity_type: str | None = "public",
    ) -> Any:
        if not allocation_id and connectivity_type != "private":
            raise EC2ClientError("MissingParameter", "The request must include the AllocationId parameter.")
        made = super().create_nat_gateway(subnet_id, allocation_id, tags, connectivity_type or "public")
        occupy(made._eni, "nat_gateway", f"Interface for NAT Gateway {made.id}")
        return made

    def delete_nat_gateway(self, nat_gateway_id: str) -> Any:
        if nat_gateway_id not in self.nat_gateways:
            raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
        self.enis.pop(self.nat_gateways[nat_gateway_id]._eni.id, None)
        return super().delete_nat_gateway(nat_gateway_id)

    def create_vpc_endpoint(
        self,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None,
        policy_document: str | None,
        route_table_ids: list[str],
        subnet_ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Any:
        self.get_vpc(vpc_id)
        groups = kwargs.get("security_group_ids") or []
        ec2_endpoints.check(self, vpc_id, endpoint_type, subnet_ids or [], route_table_ids or [], groups)
        if ec2_endpoints.is_interface(endpoint_type) and not groups:
            kwargs["security_group_ids"] = [self.get_default_security_group(vpc_id).id]
        made = super().create_vpc_endpoint(
            vpc_id, service_name, endpoint_type, policy_document, route_table_ids, subnet_ids, **kwargs
        )
        ec2_endpoints.equip(self, made)
        return made

    def modify_vpc_endpoint(
        self,
        vpc_id: str,
        policy_doc: str,
        add_subnets: list[str] | None,
        remove_subnets: list[str] | None,
        remove_route_tables: list[str] | None,
        add_route_tables: list[str] | None,
        add_security_groups: list[str] | None,
        remove_security_groups: list[str] | None,
    ) -> None:
        """`vpc_id` is the endpoint's id: the name is moto's."""
        (endpoint,) = self.describe_vpc_endpoints([vpc_id])
        kept = [s for s in endpoint.subnet_ids or [] if s not in (remove_subnets or [])]
        ec2_endpoints.check_subnets(self, endpoint.vpc_id, kept, add_subnets or [])
        ec2_endpoints.check_groups(self, endpoint.vpc_id, add_security_groups or [], "")
        super().modify_vpc_endpoint(
            vpc_id, policy_doc, add_subnets, remove_subnets, remove_route_tables, add_route_tables,
            add_security_groups, remove_security_groups,
        )  # fmt: skip
        ec2_endpoints.equip(self, endpoint)

    def delete_managed_prefix_list(self, prefix_list_id: str) -> Any:
        self._need_prefix_list(prefix_list_id)
        return super().delete_managed_prefix_list(prefix_list_id)

    def modify_managed_prefix_list(
        self, add_entry: Any, remove_entry: Any, prefix_list_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        self._need_prefix_list(prefix_list_id or "")
        return super().modify_managed_prefix_list(add_entry, remove_entry, prefix_list_id, *args, **kwargs)

    def delete_vpc_endpoints(self, vpce_ids: list[str] | None = None) -> None:
        """Gone at once, from the list too: AWS shows them as `deleting` for some minutes, moto as `deleted` for ever."""
        super().delete_vpc_endpoints(vpce_ids)
        for endpoint_id in vpce_ids or []:
            self.vpc_end_points.pop(endpoint_id, None)

    def _need_prefix_list(self, prefix_list_id: str) -> None:
        if prefix_list_id not in self.managed_prefix_lists:
            message = f"The prefix list ID '{prefix_list_id}' does not exist"
            raise EC2ClientError("InvalidPrefixListID.NotFound", message)

    def delete_network_acl_entry(self, network_acl_id: str, rule_number: int, egress: bool) -> Any:
        acl = self.get_network_acl(network_acl_id)
        if not any(e.egress == egress and e.rule_number == rule_number for e in acl.network_acl_entries):
            message = f"The network acl entry identified by {rule_number} does not exist."
            raise EC2ClientError("InvalidNetworkAclEntry.NotFound", message)
        return super().delete_network_acl_entry(network_acl_id, rule_number, egress)

    def replace_network_acl_association(self, association_id: str, network_acl_id: str) -> Any:
        if not any(association_id in acl._associations for acl in self.network_acls.values()):
            message = f"The association ID '{association_id}' does not exist"
            raise EC2ClientError("InvalidAssociationID.NotFound", message)
        self.get_network_acl(network_acl_id)
        return super().replace_network_acl_association(association_id, network_acl_id)


def _elastic_address() -> str:
    """Of AWS's ranges; moto's are loopback addresses."""
    first = mock_random.choice((3, 18, 34, 44, 52, 54))
    return (
        f"{first}.{mock_random.randint(0, 255)}.{mock_random.randint(0, 255)}.{mock_random.randint(1, 254)}"
    )


def _instance_address(subnet: Subnet, instance: Any) -> str:
    address = _take(subnet.ec2_backend, subnet)
    subnet._subnet_ips[address] = instance
    return address


def _ports(rule: dict[str, Any]) -> tuple[Any, Any]:
    return rule.get("FromPort", -1), rule.get("ToPort", rule.get("FromPort", -1))


def _peers(rule: dict[str, Any], side: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    ranges = [{"CidrIp": rule["CidrIp"], **described}] if rule.get("CidrIp") else []
    groups = [{"GroupId": rule[side], **described}] if rule.get(side) else []
    return ranges, groups


def _group_from_stack(
    resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> SecurityGroup:
    """As moto's, with egress rules, rules without ports (`IpProtocol: -1`) and descriptions."""
    properties = cloudformation_json["Properties"]
    ec2 = ec2_backends[account_id][region_name]
    vpc_id = properties.get("VpcId") or ec2.default_vpc.id
    group = ec2.create_security_group(resource_name, properties.get("GroupDescription"), vpc_id=vpc_id)
    for tag in properties.get("Tags", []):
        group.add_tag(tag["Key"], tag["Value"])
    egress = properties.get("SecurityGroupEgress", [])
    if egress:
        group.egress_rules.clear()
    for rules, side, authorize in (
        (
            properties.get("SecurityGroupIngress", []),
            "SourceSecurityGroupId",
            ec2.authorize_security_group_ingress,
        ),
        (egress, "DestinationSecurityGroupId", ec2.authorize_security_group_egress),
    ):
        for rule in rules:
            ranges, groups = _peers(rule, side)
            authorize(group.id, str(rule["IpProtocol"]), *_ports(rule), ranges, source_groups=groups)
    return group


def install() -> None:
    ec2_backends.backend = Ec2
    ec2_filters.install()
    Subnet.get_available_subnet_ip = _instance_address
    SecurityGroup.create_from_cloudformation_json = staticmethod(_group_from_stack)
    moto.ec2.models.elastic_ip_addresses.random_ip = _elastic_address
    for module in (moto.ec2.models.instances, moto.ec2.models.nat_gateways, moto.ec2.models.vpcs):
        # They ask for any private address; without one the interface takes its subnet's next.
        module.random_private_ip = str
