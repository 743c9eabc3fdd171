"""Deployments that are stopped by hand or by an alarm, and what the service deployments API tells of them.

Reference: 4.3 (statuses), 4.4 (alarms); Amazon ECS developer guide "stop-service-deployment", "deployment-alarm-failure".
"""

from typing import Any

import pytest

from ecslab.cloud.ecs import alarms
from ecslab.cloud.ecs.alarms import Alarm
from tests.cloud.ecs.fakes import FakeWorld, world
from tests.cloud.inworld import InWorld

MINUTE = 60_000


def records(made: FakeWorld) -> list[dict[str, Any]]:
    """Newest first, whole."""
    arns = [
        d["serviceDeploymentArn"]
        for d in made.call("ListServiceDeployments", service="web")["serviceDeployments"]
    ]
    whole = made.call("DescribeServiceDeployments", serviceDeploymentArns=arns)["serviceDeployments"]
    return list(whole)


def rolling(**settings: Any) -> FakeWorld:
    """A service on v1, being moved to v2."""
    made = world(count=2, balanced=False, **settings)
    made.advance(5 * MINUTE)
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    return made


# --- StopServiceDeployment ---


def test_a_stopped_deployment_is_rolled_back() -> None:
    made = rolling()
    made.advance(20_000)
    arn = records(made)[0]["serviceDeploymentArn"]
    assert made.call("StopServiceDeployment", serviceDeploymentArn=arn) == {"serviceDeploymentArn": arn}
    assert records(made)[0]["status"] == "ROLLBACK_REQUESTED"
    assert made.call("StopServiceDeployment", serviceDeploymentArn=arn)["serviceDeploymentArn"] == arn
    made.advance(12_000)
    assert records(made)[0]["status"] == "ROLLBACK_IN_PROGRESS"
    made.advance(5 * MINUTE)
    newest, first = records(made)
    assert (newest["status"], first["status"]) == ("ROLLBACK_SUCCESSFUL", "SUCCESSFUL")
    assert newest["rollback"]["serviceRevisionArn"] == first["targetServiceRevision"]["arn"]
    assert newest["stoppedAt"] == newest["finishedAt"] and "lifecycleStage" not in newest
    assert made.service()["taskDefinition"].endswith("web-app:1")
    assert {task["taskDefinitionArn"][-1] for task in made.tasks()} == {"1"}
    assert made.ecs.steady()


def test_what_is_over_or_unknown_or_to_be_aborted_cannot_be_stopped() -> None:
    made = rolling()
    newest, first = (record["serviceDeploymentArn"] for record in records(made))
    assert made.refused("StopServiceDeployment", serviceDeploymentArn=first)[0] == "ConflictException"
    missing = made.refused("StopServiceDeployment", serviceDeploymentArn=newest + "x")
    assert missing[0] == "ServiceDeploymentNotFoundException"
    aborted = made.refused("StopServiceDeployment", serviceDeploymentArn=newest, stopType="ABORT")
    assert aborted == (
        "UnsupportedFeatureException", "ECS StopServiceDeployment API with ABORT stopType is not supported.",
    )  # fmt: skip


def test_the_first_deployment_has_nothing_to_go_back_to() -> None:
    made = world(tag="crash", count=1, balanced=False)
    made.advance(30_000)
    made.call("StopServiceDeployment", serviceDeploymentArn=records(made)[0]["serviceDeploymentArn"])
    made.advance(MINUTE)
    assert records(made)[0]["status"] == "ROLLBACK_FAILED"
    assert made.service()["deployments"][0]["rolloutState"] == "FAILED"


def test_a_new_deployment_ends_one_on_its_way_and_a_rollback_too() -> None:
    made = rolling()
    made.call("UpdateService", service="web", forceNewDeployment=True)
    assert [record["status"] for record in records(made)] == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]
    made.advance(20_000)
    made.call("StopServiceDeployment", serviceDeploymentArn=records(made)[0]["serviceDeploymentArn"])
    made.advance(12_000)
    made.call("UpdateService", service="web", forceNewDeployment=True)
    assert [record["status"] for record in records(made)][:2] == ["IN_PROGRESS", "ROLLBACK_FAILED"]
    made.advance(10 * MINUTE)
    assert made.ecs.steady()


def test_a_revision_shows_what_it_runs() -> None:
    made = rolling()
    made.advance(3 * MINUTE)
    arns = [record["targetServiceRevision"]["arn"] for record in records(made)]
    answer = made.call("DescribeServiceRevisions", serviceRevisionArns=[*arns, arns[0] + "0"])
    assert [r["taskDefinition"][-1] for r in answer["serviceRevisions"]] == ["2", "1"]
    (image,) = answer["serviceRevisions"][0]["containerImages"]
    assert image["containerName"] == "app" and image["imageDigest"].startswith("sha256:")
    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING"]


