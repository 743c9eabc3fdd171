"""The live map as text: what a learner sees of clusters, rollouts, targets and the load balancer."""

import re
from typing import Any

import pytest

from ecslab.tui.map_layout import lay_out
from ecslab.tui.rows import Row, text_of

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web-tg/0123456789abcdef"


def task(name: str, last: str = "RUNNING", **more: Any) -> dict[str, Any]:
    return {
        "id": name * 4,
        "cluster": "shop",
        "service": "web-app",
        "deployment": "ecs-svc/2",
        "task_definition": "web-app:2",
        "last": last,
        "health": None,
        "az": "us-east-1a",
        "containers": [],
        "stopped": None,
        "stop_code": None,
        "stopped_reason": None,
    } | more


def deployment(
    number: int, status: str, rollout: str, desired: int, running: int, failed: int = 0
) -> dict[str, Any]:
    return {
        "id": f"ecs-svc/{number}",
        "status": status,
        "rollout": rollout,
        "reason": "",
        "task_definition": f"web-app:{number}",
        "desired": desired,
        "running": running,
        "pending": 0,
        "failed": failed,
    }


@pytest.fixture
def state() -> dict[str, Any]:
    return {
        "clusters": [{"name": "shop", "status": "ACTIVE", "running": 1, "pending": 1}],
        "services": [
            {
                "cluster": "shop",
                "name": "web-app",
                "status": "ACTIVE",
                "desired": 2,
                "running": 1,
                "pending": 1,
                "deployments": [deployment(2, "PRIMARY", "IN_PROGRESS", 2, 1)],
            }
        ],
        "tasks": [task("aaaa1111"), task("bbbb2222", "PENDING", az="us-east-1b")],
        "load_balancers": [
            {
                "name": "web-alb",
                "state": "active",
                "answers": 502,
                "listeners": [{"port": 80, "rules": [{"conditions": "default", "target_groups": [ARN]}]}],
            }
        ],
        "target_groups": [
            {
                "name": "web-tg",
                "arn": ARN,
                "port": 8080,
                "protocol": "HTTP",
                "health_path": "/health",
                "targets": [
                    {
                        "ip": "10.0.10.5",
                        "port": 8080,
                        "az": "us-east-1a",
                        "state": "healthy",
                        "task": "aaaa1111" * 4,
                    },
                    {
                        "ip": "10.0.11.5",
                        "port": 8080,
                        "az": "us-east-1b",
                        "state": "unhealthy",
                        "reason": "Target.ResponseCodeMismatch",
                        "description": "Health checks failed with these codes: [500]",
                        "task": None,
                    },
                ],
            }
        ],
        "traffic": [{"load_balancer": "web-alb", "path": "/", "rate": 20.0, "requests": 1204, "failed": 3}],
    }


def shown(state: dict[str, Any], width: int = 76) -> str:
    return text_of(lay_out(state, width))


def test_the_way_of_a_request_from_the_load_balancer_to_the_tasks(state: dict[str, Any]) -> None:
    assert shown(state) == (
        "internet ─▶ web-alb :80                                        ✘ answers 502\n"
        "  :80 default ─▶ web-tg\n"
        "  traffic 20/s on / · 1,204 requests · ✘ 3 failed\n"
        "\n"
        "target group web-tg  HTTP:8080 /health\n"
        "  ✔ healthy   10.0.10.5:8080  1a  task aaaa1111\n"
        "  ✘ unhealthy 10.0.11.5:8080  1b\n"
        "      Health checks failed with these codes: [500]\n"
        "\n"
        "cluster shop  ✔ ACTIVE                                 1 running · 1 pending\n"
        "├ service web-app                        ◑ desired 2 · running 1 · pending 1\n"
        "│  PRIMARY web-app:2\n"
        "│  ◑ IN_PROGRESS ███░░░ 1/2\n"
        "│  ● RUNNING      aaaa1111 1a\n"
        "│  ◔ PENDING      bbbb2222 1b"
    )


