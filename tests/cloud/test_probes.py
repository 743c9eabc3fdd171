"""What probes read of a world: a permission as IAM decides it, and values that one saves for another."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.probes import Look
from tests.cloud.inworld import InWorld

ORDERS = "arn:aws:sqs:us-east-1:123456789012:orders"


@pytest.fixture(scope="module")
def shop() -> Iterator[InWorld]:
    with InWorld(world="shop-fargate") as world:
        yield world


def allowed(shop: InWorld, role: str, action: str, resource: str = ORDERS) -> Any:
    probe = {"id": "one", "kind": "allowed", "role": role, "action": action, "resource": resource}
    return Look(shop.world).read(probe)


def test_a_role_may_do_what_its_policies_say_by_name_or_arn(shop: InWorld) -> None:
    assert allowed(shop, "ordersRole", "sqs:SendMessage") is True
    assert allowed(shop, "arn:aws:iam::123456789012:role/ordersRole", "sqs:SendMessage") is True
    assert allowed(shop, "ordersRole", "sqs:SendMessage", f"{ORDERS}-dead") is False
    assert allowed(shop, "ordersRole", "sqs:ReceiveMessage") is False
    assert allowed(shop, "nobody", "sqs:SendMessage") == {"Error": "NoSuchEntity"}


def test_a_denial_wins_over_what_a_managed_policy_allows(shop: InWorld) -> None:
    assert allowed(shop, "storeExecutionRole", "ecr:GetAuthorizationToken", "*") is True
    denial = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ecr:*", "Resource": "*"}}
    shop.call(
        "iam",
        "PutRolePolicy",
        RoleName="storeExecutionRole",
        PolicyName="no",
        PolicyDocument=json.dumps(denial),
    )
    assert allowed(shop, "storeExecutionRole", "ecr:GetAuthorizationToken", "*") is False


def test_a_policy_is_read_as_a_document_not_as_its_text(shop: InWorld) -> None:
    probe = {
        "id": "trust", "kind": "state", "service": "iam", "operation": "GetRole", "params": {"RoleName": "ordersRole"},
        "query": "Role.AssumeRolePolicyDocument.Statement[].Principal.Service",
    }  # fmt: skip
    assert Look(shop.world).read(probe) == ["ecs-tasks.amazonaws.com"]


def test_one_probe_saves_what_another_needs(shop: InWorld) -> None:
    described = {"cluster": "shop", "services": ["orders"]}
    saving = {
        "id": "runs", "kind": "state", "service": "ecs", "operation": "DescribeServices", "params": described,
        "query": "services[0].taskDefinition", "save": "RUNS",
    }  # fmt: skip
    using = {
        "id": "family", "kind": "state", "service": "ecs", "operation": "DescribeTaskDefinition",
        "params": {"taskDefinition": "${RUNS}"}, "query": "taskDefinition.family",
    }  # fmt: skip
    look = Look(shop.world)
    assert (look.read(saving), look.read(using))[1] == "orders"
    assert Look(shop.world).read(using) == {"Error": "NothingSaved"}
    look = Look(shop.world)
    assert look.read({**saving, "params": {**described, "services": ["nobody"]}}) is None
    assert look.read(using) == {"Error": "NothingSaved"}


def test_a_saved_list_stands_for_all_of_its_items(shop: InWorld) -> None:
    saving = {
        "id": "names", "kind": "state", "service": "ecs", "operation": "ListServices", "params": {"cluster": "shop"},
        "query": "serviceArns[:3]", "save": "THREE",
    }  # fmt: skip
    using = {
        "id": "them", "kind": "state", "service": "ecs", "operation": "DescribeServices",
        "params": {"cluster": "shop", "services": ["${THREE}", "web-app"]}, "query": "services[].serviceArn",
    }  # fmt: skip
    look = Look(shop.world)
    three = look.read(saving)
    described = look.read(using)
    assert len(three) == 3
    assert set(three) < set(described)


def test_what_stands_until_a_call_changes_it_is_read_anew_after_a_clients_call_and_after_a_fault(
    shop: InWorld,
) -> None:
    probe = {
        "id": "rules", "kind": "state", "service": "ec2", "operation": "DescribeSecurityGroups",
        "params": {"Filters": [{"Name": "group-name", "Values": ["catalog"]}]},
        "query": "SecurityGroups[0].IpPermissions[].FromPort",
    }  # fmt: skip
    assert Look(shop.world).read(probe) == [8081]
    shop.world.fault({"close_security_group": {"group": "catalog"}})
    assert Look(shop.world).read(probe) == []
    group = Look(shop.world).read({**probe, "query": "SecurityGroups[0].GroupId"})
    rule = {"IpProtocol": "tcp", "FromPort": 9, "ToPort": 9, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    shop.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[rule])
    assert Look(shop.world).read(probe) == [9]
