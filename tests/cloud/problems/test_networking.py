"""Networking decides (reference: networking of tasks): each row is a way to set a VPC up, and what a task does.

Every row runs a real service in a whole world: a task that starts had its image, its secret and its log stream;
one that does not says which of them it could not get at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

NO_REGISTRY = "The task cannot pull registry auth from Amazon ECR: There is a connection issue"
NO_LAYERS = "There is a connection issue between the task and the registry"
NO_LOGS = "There is a connection issue between the task and Amazon CloudWatch"


def private(aws: Any) -> dict[str, Any]:
    return {"subnets": aws.subnets("private-a", "private-b"), "securityGroups": [aws.group("app")]}


def private_with_address(aws: Any) -> dict[str, Any]:
    return {**private(aws), "assignPublicIp": "ENABLED"}


def public(aws: Any, address: str | None = None) -> dict[str, Any]:
    """The default of assignPublicIp is DISABLED."""
    network = {"subnets": aws.subnets("public-a", "public-b"), "securityGroups": [aws.group("app")]}
    return network | ({"assignPublicIp": address} if address else {})


def endpoints(aws: Any, *services: str, s3: bool = True, **more: Any) -> dict[str, Any]:
    """A private network without NAT, with these endpoints."""
    aws.fault("remove_route", "private")
    aws.endpoint(*services, **more)
    if s3:
        aws.s3_gateway()
    return private(aws)


def acl(aws: Any, *denied: tuple[int, bool, int, int]) -> dict[str, Any]:
    """The private subnets' ACL with entries (number, egress, from, to) that deny."""
    subnet = aws.subnets("private-a")[0]
    found = aws.call(
        "ec2", "DescribeNetworkAcls", Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )
    for number, egress, first, last in denied:
        aws.call(
            "ec2", "CreateNetworkAclEntry", NetworkAclId=found["NetworkAcls"][0]["NetworkAclId"], RuleNumber=number,
            Protocol="6", RuleAction="deny", Egress=egress, CidrBlock="0.0.0.0/0",
            PortRange={"From": first, "To": last},
        )  # fmt: skip
    return private(aws)


def dns_off(aws: Any) -> dict[str, Any]:
    aws.call("ec2", "ModifyVpcAttribute", VpcId=aws.vpc(), EnableDnsSupport={"Value": False})
    return private(aws)


def egress_closed(aws: Any) -> dict[str, Any]:
    aws.fault("close_security_group", {"group": "app", "direction": "out"})
    return private(aws)


def egress_443(aws: Any) -> dict[str, Any]:
    egress_closed(aws)
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    aws.call("ec2", "AuthorizeSecurityGroupEgress", GroupId=aws.group("app"), IpPermissions=[rule])
    return private(aws)


def no_gateway_route(aws: Any) -> dict[str, Any]:
    aws.fault("remove_route", "public")
    return public(aws, "ENABLED")


def nat_in_dead_subnet(aws: Any) -> dict[str, Any]:
    aws.fault("remove_route", "public")
    return private(aws)


@dataclass
class Row:
    name: str
    network: Callable[[Any], dict[str, Any]]
    said: str = ""
    """What the task says when it does not start; empty: it starts and is well."""


