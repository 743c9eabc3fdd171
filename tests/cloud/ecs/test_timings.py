"""How long a task takes to come up and to go, as it was measured on real Fargate (section 3.2 of the reference)."""

from statistics import median
from typing import Any

from tests.cloud.ecs.fakes import ECR, Behaviour, FakeWorld, world

SEEDS = range(12)


def came_up(seed: int, image: int = 50, **sizes: str) -> dict[str, float]:
    """Seconds after its creation at which a service's task got on."""
    made = world(seed)
    made.registry.images[f"{ECR}:v1"] = Behaviour(size=image)
    made.create(made.register(**sizes), 1)
    made.until(lambda: bool(made.tasks()) and made.tasks()[0]["lastStatus"] == "RUNNING")
    return since(made.tasks()[0], "createdAt")


def since(task: dict[str, Any], origin: str) -> dict[str, float]:
    return {key: value - task[origin] for key, value in task.items() if key.endswith("At")}


def test_a_small_image_is_up_in_half_a_minute_to_a_minute() -> None:
    """Seen: connected after 4 to 8 s, pulling from 16 to 24 s on, 24 s and 57 s altogether."""
    seen = [came_up(seed) for seed in SEEDS]
    for key, low, usual, high in (
        ("connectivityAt", 2, (3, 8), 10),
        ("pullStartedAt", 7, (12, 26), 32),
        ("startedAt", 12, (24, 60), 90),
    ):
        values = [times[key] for times in seen]
        assert low <= min(values) and max(values) <= high, key
        assert usual[0] <= median(values) <= usual[1], key


def test_a_large_image_takes_minutes_because_of_its_pull() -> None:
    """Seen: 69 s of pulling, 115 s altogether."""
    times = came_up(1, image=2_600)
    pull = times["pullStoppedAt"] - times["pullStartedAt"]
    assert 55 <= pull <= 90 and 80 <= times["startedAt"] <= 150
    small = came_up(1)
    assert times["pullStartedAt"] == small["pullStartedAt"], "nothing else has changed"


def test_the_size_of_a_task_does_not_change_how_long_its_start_takes() -> None:
    assert came_up(3) == came_up(3, cpu="4096", memory="8192")


def stages(made: FakeWorld, task: dict[str, Any]) -> dict[str, float]:
    """When it was first seen in each state."""
    found: dict[str, float] = {}
    for t, source, subject, _, detail in made.recorded:
        if source == "task" and task["taskArn"].endswith(subject):
            found.setdefault(detail["last"], t / 1000)
    return found


def test_a_stop_takes_half_a_minute_and_more() -> None:
    """Seen: containers gone after 12 s, the task after 35 s; STOPPING, DEPROVISIONING, STOPPED some 15-20 s apart."""
    for seed in SEEDS:
        made = world(seed, count=1)
        made.advance(120_000)
        (task,) = made.tasks()
        made.call("UpdateService", service="web", desiredCount=0)
        made.advance(120_000)
        (gone,) = made.tasks("STOPPED")
        at, times = stages(made, task), since(gone, "stoppingAt")
        assert 9 <= times["executionStoppedAt"] <= 22, "ten seconds until it has left its target group"
        assert 25 <= times["stoppedAt"] - times["executionStoppedAt"] <= 34
        assert 9 <= at["STOPPING"] - at["DEACTIVATING"] <= 22
        assert 10 <= at["DEPROVISIONING"] - at["STOPPING"] <= 20
        assert 15 <= at["STOPPED"] - at["DEPROVISIONING"] <= 20


def test_without_a_way_out_a_task_gives_up_after_four_to_five_minutes() -> None:
    """Seen: PENDING, then STOPPED after 4 min 49 s with TaskFailedToStart."""
    made = world(count=1)
    made.vpc.unreachable.add("ecr.api")
    made.until(lambda: any(task["lastStatus"] == "STOPPED" for task in made.tasks("STOPPED")))
    gone = next(task for task in made.tasks("STOPPED") if task["lastStatus"] == "STOPPED")
    assert gone["stopCode"] == "TaskFailedToStart"
    assert 240 <= since(gone, "createdAt")["stoppedAt"] <= 345
    at = stages(made, gone)
    assert 235 <= at["STOPPING"] - at["PENDING"] <= 300 and "RUNNING" not in at
