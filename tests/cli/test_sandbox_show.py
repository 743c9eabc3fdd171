"""What `sandbox status` shows, as text."""

from typing import Any

from ecslab.cli.sandbox_show import status_lines


def state(*waits: dict[str, Any]) -> dict[str, Any]:
    deployment = {
        "status": "PRIMARY",
        "task_definition": "web:2",
        "rollout": "IN_PROGRESS",
        "waits": list(waits),
    }
    service = {
        "cluster": "prod", "name": "web-app", "status": "ACTIVE", "running": 4, "pending": 0, "desired": 2,
        "task_definition": "web:2", "deployments": [deployment],
    }  # fmt: skip
    clock = {"now": "2026-01-05T08:00:00.000Z", "t": 0, "rate": 1, "paused": False}
    empty: dict[str, Any] = {"clusters": [], "tasks": [], "load_balancers": [], "target_groups": []}
    return {"clock": clock, "services": [service], **empty}


def test_a_deployment_that_waits_says_for_what() -> None:
    pause = {"for": "pause", "stage": "POST_SCALE_UP", "name": "ecs-pause-x", "until": 1}
    function = {"for": "function", "stage": "POST_SCALE_UP", "name": "check", "until": 1}
    bake = {"for": "time", "stage": "BAKE_TIME", "name": None, "until": 1}
    lines = status_lines(state(pause, function, bake))
    assert "    POST_SCALE_UP waits for ContinueServiceDeployment, hook ecs-pause-x" in lines
    assert "    POST_SCALE_UP waits for the function check" in lines
    assert "    BAKE_TIME waits for its time" in lines
    assert not any("waits" in line for line in status_lines(state()))
