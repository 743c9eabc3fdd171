"""A task's life: states in order, what the API shows of it, how it ends, how containers depend on each other."""

from typing import Any

import pytest

from ecslab.cloud.ecs.health import flips
from ecslab.cloud.ecs.model import Health
from tests.cloud.ecs.fakes import APP_ROLE, ECR, Behaviour, FakeRun, FakeWorld, world

CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"]}


def run(made: FakeWorld, definition: str, **params: Any) -> Any:
    answer = made.call(
        "RunTask",
        **{
            "taskDefinition": definition,
            "launchType": "FARGATE",
            "networkConfiguration": made.network(),
            **params,
        },
    )
    return answer["tasks"][0]


def now(made: FakeWorld, task: Any) -> Any:
    return made.call("DescribeTasks", tasks=[task["taskArn"]])["tasks"][0]


def states(made: FakeWorld, task: Any) -> list[str]:
    """The task's lastStatus values, each once, in order."""
    out: list[str] = []
    for _, source, subject, _, detail in made.recorded:
        if source == "task" and task["taskArn"].endswith(subject) and detail["last"] not in out:
            out.append(detail["last"])
    return out


def test_task_goes_through_all_states() -> None:
    made = world(count=1)
    made.advance(120_000)
    (task,) = made.tasks()
    made.call("UpdateService", service="web", desiredCount=0)
    made.advance(120_000)
    assert states(made, task) == [
        "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED",
    ]  # fmt: skip
    task = now(made, task)
    order = [
        "createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt",
        "executionStoppedAt", "stoppedAt",
    ]  # fmt: skip
    times = [task[key] for key in order]
    assert times == sorted(times)
    assert task["attachments"][0]["status"] == "DELETED"


def test_running_task_shows_what_the_api_shows() -> None:
    made = world()
    task = run(
        made,
        made.register(taskRoleArn=APP_ROLE),
        startedBy="me",
        enableExecuteCommand=True,
        tags=[{"key": "a", "value": "b"}],
    )
    assert (task["lastStatus"], task["desiredStatus"], task["version"]) == ("PROVISIONING", "RUNNING", 1)
    assert task["attachments"][0]["details"] == [
        {"name": "subnetId", "value": task["attachments"][0]["details"][0]["value"]}
    ]
    made.advance(60_000)
    task = now(made, task)
    task_id = task["taskArn"].split("/")[-1]
    assert task["taskArn"] == f"arn:aws:ecs:us-east-1:123456789012:task/default/{task_id}"
    assert len(task_id) == 32
    (attachment,) = task["attachments"]
    assert (attachment["type"], attachment["status"]) == ("ElasticNetworkInterface", "ATTACHED")
    assert [d["name"] for d in attachment["details"]] == [
        "subnetId", "networkInterfaceId", "macAddress", "privateDnsName", "privateIPv4Address",
    ]  # fmt: skip
    (container,) = task["containers"]
    assert container["containerArn"].startswith(
        f"arn:aws:ecs:us-east-1:123456789012:container/default/{task_id}/"
    )
    assert container["runtimeId"].startswith(f"{task_id}-") and len(container["runtimeId"]) == 43
    assert container["networkInterfaces"] == [
        {"attachmentId": attachment["id"], "privateIpv4Address": attachment["details"][4]["value"]}
    ]
    (agent,) = container["managedAgents"]
    assert (agent["name"], agent["lastStatus"]) == ("ExecuteCommandAgent", "RUNNING")
    assert container["imageDigest"].startswith("sha256:")
    assert (container["cpu"], container["networkBindings"]) == ("0", [])
    assert task["attributes"] == [{"name": "ecs.cpu-architecture", "value": "x86_64"}]
    assert (task["group"], task["startedBy"]) == ("family:web-app", "me")
    assert (task["platformVersion"], task["platformFamily"], task["connectivity"]) == (
        "1.4.0",
        "Linux",
        "CONNECTED",
    )
    assert task["ephemeralStorage"] == {"sizeInGiB": 20}
    assert task["overrides"] == {"containerOverrides": [{"name": "app"}], "inferenceAcceleratorOverrides": []}
    assert task["healthStatus"] == "UNKNOWN" and task["tags"] == []
    assert made.call("DescribeTasks", tasks=[task_id], include=["TAGS"])["tasks"][0]["tags"]
    assert 14 <= task["startedAt"] - task["createdAt"] <= 45


