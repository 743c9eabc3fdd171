"""Anything a person and the world may do, in any order: no exception, no broken limit, the same again on replay.

Short sequences are hypothesis's, which finds the shortest one that breaks something; a long one has thousands
of steps in one world. Slow: whole worlds are built for every example. Run with `-m slow`.
"""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecslab.cloud import faults
from ecslab.cloud.ports.api import ApiError
from tests.cloud import invariants
from tests.cloud.inworld import InWorld

pytestmark = pytest.mark.slow

TAGS = ("v1.2.3", "v1.2.4", "crash", "oom", "sick", "slow", "v9.9.9")
PROVIDERS = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 2},
]
CONFIGURATIONS = (
    {"minimumHealthyPercent": 100, "maximumPercent": 200},
    {"minimumHealthyPercent": 50, "maximumPercent": 150},
    {"minimumHealthyPercent": 0, "maximumPercent": 100},
    {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
)
FAULTS: list[dict[str, Any]] = [
    {"stop_task": "web-app"}, {"lose_az": "a"}, {"restore_az": "a"}, {"lose_az": "b"}, {"restore_az": "b"},
    {"exhaust_fargate": True}, {"restore_fargate": True}, {"interrupt_spot": True},
    {"exhaust_fargate": {"provider": "FARGATE_SPOT", "for": "5m"}}, {"limit_vcpus": 1}, {"limit_vcpus": True},
    {"limit_pulls": 0},
]  # fmt: skip
STEPS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 900)),
    st.tuples(st.just("deploy"), st.sampled_from(TAGS)),
    st.tuples(st.just("scale"), st.integers(0, 5)),
    st.tuples(st.just("configure"), st.sampled_from(range(len(CONFIGURATIONS)))),
    st.tuples(st.just("spot"), st.booleans()),
    st.tuples(st.just("stop"), st.integers(0, 4)),
    st.tuples(st.just("protect"), st.integers(0, 4)),
    st.tuples(st.just("run"), st.sampled_from(TAGS)),
    st.tuples(st.just("roll back"), st.none()),
    st.tuples(st.just("delete"), st.none()),
    st.tuples(st.just("close"), st.booleans()),
    st.tuples(st.just("bounds"), st.tuples(st.integers(0, 3), st.integers(3, 6))),
    st.tuples(st.just("track"), st.sampled_from((20.0, 50.0, 90.0))),
    st.tuples(st.just("alarm"), st.booleans()),
    st.tuples(st.just("traffic"), st.sampled_from((0, 2, 60, 400))),
    st.tuples(st.just("fault"), st.sampled_from(FAULTS)),
)  # fmt: skip
REFUSALS = {
    "ServiceNotFoundException", "ServiceNotActiveException", "InvalidParameterException", "ConflictException",
    "InvalidPermission.Duplicate", "InvalidPermission.NotFound", "ClientException", "ObjectNotFoundException",
}  # fmt: skip


