"""Blue/green, linear and canary deployments, seen through the load balancer while they happen.

Source: Amazon ECS developer guide, "blue-green-deployment-how-it-works", "deployment-type-linear",
"canary-deployment", "troubleshooting-blue-green".
"""

import json
from itertools import pairwise
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.shifted import BLUE, GREEN, ROLE_NAME, TEST_HEADER, TRUST, Shifted

STAGES = [
    "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME",
    "CLEAN_UP",
]  # fmt: skip
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def seen(aws: Shifted, limit: float = 7200) -> list[tuple[str, int, int, dict[str, int]]]:
    """Every change of (stage, percent of clients on green, percent of testers on green, task counts)."""
    found: list[tuple[str, int, int, dict[str, int]]] = []
    end = aws.world.now + limit * 1000
    while aws.stage() and aws.world.now < end:
        aws.advance(5)
        newest, *rest = aws.described()["deployments"]
        tasks = {"green": newest["desiredCount"], "blue": sum(d["desiredCount"] for d in rest)}
        now = aws.stage(), aws.asked(10)[GREEN] * 10, aws.asked(2, **TEST_HEADER)[GREEN] * 50, tasks
        if not found or found[-1] != now:
            found.append(now)
    return found


@pytest.mark.slow
def test_a_first_deployment_ends_on_the_target_group_that_served_nothing() -> None:
    with Shifted() as aws:
        aws.started()
        assert aws.stages() == STAGES and aws.weights() == {"blue": 0, "green": 100}
        assert aws.asked(10) == aws.asked(10, **TEST_HEADER) == {BLUE: 10}


def test_blue_green_tests_then_switches_at_once_then_bakes_and_swaps_roles() -> None:
    with Shifted() as aws:
        aws.started()
        aws.deploy()
        both, blue, green = {"green": 2, "blue": 2}, {"green": 0, "blue": 2}, {"green": 2, "blue": 0}
        assert [row for row in seen(aws) if row[0]] == [
            ("PRE_SCALE_UP", 0, 0, blue),
            ("SCALE_UP", 0, 0, both),
            ("POST_SCALE_UP", 0, 0, both),
            ("TEST_TRAFFIC_SHIFT", 0, 100, both),
            ("POST_TEST_TRAFFIC_SHIFT", 0, 100, both),
            ("PRE_PRODUCTION_TRAFFIC_SHIFT", 0, 100, both),
            ("PRODUCTION_TRAFFIC_SHIFT", 100, 100, both),
            ("POST_PRODUCTION_TRAFFIC_SHIFT", 100, 100, both),
            ("BAKE_TIME", 100, 100, both),
            ("CLEAN_UP", 100, 100, green),
        ]
        assert aws.weights() == aws.weights(aws.test) == {"blue": 100, "green": 0}
        record = aws.deployment()
        assert record["status"] == "SUCCESSFUL"
        assert record["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100.0
        aws.deploy(BLUE)
        assert aws.steady() and aws.weights() == {"blue": 0, "green": 100}
        assert aws.asked(10) == {BLUE: 10}


@pytest.mark.slow
def test_bake_time_keeps_both_revisions_for_as_long_as_asked() -> None:
    with Shifted() as aws:
        aws.started()
        aws.deploy()
        aws.until("BAKE_TIME")
        began = aws.world.now
        assert sum(task["lastStatus"] == "RUNNING" for task in aws.tasks()) == 4
        aws.until("CLEAN_UP")
        assert 300_000 <= aws.world.now - began <= 320_000


@pytest.mark.slow
def test_linear_moves_in_equal_steps() -> None:
    with Shifted() as aws:
        aws.started("LINEAR", linearConfiguration={"stepPercent": 40, "stepBakeTimeInMinutes": 2})
        aws.deploy()
        shares: list[tuple[int, int]] = []
        for row in seen(aws):
            if row[0] == "PRODUCTION_TRAFFIC_SHIFT":
                shares.append((row[1], aws.world.now))
        assert [share for share, _ in shares] == [40, 80, 100]
        assert aws.stages().count("PRE_PRODUCTION_TRAFFIC_SHIFT") == 3
        changes = [
            (event.t, event.detail["production"])
            for event in aws.world.events
            if event.detail.get("stage") == "PRODUCTION_TRAFFIC_SHIFT" and "hook" not in event.detail
        ][-3:]
        assert [share for _, share in changes] == [40.0, 80.0, 100.0]
        assert all(120_000 <= b - a <= 150_000 for (a, _), (b, _) in pairwise(changes))


@pytest.mark.slow
def test_canary_shows_a_few_then_all() -> None:
    with Shifted() as aws:
        aws.started("CANARY", canaryConfiguration={"canaryPercent": 2.5, "canaryBakeTimeInMinutes": 4})
        aws.deploy()
        aws.until("PRODUCTION_TRAFFIC_SHIFT")
        aws.advance(15)
        assert sum(aws.weights().values()) == 1000 and aws.weights()["blue"] == 25
        assert aws.asked(1000)[GREEN] == 25
        began, weight = aws.world.now, aws.deployment()["targetServiceRevision"]
        assert weight["requestedProductionTrafficWeight"] == 2.5
        aws.until("POST_PRODUCTION_TRAFFIC_SHIFT")
        assert 225_000 <= aws.world.now - began <= 270_000
        assert aws.asked(20) == {GREEN: 20} and aws.weights()["blue"] == 100


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["sick", "crash", "v9.9.9"])
def test_production_never_reaches_a_revision_that_does_not_come_up(tag: str) -> None:
    with Shifted() as aws:
        aws.started(**BREAKER)
        aws.deploy(tag)
        before = aws.weights()
        while aws.deployment()["status"] in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
            assert aws.asked(4) == {BLUE: 4} and aws.weights() == before
            aws.advance(20)
        record = aws.deployment()
        assert record["status"] == "ROLLBACK_SUCCESSFUL"
        assert record["statusReason"].endswith("because the circuit breaker threshold was exceeded.")
        assert aws.described()["deployments"][0]["taskDefinition"].endswith(":1")
        assert aws.steady() and len(aws.tasks()) == 2


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param("SCALE_UP", marks=pytest.mark.slow),
        pytest.param("POST_TEST_TRAFFIC_SHIFT", marks=pytest.mark.slow),
        "BAKE_TIME",
    ],
)
def test_stopping_a_deployment_sends_the_traffic_back_at_once(stage: str) -> None:
    with Shifted() as aws:
        aws.started()
        before, test = aws.weights(), aws.asked(4, **TEST_HEADER)
        aws.deploy()
        aws.until(stage)
        aws.advance(10)
        arn = aws.deployment()["serviceDeploymentArn"]
        aws.call("ecs", "StopServiceDeployment", serviceDeploymentArn=arn, stopType="ROLLBACK")
        aws.advance(11)
        assert aws.weights() == before and aws.asked(20) == {BLUE: 20}
        assert aws.asked(4, **TEST_HEADER) == test
        assert aws.steady()
        assert aws.deployment()["status"] == "ROLLBACK_SUCCESSFUL"
        revisions = aws.described()["currentServiceRevisions"]
        assert [r["runningTaskCount"] for r in revisions] == [2] and aws.asked(20) == {BLUE: 20}


