"""Rules of the service scheduler that the reference names, one by one (section 4)."""

import itertools
from typing import Any

import pytest

from tests.cloud.ecs.fakes import ECR, Behaviour, FakeWorld, world

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"], "interval": 5}


def started_at(made: FakeWorld) -> float:
    made.until(lambda: bool(made.tasks()) and made.tasks()[0]["lastStatus"] == "RUNNING")
    return made.now / 1000


def first(made: FakeWorld) -> Any:
    return made.service()["deployments"][0]


def chosen_breaker(value: int, **more: Any) -> dict[str, Any]:
    threshold = {"type": "COUNT", "value": value}
    breaker = {"enable": True, "rollback": False, "thresholdConfiguration": threshold, **more}
    return {"deploymentCircuitBreaker": breaker}


def test_without_any_check_a_task_counts_forty_seconds_after_its_start() -> None:
    made = world(count=1, balanced=False)
    started = started_at(made)
    made.until(lambda: first(made)["rolloutState"] == "COMPLETED")
    assert 40 <= made.now / 1000 - started <= 52


def test_with_a_container_check_a_task_counts_when_it_is_healthy() -> None:
    made = world()
    made.create(made.register(container={"healthCheck": CHECK}), 1, balanced=False)
    started = started_at(made)
    made.until(lambda: first(made)["rolloutState"] == "COMPLETED")
    assert made.tasks()[0]["healthStatus"] == "HEALTHY"
    assert made.now / 1000 - started < 40


def test_the_state_of_a_rollout_says_why() -> None:
    made = world(count=1)
    made.advance(120_000)
    name = first(made)["id"]
    assert first(made)["rolloutStateReason"] == f"ECS deployment {name} completed."
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    name = first(made)["id"]
    assert first(made)["rolloutStateReason"] == f"ECS deployment {name} in progress."


def test_failed_tasks_are_forgotten_when_one_comes_up() -> None:
    made = world(tag="crash", count=1, balanced=False)
    made.until(lambda: first(made)["failedTasks"] >= 2)
    made.registry.images[f"{ECR}:crash"] = Behaviour()
    made.until(lambda: first(made)["rolloutState"] == "COMPLETED")
    assert first(made)["failedTasks"] == 0


def test_failed_health_checks_count_for_the_breaker() -> None:
    made = world()
    made.registry.images[f"{ECR}:deaf"] = Behaviour(listens_after=86_400_000)
    made.create(made.register("deaf"), 1, deploymentConfiguration=BREAKER)
    made.until(lambda: first(made)["rolloutState"] == "FAILED")
    assert first(made)["failedTasks"] == 3
    assert {task["stopCode"] for task in made.tasks("STOPPED")} == {"ServiceSchedulerInitiated"}


def test_the_breaker_counts_to_the_threshold_that_was_chosen() -> None:
    made = world(tag="crash", count=1, deploymentConfiguration=chosen_breaker(value=5))
    made.until(lambda: first(made)["rolloutState"] == "FAILED")
    assert first(made)["failedTasks"] == 5
    record = made.call("ListServiceDeployments", service="web")["serviceDeployments"][0]
    whole = made.call("DescribeServiceDeployments", serviceDeploymentArns=[record["serviceDeploymentArn"]])
    assert whole["serviceDeployments"][0]["deploymentCircuitBreaker"]["threshold"] == 5
    kept = made.service()["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert kept["thresholdConfiguration"] == {"type": "COUNT", "value": 5}


@pytest.mark.parametrize(("reset", "failed"), [(True, 0), (False, 2)])
def test_a_healthy_task_resets_the_count_unless_the_breaker_says_otherwise(reset: bool, failed: int) -> None:
    breaker = chosen_breaker(value=9, resetOnHealthyTask=reset)
    made = world(tag="crash", count=1, balanced=False, deploymentConfiguration=breaker)
    made.until(lambda: first(made)["failedTasks"] == 2)
    made.registry.images[f"{ECR}:crash"] = Behaviour()
    made.until(lambda: first(made)["rolloutState"] == "COMPLETED")
    assert first(made)["failedTasks"] == failed


def test_tasks_that_ran_never_slow_the_scheduler_down() -> None:
    made = world()
    made.registry.images[f"{ECR}:short"] = Behaviour(exit=(15_000, 1))
    made.create(made.register("short"), 1, balanced=False)
    made.advance(3_600_000)
    starts = made.happened("has started")
    waits = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(starts) > 20 and max(waits) < 2 * min(waits)
    assert not made.happened("unable to consistently start tasks")


def test_starts_that_fail_beside_tasks_that_run_wait_longer_and_longer_too() -> None:
    made = world(count=2, balanced=False)
    made.until(lambda: first(made)["rolloutState"] == "COMPLETED")
    before = len(made.happened("has started"))
    del made.registry.images[f"{ECR}:v1"]
    made.call("UpdateService", service="web", desiredCount=3)
    made.advance(2 * 3_600_000)
    waits = [later - earlier for earlier, later in itertools.pairwise(made.happened("has started")[before:])]
    assert all(later > earlier for earlier, later in itertools.pairwise(waits[1:5]))
    assert made.happened("unable to consistently start tasks")
    assert first(made)["runningCount"] == 2


def test_a_new_revision_starts_at_once_after_failed_ones() -> None:
    made = world(tag="nope", count=1, balanced=False)
    made.advance(4 * 3_600_000)
    begun, before = made.now / 1000, len(made.happened("has started"))
    made.call("UpdateService", service="web", taskDefinition=made.register("v1"))
    made.advance(60_000)
    assert made.happened("has started")[before] - begun < 22
