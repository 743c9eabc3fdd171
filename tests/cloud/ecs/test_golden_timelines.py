"""Services as they were seen on real Fargate: what is said, in which order, how far apart."""

import itertools
import re

import pytest

from tests.cloud.ecs.fakes import ECR, GROUP, Behaviour, FakeWorld, world

SEEDS = range(5)
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def shapes(made: FakeWorld) -> list[str]:
    """The events without ids and ARNs."""
    out = []
    for message in made.messages():
        text = re.sub(r" ?\(task [0-9a-f]{32}\)", "", message.replace(GROUP, "GROUP"))
        out.append(re.sub(r"ecs-svc/\d{19}", "ecs-svc/N", text))
    return out


@pytest.mark.parametrize("seed", SEEDS)
def test_first_deployment_registers_its_tasks_and_is_steady_in_under_a_minute(seed: int) -> None:
    made = world(seed, count=3)
    made.advance(120_000)
    started = made.happened("has started 3 tasks")[0]
    assert started <= 11
    registered = made.happened("registered")
    assert all(19 <= t - started <= 51 for t in registered)
    completed, steady = made.happened("deployment completed.")[0], made.happened("steady state")[0]
    assert 30 <= steady - started <= 62
    assert 0 < steady - completed < 0.01
    assert shapes(made)[-2:] == [
        "(service web) (deployment ecs-svc/N) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    targets = sum(int(m.split("registered ")[1].split()[0]) for m in made.messages() if "registered" in m)
    assert targets == 3
    assert made.service()["deployments"][0]["rolloutState"] == "COMPLETED"
    assert made.ecs.steady()


@pytest.mark.parametrize("seed", SEEDS)
def test_rolling_update_starts_new_waits_stops_old_drains_completes(seed: int) -> None:
    made = world(seed, count=1)
    made.advance(300_000)
    (old,) = made.tasks()
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.advance(300_000)
    assert shapes(made)[4:] == [
        "(service web) has started 1 tasks:.",
        "(service web) registered 1 targets in (target-group GROUP)",
        "(service web) has stopped 1 running tasks:.",
        "(service web) deregistered 1 targets in (target-group GROUP)",
        "(service web, taskSet ecs-svc/N) has begun draining connections on 1 tasks.",
        "(service web) (deployment ecs-svc/N) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    started = made.happened("has started")[1]
    registered = made.happened(") registered")[1]
    stopped = made.happened("has stopped")[0]
    drained = made.happened("deregistered")[0]
    completed = made.happened("deployment completed")[1]
    assert 19 <= registered - started <= 51
    assert 48 <= stopped - registered <= 52
    assert 9 <= drained - stopped <= 11
    assert 40 <= completed - stopped <= 72
    (gone,) = made.tasks("STOPPED")
    assert gone["taskArn"] == old["taskArn"]
    assert gone["stopCode"] == "ServiceSchedulerInitiated"
    assert (
        gone["stoppedReason"] == f"Scaling activity initiated by (deployment {made.tasks()[0]['startedBy']})"
    )
    assert gone["containers"][0]["exitCode"] == 143
    assert [d["taskDefinition"][-5:] for d in made.service()["deployments"]] == ["app:2"]


def test_unhealthy_task_is_replaced_first_and_stopped_when_the_new_one_is_healthy() -> None:
    made = world(count=1)
    made.registry.images[f"{ECR}:v1"] = Behaviour(statuses=[(0, 200), (200_000, 503)])
    made.advance(120_000)
    made.registry.images[f"{ECR}:v1"] = Behaviour()
    made.until(lambda: "unhealthy" in made.by_state())
    seen = made.now / 1000
    made.advance(200_000)
    replaced = made.happened("Amazon ECS replaced 1 tasks due to an unhealthy status.")[0]
    assert 19 <= replaced - seen <= 32
    complaint = made.happened("(port 8080) is unhealthy in (target-group")[0]
    stopped = made.happened("has stopped 1 running tasks")[0]
    registered = made.happened(") registered 1 targets")[1]
    assert registered < complaint < stopped < registered + 21
    assert 9 <= made.happened("deregistered")[0] - stopped <= 11
    assert any("due to (reason Health checks failed with these codes: [503])." in m for m in made.messages())
    (gone,) = made.tasks("STOPPED")
    assert gone["stoppedReason"] == f"Task failed ELB health checks in (target-group {GROUP})"
    assert made.service()["runningCount"] == 1


def test_image_that_does_not_exist_fails_slowly_and_throttles() -> None:
    made = world(tag="nope", count=1)
    made.until(lambda: made.tasks("STOPPED") and made.tasks("STOPPED")[0]["lastStatus"] == "STOPPED")
    assert 90_000 < made.now < 200_000
    (task,) = made.tasks("STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith(
        "CannotPullContainerError: pull image manifest has been retried 7"
    )
    assert task["stoppedReason"].endswith(": not found")
    assert "startedAt" not in task and "exitCode" not in task["containers"][0]
    assert task["containers"][0]["reason"] == task["stoppedReason"]
    made.advance(3_600_000)
    assert len(made.happened("was unable to place a task. Reason: CannotPullContainerError")) == 1
    assert len(made.happened("is unable to consistently start tasks successfully.")) == 1
    starts = made.happened("has started")
    waits = [b - a for a, b in itertools.pairwise(starts)]
    assert all(b > a * 1.1 for a, b in itertools.pairwise(waits[1:])), waits
    assert made.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_crash_loop_trips_the_breaker_and_rolls_back() -> None:
    made = world(count=1, deploymentConfiguration=BREAKER)
    made.advance(120_000)
    first = made.service()["deployments"][0]["id"]
    made.call("UpdateService", service="web", taskDefinition=made.register("crash"))
    begun = made.now / 1000
    made.until(lambda: made.happened("deployment failed"))
    second = made.service()["deployments"][1]["id"]
    assert 90 <= made.happened("deployment failed")[0] - begun <= 200
    during = made.service()["deployments"]
    assert [(d["status"], d["rolloutState"]) for d in during] == [
        ("PRIMARY", "IN_PROGRESS"), ("ACTIVE", "FAILED"),
    ]  # fmt: skip
    assert during[0]["rolloutStateReason"] == (
        f"ECS deployment circuit breaker: rolling back to deploymentId {first}."
    )
    assert during[1]["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert during[1]["failedTasks"] == 3
    made.advance(200_000)
    texts = made.messages()
    failed = texts.index(f"(service web) (deployment {second}) deployment failed: tasks failed to start.")
    assert texts[failed + 1] == f"(service web) rolling back to deployment {first}."
    assert not made.happened("consistently")
    (left,) = made.service()["deployments"]
    assert (left["id"], left["rolloutState"], left["runningCount"]) == (first, "COMPLETED", 1)
    record = made.call("ListServiceDeployments", service="web")["serviceDeployments"][0]
    assert record["status"] == "ROLLBACK_SUCCESSFUL"
    whole = made.call("DescribeServiceDeployments", serviceDeploymentArns=[record["serviceDeploymentArn"]])
    assert whole["serviceDeployments"][0]["deploymentCircuitBreaker"] == {
        "status": "TRIGGERED", "failureCount": 3, "threshold": 3,
    }  # fmt: skip


def test_breaker_without_anything_to_go_back_to_stalls() -> None:
    made = world(tag="crash", count=1, deploymentConfiguration=BREAKER)
    made.advance(3_600_000)
    assert made.happened("deployment failed") and not made.happened("rolling back")
    assert made.service()["deployments"][0]["rolloutState"] == "FAILED"
    assert len(made.happened("has started")) == 3
    made.call("UpdateService", service="web", taskDefinition=made.register("v1"))
    made.advance(120_000)
    assert made.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_slow_app_without_grace_loops_and_grace_lets_it_come_up() -> None:
    for grace, stops in ((0, True), (200, False)):
        made = world(seed=3)
        made.registry.images[f"{ECR}:slow"] = Behaviour(listens_after=120_000)
        made.create(made.register("slow"), healthCheckGracePeriodSeconds=grace)
        made.advance(600_000)
        assert bool(made.happened("has stopped")) is stops
        assert bool(made.happened("steady state")) is not stops
        assert not made.happened("consistently"), "tasks that reached RUNNING never throttle"


def test_steady_state_is_said_again_every_six_hours_and_costs_nothing_between() -> None:
    made = world(count=2, balanced=False)
    made.advance(600_000)
    played: list[int] = []
    made.watch = lambda w: played.append(w.now)
    made.advance(23 * 3_600_000)
    assert len(made.happened("steady state")) == 4
    assert len(played) == 3


def test_stopped_service_task_is_replaced_within_some_twenty_seconds() -> None:
    made = world(count=1)
    made.advance(120_000)
    (task,) = made.tasks()
    begun = made.now / 1000
    answer = made.call("StopTask", task=task["taskArn"], reason="drill")["task"]
    assert (answer["desiredStatus"], answer["lastStatus"]) == ("STOPPED", "DEACTIVATING")
    assert (answer["stopCode"], answer["stoppedReason"]) == ("UserInitiated", "drill")
    made.advance(120_000)
    assert 9 <= made.happened("has started")[1] - begun <= 22
    assert made.happened("deregistered")[0] < made.happened("has started")[1]
    assert made.service()["runningCount"] == 1
