"""Capacity providers of Auto Scaling groups: rules, base and weight, managed scaling; and daemon services."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.instances.onhosts import OnHosts


@pytest.fixture
def aws() -> Iterator[OnHosts]:
    with OnHosts() as world:
        yield world


def group_arn(aws: OnHosts) -> str:
    found = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=["ecs-hosts"])
    return str(found["AutoScalingGroups"][0]["AutoScalingGroupARN"])


def desired(aws: OnHosts) -> int:
    found = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=["ecs-hosts"])
    return int(found["AutoScalingGroups"][0]["DesiredCapacity"])


def provide(aws: OnHosts, name: str = "hosts-cp", **scaling: Any) -> dict[str, Any]:
    given = {"autoScalingGroupArn": group_arn(aws), "managedScaling": {"status": "ENABLED", **scaling}}
    answer = aws.call("ecs", "CreateCapacityProvider", name=name, autoScalingGroupProvider=given)
    return dict(answer["capacityProvider"])


def associate(aws: OnHosts, *names: str, weight: int = 1) -> dict[str, Any]:
    strategy = [{"capacityProvider": names[0], "weight": weight}] if names else []
    answer = aws.ecs(
        "PutClusterCapacityProviders", capacityProviders=list(names), defaultCapacityProviderStrategy=strategy
    )
    return dict(answer["cluster"])


# --- the API --------------------------------------------------------------------------------------


def test_a_capacity_provider_shows_its_defaults(aws: OnHosts) -> None:
    made = provide(aws)
    assert made["status"] == "ACTIVE"
    assert made["capacityProviderArn"] == "arn:aws:ecs:us-east-1:123456789012:capacity-provider/hosts-cp"
    assert made["autoScalingGroupProvider"]["managedScaling"] == {
        "status": "ENABLED", "targetCapacity": 100, "minimumScalingStepSize": 1, "maximumScalingStepSize": 10000,
        "instanceWarmupPeriod": 300,
    }  # fmt: skip
    found = aws.call("ecs", "DescribeCapacityProviders")["capacityProviders"]
    assert [p["name"] for p in found] == ["FARGATE", "FARGATE_SPOT", "hosts-cp"]


@pytest.mark.parametrize(
    ("name", "scaling"),
    [
        ("ecs-mine", {}),
        ("fargate", {}),
        ("mine", {"targetCapacity": 101}),
        ("mine", {"maximumScalingStepSize": 0}),
    ],
)
def test_wrong_capacity_providers_are_refused(aws: OnHosts, name: str, scaling: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        provide(aws, name, **scaling)
    assert refused.value.code == "ClientException"


def test_termination_protection_needs_a_group_that_protects(aws: OnHosts) -> None:
    given = {
        "autoScalingGroupArn": group_arn(aws),
        "managedScaling": {"status": "ENABLED"},
        "managedTerminationProtection": "ENABLED",
    }
    with pytest.raises(ApiError, match="instance protection from scale in"):
        aws.call("ecs", "CreateCapacityProvider", name="mine", autoScalingGroupProvider=given)


def test_association_rules(aws: OnHosts) -> None:
    with pytest.raises(ApiError, match="was not found"):
        associate(aws, "nobody")
    provide(aws)
    assert associate(aws, "hosts-cp")["capacityProviders"] == ["hosts-cp"]
    assert [i["capacityProviderName"] for i in aws.instances()] == ["hosts-cp", "hosts-cp"]
    with pytest.raises(ApiError, match="associated with a cluster"):
        aws.call("ecs", "DeleteCapacityProvider", capacityProvider="hosts-cp")
    aws.serve(aws.define(), 1, launchType=None)
    with pytest.raises(ApiError) as used:
        associate(aws)
    assert used.value.code == "ResourceInUseException"
    aws.ecs("DeleteService", service="web-app", force=True)
    aws.advance(120)
    associate(aws)
    gone = aws.call("ecs", "DeleteCapacityProvider", capacityProvider="hosts-cp")["capacityProvider"]
    assert gone["status"] == "INACTIVE"


def test_a_strategy_does_not_mix_fargate_and_groups(aws: OnHosts) -> None:
    provide(aws)
    aws.ecs(
        "PutClusterCapacityProviders",
        capacityProviders=["hosts-cp", "FARGATE"],
        defaultCapacityProviderStrategy=[],
    )
    both = [{"capacityProvider": "hosts-cp", "weight": 1}, {"capacityProvider": "FARGATE", "weight": 1}]
    with pytest.raises(ApiError, match="cannot contain a mix"):
        aws.serve(aws.define(), 1, launchType=None, capacityProviderStrategy=both)


# --- managed scaling ------------------------------------------------------------------------------


def test_tasks_wait_in_provisioning_until_managed_scaling_brings_instances(aws: OnHosts) -> None:
    provide(aws)
    associate(aws, "hosts-cp")
    aws.serve(aws.define(cpu=1024), 7, launchType=None)
    aws.advance(30)
    states = Counter(task["lastStatus"] for task in aws.tasks())
    assert states["PROVISIONING"] == 3
    waiting = next(task for task in aws.tasks() if task["lastStatus"] == "PROVISIONING")
    assert waiting["capacityProviderName"] == "hosts-cp" and "containerInstanceArn" not in waiting
    aws.advance(60)
    assert desired(aws) == 4
    assert aws.steady(600)
    assert len(aws.machines()) == 4
    assert not [m for m in aws.messages() if "unable to place" in m]


def test_scale_in_takes_only_empty_instances_after_a_quiet_quarter_of_an_hour(aws: OnHosts) -> None:
    provide(aws)
    associate(aws, "hosts-cp")
    packed = [{"type": "binpack", "field": "cpu"}]
    aws.serve(aws.define(cpu=1024), 6, launchType=None, placementStrategy=packed)
    assert aws.steady(900)
    assert desired(aws) == 3
    aws.ecs("UpdateService", service="web-app", desiredCount=1)
    aws.advance(600)
    assert desired(aws) == 3
    aws.advance(1200)
    assert desired(aws) < 3
    (task,) = aws.tasks()
    assert task["containerInstanceArn"] in {i["containerInstanceArn"] for i in aws.instances()}


def test_target_capacity_keeps_spare_room(aws: OnHosts) -> None:
    provide(aws, targetCapacity=50)
    associate(aws, "hosts-cp")
    aws.serve(aws.define(cpu=1024), 4, launchType=None)
    aws.advance(180)
    assert desired(aws) == 4


def test_a_group_at_its_maximum_lets_the_rest_fail(aws: OnHosts) -> None:
    aws.call("autoscaling", "UpdateAutoScalingGroup", AutoScalingGroupName="ecs-hosts", MaxSize=2)
    provide(aws)
    associate(aws, "hosts-cp")
    aws.ecs("RunTask", taskDefinition=aws.define(cpu=2048), count=3)
    aws.advance(660)
    (failed,) = aws.tasks("STOPPED")
    assert (failed["stopCode"], failed["stoppedReason"]) == ("TaskFailedToStart", "RESOURCE:CPU")


def test_a_provider_that_has_no_instances_and_gets_none(aws: OnHosts) -> None:
    provide(aws, status="DISABLED")
    aws.call("autoscaling", "SetDesiredCapacity", AutoScalingGroupName="ecs-hosts", DesiredCapacity=0)
    associate(aws, "hosts-cp")
    answer = aws.ecs("RunTask", taskDefinition=aws.define())
    assert (answer["tasks"], answer["failures"]) == ([], [{"reason": "EMPTY CAPACITY PROVIDER"}])
    aws.serve(aws.define(), 1, launchType=None)
    aws.advance(60)
    assert aws.messages() == [
        "was unable to reach steady state. Reason: No Container Instances were found in your capacity provider."
    ]


def test_base_and_weight_divide_tasks_between_groups(aws: OnHosts) -> None:
    template = aws.call("ec2", "DescribeLaunchTemplates")["LaunchTemplates"][0]["LaunchTemplateId"]
    aws.call(
        "autoscaling", "CreateAutoScalingGroup", AutoScalingGroupName="more", MinSize=0, MaxSize=4, DesiredCapacity=2,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        VPCZoneIdentifier=",".join(aws.subnets("private-a", "private-b")),
    )  # fmt: skip
    aws.advance(120)
    provide(aws)
    groups = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=["more"])
    given = {"autoScalingGroupArn": groups["AutoScalingGroups"][0]["AutoScalingGroupARN"]}
    aws.call("ecs", "CreateCapacityProvider", name="more-cp", autoScalingGroupProvider=given)
    associate(aws, "hosts-cp", "more-cp")
    strategy = [
        {"capacityProvider": "hosts-cp", "base": 2, "weight": 1},
        {"capacityProvider": "more-cp", "weight": 3},
    ]
    aws.serve(aws.define(), 6, launchType=None, capacityProviderStrategy=strategy)
    assert aws.steady(300)
    assert Counter(task["capacityProviderName"] for task in aws.tasks()) == {"hosts-cp": 3, "more-cp": 3}
    owner = {i["containerInstanceArn"]: i["capacityProviderName"] for i in aws.instances()}
    assert all(owner[task["containerInstanceArn"]] == task["capacityProviderName"] for task in aws.tasks())


def test_scaling_by_itself_plays_the_same_again_whatever_was_read_meanwhile() -> None:
    seen = []
    for reads in (0, 3):
        with OnHosts() as aws:
            provide(aws)
            associate(aws, "hosts-cp")
            aws.serve(aws.define(cpu=1024), 6, launchType=None)
            for _ in range(reads):
                aws.call("autoscaling", "DescribeAutoScalingGroups")
                aws.world.changes -= 1
            aws.advance(400)
            seen.append(([(e.t, e.message) for e in aws.world.events], aws.machines()))
    assert seen[0] == seen[1]


# --- daemons --------------------------------------------------------------------------------------


# --- draining and protection ----------------------------------------------------------------------


def states(aws: OnHosts) -> list[str]:
    found = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=["ecs-hosts"])
    return sorted(i["LifecycleState"] for i in found["AutoScalingGroups"][0]["Instances"])


def served(aws: OnHosts, **provider: Any) -> None:
    given = {"autoScalingGroupArn": group_arn(aws), "managedScaling": {"status": "DISABLED"}, **provider}
    aws.call("ecs", "CreateCapacityProvider", name="hosts-cp", autoScalingGroupProvider=given)
    associate(aws, "hosts-cp")
    strategy = [{"capacityProvider": "hosts-cp", "weight": 1}]
    aws.serve(aws.define(), 2, launchType=None, capacityProviderStrategy=strategy)
    assert aws.steady()


def shrink(aws: OnHosts, size: int = 1) -> None:
    aws.call("autoscaling", "SetDesiredCapacity", AutoScalingGroupName="ecs-hosts", DesiredCapacity=size)


def test_an_instance_that_its_group_terminates_is_drained_first(aws: OnHosts) -> None:
    served(aws)
    hooks = aws.call("autoscaling", "DescribeLifecycleHooks", AutoScalingGroupName="ecs-hosts")[
        "LifecycleHooks"
    ]
    assert [(hook["LifecycleHookName"], hook["HeartbeatTimeout"]) for hook in hooks] == [
        ("ecs-managed-draining-termination-hook", 172800)
    ]
    assert len({task["containerInstanceArn"] for task in aws.tasks()}) == 2
    shrink(aws)
    assert states(aws) == ["InService", "Terminating:Wait"]
    draining = aws.ecs("ListContainerInstances", status="DRAINING")["containerInstanceArns"]
    assert len(draining) == 1 and len(aws.tasks()) == 2
    aws.advance(300)
    assert states(aws) == ["InService"]
    assert len(aws.ecs("ListContainerInstances")["containerInstanceArns"]) == 1
    assert len(aws.tasks()) == 2 and len({task["containerInstanceArn"] for task in aws.tasks()}) == 1


def test_without_managed_draining_its_tasks_end_with_it(aws: OnHosts) -> None:
    served(aws, managedDraining="DISABLED")
    assert not aws.call("autoscaling", "DescribeLifecycleHooks", AutoScalingGroupName="ecs-hosts")[
        "LifecycleHooks"
    ]
    shrink(aws)
    assert states(aws) == ["InService"]
    assert len(aws.tasks()) == 1


def test_termination_protection_keeps_instances_with_tasks(aws: OnHosts) -> None:
    aws.call(
        "autoscaling",
        "UpdateAutoScalingGroup",
        AutoScalingGroupName="ecs-hosts",
        NewInstancesProtectedFromScaleIn=True,
    )
    served(aws, managedTerminationProtection="ENABLED", managedScaling={"status": "ENABLED"})
    shrink(aws)
    assert states(aws) == ["InService", "InService"]
    aws.ecs("UpdateService", service="web-app", desiredCount=0)
    aws.advance(120)
    shrink(aws, 0)
    assert states(aws) == []


def test_a_daemon_runs_once_on_each_instance_also_on_new_ones(aws: OnHosts) -> None:
    aws.serve(aws.define(), None, schedulingStrategy="DAEMON")
    assert aws.steady(300)
    hosts = [task["containerInstanceArn"] for task in aws.tasks()]
    assert sorted(hosts) == sorted(i["containerInstanceArn"] for i in aws.instances())
    assert aws.described()["schedulingStrategy"] == "DAEMON"
    aws.call("autoscaling", "SetDesiredCapacity", AutoScalingGroupName="ecs-hosts", DesiredCapacity=3)
    aws.advance(240)
    assert len({task["containerInstanceArn"] for task in aws.tasks()}) == 3
    assert aws.described()["desiredCount"] == 3


def test_a_daemon_rolls_by_stopping_first(aws: OnHosts) -> None:
    aws.serve(aws.define(host=8080), None, schedulingStrategy="DAEMON")
    assert aws.steady(300)
    aws.ecs("UpdateService", service="web-app", taskDefinition=aws.define("v1.2.4", host=8080))
    assert aws.steady(600)
    assert {task["taskDefinitionArn"][-1] for task in aws.tasks()} == {"2"}


def test_a_daemon_never_exceeds_one_task_an_instance(aws: OnHosts) -> None:
    """Its maximumPercent is 100 (API reference, DeploymentConfiguration), its minimum 0 unless it is asked for."""
    definition = aws.define()
    above = "does not support values above 100 for maximumPercent"
    with pytest.raises(ApiError, match=above) as refused:
        aws.serve(
            definition, None, schedulingStrategy="DAEMON", deploymentConfiguration={"maximumPercent": 200}
        )
    assert refused.value.code == "InvalidParameterException"
    half = {"maximumPercent": 100, "minimumHealthyPercent": 50}
    aws.serve(definition, None, schedulingStrategy="DAEMON", deploymentConfiguration=half)
    configured = aws.described()["deploymentConfiguration"]
    assert (configured["minimumHealthyPercent"], configured["maximumPercent"]) == (50, 100)
    with pytest.raises(ApiError, match=above):
        aws.ecs("UpdateService", service="web-app", deploymentConfiguration={"maximumPercent": 150})


def test_a_daemon_heeds_constraints_and_draining(aws: OnHosts) -> None:
    rule = {"type": "memberOf", "expression": "attribute:ecs.availability-zone == us-east-1a"}
    aws.serve(aws.define(), None, schedulingStrategy="DAEMON", placementConstraints=[rule])
    assert aws.steady(300)
    (task,) = aws.tasks()
    arn = task["containerInstanceArn"]
    aws.ecs("UpdateContainerInstancesState", containerInstances=[arn], status="DRAINING")
    aws.advance(120)
    assert aws.tasks() == []


def test_a_daemon_has_no_count_and_no_fargate(aws: OnHosts) -> None:
    with pytest.raises(ApiError, match="does not support a desired count for services"):
        aws.serve(aws.define(), 2, schedulingStrategy="DAEMON")
    with pytest.raises(ApiError, match="daemon scheduling strategy is not supported for Fargate"):
        network = {"awsvpcConfiguration": {"subnets": aws.subnets("private-a")}}
        definition = aws.register("v1.2.3")
        aws.serve(
            definition, None, schedulingStrategy="DAEMON", launchType="FARGATE", networkConfiguration=network
        )
