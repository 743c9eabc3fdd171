"""The shop of five services: it comes up whole, and what one service needs of another is real."""

from collections.abc import Iterator

import pytest

from tests.cloud.inworld import InWorld

SERVICES = {"web-app": 2, "catalog": 2, "orders": 2, "worker": 1, "store": 1}


@pytest.fixture
def shop() -> Iterator[InWorld]:
    with InWorld(world="shop-fargate") as world:
        yield world


def described(shop: InWorld) -> dict[str, dict[str, object]]:
    found = shop.call("ecs", "DescribeServices", cluster="shop", services=list(SERVICES))["services"]
    return {service["serviceName"]: service for service in found}


def newest_lines(shop: InWorld, service: str) -> list[str]:
    events = shop.call("logs", "FilterLogEvents", logGroupName=f"/ecs/{service}")["events"]
    return [event["message"] for event in events]


def replace_tasks(shop: InWorld, service: str) -> None:
    shop.call("ecs", "UpdateService", cluster="shop", service=service, forceNewDeployment=True)
    shop.advance(180)


def test_it_comes_up_steady_without_a_failed_task_and_answers_through_the_load_balancer(
    shop: InWorld,
) -> None:
    services = described(shop)
    assert {name: service["runningCount"] for name, service in services.items()} == SERVICES
    for service in services.values():
        (deployment,) = service["deployments"]  # type: ignore[misc]
        assert (deployment["rolloutState"], deployment["failedTasks"]) == ("COMPLETED", 0)
    assert shop.call("ecs", "ListTasks", cluster="shop", desiredStatus="STOPPED")["taskArns"] == []
    assert shop.health() == [("healthy", "")] * 2
    assert [shop.get(path) for path in ("/", "/catalog", "/orders", "/nowhere")] == [200, 200, 200, 404]
    zones = {task["availabilityZone"] for task in tasks_of(shop, "web-app")}
    assert zones == {"us-east-1a", "us-east-1b"}


def tasks_of(shop: InWorld, service: str) -> list[dict[str, str]]:
    arns = shop.call("ecs", "ListTasks", cluster="shop", serviceName=service)["taskArns"]
    return list(shop.call("ecs", "DescribeTasks", cluster="shop", tasks=arns)["tasks"])


def test_a_group_admits_exactly_the_calls_that_are_needed(shop: InWorld) -> None:
    groups = shop.call("ec2", "DescribeSecurityGroups")["SecurityGroups"]
    names = {group["GroupId"]: group["GroupName"] for group in groups}
    admitted = {
        (names[pair["GroupId"]], rule["FromPort"], group["GroupName"])
        for group in groups
        for rule in group["IpPermissions"]
        for pair in rule.get("UserIdGroupPairs", [])
        if group["GroupName"] != "default"
    }
    assert admitted == {
        ("alb", 8080, "app"),
        ("app", 8081, "catalog"),
        ("app", 8082, "orders"),
        ("catalog", 5432, "store"),
        ("orders", 5432, "store"),
        ("worker", 5432, "store"),
    }


def test_a_service_whose_call_to_the_store_is_not_admitted_does_not_come_up(shop: InWorld) -> None:
    revoked = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    pair = [{"GroupId": shop.group("catalog")}]
    shop.call(
        "ec2", "RevokeSecurityGroupIngress", GroupId=shop.group("store"),
        IpPermissions=[{**revoked, "UserIdGroupPairs": pair}],
    )  # fmt: skip
    replace_tasks(shop, "catalog")
    assert "Error: connect ETIMEDOUT store.shop.internal:5432" in newest_lines(shop, "catalog")
    assert described(shop)["catalog"]["runningCount"] == 2, "the tasks that run stay"


def test_a_service_without_tasks_is_missed_by_those_that_call_it(shop: InWorld) -> None:
    shop.call("ecs", "UpdateService", cluster="shop", service="orders", desiredCount=0)
    replace_tasks(shop, "web-app")
    assert "Error: connect ETIMEDOUT orders.shop.internal:8082" in newest_lines(shop, "web-app")


def test_each_service_may_do_what_its_own_role_allows(shop: InWorld) -> None:
    shop.call("iam", "DeleteRolePolicy", RoleName="workerRole", PolicyName="take-orders")
    replace_tasks(shop, "worker")
    assert any(
        "not authorized to perform: sqs:ReceiveMessage" in line for line in newest_lines(shop, "worker")
    )
    replace_tasks(shop, "orders")
    assert not any("not authorized" in line for line in newest_lines(shop, "orders"))
