"""CloudFormation stacks with services, and people who meddle: create, change and delete in any order.

Slow: whole worlds are built for every example.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from ecslab.cloud import faults
from ecslab.cloud.ports.api import ApiError
from tests.cloud import invariants
from tests.cloud.inworld import EXECUTION_ROLE, IMAGE, InWorld

pytestmark = pytest.mark.slow

NAMES = ("shop", "blog")
REFUSED = {
    "ValidationError", "AlreadyExistsException", "ServiceNotFoundException", "ServiceNotActiveException",
    "ClusterNotFoundException", "InvalidParameterException", "ClusterContainsServicesException",
    "ClusterContainsTasksException", "StackNotFound", "UpdateInProgressException",
}  # fmt: skip
STEPS: tuple[tuple[str, Callable[[Random], Any]], ...] = (
    ("advance", lambda draw: draw.randint(1, 900)),
    ("advance", lambda draw: draw.randint(1, 60)),
    ("create", lambda draw: (draw.choice(NAMES), draw.choice(("v1.2.3", "crash")), draw.randint(0, 3))),
    ("update", lambda draw: (draw.choice(NAMES), draw.choice(("v1.2.3", "v1.2.4")), draw.randint(0, 3))),
    ("delete", lambda draw: draw.choice(NAMES)),
    ("scale", lambda draw: (draw.choice(NAMES), draw.randint(0, 4))),
    ("remove", lambda draw: draw.choice(NAMES)),
    ("clear", lambda draw: draw.choice(NAMES)),
    ("fault", lambda draw: draw.choice(({"exhaust_fargate": True}, {"restore_fargate": True}))),
)


class Play:
    def __init__(self, aws: InWorld) -> None:
        self.aws = aws
        self.done = 0
        network = {"Subnets": aws.subnets("private-a", "private-b"), "SecurityGroups": [aws.group("app")]}
        self.network = {"AwsvpcConfiguration": network}
        invariants.guard(aws.world)

    def template(self, name: str, tag: str, count: int) -> str:
        container = {"Name": "app", "Image": f"{IMAGE}:{tag}", "PortMappings": [{"ContainerPort": 8080}]}
        resources: dict[str, Any] = {
            "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": name}},
            "Definition": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "Family": name, "NetworkMode": "awsvpc", "Cpu": "256", "Memory": "512",
                    "RequiresCompatibilities": ["FARGATE"], "ExecutionRoleArn": EXECUTION_ROLE,
                    "ContainerDefinitions": [container],
                },
            },
            "Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "ServiceName": name, "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Definition"},
                    "DesiredCount": count, "LaunchType": "FARGATE", "NetworkConfiguration": self.network,
                },
            },
        }  # fmt: skip
        return json.dumps({"Resources": resources})

    def step(self, word: str, value: Any) -> None:
        try:
            getattr(self, f"_{word}")(value)
            self.done += 1
        except ApiError as error:
            assert error.code in REFUSED, f"{word} {value}: {error.code}: {error.message}"
        invariants.check(self.aws.world)
        for stack in self.aws.call("cloudformation", "DescribeStacks")["Stacks"]:
            assert stack["StackStatus"].endswith(("_COMPLETE", "_IN_PROGRESS", "_FAILED"))

    def _advance(self, seconds: int) -> None:
        self.aws.advance(seconds)

    def _create(self, given: tuple[str, str, int]) -> None:
        body = self.template(*given)
        self.aws.call("cloudformation", "CreateStack", StackName=given[0], TemplateBody=body)

    def _update(self, given: tuple[str, str, int]) -> None:
        body = self.template(*given)
        self.aws.call("cloudformation", "UpdateStack", StackName=given[0], TemplateBody=body)

    def _delete(self, name: str) -> None:
        self.aws.call("cloudformation", "DeleteStack", StackName=name)

    def _scale(self, given: tuple[str, int]) -> None:
        name, count = given
        self.aws.call("ecs", "UpdateService", cluster=name, service=name, desiredCount=count)

    def _remove(self, name: str) -> None:
        """Somebody deletes the service behind the stack's back."""
        self.aws.call("ecs", "DeleteService", cluster=name, service=name, force=True)

    def _clear(self, name: str) -> None:
        self.aws.call("ecs", "DeleteCluster", cluster=name)

    def _fault(self, fault: dict[str, Any]) -> None:
        faults.play(self.aws.world, fault)


def played(seed: int, number: int) -> str:
    draw = Random(seed)
    with InWorld(seed) as aws:
        play = Play(aws)
        for word, argument in draw.choices(STEPS, k=number):
            play.step(word, argument(draw))
        assert play.done > number / 3
        return invariants.digest(aws.world)


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_steps_with_stacks(seed: int) -> None:
    assert played(seed, 500) == played(seed, 500)