def test_two_deployments_stand_side_by_side_during_a_rollout(state: dict[str, Any]) -> None:
    state["services"][0]["deployments"] = [
        deployment(2, "PRIMARY", "IN_PROGRESS", 2, 1, failed=4),
        deployment(1, "ACTIVE", "COMPLETED", 1, 1),
    ]
    state["tasks"].append(task("cccc3333", deployment="ecs-svc/1"))
    lines = shown(state).splitlines()
    row = next(line for line in lines if "PRIMARY" in line)
    assert "ACTIVE web-app:1" in row
    assert any("IN_PROGRESS ███░░░ 1/2" in line and "COMPLETED ██████ 1/1" in line for line in lines)
    assert any("✘ 4 tasks failed" in line for line in lines)
    assert any("4 tasks failed │ ● RUNNING      cccc3333" in re.sub(" +│", " │", line) for line in lines)


def test_where_it_is_narrow_deployments_stand_below_each_other(state: dict[str, Any]) -> None:
    state["services"][0]["deployments"].append(deployment(1, "ACTIVE", "COMPLETED", 1, 1))
    assert not any("PRIMARY" in line and "ACTIVE web-app:1" in line for line in shown(state, 50).splitlines())


def test_a_task_that_failed_says_why_in_full(state: dict[str, Any]) -> None:
    state["tasks"] = [
        task(
            "dddd4444",
            "STOPPED",
            stop_code="EssentialContainerExited",
            stopped_reason="Essential container in task exited",
            stopped=5,
            containers=[{"name": "app", "exit_code": 1, "reason": None}],
        )
    ]
    assert "■ STOPPED      dddd4444\n│    Essential container in task exited · app exit 1" in shown(state)


def test_of_many_stopped_tasks_the_newest_are_shown(state: dict[str, Any]) -> None:
    state["tasks"] = [task(f"{name * 8}", "STOPPED", stopped=n) for n, name in enumerate("abcdef")]
    state["target_groups"] = []
    text = shown(state)
    assert [name * 8 in text for name in "abcdef"] == [False] * 3 + [True] * 3


def test_many_draining_targets_are_one_line(state: dict[str, Any]) -> None:
    target = {"port": 8080, "az": "us-east-1a", "state": "draining", "task": None}
    state["target_groups"][0]["targets"] = [target | {"ip": f"10.0.10.{n}"} for n in range(6)]
    assert "◌ draining  6 targets" in shown(state)
    assert "10.0.10.3" not in shown(state)


def test_what_is_empty_says_so() -> None:
    assert "Nothing is here yet" in shown({})
    cluster = {"clusters": [{"name": "prod", "status": "ACTIVE", "running": 0, "pending": 0}]}
    assert "nothing runs in it yet" in shown(cluster)
    group = {"target_groups": [{"name": "web-tg", "arn": ARN, "port": 80, "protocol": "HTTP", "targets": []}]}
    assert "no targets registered" in shown(group)


def test_a_task_of_its_own_has_its_place(state: dict[str, Any]) -> None:
    state["tasks"].append(task("eeee5555", service=None, deployment=None))
    assert "├ tasks without a service\n│  ● RUNNING      eeee5555 1a" in shown(state)


@pytest.mark.parametrize("width", [24, 40, 58, 76, 120])
def test_no_row_is_wider_than_the_pane(state: dict[str, Any], width: int) -> None:
    state["services"][0]["deployments"].append(deployment(1, "ACTIVE", "COMPLETED", 1, 1))
    rows: list[Row] = lay_out(state, width)
    assert max(row.cells for row in rows) <= width


@pytest.mark.parametrize(
    "last", ["PROVISIONING", "ACTIVATING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "NEW_STATE"]
)
def test_every_state_is_a_glyph_and_a_word(state: dict[str, Any], last: str) -> None:
    state["tasks"] = [task("aaaa1111", last)]
    state["target_groups"] = []
    line = next(line for line in shown(state).splitlines() if "aaaa1111" in line)
    assert last in line
    assert line.split(last)[0].strip("│ ") != ""