@pytest.mark.slow
def test_an_alarm_in_the_bake_time_rolls_back() -> None:
    with Shifted() as aws:
        aws.call(
            "cloudwatch", "PutMetricAlarm", AlarmName="errors", MetricName="Errors", Namespace="app", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
            TreatMissingData="notBreaching",
        )  # fmt: skip
        aws.started(alarms={"alarmNames": ["errors"], "enable": True, "rollback": True})
        aws.deploy()
        aws.until("BAKE_TIME")
        assert aws.asked(5) == {GREEN: 5}
        aws.call(
            "cloudwatch", "SetAlarmState", AlarmName="errors", StateValue="ALARM", StateReason="for the test"
        )
        aws.advance(21)
        assert aws.asked(5) == {BLUE: 5}
        assert aws.steady() and aws.deployment()["status"] == "ROLLBACK_SUCCESSFUL"
        assert "alarm" in aws.deployment()["statusReason"]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "BAKE_TIME"])
def test_another_deployment_in_the_middle_reconciles_first(stage: str) -> None:
    with Shifted() as aws:
        aws.started()
        aws.deploy()
        aws.until(stage)
        aws.advance(10)
        aws.deploy("v1.2.4")
        statuses = set()
        while aws.stage():
            assert aws.asked(4).keys() <= {BLUE, GREEN}, "a request failed"
            statuses.add(aws.deployments()[1]["status"])
            aws.advance(5)
        assert aws.stages()[0] == "RECONCILE_SERVICE" and aws.stages()[1:] == STAGES
        assert statuses == {"STOPPED"} and aws.deployment()["status"] == "SUCCESSFUL"
        assert len(aws.deployment()["sourceServiceRevisions"]) == 2
        assert aws.asked(10) == {GREEN: 10} and len(aws.tasks()) == 2


