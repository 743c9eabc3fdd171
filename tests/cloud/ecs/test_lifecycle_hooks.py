"""Lifecycle hooks: functions that answer as the world declares, and pauses that somebody ends.

Source: Amazon ECS developer guide, "lambda-lifecycle-hooks", "pause-lifecycle-hooks", "troubleshooting-blue-green".
"""

from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.shifted import BLUE, GREEN, ROLE_NAME, Shifted, function


def hook(name: str, *stages: str, **more: Any) -> dict[str, Any]:
    role = f"arn:aws:iam::123456789012:role/{ROLE_NAME}"
    return {"hookTargetArn": function(name), "roleArn": role, "lifecycleStages": list(stages), **more}


def pause(*stages: str, **more: Any) -> dict[str, Any]:
    return {"targetType": "PAUSE", "lifecycleStages": list(stages), **more}


def deployed(aws: Shifted, *hooks: dict[str, Any]) -> None:
    """A second deployment under way, with these hooks."""
    aws.started(bakeTimeInMinutes=1)
    aws.deploy(deploymentConfiguration={"lifecycleHooks": list(hooks)})


def hook_events(aws: Shifted) -> list[tuple[str, str]]:
    found = [event for event in aws.world.events if "hook" in event.detail]
    return [(event.detail["stage"], event.detail["status"]) for event in found]


def declared(*answers: str, after: int = 30_000) -> dict[str, Any]:
    return {"check": {"answers": list(answers), "after": after}}


def waits(aws: Shifted) -> list[dict[str, Any]]:
    """What the newest deployment waits for, as the screen reads it."""
    return list(aws.world.snapshot()["services"][0]["deployments"][0]["waits"])


def test_a_function_is_asked_again_until_it_answers() -> None:
    with Shifted(hooks=declared("IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED")) as aws:
        deployed(aws, hook("check", "POST_TEST_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"))
        aws.until("POST_TEST_TRAFFIC_SHIFT")
        aws.advance(12)
        began = aws.world.now
        (detail,) = aws.deployment()["lifecycleHookDetails"]
        assert (detail["targetType"], detail["status"]) == ("AWS_LAMBDA", "IN_PROGRESS")
        assert detail["targetArn"] == function("check") and detail["timeoutAction"] == "ROLLBACK"
        assert [(w["for"], w["name"]) for w in waits(aws)] == [("function", "check")]
        aws.until("PRE_PRODUCTION_TRAFFIC_SHIFT")
        assert 45_000 <= aws.world.now - began <= 90_000
        assert aws.steady() and aws.asked(5) == {GREEN: 5}
        assert hook_events(aws) == [
            ("POST_TEST_TRAFFIC_SHIFT", "IN_PROGRESS"),
            ("POST_TEST_TRAFFIC_SHIFT", "SUCCEEDED"),
            ("POST_PRODUCTION_TRAFFIC_SHIFT", "IN_PROGRESS"),
            ("POST_PRODUCTION_TRAFFIC_SHIFT", "SUCCEEDED"),
        ]


FAILURES = [
    ("FAILED", f"Lifecycle hook target {function('check')} returned FAILED status."),
    (
        "ERROR",
        f"ECS was unable to parse the response from {function('check')} due to HookStatus must not be null",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "why"), FAILURES)
def test_a_function_that_fails_rolls_back(answer: str, why: str) -> None:
    with Shifted(hooks=declared(answer)) as aws:
        deployed(aws, hook("check", "POST_TEST_TRAFFIC_SHIFT"))
        assert aws.steady() and aws.asked(5) == {BLUE: 5}
        record = aws.deployment()
        assert record["status"] == "ROLLBACK_SUCCESSFUL"
        text = (
            f"Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. {why}"
        )
        assert record["statusReason"] == record["rollback"]["reason"] == text
        assert text.rstrip(".") in " ".join(aws.messages())


