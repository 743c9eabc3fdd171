"""What CreateService and UpdateService refuse of deployments that shift traffic, before anything is started."""

from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.shifted import BLUE, Shifted, function

ROLE = "arn:aws:iam::123456789012:role/r"
ALB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"


@pytest.fixture(scope="module")
def aws() -> Any:
    with Shifted() as made:
        yield made


def refused(aws: Shifted, **params: Any) -> str:
    """The message of the error with which the service is not created."""
    given = {
        "loadBalancers": [aws.balancer()],
        "deploymentConfiguration": {"strategy": "BLUE_GREEN"},
        **params,
    }
    with pytest.raises(ApiError) as caught:
        aws.service(BLUE, **given)
    assert caught.value.code == "InvalidParameterException"
    return caught.value.message


def hook(**more: Any) -> dict[str, Any]:
    given = {"hookTargetArn": function("f"), "roleArn": ROLE, "lifecycleStages": ["PRE_SCALE_UP"], **more}
    return {key: value for key, value in given.items() if value is not None}


CONFIGURATIONS = [
    ({"strategy": "GREEN"}, "Invalid deployment strategy"),
    ({"bakeTimeInMinutes": 1441}, "bakeTimeInMinutes must be between 0 and 1440"),
    ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}}, "stepPercent must be between 3 and 100"),
    ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 10.05}}, "stepPercent must be a multiple"),
    ({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.0}}, "canaryPercent must be between 0.1"),
    (
        {"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": 1441}},
        "canaryBakeTimeInMinutes must be between 0 and 1440",
    ),
    ({"linearConfiguration": {"stepPercent": 10}}, "linearConfiguration is only valid when the deployment strategy"),
    ({"lifecycleHooks": [hook(targetType="SQS")]}, "Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE"),
    ({"lifecycleHooks": [hook(lifecycleStages=["BAKE_TIME"])]}, "Invalid lifecycle stage"),
    ({"lifecycleHooks": [hook(lifecycleStages=[])]}, "lifecycleStages can not be empty"),
    ({"lifecycleHooks": [hook(roleArn=None)]}, "roleArn is required for AWS_LAMBDA hooks"),
    ({"lifecycleHooks": [hook(hookTargetArn="check")]}, "hookTargetArn must be the ARN of a Lambda function"),
    ({"lifecycleHooks": [hook() for _ in range(11)]}, "lifecycleHooks can have at most 10 items of type AWS_LAMBDA"),
    (
        {"lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["TEST_TRAFFIC_SHIFT"]}]},
        "Invalid lifecycle stage provided for Pause Hook",
    ),
    (
        {"lifecycleHooks": [hook(timeoutConfiguration={"timeoutInMinutes": 1441})]},
        "timeoutInMinutes must be between 1 and 1440",
    ),
    ({"minimumHealthyPercent": 100, "maximumPercent": 100}, "Both maximumPercent and minimumHealthyPercent"),
]  # fmt: skip


@pytest.mark.parametrize(("configuration", "message"), CONFIGURATIONS)
def test_configurations(aws: Shifted, configuration: dict[str, Any], message: str) -> None:
    given = {"strategy": "BLUE_GREEN", **configuration}
    assert refused(aws, deploymentConfiguration=given).startswith(message)


def test_load_balancers(aws: Shifted) -> None:
    plain = {key: value for key, value in aws.balancer().items() if key != "advancedConfiguration"}
    wrong = f"{ALB}:listener/app/my-alb/abc123/def456"
    listener = f"{ALB}:listener-rule/app/x/y"
    for balancers, message in (
        ([plain], "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING"),
        ([aws.balancer(), plain], "Either all or none of the provided loadBalancers must have advancedConfiguration"),
        ([aws.balancer(), aws.balancer()], f"Duplicate targetGroupArn found: {aws.blue}"),
        ([aws.balancer(alternateTargetGroupArn=aws.blue)], f"Duplicate targetGroupArn found: {aws.blue}"),
        ([aws.balancer(testListenerRule=aws.production)], "The following rules cannot be used as both production"),
        (
            [aws.balancer(productionListenerRule=wrong)],
            "productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: "
            + wrong,
        ),
        ([aws.balancer(testListenerRule=listener)], "testListenerRule has an invalid ARN format"),
        ([aws.balancer(roleArn=None)], "roleArn is required in advancedConfiguration"),
        ([aws.balancer(alternateTargetGroupArn=f"{aws.green}x")], "The specified target group does not exist"),
    ):  # fmt: skip
        assert refused(aws, loadBalancers=balancers).startswith(message)


def test_a_test_rule_is_needed_where_production_does_not_know_both_groups(aws: Shifted) -> None:
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/one"]}}
    rule = aws.rule(40, condition, [(aws.blue, 1)])
    given = [aws.balancer(productionListenerRule=rule, testListenerRule=None)]
    assert "testListenerRule is required when productionListenerRule is not associated" in (
        refused(aws, loadBalancers=given)
    )


def test_without_load_balancers_traffic_cannot_move_in_steps(aws: Shifted) -> None:
    message = refused(aws, loadBalancers=[], deploymentConfiguration={"strategy": "CANARY"})
    assert message == "loadBalancers must be specified when using the CANARY deployment strategy."


@pytest.mark.parametrize("kind", ["CODE_DEPLOY", "EXTERNAL"])
def test_other_controllers_are_one_clear_error(aws: Shifted, kind: str) -> None:
    with pytest.raises(ApiError, match=f"ecslab does not simulate the deployment controller {kind}"):
        aws.service(BLUE, deploymentController={"type": kind})