@pytest.mark.slow
def test_a_first_deployment_that_is_overtaken_serves_until_the_next_one_does() -> None:
    with Shifted() as aws:
        strategy = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 20}}
        aws.service(BLUE, desired=2, loadBalancers=[aws.balancer()], deploymentConfiguration=strategy)
        aws.until("PRODUCTION_TRAFFIC_SHIFT")
        aws.advance(10)
        assert aws.asked(10) == {BLUE: 2, "503": 8}, "there was nothing before"
        aws.deploy()
        aws.advance(11)
        while aws.stage():
            assert aws.asked(4).keys() <= {BLUE, GREEN}, "a request failed"
            aws.advance(20)
        assert aws.asked(10) == {GREEN: 10} and len(aws.tasks()) == 2


@pytest.mark.slow
def test_clients_never_fail_while_a_healthy_revision_takes_over() -> None:
    with Shifted(traffic=[{"load_balancer": "web-alb", "port": 80, "path": "/", "rate": 20}]) as aws:
        aws.started()
        aws.advance(60)
        _, before = aws.world.elb.traffic.sums("web-alb", 80, "/")  # type: ignore[attr-defined]
        aws.deploy()
        assert aws.steady()
        requests, failed = aws.world.elb.traffic.sums("web-alb", 80, "/")  # type: ignore[attr-defined]
        assert requests > 1000 and failed == before


@pytest.mark.slow
def test_desired_count_changes_both_revisions() -> None:
    with Shifted() as aws:
        aws.started()
        aws.deploy()
        aws.until("BAKE_TIME")
        aws.update(desiredCount=3)
        aws.advance(100)
        running = [r["runningTaskCount"] for r in aws.described()["currentServiceRevisions"]]
        assert running == [3, 3]
        assert aws.steady() and len(aws.tasks()) == 3


@pytest.mark.slow
def test_a_rolling_service_becomes_blue_green_and_rolls_again() -> None:
    with Shifted() as aws:
        aws.service(BLUE, desired=2)
        assert aws.steady() and aws.asked(4) == {BLUE: 4}
        strategy = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}
        aws.deploy(deploymentConfiguration=strategy, loadBalancers=[aws.balancer()])
        assert aws.steady() and aws.stages() == STAGES and aws.asked(4) == {GREEN: 4}
        assert aws.weights() == {"blue": 0, "green": 100}
        aws.deploy(BLUE, deploymentConfiguration={"strategy": "ROLLING"})
        while not aws.world.steady():
            assert aws.asked(4).keys() <= {BLUE, GREEN}
            aws.advance(5)
        assert aws.asked(4) == {BLUE: 4} and aws.weights() == {"blue": 0, "green": 100}


@pytest.mark.slow
def test_a_strategy_is_changed_together_with_what_it_needs() -> None:
    with Shifted() as aws:
        aws.service(BLUE)
        assert aws.steady()
        for more in ({}, {"forceNewDeployment": True}):
            with pytest.raises(
                ApiError, match="advancedConfiguration field is required for all loadBalancers"
            ):
                aws.update(deploymentConfiguration={"strategy": "BLUE_GREEN"}, **more)
        assert aws.described()["deploymentConfiguration"]["strategy"] == "ROLLING"
        strategy = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 20.0}}
        aws.update(deploymentConfiguration=strategy, loadBalancers=[aws.balancer()])
        shown = aws.described()
        assert shown["deploymentConfiguration"]["linearConfiguration"] == {"stepPercent": 20.0}
        assert shown["loadBalancers"] == [aws.balancer()]
        assert len(shown["deployments"]) == 2, "what a load balancer is told makes a deployment"
        aws.update(deploymentConfiguration={"strategy": "BLUE_GREEN"})
        assert "linearConfiguration" not in aws.described()["deploymentConfiguration"]
        assert len(aws.described()["deployments"]) == 2, "a strategy alone makes none"


# --- what ECS may do, and what the rules say ---


def failed_at_once(aws: Shifted) -> dict[str, Any]:
    aws.deploy()
    assert aws.steady()
    assert aws.deployment()["status"] == "ROLLBACK_SUCCESSFUL" and aws.asked(4) == {BLUE: 4}
    return aws.deployment()


def test_a_role_that_ecs_cannot_assume() -> None:
    with Shifted() as aws:
        aws.started()
        trust = json.dumps(TRUST).replace("ecs.amazonaws.com", "ec2.amazonaws.com")
        aws.call("iam", "UpdateAssumeRolePolicy", RoleName=ROLE_NAME, PolicyDocument=trust)
        assert failed_at_once(aws)["statusReason"] == (
            "Service deployment rolled back because of invalid networking configuration. ECS was unable to manage "
            f"the ELB resources due to missing permissions on ECS Infrastructure Role '{aws.role}'."
        )


