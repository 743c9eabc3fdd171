"""Task protection: who may have it, how long it lasts, what leaves a protected task alone.

Reference: 11.3 (failure reasons), 4.6 (the event), the API's own documentation (120 minutes, 1-2880).
"""

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.fakes import FakeWorld, world

MINUTE = 60_000


def up(count: int = 3, **more: object) -> FakeWorld:
    made = world(count=count, balanced=False, **more)
    made.advance(3 * MINUTE)
    return made


def protect(made: FakeWorld, *tasks: str, **more: object) -> dict[str, list[dict[str, object]]]:
    answer: dict[str, list[dict[str, object]]] = made.call(
        "UpdateTaskProtection", tasks=list(tasks), protectionEnabled=True, **more
    )
    return answer


def test_a_task_is_protected_for_two_hours_unless_told_otherwise() -> None:
    made = up(1)
    (task,) = made.tasks()
    protected = protect(made, task["taskArn"])["protectedTasks"][0]
    assert protected["protectionEnabled"] is True
    assert protected["expirationDate"] == made.epoch_seconds(made.now + 120 * MINUTE)
    again = protect(made, task["taskArn"], expiresInMinutes=1)["protectedTasks"][0]
    assert again["expirationDate"] == made.epoch_seconds(made.now + MINUTE)
    made.advance(MINUTE)
    (got,) = made.call("GetTaskProtection", tasks=[task["taskArn"]])["protectedTasks"]
    assert got == {"taskArn": task["taskArn"], "protectionEnabled": False}


@pytest.mark.parametrize("minutes", [0, 2881])
def test_minutes_have_limits(minutes: int) -> None:
    made = up(1)
    with pytest.raises(ApiError, match="between 1 and 2880"):
        protect(made, made.tasks()[0]["taskArn"], expiresInMinutes=minutes)


def test_failures_say_what_is_wrong_with_a_task() -> None:
    made = up(1)
    alone = made.call(
        "RunTask", taskDefinition="web-app:1", launchType="FARGATE", networkConfiguration=made.network()
    )["tasks"][0]["taskArn"]
    answer = protect(made, "0" * 32, alone)
    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING", "TASK_NOT_VALID"]
    assert answer["protectedTasks"] == []
    assert len(made.call("GetTaskProtection")["protectedTasks"]) == 1


def test_scale_in_stops_the_others_and_says_what_it_must_spare() -> None:
    made = up(3)
    kept = [task["taskArn"] for task in made.tasks()[:2]]
    protect(made, *kept)
    made.call("UpdateService", service="web", desiredCount=0)
    made.advance(2 * MINUTE)
    assert sorted(task["taskArn"] for task in made.tasks()) == sorted(kept)
    deployment = made.service()["deployments"][0]["id"]
    assert made.messages()[-1] == (
        f"(service web) was unable to reach steady state because (taskSet {deployment}) was unable to scale in "
        "due to (reason 2 tasks under protection)"
    )
    made.call("UpdateTaskProtection", tasks=kept, protectionEnabled=False)
    made.advance(2 * MINUTE)
    assert made.tasks() == [] and made.messages()[-1] == "(service web) has reached a steady state."


def test_a_rollout_waits_for_protection_to_expire() -> None:
    made = up(2)
    old = made.tasks()[0]["taskArn"]
    protect(made, old, expiresInMinutes=30)
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.advance(10 * MINUTE)
    assert old in [task["taskArn"] for task in made.tasks()]
    assert made.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    made.advance(30 * MINUTE)
    assert old not in [task["taskArn"] for task in made.tasks()]
    assert made.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_protected_tasks_that_block_a_rollout_get_no_company() -> None:
    made = up(2)
    first, second = (task["taskArn"] for task in made.tasks())
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    protect(made, first)
    made.advance(35_000)
    assert len(made.tasks()) == 4
    answer = protect(made, second)
    assert answer["failures"] == [{"arn": second, "reason": "DEPLOYMENT_BLOCKED"}]


def test_an_unhealthy_task_is_replaced_protected_or_not() -> None:
    check = {"command": ["CMD", "curl"], "interval": 5, "retries": 2}
    made = world()
    made.create(made.register("sick", container={"healthCheck": check}), balanced=False)
    made.until(lambda: made.tasks() and made.tasks()[0]["lastStatus"] == "RUNNING")
    protect(made, made.tasks()[0]["taskArn"])
    made.advance(5 * MINUTE)
    assert "Task failed container health checks" in {t.get("stoppedReason") for t in made.tasks("STOPPED")}