class Play:
    """A world in which steps are played; what is not a refusal of AWS is an error of ours."""

    def __init__(self, aws: InWorld) -> None:
        self.aws = aws
        aws.call(
            "ecs", "CreateCluster", clusterName="prod", capacityProviders=["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategy=[],
        )  # fmt: skip
        invariants.guard(aws.world)
        aws.service("v1.2.3", desired=2)

    def step(self, word: str, value: Any) -> None:
        try:
            getattr(self, f"_{word.replace(' ', '_')}")(value)
        except ApiError as error:
            assert error.code in REFUSALS, f"{word}: {error.code}: {error.message}"
        invariants.check(self.aws.world)

    def _advance(self, seconds: int) -> None:
        self.aws.advance(seconds)

    def _deploy(self, tag: str) -> None:
        self.aws.update(taskDefinition=self.aws.register(tag))

    def _scale(self, count: int) -> None:
        self.aws.update(desiredCount=count)

    def _configure(self, number: int) -> None:
        self.aws.update(deploymentConfiguration=CONFIGURATIONS[number])

    def _spot(self, force: bool) -> None:
        self.aws.update(capacityProviderStrategy=PROVIDERS, forceNewDeployment=force)

    def _pick(self, number: int) -> str:
        tasks = self.aws.tasks()
        return str(tasks[number % len(tasks)]["taskArn"]) if tasks else "0" * 32

    def _stop(self, number: int) -> None:
        self.aws.call("ecs", "StopTask", cluster="prod", task=self._pick(number))

    def _protect(self, number: int) -> None:
        self.aws.call(
            "ecs",
            "UpdateTaskProtection",
            cluster="prod",
            tasks=[self._pick(number)],
            protectionEnabled=number % 2 == 0,
        )

    def _run(self, tag: str) -> None:
        network = {"subnets": self.aws.subnets("private-a"), "securityGroups": [self.aws.group("app")]}
        self.aws.call(
            "ecs", "RunTask", cluster="prod", taskDefinition=self.aws.register(tag), launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )  # fmt: skip

    def _roll_back(self, _: None) -> None:
        found = self.aws.call("ecs", "ListServiceDeployments", cluster="prod", service="web-app")[
            "serviceDeployments"
        ]
        self.aws.call("ecs", "StopServiceDeployment", serviceDeploymentArn=found[0]["serviceDeploymentArn"])

    def _delete(self, _: None) -> None:
        self.aws.call("ecs", "DeleteService", cluster="prod", service="web-app", force=True)
        self.aws.advance(300)
        self.aws.service("v1.2.3", desired=1)

    def _close(self, close: bool) -> None:
        rule = {
            "IpProtocol": "tcp",
            "FromPort": 8080,
            "ToPort": 8080,
            "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
        }
        operation = "RevokeSecurityGroupIngress" if close else "AuthorizeSecurityGroupIngress"
        self.aws.call("ec2", operation, GroupId=self.aws.group("app"), IpPermissions=[rule])

    def _scaling(self, operation: str, **params: Any) -> None:
        target = {
            "ServiceNamespace": "ecs", "ResourceId": "service/prod/web-app",
            "ScalableDimension": "ecs:service:DesiredCount",
        }  # fmt: skip
        self.aws.call("application-autoscaling", operation, **target, **params)

    def _bounds(self, bounds: tuple[int, int]) -> None:
        self._scaling("RegisterScalableTarget", MinCapacity=bounds[0], MaxCapacity=bounds[1])

    def _track(self, value: float) -> None:
        metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        self._scaling(
            "PutScalingPolicy", PolicyName="cpu", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value, "PredefinedMetricSpecification": metric, "ScaleInCooldown": 60,
            },
        )  # fmt: skip

    def _alarm(self, watched: bool) -> None:
        dimensions = [{"Name": "ClusterName", "Value": "prod"}, {"Name": "ServiceName", "Value": "web-app"}]
        self.aws.call(
            "cloudwatch", "PutMetricAlarm", AlarmName="busy", Namespace="AWS/ECS", MetricName="CPUUtilization",
            Dimensions=dimensions, Statistic="Average", Period=60, EvaluationPeriods=1, Threshold=60.0,
            ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        alarms = {"alarmNames": ["busy"], "enable": watched, "rollback": True}
        self.aws.update(deploymentConfiguration={"alarms": alarms})

    def _traffic(self, rate: int) -> None:
        faults.play(self.aws.world, {"traffic": rate})

    def _fault(self, fault: dict[str, Any]) -> None:
        faults.play(self.aws.world, fault)


def played(seed: int, steps: list[tuple[str, Any]]) -> str:
    with InWorld(seed) as aws:
        play = Play(aws)
        for word, value in steps:
            play.step(word, value)
        return invariants.digest(aws.world)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 20), st.lists(STEPS, min_size=8, max_size=40))
def test_no_exception_no_broken_limit_and_the_same_again(seed: int, steps: list[tuple[str, Any]]) -> None:
    assert played(seed, steps) == played(seed, steps)


CHANCES = (
    ("advance", lambda draw: draw.randint(1, 900)),
    ("advance", lambda draw: draw.randint(1, 60)),
    ("deploy", lambda draw: draw.choice(TAGS)),
    ("scale", lambda draw: draw.randint(0, 5)),
    ("configure", lambda draw: draw.randrange(len(CONFIGURATIONS))),
    ("spot", lambda draw: draw.random() < 0.5),
    ("stop", lambda draw: draw.randint(0, 4)),
    ("protect", lambda draw: draw.randint(0, 4)),
    ("run", lambda draw: draw.choice(TAGS)),
    ("roll back", lambda draw: None),
    ("delete", lambda draw: None),
    ("close", lambda draw: draw.random() < 0.5),
    ("bounds", lambda draw: (draw.randint(0, 3), draw.randint(3, 6))),
    ("track", lambda draw: draw.choice((20.0, 50.0, 90.0))),
    ("alarm", lambda draw: draw.random() < 0.5),
    ("traffic", lambda draw: draw.choice((0, 2, 60, 400))),
    ("fault", lambda draw: draw.choice(FAULTS)),
)


@pytest.mark.parametrize("seed", [1, 2])
def test_thousands_of_steps_in_one_world(seed: int) -> None:
    draw = Random(seed)
    words = draw.choices(CHANCES, k=2000)
    steps = [(word, argument(draw)) for word, argument in words]
    assert played(seed, steps) == played(seed, steps)
