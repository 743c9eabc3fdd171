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
                "listeners": [
                    {
                        "port": 80,
                        "answers": 502,
                        "rules": [{"conditions": "default", "target_groups": [ARN]}],
                    }
                ],
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


def test_each_of_several_listeners_says_what_it_answers(state: dict[str, Any]) -> None:
    shop = state["load_balancers"][0]
    shop["listeners"].append({**shop["listeners"][0], "port": 81, "answers": 200})
    assert shown(state).startswith(
        "internet ─▶ web-alb :80 :81\n"
        "  :80 default ─▶ web-tg                                        ✘ answers 502\n"
        "  :81 default ─▶ web-tg                                        ✔ answers 200\n"
    )


def test_the_way_of_a_request_from_the_load_balancer_to_the_tasks(state: dict[str, Any]) -> None:
    assert shown(state) == (
        "internet ─▶ web-alb :80                                        ✘ answers 502\n"
        "  :80 default ─▶ web-tg\n"
        "  traffic 20/s on / · ✘ 3 of 1,204 failed\n"
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


def test_a_reason_that_task_and_container_share_is_said_once(state: dict[str, Any]) -> None:
    reason = "CannotPullContainerError: my-app:v9: not found"
    state["tasks"] = [
        task(
            "dddd4444",
            "STOPPED",
            stop_code="TaskFailedToStart",
            stopped_reason=reason,
            containers=[{"name": "app", "exit_code": None, "reason": reason}],
        )
    ]
    assert shown(state).count(reason) == 1


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


@pytest.fixture
def scaled(state: dict[str, Any]) -> dict[str, Any]:
    """The service is scaled: the attempt began at t = 60 s."""
    low, high = (f"TargetTracking-service/shop/web-app-Alarm{side}-1b2c" for side in ("Low", "High"))
    state["clock"] = {"begun": 60_000, "t": 400_000}
    state["target_groups"] = state["load_balancers"] = []
    state["scaling"] = [
        {
            "cluster": "shop",
            "service": "web-app",
            "minimum": 2,
            "maximum": 10,
            "suspended": ["DynamicScalingIn"],
            "policies": [
                {
                    "name": "cpu-60",
                    "kind": "TargetTrackingScaling",
                    "metric": "ECSServiceAverageCPUUtilization",
                    "target": 60.0,
                    "alarms": [{"name": high, "state": "ALARM"}, {"name": low, "state": "OK"}],
                }
            ],
            "scheduled": [{"name": "morning", "schedule": "cron(0 8 * * ? *)", "next": 3_660_000}],
            "cooling": {"out": 420_000, "in": None},
            "activities": [
                {
                    "t": 360_000,
                    "ended": None,
                    "status": "InProgress",
                    "capacity": 4,
                    "text": "Setting desired count to 4.",
                    "cause": "monitor alarm",
                    "not_scaled": None,
                },
                {
                    "t": 300_000,
                    "ended": 330_000,
                    "status": "Successful",
                    "capacity": 3,
                    "text": "Successfully set desired count to 3.",
                    "cause": "monitor alarm",
                    "not_scaled": None,
                },
            ],
        }
    ]
    state["alarms"] = [
        {"name": high, "state": "ALARM", "metric": "CPUUtilization", "threshold": 60.0, "reason": "…"},
        {
            "name": "web-5xx",
            "state": "ALARM",
            "metric": "HTTPCode_Target_5XX_Count",
            "threshold": 5.0,
            "reason": "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (5.0).",
        },
    ]
    return state


def test_how_a_service_is_scaled_stands_under_it(scaled: dict[str, Any]) -> None:
    assert shown(scaled).partition("bbbb2222 1b\n")[2] == (
        "│  scaling 2-10 tasks · cools down (out) to +6m\n"
        "│    suspended: DynamicScalingIn\n"
        "│    cpu-60 ECSServiceAverageCPUUtilization at 60\n"
        "│      ▲ ALARM TargetTracking-service/shop/web-app-AlarmHigh-1b2c\n"
        "│      ✔ OK TargetTracking-service/shop/web-app-AlarmLow-1b2c\n"
        "│    morning cron(0 8 * * ? *) · next +1h\n"
        "│    ◑ +5m InProgress: Setting desired count to 4.\n"
        "│    ✔ +4m Successfully set desired count to 3.\n"
        "\n"
        "alarms\n"
        "  ✘ ALARM  web-5xx  HTTPCode_Target_5XX_Count, threshold 5\n"
        "      Threshold Crossed: 1 datapoint [12.0] was greater than the threshold\n"
        "      (5.0)."
    )


def test_a_policy_that_could_not_scale_says_why(scaled: dict[str, Any]) -> None:
    scaled["scaling"][0]["activities"][0]["not_scaled"] = "AlreadyAtMaxCapacity"
    scaled["scaling"][0]["activities"][1]["status"] = "Failed"
    text = shown(scaled)
    assert "· +5m not scaled (AlreadyAtMaxCapacity)" in text
    assert "✘ +4m Failed: Successfully set" in text


def test_a_long_name_leaves_the_status_of_its_cluster_to_be_read(state: dict[str, Any]) -> None:
    state["clusters"][0] |= {"name": "prod-cluster", "running": 0, "pending": 0}
    assert "cluster prod-cluster  ✔ ACTIVE   0 running\n" in text_of(lay_out(state, 42))
    assert "✔ ACTIVE  0 running · 0 pending\n" in text_of(lay_out(state, 53))


def test_high_and_low_alarms_can_be_told_apart_where_it_is_narrow(scaled: dict[str, Any]) -> None:
    text = shown(scaled, 50)
    assert re.search(r"▲ ALARM Targ.*…-AlarmHigh\n", text)
    assert re.search(r"✔ OK Targ.*…-AlarmLow\n", text)


@pytest.fixture
def hosted(state: dict[str, Any]) -> dict[str, Any]:
    """The cluster has an EC2 instance of a capacity provider."""
    state["target_groups"] = state["load_balancers"] = []
    state["container_instances"] = [
        {
            "cluster": "shop",
            "id": "f" * 32,
            "ec2": "i-0123456789abcdef0",
            "az": "us-east-1a",
            "type": "t3.medium",
            "status": "ACTIVE",
            "connected": True,
            "provider": "shop-ec2",
            "cpu": {"registered": 2048, "remaining": 1536},
            "memory": {"registered": 3884, "remaining": 0},
            "running": 1,
            "pending": 0,
            "tasks": ["aaaa1111" * 4],
        }
    ]
    state["capacity_providers"] = [
        {
            "name": "shop-ec2",
            "group": "shop-asg",
            "managed": True,
            "target": 100,
            "draining": "ENABLED",
            "protection": "DISABLED",
            "size": {"desired": 1, "minimum": 0, "maximum": 4},
        }
    ]
    return state


def test_container_instances_show_what_is_taken_and_what_is_free(hosted: dict[str, Any]) -> None:
    assert shown(hosted).partition("bbbb2222 1b\n")[2] == (
        "├ container instances\n"
        "│  ✔ ACTIVE i-0123456789abcdef0                        1 running · 0 pending\n"
        "│    t3.medium 1a shop-ec2\n"
        "│    cpu    ██░░░░░░ 512 of 2,048 · 1,536 free\n"
        "│    memory ████████ 3,884 of 3,884 MiB · 0 free\n"
        "│    tasks aaaa1111\n"
        "\n"
        "capacity providers\n"
        "  shop-ec2 ─▶ shop-asg                                       1 desired (0-4)\n"
        "    managed scaling target 100 % · draining on · termination protection off"
    )


def test_an_instance_that_lost_its_agent_and_a_group_that_is_gone_say_so(hosted: dict[str, Any]) -> None:
    hosted["container_instances"][0] |= {"connected": False, "status": "DRAINING"}
    hosted["capacity_providers"][0] |= {"size": None, "managed": False}
    text = shown(hosted)
    assert "◌ DRAINING i-0123456789abcdef0 ✘ agent disconnected" in text
    assert "✘ its group is gone" in text
    assert "managed scaling off" in text


def test_a_deployment_that_shifts_traffic_shows_its_stage_and_shares(state: dict[str, Any]) -> None:
    green, blue = deployment(2, "PRIMARY", "IN_PROGRESS", 2, 2), deployment(1, "ACTIVE", "COMPLETED", 2, 2)
    green["shift"] = {"stage": "PRODUCTION_TRAFFIC_SHIFT", "production": 25.0, "test": 100.0}
    state["services"][0]["deployments"] = [green, blue]
    text = shown(state)
    assert "stage PRODUCTION_TRAFFIC_SHIFT" in text
    assert "production ██░░░░ 25 % · test 100 %" in text
    green["waits"] = [
        {"for": "pause", "stage": "PRE_SCALE_UP", "name": "ecs-pause-x", "until": 1},
        {"for": "function", "stage": "PRE_SCALE_UP", "name": "check", "until": 1},
        {"for": "time", "stage": "BAKE_TIME", "name": None, "until": 1},
    ]
    text = shown(state)
    assert "paused: waits for you" in text and "waits for check" in text
    assert "stage PRE_SCALE_UP" not in text, "its stage is said already"
    del green["shift"]
    assert "stage PRE_SCALE_UP" in shown(state) and "stage BAKE_TIME" in shown(state)


@pytest.mark.parametrize("width", [24, 40, 58, 76, 120])
def test_what_scales_is_no_wider_than_the_pane(
    scaled: dict[str, Any], hosted: dict[str, Any], width: int
) -> None:
    assert max(line.cells for line in lay_out(scaled | hosted, width)) <= width
