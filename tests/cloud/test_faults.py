"""Faults on demand: each changes a cause, is replayed as it was, and says what it cannot do."""

from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from ecslab.terms.words import FAULT_WORDS
from tests.cloud.inworld import InWorld


@pytest.fixture
def aws() -> Iterator[InWorld]:
    with InWorld() as world:
        yield world


def test_unknown_words_and_names_are_refused(aws: InWorld) -> None:
    for fault, said in [
        ({"stop_tsk": "web-app"}, "is not a fault"),
        ({"stop_task": "nobody"}, "there is no service 'nobody'"),
        ({"remove_route": "nowhere"}, "there is no RouteTable 'nowhere'"),
        ({"close_security_group": "nobody"}, "there is no Group 'nobody'"),
        ({"delete_tag": {"repository": "my-app", "tag": "v0"}}, "Requested image not found"),
        ({"delete_image": {"repository": "my-app", "tag": "v0"}}, "Requested image not found"),
        ({"revoke_permission": {"role": "ecsAppRole", "policy": "Nothing"}}, "has no policy 'Nothing'"),
    ]:
        with pytest.raises(ApiError, match=said):
            aws.world.fault(fault)


def test_a_stopped_task_says_no_more_than_that_somebody_stopped_it() -> None:
    with InWorld(world="shop-web") as shop:
        shop.world.fault({"stop_task": "web-app"})
        shop.advance(120)
        (stopped,) = [task for task in shop.world.ecs.snapshot()["tasks"] if task["last"] == "STOPPED"]
        told = shop.call("ecs", "DescribeTasks", cluster="shop", tasks=[stopped["id"]])["tasks"][0]
        assert (told["stopCode"], told["stoppedReason"]) == ("UserInitiated", "Task stopped by user")


def test_every_word_has_a_line_of_help() -> None:
    from ecslab.cloud.faults import WORDS

    assert set(WORDS) == set(FAULT_WORDS)


APPS: list[dict[str, Any]] = [
    {"slow_app": {"service": "web-app", "by": "6s"}},
    {"answer_500": {"service": "web-app", "path": "/health"}},
    {"crash_app": {"service": "web-app", "after": "40s"}},
    {"leak_memory": {"service": "web-app", "per_minute": 150}},
    {"stop_listening": "web-app"},
    {"change_port": {"service": "web-app", "port": 9090}},
]


@pytest.mark.parametrize("fault", APPS, ids=lambda fault: next(iter(fault)))
def test_however_time_is_cut_the_same_follows(fault: dict[str, Any]) -> None:
    def story(steps: list[float]) -> tuple[list[tuple[int, str, str]], object]:
        with InWorld(seed=3) as aws:
            aws.service("v1.2.3", desired=2)
            aws.steady()
            aws.world.fault(fault)
            for step in steps:
                aws.advance(step)
            return [(e.t, e.subject, e.message) for e in aws.world.events], aws.world.snapshot()

    assert story([600]) == story([11.7] * 51 + [600 - 51 * 11.7])


def test_an_image_with_two_tags_outlives_the_loss_of_one(aws: InWorld) -> None:
    image = aws.call("ecr", "BatchGetImage", repositoryName="my-app", imageIds=[{"imageTag": "v1.2.3"}])
    manifest = image["images"][0]["imageManifest"]
    aws.call("ecr", "PutImage", repositoryName="my-app", imageTag="stable", imageManifest=manifest)
    aws.world.fault({"delete_tag": {"repository": "my-app", "tag": "v1.2.3"}})
    aws.service("stable", desired=1)
    assert aws.steady(120)
    aws.world.fault({"delete_image": {"repository": "my-app", "tag": "stable"}})
    listed = aws.call("ecr", "ListImages", repositoryName="my-app")["imageIds"]
    assert "stable" not in {image.get("imageTag") for image in listed}


def test_an_application_changes_under_a_container_health_check(aws: InWorld) -> None:
    check = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health"], "interval": 10, "retries": 2}
    aws.service(
        "v1.2.3", desired=1, taskDefinition=aws.register("v1.2.3", healthCheck=check), loadBalancers=[]
    )
    aws.advance(120)
    (task,) = aws.tasks()
    assert task["healthStatus"] == "HEALTHY"
    aws.world.fault({"answer_500": "web-app"})
    aws.advance(120)
    assert "Task failed container health checks" in {t["stoppedReason"] for t in aws.tasks("STOPPED")}


def test_in_a_worlds_past_a_fault_is_there_when_the_attempt_begins() -> None:
    then = [{"call": {"service": "logs", "operation": "CreateLogGroup", "params": {"logGroupName": "/more"}}}]
    with InWorld(then=[*then, {"delete_log_group": "/ecs/web-app"}]) as aws:
        groups = aws.call("logs", "DescribeLogGroups")["logGroups"]
        assert [group["logGroupName"] for group in groups] == ["/more"]
