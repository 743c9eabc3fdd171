"""Target tracking as Application Auto Scaling does it for ECS: alarms, counts, cooldowns, activities."""

from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.inworld import InWorld

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/prod/web-app",
    "ScalableDimension": "ecs:service:DesiredCount",
}
BUSY = 120
"""Requests a second at which two tasks use (32 + 60 * 4) of 256 CPU units: more than 100 percent."""


@pytest.fixture
def aws() -> Iterator[InWorld]:
    with InWorld() as world:
        yield world


def scaling(aws: InWorld, operation: str, **params: Any) -> dict[str, Any]:
    return aws.call("application-autoscaling", operation, **{**TARGET, **params})


def activities(aws: InWorld, **more: Any) -> list[dict[str, Any]]:
    """Newest first."""
    found = scaling(aws, "DescribeScalingActivities", **more)["ScalingActivities"]
    return list(found)


def track(aws: InWorld, value: float = 50.0, name: str = "cpu", **more: Any) -> dict[str, Any]:
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    given = {"TargetValue": value, "PredefinedMetricSpecification": metric, **more}
    configuration = {key: part for key, part in given.items() if part is not None}
    return scaling(
        aws, "PutScalingPolicy", PolicyName=name, PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=configuration,
    )  # fmt: skip


def tracked(aws: InWorld, *, low: int = 2, high: int = 8, **more: Any) -> None:
    aws.service("v1.2.3", desired=2)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=low, MaxCapacity=high)
    track(aws, **more)


def desired(aws: InWorld) -> int:
    return int(aws.described()["desiredCount"])


# --- targets --------------------------------------------------------------------------------------


def test_a_target_needs_a_service_and_both_bounds(aws: InWorld) -> None:
    with pytest.raises(ApiError, match="ECS service doesn't exist: service/prod/web-app"):
        scaling(aws, "RegisterScalableTarget", MinCapacity=1, MaxCapacity=2)
    aws.service("v1.2.3")
    with pytest.raises(ApiError, match="MinCapacity and MaxCapacity"):
        scaling(aws, "RegisterScalableTarget", MinCapacity=1)
    with pytest.raises(
        ApiError, match="No scalable target registered for service namespace: ecs, resource ID"
    ):
        track(aws)


def test_a_count_outside_the_bounds_is_brought_within_them_at_once(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=1)
    aws.steady()
    arn = scaling(aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=4)["ScalableTargetARN"]
    assert arn.startswith("arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/")
    assert desired(aws) == 2
    (running,) = activities(aws)
    assert running["StatusCode"] == "InProgress"
    aws.steady()
    (done,) = activities(aws)
    assert done["Description"] == "Setting desired count to 2."
    assert done["Cause"] == "minimum capacity was set to 2"
    assert done["StatusCode"] == "Successful"
    assert (
        done["StatusMessage"] == "Successfully set desired count to 2. Change successfully fulfilled by ecs."
    )
    assert done["EndTime"] > done["StartTime"]


def test_deregistering_takes_policies_and_their_alarms_with_it(aws: InWorld) -> None:
    tracked(aws)
    scaling(aws, "DeregisterScalableTarget")
    assert (
        aws.call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")[
            "ScalableTargets"
        ]
        == []
    )
    assert aws.call("cloudwatch", "DescribeAlarms")["MetricAlarms"] == []


# --- policies -------------------------------------------------------------------------------------


def test_a_policy_makes_a_high_and_a_low_alarm(aws: InWorld) -> None:
    tracked(aws)
    (policy,) = scaling(aws, "DescribeScalingPolicies")["ScalingPolicies"]
    found = aws.call("cloudwatch", "DescribeAlarms")["MetricAlarms"]
    assert {a["AlarmName"] for a in found} == {a["AlarmName"] for a in policy["Alarms"]}
    shapes = [
        (a["AlarmName"].split("-")[3][:9], a["ComparisonOperator"], a["Threshold"], a["EvaluationPeriods"])
        for a in found
    ]
    assert shapes == [
        ("AlarmHigh", "GreaterThanThreshold", 50.0, 3),
        ("AlarmLow", "LessThanThreshold", 45.0, 15),
    ]
    assert all(a["AlarmActions"][0].startswith(policy["PolicyARN"] + ":createdBy/") for a in found)
    track(aws, DisableScaleIn=True)
    assert len(aws.call("cloudwatch", "DescribeAlarms")["MetricAlarms"]) == 1