@pytest.mark.slow
def test_a_function_that_the_world_does_not_have() -> None:
    with Shifted(hooks=declared("SUCCEEDED")) as aws:
        deployed(aws, hook("chek", "PRE_SCALE_UP"))
        assert aws.steady() and len(aws.tasks()) == 2
        assert (
            "due to Function not found: arn:aws:lambda:us-east-1:123456789012:function:chek"
            in (aws.deployment()["statusReason"])
        )
        assert sum("has started" in message for message in aws.messages()) == 1


@pytest.mark.slow
def test_a_role_that_may_not_invoke() -> None:
    with Shifted(hooks=declared("SUCCEEDED")) as aws:
        aws.call("iam", "DeleteRolePolicy", RoleName=ROLE_NAME, PolicyName="i")
        deployed(aws, hook("check", "PRE_SCALE_UP"))
        assert aws.steady()
        assert (
            "not authorized to perform: lambda:InvokeFunction on resource" in aws.deployment()["statusReason"]
        )


@pytest.mark.slow
def test_hooks_of_the_shifts_run_again_when_traffic_goes_back() -> None:
    with Shifted(hooks=declared("SUCCEEDED", "SUCCEEDED", "FAILED")) as aws:
        deployed(aws, hook("check", "PRODUCTION_TRAFFIC_SHIFT", "TEST_TRAFFIC_SHIFT"))
        aws.until("BAKE_TIME")
        arn = aws.deployment()["serviceDeploymentArn"]
        aws.call("ecs", "StopServiceDeployment", serviceDeploymentArn=arn)
        aws.advance(30)
        assert aws.asked(5) == {BLUE: 5}
        assert aws.steady()
        assert aws.deployment()["status"] == "ROLLBACK_FAILED", "a hook failed on the way back"


