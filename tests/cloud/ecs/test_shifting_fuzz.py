"""Whatever is done to a service that shifts traffic, in any order: what its listener rules say stays in order.

Slow: a world is built for every example.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.shifted import BLUE, GREEN, ROLE_NAME, TRUST, Shifted, function

pytestmark = pytest.mark.slow

ANSWERS = ("SUCCEEDED", "IN_PROGRESS", "FAILED", "ERROR")
STAGES = ("PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT")
CONFIGURATIONS: tuple[dict[str, Any], ...] = (
    {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2},
    {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 33.3, "stepBakeTimeInMinutes": 1}},
    {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 2}},
    {"strategy": "ROLLING"},
    {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
)
STEPS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 400)),
    st.tuples(st.just("advance"), st.integers(1, 60)),
    st.tuples(st.just("deploy"), st.sampled_from((BLUE, GREEN, "crash", "sick"))),
    st.tuples(st.just("configure"), st.integers(0, len(CONFIGURATIONS) - 1)),
    st.tuples(st.just("hook"), st.tuples(st.sampled_from(("PAUSE", "AWS_LAMBDA")), st.sampled_from(STAGES))),
    st.tuples(st.just("proceed"), st.sampled_from(("CONTINUE", "ROLLBACK"))),
    st.tuples(st.just("stop"), st.none()),
    st.tuples(st.just("scale"), st.integers(0, 3)),
    st.tuples(st.just("trust"), st.booleans()),
    st.tuples(st.just("kill"), st.integers(0, 5)),
)
REFUSALS = {"InvalidParameterException", "ConflictException"}


class Play:
    def __init__(self, aws: Shifted, *, settled: bool) -> None:
        self.aws = aws
        if settled:
            aws.started()
        else:
            aws.service(BLUE, loadBalancers=[aws.balancer()], deploymentConfiguration=CONFIGURATIONS[2])
        self.others = self.untouched()

    def untouched(self) -> list[Any]:
        """All about the listener's rules but the weights of the two target groups."""
        rules = self.aws.call("elbv2", "DescribeRules", ListenerArn=self.aws.listener)["Rules"]
        return [
            (
                rule["RuleArn"],
                rule["Priority"],
                rule["Conditions"],
                [action["Type"] for action in rule["Actions"]],
            )
            for rule in rules
        ]

    def step(self, word: str, value: Any) -> None:
        try:
            getattr(self, f"_{word}")(value)
        except ApiError as error:
            assert error.code in REFUSALS, f"{word} {value}: {error.code}: {error.message}"
        self.check()

    def check(self) -> None:
        aws = self.aws
        for rule in (aws.production, aws.test):
            weights = aws.weights(rule)
            assert set(weights) <= {"blue", "green"}
            assert len(weights) == 1 or sum(weights.values()) in (1, 100, 1000)
        assert self.untouched() == self.others
        record = aws.deployment()
        shares = [record["targetServiceRevision"], *record["sourceServiceRevisions"]]
        production = [
            s["requestedProductionTrafficWeight"] for s in shares if "requestedProductionTrafficWeight" in s
        ]
        assert not production or len(production) == 1 or sum(production) == 100.0
        for deployment in aws.deployments()[1:]:
            assert deployment["status"] not in ("IN_PROGRESS", "PENDING")

    def _advance(self, seconds: int) -> None:
        self.aws.advance(seconds)

    def _deploy(self, tag: str) -> None:
        self.aws.deploy(tag)

    def _configure(self, number: int) -> None:
        self.aws.update(deploymentConfiguration=CONFIGURATIONS[number])

    def _hook(self, given: tuple[str, str]) -> None:
        kind, stage = given
        hook: dict[str, Any] = {"targetType": kind, "lifecycleStages": [stage]}
        if kind == "AWS_LAMBDA":
            hook |= {"hookTargetArn": function("check"), "roleArn": self.aws.role}
        self.aws.update(deploymentConfiguration={"lifecycleHooks": [hook]})

    def _proceed(self, action: str) -> None:
        record = self.aws.deployment()
        for detail in record.get("lifecycleHookDetails", []):
            self.aws.call(
                "ecs", "ContinueServiceDeployment", serviceDeploymentArn=record["serviceDeploymentArn"],
                hookId=detail["hookId"], action=action,
            )  # fmt: skip

    def _stop(self, _: None) -> None:
        arn = self.aws.deployment()["serviceDeploymentArn"]
        self.aws.call("ecs", "StopServiceDeployment", serviceDeploymentArn=arn)

    def _scale(self, count: int) -> None:
        self.aws.update(desiredCount=count)

    def _trust(self, on: bool) -> None:
        text = json.dumps(TRUST)
        document = text if on else text.replace("ecs.amazonaws.com", "ec2.amazonaws.com")
        self.aws.call("iam", "UpdateAssumeRolePolicy", RoleName=ROLE_NAME, PolicyDocument=document)

    def _kill(self, number: int) -> None:
        tasks = self.aws.tasks()
        if tasks:
            self.aws.call("ecs", "StopTask", cluster="prod", task=tasks[number % len(tasks)]["taskArn"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(STEPS, max_size=25), st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=3), st.booleans()
)
def test_any_order_of_deployments_hooks_and_stops(
    steps: list[tuple[str, Any]], answers: list[str], settled: bool
) -> None:
    with Shifted(hooks={"check": {"answers": answers, "after": 20_000}}) as aws:
        play = Play(aws, settled=settled)
        for word, value in steps:
            play.step(word, value)
        play.step("trust", True)
        play.step("configure", 0)
        aws.update(deploymentConfiguration={"lifecycleHooks": []}, desiredCount=2)
        aws.deploy(GREEN)
        assert aws.steady(within=3 * 3600), aws.deployment()
        assert aws.asked(6) == {GREEN: 6} and len(aws.tasks()) == 2