# --- scaling --------------------------------------------------------------------------------------


def test_load_scales_out_in_proportion_up_to_the_maximum_and_back_again(aws: InWorld) -> None:
    tracked(aws, high=6, ScaleInCooldown=60)
    aws.advance(300)
    assert desired(aws) == 2
    aws.world.fault({"traffic": {"rate": f"{BUSY}/s", "load_balancer": "web-alb"}})
    aws.advance(150)
    assert desired(aws) == 2
    aws.advance(120)
    assert desired(aws) == 4
    first = activities(aws)[0]
    assert first["Cause"].startswith("monitor alarm TargetTracking-service/prod/web-app-AlarmHigh-")
    assert first["Cause"].endswith(" in state ALARM triggered policy cpu")
    aws.advance(900)
    assert desired(aws) == 5
    aws.world.fault({"traffic": {"rate": f"{2 * BUSY}/s", "load_balancer": "web-alb"}})
    aws.advance(900)
    assert desired(aws) == 6
    assert activities(aws)[0]["StatusCode"] == "Successful"
    told = activities(aws, IncludeNotScaledActivities=True)[0]
    assert told["NotScaledReasons"][0]["Code"] == "AlreadyAtMaxCapacity"
    aws.world.fault({"traffic": {"rate": "0/s", "load_balancer": "web-alb"}})
    aws.advance(12 * 60)
    assert desired(aws) == 6
    aws.advance(30 * 60)
    assert desired(aws) == 2


def test_it_scales_in_only_when_all_policies_want_it(aws: InWorld) -> None:
    tracked(aws)
    track(aws, 6.0, name="tight")
    aws.advance(20 * 60)
    aws.update(desiredCount=4)
    aws.advance(40 * 60)
    assert desired(aws) >= 4


def test_what_is_suspended_does_not_happen(aws: InWorld) -> None:
    tracked(aws)
    scaling(aws, "RegisterScalableTarget", SuspendedState={"DynamicScalingOutSuspended": True})
    aws.world.fault({"traffic": {"rate": BUSY, "load_balancer": "web-alb"}})
    aws.advance(1200)
    assert desired(aws) == 2
    scaling(aws, "RegisterScalableTarget", SuspendedState={"DynamicScalingOutSuspended": False})
    aws.advance(120)
    assert desired(aws) > 2


def test_requests_per_target_can_be_tracked(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=2)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=8)
    arn = aws.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    label = f"{arn.partition(':loadbalancer/')[2]}/{aws.target_group().rpartition(':')[2]}"
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
    scaling(
        aws, "PutScalingPolicy", PolicyName="requests", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 300, "PredefinedMetricSpecification": metric},
    )  # fmt: skip
    aws.world.fault({"traffic": {"rate": 15, "load_balancer": "web-alb"}})
    aws.advance(270)
    assert desired(aws) == 3
    aws.advance(1200)
    assert desired(aws) == 3


def test_however_time_is_cut_the_same_scaling_follows() -> None:
    def story(steps: list[float]) -> object:
        with InWorld(seed=3) as aws:
            tracked(aws)
            aws.world.fault({"traffic": {"rate": BUSY, "load_balancer": "web-alb"}})
            for step in steps:
                aws.advance(step)
            return [(e.t, e.subject, e.message) for e in aws.world.events], aws.world.snapshot()

    assert story([900]) == story([11.7] * 76 + [900 - 76 * 11.7])


def reasons(aws: InWorld) -> list[str]:
    """The codes of NotScaledReasons, oldest first."""
    found = activities(aws, IncludeNotScaledActivities=True)
    return [a["NotScaledReasons"][0]["Code"] for a in reversed(found) if a.get("NotScaledReasons")]


