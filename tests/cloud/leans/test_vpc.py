"""The network: addresses, interfaces, and whether packets get there and back."""

import re
from typing import Any

import botocore.session
import pytest

from ecslab.cloud.ports.network import NoFreeAddress
from ecslab.cloud.seam import ec2_filters

SERVICES = ["ecr.api", "ecr.dkr", "s3", "secretsmanager", "logs", "internet"]


# --- interfaces ----------------------------------------------------------------------------------


def test_addresses_come_in_order_and_are_not_reused_at_once(lan: Any) -> None:
    first = lan.eni(key="1")
    second = lan.eni(key="2")
    assert (first.private_ip, second.private_ip) == ("10.0.10.4", "10.0.10.5")
    lan.world.vpc.delete_eni(first.id)
    assert lan.eni(key="3").private_ip == "10.0.10.6"


def test_a_full_subnet_has_no_address(lan: Any) -> None:
    made = lan.world.call(
        "ec2", "CreateSubnet", VpcId=lan.vpc, CidrBlock="10.0.20.0/28", AvailabilityZone="us-east-1a"
    )
    lan.subnets["tiny"] = made["Subnet"]["SubnetId"]
    given = [lan.eni("tiny", key=str(number)).private_ip for number in range(11)]
    assert given == [f"10.0.20.{n}" for n in range(4, 15)]
    with pytest.raises(NoFreeAddress):
        lan.eni("tiny", key="one too many")
    refused = lan.world.error("ec2", "CreateNetworkInterface", SubnetId=lan.subnets["tiny"])
    assert refused == "InsufficientFreeAddressesInSubnet"


def test_freed_addresses_come_round_again(lan: Any) -> None:
    made = lan.world.call(
        "ec2", "CreateSubnet", VpcId=lan.vpc, CidrBlock="10.0.20.0/28", AvailabilityZone="us-east-1a"
    )
    lan.subnets["tiny"] = made["Subnet"]["SubnetId"]
    enis = [lan.eni("tiny", key=str(number)) for number in range(11)]
    lan.world.vpc.delete_eni(enis[3].id)
    assert lan.eni("tiny", key="again").private_ip == enis[3].private_ip


def test_a_task_interface_is_seen_by_describe_network_interfaces(lan: Any) -> None:
    eni = lan.eni("public-a", public=True)
    answer = lan.world.read("ec2", "DescribeNetworkInterfaces", NetworkInterfaceIds=[eni.id])
    (shown,) = answer["NetworkInterfaces"]
    assert shown["Status"] == "in-use"
    assert shown["Description"] == "task"
    assert shown["PrivateIpAddress"] == eni.private_ip
    assert shown["MacAddress"] == eni.mac
    assert shown["Groups"][0]["GroupId"] == lan.groups["app"]
    assert shown["Association"]["PublicIp"] == eni.public_ip
    assert shown["Attachment"]["Status"] == "attached"
    assert shown["RequesterManaged"] is True
    lan.world.vpc.delete_eni(eni.id)
    assert lan.world.read("ec2", "DescribeNetworkInterfaces", NetworkInterfaceIds=[eni.id]) == {
        "Error": "InvalidNetworkInterfaceID.NotFound"
    }


def test_ids_depend_on_the_key_alone(make_world: Any, lan: Any) -> None:
    world = lan.world
    ids = {key: lan.eni(key=key).id for key in ("a", "b")}
    world.read("ec2", "DescribeVpcs")
    assert len(set(ids.values())) == 2
    assert ids["a"] == f"eni-0{world.draws.hex(16, 'eni', 'a')}"


def test_everything_that_asks_for_an_address_gets_the_next(lan: Any) -> None:
    subnet = lan.subnets["private-a"]
    made = lan.world.call("ec2", "CreateNetworkInterface", SubnetId=subnet)["NetworkInterface"]
    assert made["PrivateIpAddress"] == "10.0.10.4"
    lan.world.call(
        "ec2", "CreateVpcEndpoint", VpcId=lan.vpc, VpcEndpointType="Interface", SubnetIds=[subnet],
        ServiceName="com.amazonaws.us-east-1.logs",
    )  # fmt: skip
    addresses = {
        eni["PrivateIpAddress"]
        for eni in lan.world.read("ec2", "DescribeNetworkInterfaces")["NetworkInterfaces"]
    }
    assert {"10.0.10.4", "10.0.10.5"} <= addresses
    (nat,) = lan.world.read("ec2", "DescribeNatGateways")["NatGateways"]
    assert nat["NatGatewayAddresses"][0]["PrivateIp"] == "10.0.0.4"


