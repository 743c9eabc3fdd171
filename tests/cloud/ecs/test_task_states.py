"""States and ends of a task that the reference names, one by one (section 3)."""

from typing import Any

import pytest

from tests.cloud.ecs.fakes import ECR, Behaviour, FakeWorld, world


def run(made: FakeWorld, definition: str, **params: Any) -> Any:
    network = {"launchType": "FARGATE", "networkConfiguration": made.network()}
    return made.call("RunTask", **{"taskDefinition": definition, **network, **params})["tasks"][0]


def now(made: FakeWorld, task: Any) -> Any:
    return made.call("DescribeTasks", tasks=[task["taskArn"]])["tasks"][0]


def until(made: FakeWorld, task: Any, status: str) -> Any:
    made.until(lambda: now(made, task)["lastStatus"] == status)
    return now(made, task)


def test_on_an_instance_without_an_interface_a_task_begins_pending() -> None:
    made = world()
    container = {"name": "app", "image": "nginx", "memory": 64}
    made.call("RegisterTaskDefinition", family="bridged", containerDefinitions=[container])
    made.call("RegisterContainerInstance")
    task = made.call("RunTask", taskDefinition="bridged", launchType="EC2")["tasks"][0]
    assert task["lastStatus"] == "PENDING" and task["attachments"] == []


def test_images_are_pulled_while_the_task_is_pending() -> None:
    made = world()
    task = run(made, made.register())
    made.until(lambda: "pullStartedAt" in now(made, task))
    assert now(made, task)["lastStatus"] == "PENDING"
    made.until(lambda: "pullStoppedAt" in now(made, task))
    assert now(made, task)["lastStatus"] == "PENDING"


def test_a_task_is_running_once_it_is_registered() -> None:
    made = world(count=1)
    made.until(lambda: made.tasks() and made.tasks()[0]["lastStatus"] == "ACTIVATING")
    assert not made.elb.targets
    made.until(lambda: bool(made.elb.targets))
    made.advance(1)
    assert made.tasks()[0]["lastStatus"] == "RUNNING"


@pytest.mark.parametrize(("given", "shown"), [({}, "Task stopped by user"), ({"reason": "drill"}, "drill")])
def test_a_person_stops_a_task_with_or_without_a_reason(given: dict[str, str], shown: str) -> None:
    made = world()
    task = run(made, made.register())
    until(made, task, "RUNNING")
    made.call("StopTask", task=task["taskArn"], **given)
    stopped = until(made, task, "STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", shown)


def test_stopping_answers_at_once() -> None:
    made = world()
    task = run(made, made.register())
    until(made, task, "RUNNING")
    answer = made.call("StopTask", task=task["taskArn"])["task"]
    assert answer["desiredStatus"] == "STOPPED" and answer["lastStatus"] != "STOPPED"
    assert "stoppedAt" not in answer


def test_what_a_rollout_replaces_stops_for_a_scaling_activity() -> None:
    made = world(count=1)
    made.advance(120_000)
    (old,) = made.tasks()
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.advance(600_000)
    stopped = now(made, old)
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")


def test_tasks_of_a_deleted_service_stop_for_a_scaling_activity() -> None:
    made = world(count=1)
    made.advance(120_000)
    (old,) = made.tasks()
    made.call("DeleteService", service="web", force=True)
    stopped = until(made, old, "STOPPED")
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")


@pytest.mark.parametrize("code", [126, 127, 139, 143, 255])
def test_an_exit_code_is_the_applications(code: int) -> None:
    made = world()
    made.registry.images[f"{ECR}:v1"] = Behaviour(exit=(5000, code))
    stopped = until(made, run(made, made.register()), "STOPPED")
    assert stopped["stopCode"] == "EssentialContainerExited"
    assert stopped["containers"][0]["exitCode"] == code


def test_a_task_says_who_started_it_and_what_it_belongs_to() -> None:
    made = world(count=1)
    made.advance(120_000)
    (task,) = made.tasks()
    assert task["group"] == "service:web"
    assert task["startedBy"] == made.service()["deployments"][0]["id"]
    assert task["startedBy"].startswith("ecs-svc/") and len(task["startedBy"]) == len("ecs-svc/") + 19
