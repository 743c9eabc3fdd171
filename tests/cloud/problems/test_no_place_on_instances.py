"""Rows 9-13 of the 25 problems: a service on container instances that finds no place, and finds one later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cloud.instances.onhosts import OnHosts

NO_PLACE = "was unable to place a task because no container instance met all of its requirements."
INSTANCE_POLICY = "AmazonEC2ContainerServiceforEC2Role"


@pytest.fixture
def aws() -> Iterator[OnHosts]:
    with OnHosts() as world:
        yield world


def update(aws: OnHosts, **params: Any) -> None:
    aws.ecs("UpdateService", service="web-app", **params)


def fitting(aws: OnHosts) -> None:
    update(aws, taskDefinition=aws.define())


def attach(aws: OnHosts) -> None:
    arn = f"arn:aws:iam::aws:policy/service-role/{INSTANCE_POLICY}"
    aws.call("iam", "AttachRolePolicy", RoleName="ecsInstanceRole", PolicyArn=arn)


def revoke(aws: OnHosts) -> str:
    aws.world.fault({"revoke_permission": {"role": "ecsInstanceRole", "policy": INSTANCE_POLICY}})
    return aws.define()


def splunk(aws: OnHosts) -> str:
    return aws.define(logConfiguration={"logDriver": "splunk", "options": {"splunk-url": "https://s"}})


@dataclass
class Row:
    number: int
    name: str
    definition: Callable[[OnHosts], str]
    count: int
    wrong: str
    repair: Callable[[OnHosts], object]


ROWS = [
    Row(10, "CPU", lambda aws: aws.define(cpu=4096), 1, "has insufficient CPU units available.", fitting),
    Row(
        10, "memory", lambda aws: aws.define(memoryReservation=4000), 1, "has insufficient memory available.",
        fitting,
    ),
    Row(
        11, "host port", lambda aws: aws.define(host=8080), 3, "is already using a port required by your task.",
        fitting,
    ),
    Row(12, "attribute", splunk, 1, "is missing an attribute required by your task.", fitting),
    Row(13, "agent", revoke, 1, "doesn't have the agent connected.", attach),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}: {row.name}")
def test_the_closest_instance_and_what_it_lacks(aws: OnHosts, row: Row) -> None:
    aws.serve(row.definition(aws), row.count)
    aws.advance(120)
    (said,) = {message for message in aws.messages() if NO_PLACE in message}
    assert said.startswith(f"{NO_PLACE} The closest matching (container-instance ")
    assert row.wrong in said
    assert aws.described()["runningCount"] == row.count - 1
    row.repair(aws)
    assert aws.steady(1800)
    assert aws.described()["runningCount"] == row.count


def test_9_a_cluster_without_capacity(aws: OnHosts) -> None:
    """Nine hundred CPU units a task, two tasks an instance: the fifth waits until one of the others goes."""
    aws.serve(aws.define(cpu=900), 5)
    aws.advance(300)
    assert any(NO_PLACE in message for message in aws.messages())
    assert aws.described()["runningCount"] == 4
    update(aws, desiredCount=4)
    assert aws.steady(600)