def test_a_group_in_use_and_an_interface_in_use_stay(lan: Any) -> None:
    eni = lan.eni()
    assert lan.world.error("ec2", "DeleteSecurityGroup", GroupId=lan.groups["app"]) == "DependencyViolation"
    refused = lan.world.error("ec2", "DeleteNetworkInterface", NetworkInterfaceId=eni.id)
    assert refused == "InvalidParameterValue"


def test_the_default_vpc_has_a_way_out(world: Any) -> None:
    (vpc,) = world.read("ec2", "DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    (table,) = world.read("ec2", "DescribeRouteTables", Filters=of_vpc)["RouteTables"]
    assert "0.0.0.0/0" in {route.get("DestinationCidrBlock") for route in table["Routes"]}


# --- the way out ---------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("subnet", "public", "reached"),
    [
        ("private-a", False, True),
        ("private-a", True, True),
        ("public-a", True, True),
        ("public-a", False, False),
    ],
)
def test_the_way_out_of_a_subnet(lan: Any, subnet: str, public: bool, reached: bool, service: str) -> None:
    assert lan.world.vpc.reaches(lan.eni(subnet, public=public), service) is reached


def test_without_the_default_route_nothing_is_reached(lan: Any) -> None:
    lan.world.call("ec2", "DeleteRoute", RouteTableId=lan.tables["private"], DestinationCidrBlock="0.0.0.0/0")
    assert not lan.world.vpc.reaches(lan.eni(), "ecr.api")


def test_a_deleted_nat_gateway_is_no_way_out(lan: Any) -> None:
    eni = lan.eni()
    assert lan.world.vpc.reaches(eni, "internet")
    lan.world.call("ec2", "DeleteNatGateway", NatGatewayId=lan.nat)
    assert not lan.world.vpc.reaches(eni, "internet")


def test_a_nat_gateway_needs_a_public_subnet(lan: Any) -> None:
    lan.world.call("ec2", "DeleteRoute", RouteTableId=lan.tables["public"], DestinationCidrBlock="0.0.0.0/0")
    assert not lan.world.vpc.reaches(lan.eni(), "internet")


def test_the_tasks_group_must_let_https_out(lan: Any) -> None:
    eni = lan.eni()
    lan.seal("app")
    assert not lan.world.vpc.reaches(eni, "ecr.api")
    lan.let_out("app", 443, cidr="0.0.0.0/0")
    assert lan.world.vpc.reaches(eni, "ecr.api")


def test_a_vpc_without_name_resolution_reaches_nothing(lan: Any) -> None:
    lan.world.call("ec2", "ModifyVpcAttribute", VpcId=lan.vpc, EnableDnsSupport={"Value": False})
    assert not lan.world.vpc.reaches(lan.eni(), "ecr.api")


def acl_of(lan: Any, subnet: str) -> str:
    by_subnet = [{"Name": "association.subnet-id", "Values": [lan.subnets[subnet]]}]
    (acl,) = lan.world.read("ec2", "DescribeNetworkAcls", Filters=by_subnet)["NetworkAcls"]
    return str(acl["NetworkAclId"])


def deny(lan: Any, subnet: str, *, egress: bool, low: int, high: int) -> None:
    lan.world.call(
        "ec2", "CreateNetworkAclEntry", NetworkAclId=acl_of(lan, subnet), RuleNumber=50, Protocol="6",
        RuleAction="deny", Egress=egress, CidrBlock="0.0.0.0/0", PortRange={"From": low, "To": high},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("egress", "low", "high", "reached"),
    [(True, 443, 443, False), (False, 1024, 65535, False), (False, 443, 443, True), (True, 80, 80, True)],
)
def test_network_acls_are_stateless(lan: Any, egress: bool, low: int, high: int, reached: bool) -> None:
    deny(lan, "private-a", egress=egress, low=low, high=high)
    assert lan.world.vpc.reaches(lan.eni(), "ecr.api") is reached


# --- endpoints -----------------------------------------------------------------------------------


def isolated(lan: Any) -> Any:
    """A task without any way out of the VPC."""
    lan.world.call("ec2", "DeleteRoute", RouteTableId=lan.tables["private"], DestinationCidrBlock="0.0.0.0/0")
    lan.groups["endpoints"] = lan.group("endpoints")
    return lan.eni()


