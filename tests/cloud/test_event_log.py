"""The event log has what ECS sends to EventBridge (reference 11.4), under its names."""

from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.ecs.eventbridge import service_action
from tests.cloud.instances.onhosts import OnHosts
from tests.cloud.inworld import InWorld


@pytest.fixture
def aws() -> Iterator[InWorld]:
    with InWorld() as world:
        yield world


def named(world: InWorld, source: str) -> list[dict[str, Any]]:
    return [
        event.detail for event in world.world.events if event.source == source and "event" in event.detail
    ]


def test_a_deployment_that_fails_and_rolls_back(aws: InWorld) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    aws.service("v1.2.3", desired=2, deploymentConfiguration=breaker)
    assert aws.steady()
    aws.update(taskDefinition=aws.register("missing"))
    assert aws.steady(3 * 3600)
    told = [detail["event"] for detail in named(aws, "deployment")]
    assert told == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_FAILED", "SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED",
    ]  # fmt: skip
    assert {d["event"]: d["level"] for d in named(aws, "deployment")}["SERVICE_DEPLOYMENT_FAILED"] == "ERROR"
    actions = [(detail["event"], detail["level"]) for detail in named(aws, "service")]
    assert actions[0] == actions[-1] == ("SERVICE_STEADY_STATE", "INFO")
    assert ("SERVICE_TASK_PLACEMENT_FAILURE", "ERROR") in actions
    assert ("SERVICE_TASK_START_IMPAIRED", "WARN") in actions
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    aws.call(
        "ecs", "PutClusterCapacityProviders", cluster="prod", capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )  # fmt: skip
    aws.update(capacityProviderStrategy=strategy, forceNewDeployment=True)
    assert aws.steady()
    assert named(aws, "deployment")[-1]["event"] == "CAPACITY_PROVIDER_STEADY_STATE"
    aws.update(desiredCount=1)
    assert named(aws, "deployment")[-1]["event"] == "SERVICE_DESIRED_COUNT_UPDATED"
    aws.steady()
    assert "TASKS_STOPPED" in [detail["event"] for detail in named(aws, "service")]
    tasks = [
        event for event in aws.world.events if event.detail.get("detail_type") == "ECS Task State Change"
    ]
    path = [event.detail["last"] for event in tasks if event.subject == tasks[0].subject]
    assert list(dict.fromkeys(path))[:4] == ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"]


@pytest.mark.slow
def test_instances_and_capacity_providers() -> None:
    with OnHosts() as hosts:
        kinds = [e.detail.get("detail_type") for e in hosts.world.events]
        assert kinds.count("ECS Container Instance State Change") == 2
        hosts.serve(hosts.define(cpu=4096), 1)
        hosts.advance(60)
        assert {d.get("reason") for d in named(hosts, "service")} == {"RESOURCE:CPU"}


FULL = "was unable to place a task because no container instance met all of its requirements. "


@pytest.mark.parametrize(
    ("message", "name", "reason"),
    [
        (
            "was unable to place a task. Reason: Capacity is unavailable at this time.",
            "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:FARGATE",
        ),
        (
            f"{FULL}The closest matching (container-instance x) has insufficient memory available.",
            "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:MEMORY",
        ),
        ("failed to launch a task with (error x).", "SERVICE_TASK_CONFIGURATION_FAILURE", None),
        ("registered 1 targets in (target-group x)", None, None),
    ],
)  # fmt: skip
def test_service_events_have_eventbridges_names(message: str, name: str | None, reason: str | None) -> None:
    found = service_action(message)
    assert (found.get("event"), found.get("reason")) == (name, reason)