@pytest.mark.parametrize(
    ("behaviour", "code", "reason"),
    [
        (Behaviour(exit=(5000, 1)), 1, None),
        (Behaviour(exit=(5000, 0)), 0, None),
        (
            Behaviour(exit=(100, 137), reason="OutOfMemoryError: Container killed due to memory usage"),
            137,
            "OutOf",
        ),
    ],
)
def test_end_of_an_essential_container_ends_the_task(
    behaviour: Behaviour, code: int, reason: str | None
) -> None:
    made = world()
    made.registry.images[f"{ECR}:v1"] = behaviour
    task = run(made, made.register())
    made.advance(120_000)
    task = now(made, task)
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited", "Essential container in task exited",
    )  # fmt: skip
    assert task["containers"][0]["exitCode"] == code
    assert task["startedAt"] < task["stoppingAt"], "it ran, however short"
    assert task["containers"][0].get("reason", "").startswith(reason or "")


@pytest.mark.parametrize(
    ("sigterm", "timeout", "code", "takes"),
    [
        ((2000, 143), None, 143, 2),
        ((0, 143), None, 143, 0),
        ((None, 0), None, 137, 30),
        ((9000, 0), 5, 137, 5),
    ],
)
def test_sigterm_then_sigkill_after_stop_timeout(
    sigterm: tuple[int | None, int], timeout: int | None, code: int, takes: int
) -> None:
    made = world()
    made.registry.images[f"{ECR}:v1"] = Behaviour(sigterm=sigterm)
    task = run(made, made.register(container={"stopTimeout": timeout}))
    made.advance(60_000)
    made.call("StopTask", task=task["taskArn"])
    made.advance(120_000)
    task = now(made, task)
    assert task["containers"][0]["exitCode"] == code
    assert round(task["executionStoppedAt"] - task["stoppingAt"], 3) == takes
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "Task stopped by user")


def test_task_that_is_stopped_before_it_runs_has_no_exit_code() -> None:
    made = world()
    task = run(made, made.register())
    made.advance(9_000)
    made.call("StopTask", task=task["taskArn"])
    made.advance(60_000)
    task = now(made, task)
    assert task["lastStatus"] == "STOPPED" and "exitCode" not in task["containers"][0]
    assert not made.registry.runs and not made.vpc.enis


def test_stopped_tasks_vanish_after_an_hour() -> None:
    made = world()
    task = run(made, made.register())
    made.advance(60_000)
    made.call("StopTask", task=task["taskArn"])
    made.advance(3_600_000)
    assert now(made, task)["lastStatus"] == "STOPPED"
    made.advance(60_000)
    assert made.call("DescribeTasks", tasks=[task["taskArn"]]) == {
        "tasks": [], "failures": [{"arn": task["taskArn"], "reason": "MISSING"}],
    }  # fmt: skip