@pytest.mark.slow
def test_a_role_that_may_not_modify_rules() -> None:
    with Shifted() as aws:
        aws.started()
        deny = (
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*",'
            ' "Action": "elasticloadbalancing:ModifyRule"}]}'
        )
        aws.call("iam", "PutRolePolicy", RoleName=ROLE_NAME, PolicyName="deny", PolicyDocument=deny)
        reason = failed_at_once(aws)["statusReason"]
        assert reason.startswith(
            "Service deployment rolled back because TEST_TRAFFIC_SHIFT lifecycle hook(s)"
        )
        assert (
            f"{ROLE_NAME}/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:Mod"
            in reason
        )
        assert "with an explicit deny in an identity-based policy" in reason
        assert "deployment failed: Service deployment rolled back" in " ".join(aws.messages())


@pytest.mark.slow
def test_targets_are_registered_as_the_role_may() -> None:
    with Shifted() as aws:
        aws.started()
        deny = (
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*",'
            ' "Action": "elasticloadbalancing:RegisterTargets"}]}'
        )
        aws.call("iam", "PutRolePolicy", RoleName=ROLE_NAME, PolicyName="deny", PolicyDocument=deny)
        aws.deploy()
        aws.advance(120)
        said = [m for m in aws.messages() if m.startswith("failed to register targets in target-group")]
        assert said and "with an explicit deny in an identity-based policy" in said[0]
        assert aws.stage() == "SCALE_UP" and aws.asked(4) == {BLUE: 4}
        aws.call("iam", "DeleteRolePolicy", RoleName=ROLE_NAME, PolicyName="deny")
        assert aws.steady() and aws.asked(4) == {GREEN: 4}


@pytest.mark.slow
def test_a_rule_with_weight_on_both_groups_is_not_shifted() -> None:
    with Shifted() as aws:
        aws.started()
        groups = [{"TargetGroupArn": aws.blue, "Weight": 1}, {"TargetGroupArn": aws.green, "Weight": 9}]
        action = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
        aws.call("elbv2", "ModifyRule", RuleArn=aws.production, Actions=action)
        aws.deploy()
        aws.advance(60)
        assert "exactly one target group serving traffic but found 2" in aws.deployment()["statusReason"]


def test_the_first_deployment_has_nothing_to_go_back_to() -> None:
    with Shifted() as aws:
        aws.call("elbv2", "DeleteRule", RuleArn=aws.production)
        aws.service(BLUE, loadBalancers=[aws.balancer()], deploymentConfiguration={"strategy": "BLUE_GREEN"})
        aws.advance(60)
        record = aws.deployment()
        assert record["status"] == "ROLLBACK_FAILED"
        assert record["statusReason"] == "No rollback candidate was found to run the rollback."
        assert "One or more rules not found" in " ".join(aws.messages())


@pytest.mark.slow
def test_the_default_rule_is_changed_with_its_listener() -> None:
    with Shifted() as aws:
        aws.call("elbv2", "DeleteRule", RuleArn=aws.production)
        rules = aws.call("elbv2", "DescribeRules", ListenerArn=aws.listener)["Rules"]
        aws.production = next(rule["RuleArn"] for rule in rules if rule["IsDefault"])
        aws.started()
        assert aws.weights() == {"blue": 0, "green": 100}
        listeners = aws.call("elbv2", "DescribeListeners", ListenerArns=[aws.listener])["Listeners"]
        assert len(listeners[0]["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]) == 2
        rest = [r for r in rules if not r["IsDefault"]]
        now = aws.call("elbv2", "DescribeRules", ListenerArn=aws.listener)["Rules"]
        assert [r["Conditions"] for r in now if not r["IsDefault"]] == [r["Conditions"] for r in rest]


@pytest.mark.slow
def test_a_stage_takes_a_day_at_most() -> None:
    """Developer guide, "blue-green-deployment-how-it-works": 24 hours a stage; without tasks it never scales up."""
    with Shifted() as aws:
        aws.started()
        aws.deploy("nope")
        aws.advance(23 * 3600)
        assert aws.stage() == "SCALE_UP" and aws.asked(2) == {BLUE: 2}
        aws.advance(2 * 3600)
        record = aws.deployment()
        assert record["status"] == "ROLLBACK_SUCCESSFUL" and "SCALE_UP" in record["statusReason"]
        assert aws.asked(2) == {BLUE: 2}


def test_the_map_gets_the_stage_and_the_shares_while_traffic_shifts() -> None:
    with Shifted() as aws:
        aws.started()
        aws.deploy()
        aws.until("TEST_TRAFFIC_SHIFT")
        shifts = [d["shift"] for d in aws.world.snapshot()["services"][0]["deployments"]]
        assert shifts == [{"stage": "TEST_TRAFFIC_SHIFT", "production": 0.0, "test": 100.0}, None]
        assert aws.steady()
        assert [d["shift"] for d in aws.world.snapshot()["services"][0]["deployments"]] == [None]