ALL = ("ecr.api", "ecr.dkr", "logs")
ROWS = [
    Row("a private subnet with a NAT gateway, no public address", private),
    Row("a NAT gateway whose own subnet has no way out", nat_in_dead_subnet, NO_REGISTRY),
    Row("a private subnet with a public address: no better and no worse", private_with_address),
    Row("a public subnet with a public address", lambda aws: public(aws, "ENABLED")),
    Row("a public subnet, assignPublicIp left out: DISABLED", public, NO_REGISTRY),
    Row("a public subnet, assignPublicIp DISABLED", lambda aws: public(aws, "DISABLED"), NO_REGISTRY),
    Row("a public address without a route to the internet gateway", no_gateway_route, NO_REGISTRY),
    Row("endpoints for ECR, S3 and logs instead of a NAT gateway", lambda aws: endpoints(aws, *ALL)),
    Row("no endpoint for ecr.api", lambda aws: endpoints(aws, "ecr.dkr", "logs"), NO_REGISTRY),
    Row("no endpoint for ecr.dkr", lambda aws: endpoints(aws, "ecr.api", "logs"), NO_LAYERS),
    Row("no gateway endpoint for S3, where the layers are", lambda aws: endpoints(aws, *ALL, s3=False), NO_LAYERS),
    Row("no endpoint for logs", lambda aws: endpoints(aws, "ecr.api", "ecr.dkr"), NO_LOGS),
    Row("endpoints of ECS itself do not help", lambda aws: endpoints(aws, "ecs", "ecs-agent"), NO_REGISTRY),
    Row("endpoints that do not admit the task's group", lambda aws: endpoints(aws, *ALL, admits="alb"), NO_REGISTRY),
    Row("endpoints without private DNS", lambda aws: endpoints(aws, *ALL, private_dns=False), NO_REGISTRY),
    Row("a task group without egress", egress_closed, NO_REGISTRY),
    Row("a task group with egress to 443 alone", egress_443),
    Row("a VPC without DNS resolution", dns_off, NO_REGISTRY),
    Row("an ACL that lets 443 out and no answers in", lambda aws: acl(aws, (10, False, 1024, 65535)), NO_REGISTRY),
    Row("an ACL that does not let 443 out", lambda aws: acl(aws, (10, True, 443, 443)), NO_REGISTRY),
    Row("an ACL that denies what nobody uses", lambda aws: acl(aws, (10, True, 25, 25))),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_where_a_task_runs_decides_whether_it_starts(aws: Any, row: Row) -> None:
    network = row.network(aws)
    aws.service("v1.2.3", desired=1, networkConfiguration={"awsvpcConfiguration": network})
    if not row.said:
        assert aws.steady(within=300)
        assert {state for state, _ in aws.health()} == {"healthy"}
        return
    aws.advance(7 * 60)
    assert row.said in aws.reason()
    stopped = aws.tasks("STOPPED")[0]
    assert stopped["stopCode"] == "TaskFailedToStart"
    waited = (stopped["stoppedAt"] - stopped["createdAt"]).total_seconds()
    assert 3.5 * 60 <= waited <= 6 * 60


def test_the_task_group_admits_the_load_balancers_group_on_the_container_port(aws: Any) -> None:
    """Not the host port, not another port, and not the world either: what counts is who connects."""
    aws.fault("close_security_group", "app")
    wrong = {
        "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": aws.group("alb")}],
    }  # fmt: skip
    aws.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=aws.group("app"), IpPermissions=[wrong])
    aws.service("v1.2.3", desired=1, healthCheckGracePeriodSeconds=3600)
    aws.advance(5 * 60)
    assert aws.health() == [("unhealthy", "Target.Timeout")]
    right = {**wrong, "FromPort": 8080, "ToPort": 8080}
    aws.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=aws.group("app"), IpPermissions=[right])
    assert aws.heals()


def test_a_subnet_without_addresses(aws: Any) -> None:
    made = aws.call(
        "ec2", "CreateSubnet", VpcId=aws.vpc(), CidrBlock="10.0.99.0/28", AvailabilityZone="us-east-1a"
    )["Subnet"]["SubnetId"]
    for _ in range(11):
        aws.call("ec2", "CreateNetworkInterface", SubnetId=made)
    network = {"subnets": [made], "securityGroups": [aws.group("app")]}
    aws.service("v1.2.3", desired=1, networkConfiguration={"awsvpcConfiguration": network})
    aws.advance(60)
    said = (
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled"
    )
    assert aws.reason().startswith(said)
    assert "InsufficientFreeAddressesInSubnet" in aws.reason()


def test_a_task_without_groups_gets_the_default_group_of_its_vpc(aws: Any) -> None:
    """Whose members alone may connect: the load balancer may not."""
    network = {"subnets": aws.subnets("private-a")}
    aws.service(
        "v1.2.3", desired=1, healthCheckGracePeriodSeconds=3600,
        networkConfiguration={"awsvpcConfiguration": network},
    )  # fmt: skip
    aws.advance(5 * 60)
    assert aws.health() == [("unhealthy", "Target.Timeout")]


def test_the_subnets_of_a_task_are_of_one_vpc(aws: Any) -> None:
    vpc = aws.call("ec2", "CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    other = aws.call("ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    aws.call("ecs", "CreateCluster", clusterName="prod")
    network = {"subnets": [*aws.subnets("private-a"), other], "securityGroups": [aws.group("app")]}
    refused = aws.refused(
        "ecs", "RunTask", cluster="prod", taskDefinition=aws.register("v1.2.3"), launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )  # fmt: skip
    assert refused == "InvalidParameterException: All subnets must be in the same VPC."


@pytest.mark.parametrize(
    ("subnets", "groups", "said"),
    [(17, 1, "subnets can have at most 16 items."), (1, 6, "securityGroups can have at most 5 items.")],
)
def test_limits_of_a_network_configuration(aws: Any, subnets: int, groups: int, said: str) -> None:
    aws.call("ecs", "CreateCluster", clusterName="prod")
    network = {"subnets": aws.subnets("private-a") * subnets, "securityGroups": [aws.group("app")] * groups}
    refused = aws.refused(
        "ecs", "RunTask", cluster="prod", taskDefinition=aws.register("v1.2.3"), launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )  # fmt: skip
    assert refused == f"InvalidParameterException: {said}"