def add_endpoint(lan: Any, service: str, **more: Any) -> str:
    made = lan.world.call(
        "ec2", "CreateVpcEndpoint", VpcId=lan.vpc, VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.us-east-1.{service}", SubnetIds=[lan.subnets["private-b"]],
        SecurityGroupIds=[lan.groups["endpoints"]], **more,
    )  # fmt: skip
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def test_an_interface_endpoint_reaches_its_service_alone(lan: Any) -> None:
    eni = isolated(lan)
    add_endpoint(lan, "ecr.api", PrivateDnsEnabled=True)
    assert not lan.world.vpc.reaches(eni, "ecr.api"), "the endpoint's group admits nobody yet"
    lan.allow("endpoints", 443, peer="app")
    assert lan.world.vpc.reaches(eni, "ecr.api")
    assert not lan.world.vpc.reaches(eni, "ecr.dkr")


def test_an_endpoint_without_private_dns_is_not_used(lan: Any) -> None:
    eni = isolated(lan)
    lan.allow("endpoints", 443, cidr="10.0.0.0/16")
    add_endpoint(lan, "logs", PrivateDnsEnabled=False)
    assert not lan.world.vpc.reaches(eni, "logs")


def test_a_closed_endpoint_shuts_out_even_with_a_nat_gateway(lan: Any) -> None:
    lan.groups["endpoints"] = lan.group("endpoints")
    eni = lan.eni()
    assert lan.world.vpc.reaches(eni, "secretsmanager")
    add_endpoint(lan, "secretsmanager", PrivateDnsEnabled=True)
    assert not lan.world.vpc.reaches(eni, "secretsmanager")


