"""What families compute is what the mock AWS does: 200 seeds each, in its own code or in a running world."""

from collections import Counter
from types import SimpleNamespace

import pytest

from ecslab.cloud.ecs import health as container_health
from ecslab.cloud.ecs import instances_place, validation
from ecslab.cloud.ecs.model import Health as Status
from ecslab.cloud.elb_health import HEALTHY, Health, Outcome, Settings
from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.ports.balancing import TargetHealth
from ecslab.quiz.families.catalogue import checked, question_of

pytestmark = pytest.mark.slow
SEEDS = range(200)


def facts(family: str):
    return [question_of(family, checked(family, {}), seed).facts for seed in SEEDS]


def registers(cpu: int, memory: int) -> bool:
    container = {"name": "app", "image": "nginx", "essential": True}
    request = {
        "family": "a", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": str(cpu),
        "memory": str(memory), "containerDefinitions": [container],
    }  # fmt: skip
    try:
        validation.document(request)
    except ApiError:
        return False
    return True


def test_fargate_sizes_are_those_that_register() -> None:
    for one in facts("fargate-size"):
        smaller = range(256, one["answer"], 256)
        assert registers(one["cpu"], one["answer"])
        assert not any(registers(one["cpu"], memory) for memory in smaller if memory >= one["need"])


def test_a_target_turns_when_its_checks_do() -> None:
    for one in facts("alb-health-timing"):
        interval = 1000 * one["interval"]
        settings = Settings(interval, 2000, one["healthy"], one["unhealthy"])
        before = HEALTHY if one["falls"] else TargetHealth("unhealthy", "Target.FailedHealthChecks", "")
        outcome = Outcome("refused") if one["falls"] else Outcome("ok")
        # A check has just ended: the next one starts an interval later.
        target = Health(
            settings=settings,
            outcome=outcome,
            registered=0,
            next_check=interval,
            shown=before,
            bad=0 if one["falls"] else one["unhealthy"],
        )
        wanted = "unhealthy" if one["falls"] else "healthy"
        at = 1000 * one["answer"]
        target.settle(at - 1)
        assert target.state != wanted
        target.settle(at + 1)
        assert target.state == wanted


def test_a_container_turns_unhealthy_when_the_agent_says_so() -> None:
    run = SimpleNamespace(changes=lambda: (), healthy=lambda command, at: False)
    for one in facts("container-health-timing"):
        check = {
            "command": ["CMD", "false"], "interval": one["interval"], "retries": one["retries"],
            "startPeriod": one["start"],
        }  # fmt: skip
        assert list(container_health.flips(run, check)) == [(1000 * one["answer"], Status.UNHEALTHY)]


def test_instances_take_so_many_tasks(monkeypatch) -> None:
    """By the rule that places each task: what an instance lacks is what keeps a task off it."""
    monkeypatch.setattr(instances_place.instances_link, "connected", lambda state, instance: True)
    monkeypatch.setattr(instances_place, "_wrong_attributes", lambda instance, definition: False)
    monkeypatch.setattr(instances_place, "_member", lambda *given: True)
    for one in facts("placement-fit"):
        wanted = SimpleNamespace(
            cpu=one["task_cpu"], memory=one["task_memory"], ports=(), interface=one["awsvpc"]
        )
        monkeypatch.setattr(instances_place, "demand_of", lambda task, wanted=wanted: wanted)
        placed = 0
        while True:
            instance = SimpleNamespace(
                used_ports=set, az="", remaining_cpu=one["cpu"] - placed * one["task_cpu"],
                remaining_memory=one["memory"] - placed * one["task_memory"],
                free_interfaces=one["interfaces"] - 1 - placed,
            )  # fmt: skip
            task = SimpleNamespace(definition=None, group="")
            if instances_place.wrong_with(None, task, instance, (), set()):
                break
            placed += 1
        assert placed * one["instances"] == one["answer"]


def test_tasks_are_divided_as_the_scheduler_divides_them() -> None:
    from ecslab.cloud.ecs import placement

    for one in facts("provider-split"):
        first, second = one["weights"]
        strategy = [
            {"capacityProvider": "FARGATE", "base": one["base"], "weight": first},
            {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": second},
        ]
        taken: Counter[str] = Counter()
        for _ in range(one["tasks"]):
            taken[str(placement.placing.choose_provider(strategy, taken))] += 1
        assert [taken["FARGATE"], taken["FARGATE_SPOT"]] == one["answer"]