@pytest.mark.slow
def test_a_linear_deployment_asks_before_and_at_every_step() -> None:
    with Shifted(hooks=declared("SUCCEEDED")) as aws:
        steps = {"stepPercent": 50, "stepBakeTimeInMinutes": 1}
        aws.started("LINEAR", linearConfiguration=steps)
        stages = ("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
        aws.deploy(deploymentConfiguration={"lifecycleHooks": [hook("check", *stages)]})
        assert aws.steady()
        assert [stage for stage, status in hook_events(aws) if status == "SUCCEEDED"] == [*stages, *stages]


# --- pauses ---


def paused(aws: Shifted, stage: str) -> tuple[str, str]:
    """(service deployment, hook id) of the pause that the deployment is in."""
    aws.until(stage)
    while not aws.deployment().get("lifecycleHookDetails"):
        aws.advance(1)
    (detail,) = aws.deployment()["lifecycleHookDetails"]
    assert (detail["targetType"], detail["status"]) == ("PAUSE", "AWAITING_ACTION")
    assert "targetArn" not in detail and detail["hookId"].startswith("ecs-pause-")
    return aws.deployment()["serviceDeploymentArn"], detail["hookId"]


def proceed(aws: Shifted, arn: str, hook_id: str, **more: str) -> None:
    aws.call("ecs", "ContinueServiceDeployment", serviceDeploymentArn=arn, hookId=hook_id, **more)


def test_a_pause_waits_until_it_is_continued() -> None:
    with Shifted() as aws:
        deployed(aws, pause("POST_TEST_TRAFFIC_SHIFT"))
        arn, hook_id = paused(aws, "POST_TEST_TRAFFIC_SHIFT")
        aws.advance(3600)
        assert aws.stage() == "POST_TEST_TRAFFIC_SHIFT" and aws.asked(5) == {BLUE: 5}
        (wait,) = waits(aws)
        assert (wait["for"], wait["stage"], wait["name"]) == ("pause", "POST_TEST_TRAFFIC_SHIFT", hook_id)
        assert wait["until"] - aws.world.now in range(22 * 3_600_000, 24 * 3_600_000), (
            "a day, unless said otherwise"
        )
        proceed(aws, arn, hook_id)
        aws.until("BAKE_TIME")
        aws.advance(1)
        (wait,) = waits(aws)
        assert (wait["for"], wait["stage"]) == ("time", "BAKE_TIME")
        assert 0 < wait["until"] - aws.world.now <= 60_000
        assert aws.steady() and aws.asked(5) == {GREEN: 5}
        with pytest.raises(ApiError, match="not allowed for service deployment in terminal states"):
            proceed(aws, arn, hook_id)


@pytest.mark.slow
def test_a_pause_is_answered_with_rollback() -> None:
    with Shifted() as aws:
        deployed(aws, pause("PRE_PRODUCTION_TRAFFIC_SHIFT"))
        proceed(aws, *paused(aws, "PRE_PRODUCTION_TRAFFIC_SHIFT"), action="ROLLBACK")
        assert aws.steady() and aws.asked(5) == {BLUE: 5}
        assert aws.deployment()["status"] == "ROLLBACK_SUCCESSFUL"
        assert hook_events(aws)[-1] == ("PRE_PRODUCTION_TRAFFIC_SHIFT", "FAILED")


@pytest.mark.slow
@pytest.mark.parametrize(("action", "on"), [("ROLLBACK", BLUE), ("CONTINUE", GREEN)])
def test_a_pause_ends_by_itself(action: str, on: str) -> None:
    with Shifted() as aws:
        deployed(aws, pause("POST_SCALE_UP", timeoutConfiguration={"timeoutInMinutes": 10, "action": action}))
        paused(aws, "POST_SCALE_UP")
        assert aws.steady() and aws.asked(5) == {on: 5}
        assert ("POST_SCALE_UP", "TIMED_OUT") in hook_events(aws)
        if action == "ROLLBACK":
            assert aws.deployment()["statusReason"] == (
                "Service deployment rolled back because POST_SCALE_UP pause hook timed out."
            )


@pytest.mark.slow
def test_what_continue_refuses() -> None:
    with Shifted() as aws:
        deployed(aws, pause("PRE_SCALE_UP"))
        arn, hook_id = paused(aws, "PRE_SCALE_UP")
        for given, refusal in (
            ({"hookId": "x"}, "Invalid hookId: hookId must follow the format"),
            ({"hookId": "ecs-pause-x"}, "either completed, unavailable, or not associated"),
            ({"serviceDeploymentArn": f"{arn}x"}, "The service deployment does not exist"),
        ):
            with pytest.raises(ApiError, match=refusal):
                aws.call(
                    "ecs",
                    "ContinueServiceDeployment",
                    **{"serviceDeploymentArn": arn, "hookId": hook_id, **given},
                )


@pytest.mark.slow
def test_a_rolling_deployment_pauses_before_it_scales_up() -> None:
    with Shifted() as aws:
        aws.service(BLUE, desired=2, deploymentConfiguration={"minimumHealthyPercent": 50})
        assert aws.steady()
        aws.deploy(deploymentConfiguration={"lifecycleHooks": [pause("PRE_SCALE_UP")]})
        arn, hook_id = paused(aws, "PRE_SCALE_UP")
        aws.advance(600)
        assert len(aws.tasks()) == 2 and aws.asked(4) == {BLUE: 4}
        proceed(aws, arn, hook_id)
        aws.until("SCALE_UP")
        assert aws.steady() and aws.asked(4) == {GREEN: 4}


@pytest.mark.slow
def test_a_rolling_deployment_that_goes_back_leaves_the_rules_alone() -> None:
    with Shifted() as aws:
        aws.started()
        rolling = {"strategy": "ROLLING", "lifecycleHooks": [pause("PRE_SCALE_UP")]}
        aws.deploy(deploymentConfiguration=rolling)
        proceed(aws, *paused(aws, "PRE_SCALE_UP"), action="ROLLBACK")
        while not aws.world.steady():
            assert aws.asked(4) == {BLUE: 4} and aws.weights() == {"blue": 0, "green": 100}
            aws.advance(10)
        assert aws.deployment()["status"] == "ROLLBACK_SUCCESSFUL"
