"""A cluster of EC2 instances under anything that may happen to it, in any order.

Services on instances and on a capacity provider with managed scaling, tasks of their own, instances that drain,
end and come. Slow: whole worlds are built for every example.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud import invariants
from tests.cloud.instances.onhosts import OnHosts

pytestmark = pytest.mark.slow

TAGS = ("v1.2.3", "v1.2.4", "crash", "sick", "v9.9.9")
STRATEGIES: tuple[list[dict[str, str]], ...] = (
    [],
    [{"type": "binpack", "field": "memory"}],
    [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "spread", "field": "instanceId"},
    ],
)
REFUSED = {
    "InvalidParameterException", "ServiceNotActiveException", "ServiceNotFoundException", "ConflictException",
    "ClientException", "ValidationError", "InvalidInstanceID.NotFound", "ScalingActivityInProgress",
}  # fmt: skip
STEPS: tuple[tuple[str, Callable[[Random], Any]], ...] = (
    ("advance", lambda draw: draw.randint(1, 900)),
    ("advance", lambda draw: draw.randint(1, 90)),
    ("deploy", lambda draw: (draw.choice(TAGS), draw.choice(("bridge", "host")))),
    ("scale", lambda draw: (draw.choice(("web-app", "provided")), draw.randint(0, 9))),
    ("place", lambda draw: draw.choice(STRATEGIES)),
    ("run", lambda draw: draw.choice(TAGS)),
    ("stop", lambda draw: draw.randint(0, 9)),
    ("drain", lambda draw: draw.randint(0, 9)),
    ("back", lambda draw: draw.randint(0, 9)),
    ("end", lambda draw: draw.randint(0, 9)),
    ("grow", lambda draw: draw.randint(0, 4)),
    ("leave", lambda draw: draw.randint(0, 9)),
)


class Play:
    def __init__(self, aws: OnHosts) -> None:
        self.aws = aws
        self.refused = 0
        found = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=["ecs-hosts"])
        group = found["AutoScalingGroups"][0]["AutoScalingGroupARN"]
        given = {"autoScalingGroupArn": group, "managedScaling": {"status": "ENABLED"}}
        aws.call("ecs", "CreateCapacityProvider", name="hosts-cp", autoScalingGroupProvider=given)
        aws.ecs(
            "PutClusterCapacityProviders", capacityProviders=["hosts-cp"], defaultCapacityProviderStrategy=[]
        )
        invariants.guard(aws.world)
        aws.serve(aws.define("v1.2.3"), 2, balanced=True)
        aws.ecs(
            "CreateService", serviceName="provided", taskDefinition=aws.define("v1.2.3"), desiredCount=2,
            capacityProviderStrategy=[{"capacityProvider": "hosts-cp", "weight": 1}],
        )  # fmt: skip

    def step(self, word: str, value: Any) -> None:
        try:
            getattr(self, f"_{word}")(value)
        except ApiError as error:
            self.refused += 1
            assert error.code in REFUSED, f"{word} {value}: {error.code}: {error.message}"
        invariants.check(self.aws.world)

    def _advance(self, seconds: int) -> None:
        self.aws.advance(seconds)

    def _deploy(self, given: tuple[str, str]) -> None:
        definition = self.aws.define(given[0], mode=given[1])
        self.aws.ecs("UpdateService", service="provided", taskDefinition=definition)

    def _scale(self, given: tuple[str, int]) -> None:
        self.aws.ecs("UpdateService", service=given[0], desiredCount=given[1])

    def _place(self, strategy: list[dict[str, str]]) -> None:
        self.aws.ecs("UpdateService", service="web-app", placementStrategy=strategy)

    def _run(self, tag: str) -> None:
        subnets, group = self.aws.subnets("private-a", "private-b"), self.aws.group("app")
        network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group]}}
        self.aws.ecs(
            "RunTask", taskDefinition=self.aws.define(tag, mode="awsvpc"), networkConfiguration=network,
            capacityProviderStrategy=[{"capacityProvider": "hosts-cp", "weight": 1}],
        )  # fmt: skip

    def _stop(self, number: int) -> None:
        tasks = self.aws.tasks()
        if tasks:
            self.aws.ecs("StopTask", task=tasks[number % len(tasks)]["taskArn"])

    def _chosen(self, number: int) -> dict[str, Any] | None:
        instances = self.aws.instances()
        return instances[number % len(instances)] if instances else None

    def _state(self, number: int, status: str) -> None:
        chosen = self._chosen(number)
        if chosen is not None:
            arns = [chosen["containerInstanceArn"]]
            self.aws.ecs("UpdateContainerInstancesState", containerInstances=arns, status=status)

    def _drain(self, number: int) -> None:
        self._state(number, "DRAINING")

    def _back(self, number: int) -> None:
        self._state(number, "ACTIVE")

    def _end(self, number: int) -> None:
        chosen = self._chosen(number)
        if chosen is not None:
            self.aws.call("ec2", "TerminateInstances", InstanceIds=[chosen["ec2InstanceId"]])

    def _grow(self, count: int) -> None:
        self.aws.call(
            "autoscaling", "SetDesiredCapacity", AutoScalingGroupName="ecs-hosts", DesiredCapacity=count
        )

    def _leave(self, number: int) -> None:
        chosen = self._chosen(number)
        if chosen is not None:
            arn = chosen["containerInstanceArn"]
            self.aws.ecs("DeregisterContainerInstance", containerInstance=arn, force=True)


def played(seed: int, number: int) -> str:
    draw = Random(seed)
    with OnHosts(seed) as aws:
        play = Play(aws)
        for word, argument in draw.choices(STEPS, k=number):
            play.step(word, argument(draw))
        assert play.refused < number / 4
        return invariants.digest(aws.world)


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_steps_on_instances(seed: int) -> None:
    assert played(seed, 600) == played(seed, 600)