def two(made: FakeWorld, first: dict[str, Any], condition: str, **second: Any) -> str:
    """A task definition in which `app` depends on `first`."""
    answer = made.call(
        "RegisterTaskDefinition",
        family="pair",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        containerDefinitions=[
            {
                "name": "app",
                "image": f"{ECR}:v1",
                "dependsOn": [{"containerName": "first", "condition": condition}],
                **second,
            },
            {"name": "first", **first},
        ],
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


@pytest.mark.parametrize(
    ("condition", "waits"), [("START", 0), ("COMPLETE", 5), ("SUCCESS", 5), ("HEALTHY", 30)]
)
def test_depends_on_orders_the_start(condition: str, waits: int) -> None:
    made = world()
    made.registry.images[f"{ECR}:init"] = Behaviour(exit=(5000, 0))
    if condition == "HEALTHY":
        first = {"image": f"{ECR}:v2", "healthCheck": CHECK}
    elif condition == "START":
        first = {"image": f"{ECR}:v2"}
    else:
        first = {"image": f"{ECR}:init", "essential": False}
    task = run(made, two(made, first, condition))
    made.advance(120_000)
    started = {
        name: t
        for t, source, _, text, _ in made.recorded
        if source == "task" and text.endswith(": RUNNING")
        for name in [text.split(":")[0]]
    }
    assert started["app"] - started["first"] == waits * 1000
    task = now(made, task)
    assert task["lastStatus"] == "RUNNING"
    assert task["startedAt"] >= 1_795_400_000 + started["app"] / 1000


def test_dependency_that_fails_stops_the_task() -> None:
    made = world()
    task = run(made, two(made, {"image": f"{ECR}:crash", "essential": False}, "SUCCESS"))
    made.advance(120_000)
    task = now(made, task)
    assert task["stopCode"] == "TaskFailedToStart" and "first did not reach SUCCESS" in task["stoppedReason"]


def test_dependency_that_takes_longer_than_its_start_timeout_stops_the_task() -> None:
    made = world()
    made.registry.images[f"{ECR}:sick"] = Behaviour(statuses=[(0, 500)])
    check = {**CHECK, "startPeriod": 300}
    task = run(made, two(made, {"image": f"{ECR}:sick", "healthCheck": check, "startTimeout": 60}, "HEALTHY"))
    made.advance(150_000)
    assert now(made, task)["stopCode"] == "TaskFailedToStart"


def test_dependents_are_stopped_first() -> None:
    made = world()
    task = run(made, two(made, {"image": f"{ECR}:v2"}, "START"))
    made.advance(60_000)
    made.call("StopTask", task=task["taskArn"])
    made.advance(60_000)
    ends = [text.split(":")[0] for *_, text, _ in made.recorded if "STOPPED (exit code" in text]
    assert ends == ["app", "first"]


def test_end_of_a_container_that_is_not_essential_leaves_the_task_running() -> None:
    made = world()
    made.registry.images[f"{ECR}:init"] = Behaviour(exit=(5000, 0))
    task = run(made, two(made, {"image": f"{ECR}:init", "essential": False}, "START"))
    made.advance(120_000)
    task = now(made, task)
    assert task["lastStatus"] == "RUNNING"
    assert [c["lastStatus"] for c in task["containers"]] == ["RUNNING", "STOPPED"]


def test_restart_policy_restarts_a_container_that_ran_long_enough() -> None:
    made = world()
    made.registry.images[f"{ECR}:v1"] = Behaviour(exit=(120_000, 1))
    policy = {"enabled": True, "restartAttemptPeriod": 60}
    task = run(made, made.register(container={"restartPolicy": policy}))
    made.advance(600_000)
    assert now(made, task)["lastStatus"] == "RUNNING"
    assert len(made.registry.runs) == 5


@pytest.mark.parametrize(
    ("statuses", "check", "expected"),
    [
        ([(0, 200)], {}, [(30, Health.HEALTHY)]),
        ([(0, 500)], {}, [(90, Health.UNHEALTHY)]),
        ([(0, 500)], {"startPeriod": 60}, [(150, Health.UNHEALTHY)]),
        ([(0, 500)], {"interval": 10, "retries": 2}, [(20, Health.UNHEALTHY)]),
        ([(0, 500), (100_000, 200)], {}, [(90, Health.UNHEALTHY), (120, Health.HEALTHY)]),
        (
            [(0, 200), (3_600_000, 500), (3_700_000, 200)], {},
            [(30, Health.HEALTHY), (3660, Health.UNHEALTHY), (3720, Health.HEALTHY)],
        ),
        ([(0, 200), (40_000, 500), (70_000, 200)], {}, [(30, Health.HEALTHY)]),
    ],
)  # fmt: skip
def test_container_health_flips(
    statuses: list[tuple[int, int]], check: dict[str, int], expected: list[tuple[int, Health]]
) -> None:
    found = flips(FakeRun(Behaviour(statuses=statuses), {}), {**CHECK, **check})
    assert [(at / 1000, status) for at, status in found] == expected


def test_unhealthy_container_of_a_service_is_replaced_and_of_a_lone_task_is_not() -> None:
    made = world()
    made.registry.images[f"{ECR}:v1"] = Behaviour(statuses=[(0, 200), (100_000, 500)])
    definition = made.register(container={"healthCheck": CHECK})
    lone = run(made, definition)
    made.create(definition, balanced=False)
    made.advance(400_000)
    assert now(made, lone)["healthStatus"] == "UNHEALTHY" and now(made, lone)["lastStatus"] == "RUNNING"
    gone = next(t for t in made.tasks("STOPPED") if t["group"] == "service:web")
    assert gone["stoppedReason"] == "Task failed container health checks"
    assert made.happened("failed container health checks.")
    assert made.happened("Amazon ECS replaced 1 tasks due to an unhealthy status.")


def test_log_lines_come_at_their_times_and_repeating_ones_once_a_minute() -> None:
    made = world()
    made.registry.images[f"{ECR}:v1"] = Behaviour(every=5000, log=[(0, "starting"), (3000, "up")])
    task = run(made, made.register())
    made.until(lambda: now(made, task)["lastStatus"] == "RUNNING", step=100)
    ((stream, lines),) = made.logs.streams.items()
    assert stream == ("/ecs/web-app", f"app/app/{task['taskArn'].split('/')[-1]}")
    assert [text for _, text in lines] == ["starting"]
    started = lines[0][0]
    made.advance(4_000)
    assert [(t - started, text) for t, text in lines] == [(0, "starting"), (3000, "up")]
    made.advance(120_000)
    ticks = [t - started for t, text in lines if text == "tick"]
    assert ticks == list(range(5000, 5000 * len(ticks) + 1, 5000)) and len(ticks) >= 12
    made.call("StopTask", task=task["taskArn"])
    made.advance(60_000)
    stopped = next(t for t, _, _, text, _ in made.recorded if "STOPPED (exit code" in text)
    assert len(lines) == 2 + (stopped - started) // 5000
    assert lines == sorted(lines)