# --- alarms ---


class Alarms:
    """What CloudWatch would answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state = "OK"
        monkeypatch.setattr(
            alarms, "read", lambda world, names: [Alarm(n, self.state, 3 * MINUTE) for n in names]
        )


@pytest.fixture
def alarm(monkeypatch: pytest.MonkeyPatch) -> Alarms:
    return Alarms(monkeypatch)


def watched(rollback: bool = True) -> dict[str, Any]:
    return {
        "deploymentConfiguration": {
            "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": rollback}
        }
    }


def test_an_alarm_during_the_rollout_rolls_it_back(alarm: Alarms) -> None:
    made = world(count=2, balanced=False, **watched())
    made.advance(10 * MINUTE)
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.advance(30_000)
    assert records(made)[0]["alarms"]["status"] == "MONITORING"
    alarm.state = "ALARM"
    made.advance(12_000)
    deployment = made.service()["deployments"][1]["id"]
    at = made.messages().index(f"(service web) (deployment {deployment}) deployment failed: alarm detected.")
    assert made.messages()[at + 1].startswith("(service web) rolling back to deployment ecs-svc/")
    made.advance(10 * MINUTE)
    newest = records(made)[0]
    assert newest["status"] == "ROLLBACK_SUCCESSFUL"
    assert newest["alarms"] == {
        "status": "TRIGGERED", "alarmNames": ["errors"], "triggeredAlarmNames": ["errors"],
    }  # fmt: skip
    assert newest["deploymentCircuitBreaker"]["status"] == "DISABLED"
    assert made.service()["taskDefinition"].endswith(":1") and made.ecs.steady()


def test_the_deployment_stays_in_progress_while_it_bakes_and_may_still_fail(alarm: Alarms) -> None:
    made = world(count=1, balanced=False, **watched())
    made.until(
        lambda: "lifecycleStage" in records(made)[0] and records(made)[0]["lifecycleStage"] == "BAKE_TIME"
    )
    begun = made.now
    made.advance(2 * MINUTE)
    assert made.service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    made.until(lambda: made.service()["deployments"][0]["rolloutState"] == "COMPLETED")
    assert 3 * MINUTE <= made.now - begun <= 3 * MINUTE + 12_000
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.until(lambda: records(made)[0].get("lifecycleStage") == "BAKE_TIME")
    assert {task["taskDefinitionArn"][-1] for task in made.tasks()} == {"2"}
    alarm.state = "ALARM"
    made.advance(10 * MINUTE)
    assert {task["taskDefinitionArn"][-1] for task in made.tasks()} == {"1"}


def test_without_rollback_the_deployment_fails_and_stands(alarm: Alarms) -> None:
    made = world(count=1, balanced=False, **watched(rollback=False))
    made.advance(20_000)
    alarm.state = "ALARM"
    made.advance(5 * MINUTE)
    assert made.service()["deployments"][0]["rolloutState"] == "FAILED"
    assert records(made)[0]["status"] == "STOPPED" and "stoppedAt" in records(made)[0]


def test_an_alarm_that_rings_when_the_deployment_begins_is_ignored(alarm: Alarms) -> None:
    alarm.state = "ALARM"
    made = world(count=1, balanced=False, **watched())
    made.advance(2 * MINUTE)
    assert made.service()["deployments"][0]["rolloutState"] == "COMPLETED"
    assert records(made)[0]["alarms"]["status"] == "DISABLED"


def test_alarms_need_names() -> None:
    made = world()
    alarms = {"alarmNames": [], "enable": True, "rollback": False}
    refused = made.refused(
        "CreateService", serviceName="web", taskDefinition="web-app:1", desiredCount=1, launchType="FARGATE",
        networkConfiguration=made.network(), deploymentConfiguration={"alarms": alarms},
    )  # fmt: skip
    assert refused[0] == "InvalidParameterException"


def test_an_alarm_of_cloudwatch_rolls_a_deployment_back() -> None:
    with InWorld() as aws:
        aws.call(
            "cloudwatch", "PutMetricAlarm", AlarmName="errors", MetricName="Errors", Namespace="Shop", Statistic="Sum",
            Period=60, EvaluationPeriods=2, Threshold=5.0, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        aws.call("cloudwatch", "SetAlarmState", AlarmName="errors", StateValue="OK", StateReason="quiet")
        aws.service("v1.2.3", desired=1, **watched())
        assert aws.steady()
        aws.update(taskDefinition=aws.register("v1.2.4"))
        aws.advance(30)
        aws.call("cloudwatch", "SetAlarmState", AlarmName="errors", StateValue="ALARM", StateReason="loud")
        aws.advance(15)
        assert any(message.endswith("deployment failed: alarm detected.") for message in aws.messages())
        assert aws.steady()
        assert aws.described()["taskDefinition"].endswith("web:1")