def test_the_service_linked_role_is_there_after_the_first_target(aws: InWorld) -> None:
    tracked(aws)
    name = "AWSServiceRoleForApplicationAutoScaling_ECSService"
    role = aws.call("iam", "GetRole", RoleName=name)["Role"]
    (target,) = aws.call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")[
        "ScalableTargets"
    ]
    assert role["Arn"] == target["RoleARN"]


@pytest.mark.slow
def test_a_deployment_blocks_scaling_in_and_not_scaling_out(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=4)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=1, MaxCapacity=8)
    track(aws)
    aws.update(taskDefinition=aws.register("crash"))
    aws.advance(40 * 60)
    assert desired(aws) == 4
    assert reasons(aws) == ["TargetServicePutResourceAsUnscalable"]
    aws.world.fault({"traffic": {"rate": BUSY, "load_balancer": "web-alb"}})
    aws.advance(600)
    assert desired(aws) > 4


def test_one_task_less_would_bring_the_load_over_the_target(aws: InWorld) -> None:
    tracked(aws, low=1)
    aws.world.fault({"traffic": {"rate": 20, "load_balancer": "web-alb"}})
    aws.advance(60 * 60)
    assert desired(aws) == 2
    assert "AutoScalingAnticipatedFlapping" in reasons(aws)


@pytest.mark.slow
def test_a_step_to_the_count_that_is_there_is_told(aws: InWorld) -> None:
    tracked(aws, low=1, value=1000.0)
    steps = {
        "AdjustmentType": "ExactCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}],
    }
    arn = scaling(
        aws, "PutScalingPolicy", PolicyName="exact", PolicyType="StepScaling", StepScalingPolicyConfiguration=steps
    )["PolicyARN"]  # fmt: skip
    aws.call(
        "cloudwatch", "PutMetricAlarm", AlarmName="any", Namespace="AWS/ECS", MetricName="CPUUtilization",
        Statistic="Average", Period=60, EvaluationPeriods=1, Threshold=0, AlarmActions=[arn],
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Dimensions=[{"Name": "ClusterName", "Value": "prod"}, {"Name": "ServiceName", "Value": "web-app"}],
    )  # fmt: skip
    aws.advance(300)
    assert reasons(aws)[0] == "AlreadyAtDesiredCapacity"


def test_of_several_policies_the_largest_count_wins_also_from_none(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=0)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=0, MaxCapacity=8)
    for name, goal in (("loose", 500), ("tight", 10)):
        metric = {"MetricName": "Backlog", "Namespace": "Shop", "Statistic": "Average"}
        track(aws, goal, name, CustomizedMetricSpecification=metric, PredefinedMetricSpecification=None)
    for minute in range(12):
        aws.call(
            "cloudwatch",
            "PutMetricData",
            Namespace="Shop",
            MetricData=[{"MetricName": "Backlog", "Value": 30}],
        )
        aws.advance(60)
        if minute == 4:
            assert desired(aws) == 1
    assert desired(aws) > 1


def test_the_screen_gets_targets_policies_alarms_and_activities(aws: InWorld) -> None:
    tracked(aws, high=6)
    aws.world.fault({"traffic": {"rate": BUSY, "load_balancer": "web-alb"}})
    aws.advance(270)
    (drawn,) = aws.world.snapshot()["scaling"]
    assert (drawn["cluster"], drawn["service"], drawn["minimum"], drawn["maximum"]) == (
        "prod",
        "web-app",
        2,
        6,
    )
    (policy,) = drawn["policies"]
    assert (policy["metric"], policy["target"]) == ("ECSServiceAverageCPUUtilization", 50.0)
    assert sorted(alarm["state"] for alarm in policy["alarms"]) == ["ALARM", "OK"]
    assert drawn["activities"][0]["capacity"] == 4
    assert drawn["cooling"]["out"] > aws.world.now


# --- step scaling, schedules ----------------------------------------------------------------------