def test_a_deleted_endpoint_is_gone(lan: Any) -> None:
    eni = isolated(lan)
    lan.allow("endpoints", 443, cidr="10.0.0.0/16")
    endpoint = add_endpoint(lan, "logs", PrivateDnsEnabled=True)
    assert lan.world.vpc.reaches(eni, "logs")
    lan.world.call("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[endpoint])
    assert not lan.world.vpc.reaches(eni, "logs")
    assert lan.world.call("ec2", "DescribeVpcEndpoints")["VpcEndpoints"] == []


def test_an_endpoint_has_one_subnet_a_zone_and_groups_of_its_own_vpc(lan: Any) -> None:
    """DuplicateSubnetsInSameZone and the rest: sources in `seam/ec2_endpoints.py`."""
    call, error, subnets = lan.world.call, lan.world.error, lan.subnets
    other = call("ec2", "CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    foreign = call("ec2", "CreateSecurityGroup", GroupName="far", Description="far", VpcId=other)["GroupId"]
    abroad = call("ec2", "CreateSubnet", VpcId=other, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    logs = {"VpcId": lan.vpc, "ServiceName": "com.amazonaws.us-east-1.logs"}
    interface = {**logs, "VpcEndpointType": "Interface"}
    one = subnets["private-a"]
    for subnets_, code in (
        ([one, one], "DuplicateSubnetsInSameZone"),
        ([one, subnets["public-a"]], "DuplicateSubnetsInSameZone"),
        ([abroad], "InvalidParameter"),
    ):
        assert error("ec2", "CreateVpcEndpoint", **interface, SubnetIds=subnets_) == code
    for group, code in ((foreign, "InvalidParameter"), ("sg-0123456789abcdef0", "InvalidGroup.NotFound")):
        given = {**interface, "SubnetIds": [one], "SecurityGroupIds": [group]}
        assert error("ec2", "CreateVpcEndpoint", **given) == code
    assert error("ec2", "CreateVpcEndpoint", **logs, SubnetIds=[one]) == "InvalidParameter", "a gateway"
    tables = [lan.tables["private"]]
    assert error("ec2", "CreateVpcEndpoint", **interface, RouteTableIds=tables) == "InvalidParameter"
    assert lan.world.read("ec2", "DescribeVpcEndpoints").get("VpcEndpoints", []) == []


def test_an_endpoints_interfaces_follow_its_subnets_and_groups(lan: Any) -> None:
    lan.groups["endpoints"] = lan.group("endpoints")
    endpoint, call, read = add_endpoint(lan, "logs"), lan.world.call, lan.world.read

    def interfaces() -> dict[str, list[str]]:
        mine = [{"Name": "interface-type", "Values": ["vpc_endpoint"]}]
        found = read("ec2", "DescribeNetworkInterfaces", Filters=mine)["NetworkInterfaces"]
        return {eni["SubnetId"]: sorted(g["GroupName"] for g in eni["Groups"]) for eni in found}

    assert interfaces() == {lan.subnets["private-b"]: ["endpoints"]}
    change = {"VpcEndpointId": endpoint, "AddSubnetIds": [lan.subnets["public-b"]]}
    assert lan.world.error("ec2", "ModifyVpcEndpoint", **change) == "DuplicateSubnetsInSameZone"
    change |= {"RemoveSubnetIds": [lan.subnets["private-b"]], "AddSecurityGroupIds": [lan.groups["app"]]}
    call("ec2", "ModifyVpcEndpoint", **change)
    assert interfaces() == {lan.subnets["public-b"]: ["app", "endpoints"]}


def test_an_interface_endpoint_without_a_group_shows_the_default_one(lan: Any) -> None:
    """EC2 API reference, CreateVpcEndpoint, SecurityGroupId. A gateway has no group."""
    call, logs = lan.world.call, {"VpcId": lan.vpc, "ServiceName": "com.amazonaws.us-east-1.logs"}
    one, group = [lan.subnets["private-a"]], lan.group("endpoints")
    call("ec2", "CreateVpcEndpoint", **logs, VpcEndpointType="Interface", SubnetIds=one)
    call("ec2", "CreateVpcEndpoint", VpcId=lan.vpc, ServiceName="com.amazonaws.us-east-1.s3")

    def groups() -> list[list[str]]:
        found = lan.world.read("ec2", "DescribeVpcEndpoints")["VpcEndpoints"]
        return [[each["GroupName"] for each in endpoint.get("Groups", [])] for endpoint in found]

    assert groups() == [["default"], []]
    first = lan.world.read("ec2", "DescribeVpcEndpoints")["VpcEndpoints"][0]["VpcEndpointId"]
    call("ec2", "ModifyVpcEndpoint", VpcEndpointId=first, AddSecurityGroupIds=[group])
    assert groups() == [["default", "endpoints"], []]


def test_network_interfaces_are_found_by_every_filter_of_the_api(lan: Any) -> None:
    """EC2 API reference, DescribeNetworkInterfaces."""
    mine, other = lan.eni(key="mine", public=True), lan.eni("private-b", key="other")

    def found(name: str, *values: str) -> set[str]:
        given = [{"Name": name, "Values": list(values)}]
        answer = lan.world.read("ec2", "DescribeNetworkInterfaces", Filters=given)["NetworkInterfaces"]
        return {eni["NetworkInterfaceId"] for eni in answer} & {mine.id, other.id}

    both = {mine.id, other.id}
    for name, value in (
        ("group-name", "app"), ("group-id", lan.groups["app"]), ("vpc-id", lan.vpc), ("status", "in-use"),
        ("description", "ta*"), ("interface-type", "interface"), ("requester-managed", "true"),
        ("attachment.status", "attached"), ("addresses.primary", "true"), ("source-dest-check", "true"),
        ("owner-id", "123456789012"), ("attachment.delete-on-termination", "false"),
    ):  # fmt: skip
        assert found(name, value) == both, name
    for name, value in (
        ("addresses.private-ip-address", mine.private_ip), ("private-ip-address", mine.private_ip),
        ("association.public-ip", str(mine.public_ip)), ("addresses.association.public-ip", str(mine.public_ip)),
        ("association.ip-owner-id", "amazon"), ("subnet-id", lan.subnets["private-a"]),
        ("availability-zone", "us-east-1a"), ("mac-address", mine.mac), ("private-dns-name", mine.private_dns),
        ("network-interface-id", mine.id),
    ):  # fmt: skip
        assert found(name, value) == {mine.id}, name
    assert found("group-name", "alb", "nobody") == set()
    assert found("private-ip-address", mine.private_ip, other.private_ip) == both
    unknown = [{"Name": "no-such-filter", "Values": ["x"]}]
    assert lan.world.error("ec2", "DescribeNetworkInterfaces", Filters=unknown) == "InvalidParameterValue"
    documented = model_filters()
    assert set(documented) <= set(ec2_filters.VALUES) | {"tag-key"}


def model_filters() -> list[str]:
    model = botocore.session.get_session().get_service_model("ec2")
    text = model.operation_model("DescribeNetworkInterfaces").input_shape.members["Filters"].documentation
    return re.findall(r"<li> <p> <code>([a-z0-9.-]+)</code> - ", text)


def test_the_gateway_endpoint_of_s3_belongs_to_route_tables(lan: Any) -> None:
    eni = isolated(lan)
    make = {"VpcId": lan.vpc, "ServiceName": "com.amazonaws.us-east-1.s3", "VpcEndpointType": "Gateway"}
    lan.world.call("ec2", "CreateVpcEndpoint", **make, RouteTableIds=[lan.tables["public"]])
    assert not lan.world.vpc.reaches(eni, "s3")
    lan.world.call("ec2", "CreateVpcEndpoint", **make, RouteTableIds=[lan.tables["private"]])
    assert lan.world.vpc.reaches(eni, "s3")
    assert not lan.world.vpc.reaches(eni, "ecr.api")


# --- connections to tasks ------------------------------------------------------------------------


def admitted(lan: Any, eni: Any, port: int = 8080) -> bool:
    subnets = [lan.subnets["public-a"], lan.subnets["public-b"]]
    return bool(lan.world.vpc.admits(subnets, [lan.groups["alb"]], eni.id, port))


def test_the_balancers_group_is_admitted_on_its_port(lan: Any) -> None:
    eni = lan.eni()
    assert admitted(lan, eni)
    assert not admitted(lan, eni, 9090)
    lan.forbid("app", 8080, peer="alb")
    assert not admitted(lan, eni)


@pytest.mark.parametrize(
    ("cidr", "inside"),
    [("0.0.0.0/0", True), ("10.0.0.0/16", True), ("10.0.0.0/23", True), ("10.0.0.0/24", False)],
)
def test_a_range_must_hold_every_subnet_of_the_balancer(lan: Any, cidr: str, inside: bool) -> None:
    lan.forbid("app", 8080, peer="alb")
    lan.allow("app", 8080, cidr=cidr)
    assert admitted(lan, lan.eni()) is inside


def test_the_balancer_must_be_let_out_itself(lan: Any) -> None:
    eni = lan.eni()
    lan.seal("alb")
    assert not admitted(lan, eni)
    lan.let_out("alb", 8080, peer="app")
    assert admitted(lan, eni)


@pytest.mark.parametrize(
    ("subnet", "egress", "low", "high"),
    [
        ("private-a", False, 8080, 8080),
        ("private-a", True, 1024, 65535),
        ("public-a", True, 8080, 8080),
        ("public-a", False, 1024, 65535),
    ],
)
def test_acls_on_both_sides_matter(lan: Any, subnet: str, egress: bool, low: int, high: int) -> None:
    eni = lan.eni()
    assert admitted(lan, eni)
    deny(lan, subnet, egress=egress, low=low, high=high)
    assert not admitted(lan, eni)


def test_tasks_reach_each_other_as_groups_allow(lan: Any, ok_app: Any) -> None:
    here, there = lan.eni(key="1"), lan.eni("private-b", key="2")
    lan.world.ecs.start(there, ok_app)
    reaches = lan.world.vpc.reaches_host
    assert not reaches(here, there.private_ip, 8080)
    lan.allow("app", 8080, peer="app")
    assert reaches(here, there.private_ip, 8080)
    assert not reaches(here, "10.0.11.200", 8080)
    assert reaches(here, "db.internal", 5432)
    assert reaches(here, "example.com", 443)
    lan.seal("app")
    assert not reaches(here, "db.internal", 5432)
    assert not reaches(here, "example.com", 443)


def test_what_aws_puts_into_a_subnet_is_seen_there(shop: Any) -> None:
    def descriptions() -> list[str]:
        found = shop.world.read("ec2", "DescribeNetworkInterfaces")["NetworkInterfaces"]
        assert {eni["Status"] for eni in found} == {"in-use"}
        return sorted(eni["Description"] for eni in found)

    nat = f"Interface for NAT Gateway {shop.lan.nat}"
    elb = f"ELB {shop.alb.partition(':loadbalancer/')[2]}"
    assert descriptions() == [elb, elb, nat]
    assert (
        shop.world.error("ec2", "DeleteSecurityGroup", GroupId=shop.lan.groups["alb"])
        == "DependencyViolation"
    )
    shop.world.call("elbv2", "DeleteLoadBalancer", LoadBalancerArn=shop.alb)
    assert descriptions() == [nat]


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("CreateSubnet", {}, "MissingParameter"),
        ("AssociateVpcCidrBlock", {}, "MissingParameter"),
        ("CreateNatGateway", {"SubnetId": "subnet-1"}, "MissingParameter"),
        ("DeleteNatGateway", {"NatGatewayId": "nat-1"}, "NatGatewayNotFound"),
        ("DeleteManagedPrefixList", {"PrefixListId": "pl-1"}, "InvalidPrefixListID.NotFound"),
        (
            "ReplaceNetworkAclAssociation",
            {"AssociationId": "aclassoc-1", "NetworkAclId": "acl-1"},
            "InvalidAssociationID.NotFound",
        ),
    ],
)
def test_requests_that_moto_fails_on_are_refused(lan: Any, operation: str, params: Any, code: str) -> None:
    of_vpc = {"VpcId": lan.vpc} if operation in ("CreateSubnet", "AssociateVpcCidrBlock") else {}
    assert lan.world.error("ec2", operation, **of_vpc, **params) == code
    assert lan.world.read("ec2", "DescribeVpcs")["Vpcs"]
