"""Rules of Application Auto Scaling for ECS that the reference names, one by one (section 8)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ecslab.cloud.autoscaling_schedule import BadSchedule, following
from ecslab.cloud.ports.api import ApiError
from tests.cloud.inworld import InWorld
from tests.cloud.scaling.test_target_tracking import BUSY, activities, desired, scaling, track, tracked


@pytest.fixture
def aws() -> Iterator[InWorld]:
    with InWorld() as world:
        yield world


def alarms(aws: InWorld) -> list[dict[str, Any]]:
    return list(aws.call("cloudwatch", "DescribeAlarms")["MetricAlarms"])


def test_what_the_alarms_of_a_policy_say(aws: InWorld) -> None:
    """And the policy's ARN. A metric of requests needs to be told whose."""
    tracked(aws)
    (policy,) = scaling(aws, "DescribeScalingPolicies")["ScalingPolicies"]
    identity, _, name = policy["PolicyARN"].partition(":resource/")
    assert name == "ecs/service/prod/web-app:policyName/cpu"
    assert identity.startswith("arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:")
    for alarm in alarms(aws):
        (action,) = alarm["AlarmActions"]
        assert (
            alarm["AlarmDescription"] == f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}."
        )
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"], alarm["Unit"]) == (
            "AWS/ECS", "CPUUtilization", "Average", "Percent",
        )  # fmt: skip
        assert (alarm["Period"], alarm["TreatMissingData"]) == (60, "missing")
        assert {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == {
            "ClusterName": "prod", "ServiceName": "web-app",
        }  # fmt: skip
    memory = {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}
    track(aws, 80.0, "memory", PredefinedMetricSpecification=memory)
    assert {a["MetricName"] for a in alarms(aws)} == {"CPUUtilization", "MemoryUtilization"}
    with pytest.raises(ApiError, match="ResourceLabel"):
        requests = {"PredefinedMetricType": "ALBRequestCountPerTarget"}
        track(aws, 80.0, "requests", PredefinedMetricSpecification=requests)


def test_a_lower_maximum_takes_tasks_away_at_once(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=3)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=0, MaxCapacity=2)
    assert (desired(aws), activities(aws)[0]["Cause"]) == (2, "maximum capacity was set to 2")


def test_after_scaling_out_five_minutes_are_waited(aws: InWorld) -> None:
    """Unless the policy says otherwise. The activity is no event of the service; its line begins `Message:`."""
    tracked(aws)
    aws.world.fault({"traffic": {"rate": f"{BUSY}/s", "load_balancer": "web-alb"}})
    aws.advance(270)
    assert desired(aws) == 4
    (drawn,) = aws.world.snapshot()["scaling"]
    assert 0 < drawn["cooling"]["out"] - aws.world.now <= 300_000
    aws.steady()
    lines = [event.message for event in aws.world.events if event.source == "scaling"]
    said = "Message: Successfully set desired count to 4. Change successfully fulfilled by ecs. Cause: monitor alarm "
    assert any(line.startswith(said) for line in lines)
    assert not any("Message:" in message or "monitor alarm" in message for message in aws.messages())


@pytest.mark.slow
def test_a_count_below_the_minimum_is_brought_there_when_it_scales_out(aws: InWorld) -> None:
    tracked(aws, low=3)
    aws.advance(120)
    aws.update(desiredCount=1)
    aws.advance(60)
    assert desired(aws) == 1, "set by hand; nothing looks at it until an alarm rings"
    aws.world.fault({"traffic": {"rate": f"{BUSY}/s", "load_balancer": "web-alb"}})
    aws.advance(270)
    assert desired(aws) >= 3


def test_without_data_nothing_is_scaled(aws: InWorld) -> None:
    tracked(aws, low=0)
    aws.advance(300)
    aws.update(desiredCount=0)
    aws.advance(3600)
    assert {alarm["StateValue"] for alarm in alarms(aws)} == {"INSUFFICIENT_DATA"}
    assert desired(aws) == 0


@pytest.mark.slow
def test_scaling_in_can_be_suspended_alone(aws: InWorld) -> None:
    tracked(aws)
    aws.update(desiredCount=4)
    scaling(aws, "RegisterScalableTarget", SuspendedState={"DynamicScalingInSuspended": True})
    aws.advance(40 * 60)
    assert desired(aws) == 4
    scaling(aws, "RegisterScalableTarget", SuspendedState={"DynamicScalingInSuspended": False})
    aws.advance(40 * 60)
    assert desired(aws) == 2


# --- schedules ------------------------------------------------------------------------------------


def at(*moment: int) -> int:
    return round(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("at(2026-11-23T12:00:00)", "UTC", (2026, 11, 23, 12)),
        ("at(2026-11-23T12:00:00)", "Europe/Berlin", (2026, 11, 23, 11)),
        ("rate(2 hours)", "UTC", (2026, 11, 23, 11, 30)),
        ("cron(15 10 * * ? *)", "UTC", (2026, 11, 23, 10, 15)),
        ("cron(0 9 ? * MON-FRI *)", "UTC", (2026, 11, 24, 9)),
        ("cron(0 9 ? * MON-FRI *)", "America/New_York", (2026, 11, 23, 14)),
        ("cron(0/20 9-10 L * ? *)", "UTC", (2026, 11, 30, 9)),
    ],
)
def test_when_a_schedule_is_due(expression: str, zone: str, expected: tuple[int, ...]) -> None:
    """Monday 23 November 2026, half past nine UTC; six fields; UTC unless a time zone is given."""
    now = at(2026, 11, 23, 9, 30)
    assert following(expression, zone, now, now) == at(*expected)


@pytest.mark.parametrize(
    "expression", ["cron(0 9 * * *)", "every(5 minutes)", "rate(0 minutes)", "cron(61 * * * ? *)"]
)
def test_what_is_no_schedule(expression: str) -> None:
    with pytest.raises(BadSchedule):
        following(expression, "UTC", 0, 0)