def test_an_alarm_of_ones_own_triggers_a_step(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=2)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=8)
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
    ]
    arn = scaling(
        aws, "PutScalingPolicy", PolicyName="steps", PolicyType="StepScaling",
        StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps},
    )["PolicyARN"]  # fmt: skip
    aws.call(
        "cloudwatch", "PutMetricAlarm", AlarmName="busy", Namespace="AWS/ECS", MetricName="CPUUtilization",
        Dimensions=[{"Name": "ClusterName", "Value": "prod"}, {"Name": "ServiceName", "Value": "web-app"}],
        Statistic="Average", Period=60, EvaluationPeriods=1, Threshold=60,
        ComparisonOperator="GreaterThanThreshold", AlarmActions=[arn],
    )  # fmt: skip
    aws.world.fault({"traffic": {"rate": BUSY, "load_balancer": "web-alb"}})
    aws.advance(200)
    assert desired(aws) == 5
    assert activities(aws)[0]["Cause"] == "monitor alarm busy in state ALARM triggered policy steps"


def test_intervals_of_steps_must_fit_together(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=2)
    scaling(aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=8)
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 30, "ScalingAdjustment": 3},
    ]
    with pytest.raises(ApiError, match="there is a gap"):
        scaling(
            aws, "PutScalingPolicy", PolicyName="steps", PolicyType="StepScaling",
            StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps},
        )  # fmt: skip


def test_a_scheduled_action_changes_the_bounds_and_the_count(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=2)
    aws.steady()
    scaling(aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=8)
    scaling(
        aws, "PutScheduledAction", ScheduledActionName="morning", Schedule="rate(30 minutes)",
        ScalableTargetAction={"MinCapacity": 4},
    )  # fmt: skip
    aws.advance(29 * 60)
    assert desired(aws) == 2
    aws.advance(5 * 60)
    assert desired(aws) == 4
    assert activities(aws)[0]["Cause"] == "scheduled action name morning was triggered"
    (target,) = aws.call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")[
        "ScalableTargets"
    ]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (4, 8)
    scaling(aws, "DeleteScheduledAction", ScheduledActionName="morning")
    assert scaling(aws, "DescribeScheduledActions")["ScheduledActions"] == []


def test_clients_that_cannot_be_are_refused(aws: InWorld) -> None:
    for argument, said in [
        ({"rate": "fast"}, "is not a rate"),
        ({"rate": "-1/s"}, "is not a rate"),
        ({"rate": "1/s", "load_balancer": "nowhere"}, "there is no load balancer 'nowhere'"),
    ]:
        with pytest.raises(ApiError, match=said):
            aws.world.fault({"traffic": argument})


def test_what_clients_sent_before_the_rate_changed_stays_counted(aws: InWorld) -> None:
    aws.world.fault({"traffic": {"rate": "2/s", "load_balancer": "web-alb"}})
    aws.advance(60)
    aws.world.fault({"traffic": {"rate": "60/m", "load_balancer": "web-alb"}})
    aws.advance(60)
    (stream,) = aws.world.snapshot()["traffic"]
    assert (stream["rate"], stream["requests"]) == (1.0, 180)


def test_a_metric_of_ones_own_must_be_named_in_full(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=2)
    scaling(aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=8)
    with pytest.raises(ApiError, match="needs MetricName and Statistic"):
        scaling(
            aws, "PutScalingPolicy", PolicyName="own", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 50, "CustomizedMetricSpecification": {"Namespace": "Shop"},
            },
        )  # fmt: skip


def test_suspended_schedules_change_nothing(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=2)
    aws.steady()
    scaling(
        aws, "RegisterScalableTarget", MinCapacity=2, MaxCapacity=8,
        SuspendedState={"ScheduledScalingSuspended": True},
    )  # fmt: skip
    scaling(
        aws, "PutScheduledAction", ScheduledActionName="morning", Schedule="rate(10 minutes)",
        ScalableTargetAction={"MinCapacity": 4},
    )  # fmt: skip
    aws.advance(3600)
    assert desired(aws) == 2


def test_the_alarms_of_a_service_at_rest_sleep(aws: InWorld) -> None:
    tracked(aws)
    aws.advance(3600)
    assert not [e for *_, e in aws.world.timeline._heap if e.kind == "cloudwatch-alarm" and not e.cancelled]
