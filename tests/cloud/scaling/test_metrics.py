"""What CloudWatch says of a world: services, load balancers, data of one's own; and the alarms over it."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cloud.inworld import InWorld

RATE = 2.0
SERVICE = [{"Name": "ClusterName", "Value": "prod"}, {"Name": "ServiceName", "Value": "web-app"}]


@pytest.fixture
def aws() -> Iterator[InWorld]:
    traffic = [{"load_balancer": "web-alb", "path": "/", "rate": RATE, "port": 80}]
    with InWorld(traffic=traffic) as world:
        yield world


def window(aws: InWorld, minutes: int) -> dict[str, Any]:
    end = aws.world.epoch_seconds() // 60 * 60
    return {
        "StartTime": datetime.fromtimestamp(end - 60 * minutes, UTC),
        "EndTime": datetime.fromtimestamp(end, UTC),
    }


def statistics(aws: InWorld, metric: dict[str, Any], statistic: str, minutes: int = 5) -> list[float]:
    """A value a minute, oldest first."""
    found = aws.call(
        "cloudwatch",
        "GetMetricStatistics",
        **metric,
        **window(aws, minutes),
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in sorted(found, key=lambda point: point["Timestamp"])]


def ecs(name: str) -> dict[str, Any]:
    return {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": SERVICE}


def alb(aws: InWorld, name: str, *, group: bool = False) -> dict[str, Any]:
    arn = aws.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    dimensions = [{"Name": "LoadBalancer", "Value": arn.partition(":loadbalancer/")[2]}]
    if group:
        dimensions.append({"Name": "TargetGroup", "Value": aws.target_group().rpartition(":")[2]})
    return {"Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": dimensions}


def put_alarm(aws: InWorld, metric: dict[str, Any], **more: Any) -> None:
    given = {
        "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold", **more,
    }  # fmt: skip
    aws.call("cloudwatch", "PutMetricAlarm", AlarmName="watch", **metric, **given)


def state(aws: InWorld) -> str:
    found = aws.call("cloudwatch", "DescribeAlarms", AlarmNames=["watch"])["MetricAlarms"]
    return str(found[0]["StateValue"])


# --- services -------------------------------------------------------------------------------------


def test_a_service_without_running_tasks_has_no_utilisation(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=0)
    aws.advance(600)
    assert statistics(aws, ecs("CPUUtilization"), "Average") == []


def test_cpu_and_memory_are_percent_of_what_the_tasks_reserve(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(600)
    for name in ("CPUUtilization", "MemoryUtilization"):
        values = statistics(aws, ecs(name), "Average")
        assert len(values) == 5
        assert all(0 < value <= 100 for value in values)
        assert statistics(aws, ecs(name), "SampleCount") == [3.0] * 5


def test_memory_follows_an_application_that_begins_to_leak(aws: InWorld) -> None:
    """51.2 MiB a minute are a tenth of what the task reserves; its end brings MemoryUtilization down again."""
    aws.service("v1.2.3", desired=1)
    aws.steady()
    aws.advance(300)
    aws.world.fault({"leak_memory": {"service": "web-app", "per_minute": 51.2}})
    aws.advance(420)
    values = statistics(aws, ecs("MemoryUtilization"), "Average")
    assert [round(b - a) for a, b in itertools.pairwise(values)] == [10] * 4
    aws.advance(420)
    values = statistics(aws, ecs("MemoryUtilization"), "Average", minutes=7)
    assert values[0] > 90 and values[1] < 30, "killed, and another one begins"


def test_what_a_minute_says_stays_as_it_is(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(600)
    then = window(aws, 5)
    params = {**ecs("CPUUtilization"), **then, "Period": 60, "Statistics": ["Average"]}
    before = aws.call("cloudwatch", "GetMetricStatistics", **params)
    aws.update(desiredCount=0)
    aws.advance(3600)
    assert aws.call("cloudwatch", "GetMetricStatistics", **params) == before


# --- load balancers -------------------------------------------------------------------------------


def test_the_worlds_clients_are_counted_at_the_load_balancer(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(600)
    assert statistics(aws, alb(aws, "RequestCount"), "Sum") == [60 * RATE] * 5
    assert statistics(aws, alb(aws, "HTTPCode_Target_2XX_Count"), "Sum") == [60 * RATE] * 5
    assert statistics(aws, alb(aws, "HTTPCode_ELB_5XX_Count"), "Sum") == []
    assert statistics(aws, alb(aws, "RequestCountPerTarget", group=True), "Sum") == [60 * RATE / 3] * 5
    assert statistics(aws, alb(aws, "HealthyHostCount", group=True), "Minimum") == [3.0] * 5


def test_without_targets_the_load_balancer_itself_answers_503(aws: InWorld) -> None:
    aws.advance(600)
    assert statistics(aws, alb(aws, "HTTPCode_ELB_503_Count"), "Sum") == [60 * RATE] * 5
    assert statistics(aws, alb(aws, "RequestCount"), "Sum") == []


def test_answers_of_targets_and_of_the_load_balancer_are_counted_apart(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(300)
    aws.world.fault({"answer_500": {"service": "web-app", "path": "/"}})
    aws.advance(180)
    assert statistics(aws, alb(aws, "HTTPCode_Target_5XX_Count"), "Sum", 2) == [60 * RATE] * 2
    assert statistics(aws, alb(aws, "HTTPCode_ELB_5XX_Count"), "Sum", 2) == []
    aws.world.fault({"stop_listening": "web-app"})
    aws.advance(130)
    assert statistics(aws, alb(aws, "HTTPCode_ELB_502_Count"), "Sum", 1) == [60 * RATE]
    assert statistics(aws, alb(aws, "HTTPCode_ELB_5XX_Count"), "Sum", 1) == [60 * RATE]
    assert statistics(aws, alb(aws, "HTTPCode_Target_5XX_Count"), "Sum", 1) == []


def test_metric_math_over_several_metrics(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(600)
    queries = [
        {
            "Id": "sent",
            "MetricStat": {"Metric": alb(aws, "RequestCount"), "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        },
        {"Id": "rate", "Expression": "sent / 60", "Label": "a second"},
    ]
    found = aws.call("cloudwatch", "GetMetricData", MetricDataQueries=queries, **window(aws, 3))
    (result,) = found["MetricDataResults"]
    assert (result["Label"], result["Values"]) == ("a second", [RATE] * 3)


def test_the_metrics_there_are_can_be_listed(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(120)
    found = aws.call("cloudwatch", "ListMetrics", Namespace="AWS/ECS")["Metrics"]
    assert [metric["MetricName"] for metric in found] == ["CPUUtilization", "MemoryUtilization"]
    assert all(metric["Dimensions"] == SERVICE for metric in found)


# --- alarms ---------------------------------------------------------------------------------------


def test_an_alarm_begins_without_data_and_follows_its_metric(aws: InWorld) -> None:
    put_alarm(aws, ecs("CPUUtilization"))
    assert state(aws) == "INSUFFICIENT_DATA"
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(180)
    assert state(aws) == "ALARM"
    aws.update(desiredCount=0)
    aws.advance(1200)
    assert state(aws) == "INSUFFICIENT_DATA"


def test_an_alarm_needs_as_many_datapoints_as_it_says(aws: InWorld) -> None:
    metric = {"Namespace": "Shop", "MetricName": "Orders"}
    put_alarm(aws, metric, EvaluationPeriods=3, DatapointsToAlarm=2, Threshold=10.0)

    def minute(value: float) -> None:
        aws.call(
            "cloudwatch",
            "PutMetricData",
            Namespace="Shop",
            MetricData=[{"MetricName": "Orders", "Value": value}],
        )
        aws.advance(60)

    states = []
    for value in (5, 5, 5, 20, 20, 5, 5, 5):
        minute(value)
        states.append(state(aws))
    first = states.index("ALARM")
    assert set(states[:first]) <= {"OK", "INSUFFICIENT_DATA"}
    assert first >= 4
    aws.advance(60)
    assert state(aws) == "OK"


def test_the_state_of_the_world_shows_its_alarms_and_the_log_their_changes(aws: InWorld) -> None:
    put_alarm(aws, alb(aws, "HTTPCode_ELB_5XX_Count"), Statistic="Sum")
    aws.advance(180)
    (shown,) = aws.world.snapshot()["alarms"]
    assert (shown["name"], shown["state"], shown["threshold"]) == ("watch", "ALARM", 0.0)
    assert shown["metric"] == "AWS/ApplicationELB HTTPCode_ELB_5XX_Count"
    assert [e.detail["state"] for e in aws.world.events if e.source == "scaling"] == ["ALARM"]


def test_an_alarm_over_a_world_at_rest_sleeps_and_wakes_up(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    put_alarm(aws, alb(aws, "HTTPCode_ELB_5XX_Count"), Statistic="Sum", TreatMissingData="notBreaching")
    aws.advance(3600)
    assert state(aws) == "OK"
    due = aws.world.timeline.next_time()
    assert due is None or due - aws.world.now > 60_000
    aws.update(desiredCount=0)
    aws.advance(600)
    assert state(aws) == "ALARM"


def test_a_world_without_alarms_plans_nothing_for_metrics(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    aws.advance(3600)
    assert not [e for *_, e in aws.world.timeline._heap if e.kind == "cloudwatch-alarm"]


def test_a_state_set_by_hand_lasts_until_the_alarm_is_looked_at(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    put_alarm(aws, ecs("CPUUtilization"), Threshold=99.0)
    aws.advance(180)
    assert state(aws) == "OK"
    aws.call("cloudwatch", "SetAlarmState", AlarmName="watch", StateValue="ALARM", StateReason="a drill")
    assert state(aws) == "ALARM"
    aws.advance(120)
    assert state(aws) == "OK"
