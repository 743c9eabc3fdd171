"""Fargate Spot, capacity that runs out, a zone that is lost and comes back.

Reference: 1 (strategies), 3.3-3.4 (stop codes and reasons), 4.6 (events of capacity and AZ rebalancing), 12 (Spot).
"""

from collections import Counter
from typing import Any

import pytest

from ecslab.cloud import faults
from tests.cloud.ecs.fakes import GROUP, Behaviour, FakeWorld, world
from tests.cloud.inworld import InWorld

MINUTE = 60_000
A, B = "us-east-1a", "us-east-1b"
NO_CAPACITY = (
    "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later "
    "or in a different availability zone."
)


def spot(count: int, *strategy: tuple[str, int, int], **more: Any) -> FakeWorld:
    """A service over (provider, base, weight)."""
    made = FakeWorld()
    made.call("CreateCluster", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    items = [{"capacityProvider": name, "base": base, "weight": weight} for name, base, weight in strategy]
    made.create(
        made.register(), count, launchType=None, capacityProviderStrategy=items, balanced=False, **more
    )
    return made


def providers(made: FakeWorld) -> Counter[str]:
    return Counter(task["capacityProviderName"] for task in made.tasks())


# --- strategies ---


@pytest.mark.parametrize(
    ("count", "strategy", "expected"),
    [
        (4, [("FARGATE", 1, 1), ("FARGATE_SPOT", 0, 3)], {"FARGATE": 1, "FARGATE_SPOT": 3}),
        (9, [("FARGATE", 1, 1), ("FARGATE_SPOT", 0, 3)], {"FARGATE": 3, "FARGATE_SPOT": 6}),
        (3, [("FARGATE", 2, 0), ("FARGATE_SPOT", 0, 1)], {"FARGATE": 2, "FARGATE_SPOT": 1}),
        (4, [("FARGATE", 0, 1), ("FARGATE_SPOT", 0, 1)], {"FARGATE": 2, "FARGATE_SPOT": 2}),
    ],
)
def test_base_first_then_by_weight(
    count: int, strategy: list[tuple[str, int, int]], expected: dict[str, int]
) -> None:
    made = spot(count, *strategy)
    made.advance(2 * MINUTE)
    assert providers(made) == expected
    service = made.service()
    assert "launchType" not in service and len(service["capacityProviderStrategy"]) == len(strategy)


def test_the_base_holds_after_a_deployment_too() -> None:
    made = spot(6, ("FARGATE", 2, 0), ("FARGATE_SPOT", 0, 1))
    made.advance(2 * MINUTE)
    made.call("UpdateService", service="web", forceNewDeployment=True)
    made.advance(10 * MINUTE)
    assert providers(made) == {"FARGATE": 2, "FARGATE_SPOT": 4}


# --- Spot ---


def test_a_spot_task_is_told_and_stops_and_is_replaced() -> None:
    made = spot(2, ("FARGATE", 1, 0), ("FARGATE_SPOT", 0, 1))
    made.advance(3 * MINUTE)
    made.ecs.outages.interrupt_spot("web")
    noticed = [detail for *_, detail in made.recorded if detail.get("stop_code") == "TerminationNotice"]
    assert (noticed[0]["last"], noticed[0]["desired"]) == ("RUNNING", "STOPPED")
    made.advance(2 * MINUTE)
    (gone,) = made.tasks("STOPPED")
    assert (gone["stopCode"], gone["stoppedReason"]) == (
        "SpotInterruption",
        "Your Spot Task was interrupted.",
    )
    assert gone["capacityProviderName"] == "FARGATE_SPOT"
    made.advance(2 * MINUTE)
    assert providers(made) == {"FARGATE": 1, "FARGATE_SPOT": 1} and made.ecs.steady()


def test_stop_timeout_is_what_a_spot_task_has_of_its_two_minutes() -> None:
    made = spot(1, ("FARGATE_SPOT", 0, 1))
    made.registry.images[next(iter(made.registry.images))] = Behaviour(sigterm=(None, 0))
    made.call("UpdateService", service="web", taskDefinition=made.register(container={"stopTimeout": 120}))
    made.advance(10 * MINUTE)
    assert [task["lastStatus"] for task in made.tasks()] == ["RUNNING"]
    arn = made.tasks()[0]["taskArn"]
    made.ecs.outages.interrupt_spot()
    made.advance(119_000)
    assert made.call("DescribeTasks", tasks=[arn])["tasks"][0]["containers"][0]["lastStatus"] == "RUNNING"
    made.advance(MINUTE)
    (task,) = made.call("DescribeTasks", tasks=[arn])["tasks"]
    assert task["containers"][0]["exitCode"] == 137 and task["stopCode"] == "SpotInterruption"


def test_tasks_that_are_not_spot_are_left_alone() -> None:
    made = world(count=1, balanced=False)
    made.advance(2 * MINUTE)
    made.ecs.outages.interrupt_spot()
    assert [task["desiredStatus"] for task in made.tasks()] == ["RUNNING"]


# --- capacity ---


def test_without_capacity_the_service_says_so_and_goes_on_when_it_is_back() -> None:
    made = spot(2, ("FARGATE", 1, 0), ("FARGATE_SPOT", 0, 1))
    made.advance(3 * MINUTE)
    made.ecs.outages.exhaust("FARGATE_SPOT")
    made.ecs.outages.interrupt_spot()
    made.advance(10 * MINUTE)
    assert providers(made) == {"FARGATE": 1}, "Spot never falls back to on demand"
    assert made.messages().count(NO_CAPACITY) == 1
    made.ecs.outages.restore("FARGATE_SPOT")
    made.advance(3 * MINUTE)
    assert providers(made) == {"FARGATE": 1, "FARGATE_SPOT": 1} and made.ecs.steady()


def test_capacity_may_be_short_for_a_while_only() -> None:
    made = world()
    made.ecs.outages.exhaust("FARGATE", 5 * MINUTE)
    answer = made.call(
        "RunTask",
        taskDefinition="web-app:1",
        launchType="FARGATE",
        count=2,
        networkConfiguration=made.network(),
    )
    assert answer["tasks"] == [] and len(answer["failures"]) == 2
    assert answer["failures"][0]["reason"].startswith("Capacity is unavailable at this time.")
    made.create("web-app:1")
    made.advance(5 * MINUTE)
    assert made.tasks() == []
    made.advance(3 * MINUTE)
    assert made.ecs.steady()


def test_with_the_breaker_missing_capacity_is_a_failed_launch() -> None:
    made = world()
    made.ecs.outages.exhaust("FARGATE")
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    made.create("web-app:1", 3, deploymentConfiguration=breaker)
    made.advance(20 * MINUTE)
    deployment = made.service()["deployments"][0]
    assert f"(service web) could not launch 3 tasks for deployment {deployment['id']}." in made.messages()
    assert deployment["rolloutState"] == "FAILED"


# --- zones ---


def zones(made: FakeWorld) -> dict[str, int]:
    return dict(Counter(task["availabilityZone"] for task in made.tasks()))


def test_tasks_of_a_lost_zone_end_and_the_others_take_over_until_it_is_back() -> None:
    made = world(count=4)
    made.advance(3 * MINUTE)
    made.ecs.outages.lose_zone(A)
    made.advance(3 * MINUTE)
    assert zones(made) == {B: 4} and made.ecs.steady()
    gone = made.tasks("STOPPED")
    assert {task["availabilityZone"] for task in gone} == {A}
    assert {task["containers"][0]["exitCode"] for task in gone} == {137}
    made.ecs.outages.restore_zone(A)
    made.advance(30 * MINUTE)
    assert zones(made) == {A: 2, B: 2} and made.ecs.steady()
    texts = made.messages()
    first = texts.index(
        f"(service web) is not AZ balanced with 4 tasks in {B}, 0 tasks in {A}. AZ Rebalancing in progress."
    )
    tail = [text for text in texts[first:] if "AZ" in text]
    started = f"(service web) has started 1 tasks in {A} to AZ Rebalance: (task "
    stopped = f"(service web) has stopped 1 running tasks in {B} due to AZ rebalancing: (task "
    assert [text.startswith((started, stopped)[n % 2]) for n, text in enumerate(tail[1:5])] == [True] * 4
    assert tail[5:] == [f"(service web) is AZ balanced with 2 tasks in {A}, 2 tasks in {B}."]


def test_a_service_without_rebalancing_stays_where_it_is() -> None:
    made = world(count=4, availabilityZoneRebalancing="DISABLED")
    made.advance(3 * MINUTE)
    made.ecs.outages.lose_zone(A)
    made.advance(3 * MINUTE)
    made.ecs.outages.restore_zone(A)
    made.advance(30 * MINUTE)
    assert zones(made) == {B: 4}
    assert not [text for text in made.messages() if "balanced" in text]


def test_a_lost_zone_leaves_nothing_for_a_service_that_only_has_that_one() -> None:
    made = world()
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"], "securityGroups": ["sg-app"]}}
    made.create("web-app:1", networkConfiguration=network)
    made.advance(3 * MINUTE)
    made.ecs.outages.lose_zone(A)
    made.advance(5 * MINUTE)
    assert made.tasks() == [] and NO_CAPACITY in made.messages()
    made.ecs.outages.restore_zone(A)
    made.advance(5 * MINUTE)
    assert made.ecs.steady() and GROUP in made.service()["loadBalancers"][0]["targetGroupArn"]


# --- as faults of a world ---


def test_a_world_survives_losing_a_zone() -> None:
    with InWorld() as aws:
        aws.service("v1.2.3", desired=2)
        assert aws.steady()
        faults.play(aws.world, {"lose_az": "a"})
        aws.advance(180)
        assert {task["availabilityZone"] for task in aws.tasks()} == {B}
        assert aws.get() == 200
        faults.play(aws.world, {"restore_az": A})
        faults.play(aws.world, {"exhaust_fargate": {"provider": "FARGATE", "for": "2m"}})
        faults.play(aws.world, {"interrupt_spot": True})
        aws.advance(20 * 60)
        assert {task["availabilityZone"] for task in aws.tasks()} == {A, B}
