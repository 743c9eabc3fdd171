"""Anything a person and the world may do, in any order: no exception, no broken limit, the same again on replay.

Slow: whole worlds are built for every example. Run with `-m slow`.
"""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecslab.cloud import faults
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import Status, Task
from ecslab.cloud.ecs.plane import EcsPlane
from ecslab.cloud.ports import ApiError
from ecslab.terms import rolling
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
    st.tuples(
        st.just("fault"),
        st.sampled_from(
            [
                {"stop_task": "web-app"}, {"lose_az": "a"}, {"restore_az": "a"}, {"lose_az": "b"}, {"restore_az": "b"},
                {"exhaust_fargate": True}, {"restore_fargate": True}, {"interrupt_spot": True},
                {"exhaust_fargate": {"provider": "FARGATE_SPOT", "for": "5m"}},
            ]
        ),
    ),
)  # fmt: skip
REFUSALS = {
    "ServiceNotFoundException", "ServiceNotActiveException", "InvalidParameterException", "ConflictException",
    "InvalidPermission.Duplicate", "InvalidPermission.NotFound", "ClientException",
}  # fmt: skip


class Play:
    """A world in which steps are played; what is not a refusal of AWS is an error of ours."""

    def __init__(self, aws: InWorld) -> None:
        self.aws = aws
        plane = aws.world.ecs
        assert isinstance(plane, EcsPlane)
        self.plane = plane
        aws.call(
            "ecs", "CreateCluster", clusterName="prod", capacityProviders=["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategy=[],
        )  # fmt: skip
        self.guard(plane.lifecycle)
        aws.service("v1.2.3", desired=2)

    def guard(self, lifecycle: Lifecycle) -> None:
        """No task beyond the maximum, at the moment it is started; one more is allowed to rebalancing."""
        start = lifecycle.start

        def starting(task: Task) -> None:
            service = task.service
            if service is not None and service.status == "ACTIVE":
                others = [t for t in service.tasks.values() if t is not task and not t.stopping_or_stopped]
                assert len(others) < rolling.maximum_tasks(service.desired, service.maximum_percent)
            start(task)

        lifecycle.start = starting  # type: ignore[method-assign]

    def step(self, word: str, value: Any) -> None:
        try:
            getattr(self, f"_{word.replace(' ', '_')}")(value)
        except ApiError as error:
            assert error.code in REFUSALS, f"{word}: {error.code}: {error.message}"
        self.check()

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

    def _fault(self, fault: dict[str, Any]) -> None:
        faults.play(self.aws.world, fault)

    def check(self) -> None:
        """What is true after every step."""
        assert not self.aws.world.dispatcher.exceptions, self.aws.world.dispatcher.exceptions[0]
        service = self.aws.described()
        statuses = Counter(deployment["status"] for deployment in service["deployments"])
        assert service["status"] != "ACTIVE" or statuses["PRIMARY"] == 1
        running = sum(deployment["runningCount"] for deployment in service["deployments"])
        assert service["status"] != "ACTIVE" or service["runningCount"] == running
        living = {task.id for task in self.plane.state.tasks.values() if task.last != Status.STOPPED}
        for task in self.plane.state.tasks.values():
            if task.last == Status.STOPPED:
                assert task.stop_code and task.stopped_reason and not task.registered
                assert all(container.status == "STOPPED" for container in task.containers)
        for group in self.aws.world.elb.snapshot()["target_groups"]:
            for target in group["targets"]:
                assert target["task"] is None or target["task"] in living or target["state"] == "draining"
        self.plane.snapshot()

    def digest(self) -> str:
        happened = [[e.t, e.source, e.subject, e.message] for e in self.aws.world.events]
        described = json.dumps([happened, self.aws.world.snapshot()], sort_keys=True, default=str)
        return hashlib.sha256(described.encode()).hexdigest()


def played(seed: int, steps: list[tuple[str, Any]]) -> str:
    with InWorld(seed) as aws:
        play = Play(aws)
        for word, value in steps:
            play.step(word, value)
        return play.digest()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 20), st.lists(STEPS, min_size=8, max_size=40))
def test_no_exception_no_broken_limit_and_the_same_again(seed: int, steps: list[tuple[str, Any]]) -> None:
    assert played(seed, steps) == played(seed, steps)
