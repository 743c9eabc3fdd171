"""Container instances: how they come, what they show, how they are drained and how they end."""

import base64
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.instances.onhosts import OnHosts, attribute, resource, zone


@pytest.fixture
def aws() -> Iterator[OnHosts]:
    with OnHosts() as world:
        yield world


# --- joining --------------------------------------------------------------------------------------


def test_instances_of_an_auto_scaling_group_join_by_themselves(aws: OnHosts) -> None:
    first, second = aws.instances()
    assert (zone(first), zone(second)) == ("us-east-1a", "us-east-1b")
    assert first["status"] == "ACTIVE" and first["agentConnected"]
    assert resource(first, "CPU", "registeredResources") == 2048
    assert 1800 < resource(first, "MEMORY", "registeredResources") < 2048
    assert resource(first, "PORTS") == ["22", "2375", "2376", "51678", "51679"]
    assert attribute(first, "ecs.instance-type") == "t3.small"
    assert attribute(first, "ecs.os-type") == "linux"
    described = aws.call("ecs", "DescribeClusters", clusters=["hosts"])["clusters"][0]
    assert described["registeredContainerInstancesCount"] == 2


def launch(
    aws: OnHosts, data: str, *, profile: bool = True, group: str = "hosts", ami: str = "ami-12345678"
) -> str:
    given: dict[str, Any] = {"IamInstanceProfile": {"Name": "ecsInstanceRole"}} if profile else {}
    answer = aws.call(
        "ec2",
        "RunInstances",
        ImageId=ami,
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.medium",
        UserData=base64.b64encode(data.encode()).decode(),
        SubnetId=aws.subnets("private-a")[0],
        SecurityGroupIds=[aws.group(group)],
        **given,
    )
    return str(answer["Instances"][0]["InstanceId"])


SCRIPT = """#!/bin/bash
cat <<'EOF' >> /etc/ecs/ecs.config
ECS_CLUSTER=hosts
ECS_INSTANCE_ATTRIBUTES={"stack": "blue"}
ECS_AVAILABLE_LOGGING_DRIVERS=["json-file"]
EOF
"""


def test_the_instances_of_a_group_show_the_profile_of_their_template(aws: OnHosts) -> None:
    seen = aws.call("ec2", "DescribeInstances")["Reservations"]
    profiles = {i["IamInstanceProfile"]["Arn"] for found in seen for i in found["Instances"]}
    assert profiles == {"arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"}


def test_an_instance_without_a_subnet_starts_in_a_default_one(aws: OnHosts) -> None:
    """RunInstances: "If you do not specify a subnet ID, we choose a default subnet from your default VPC"."""
    answer = aws.call("ec2", "RunInstances", ImageId="ami-12345678", MinCount=1, MaxCount=1)
    (instance,) = answer["Instances"]
    (subnet,) = aws.call("ec2", "DescribeSubnets", SubnetIds=[instance["SubnetId"]])["Subnets"]
    assert subnet["DefaultForAz"]
    assert IPv4Address(instance["PrivateIpAddress"]) in IPv4Network(subnet["CidrBlock"])


def test_an_instance_joins_about_a_minute_after_its_start_as_its_user_data_says(aws: OnHosts) -> None:
    machine = launch(aws, SCRIPT)
    aws.advance(30)
    assert machine not in aws.machines()
    aws.advance(60)
    joined = next(i for i in aws.instances() if i["ec2InstanceId"] == machine)
    assert attribute(joined, "stack") == "blue"
    names = {a["name"] for a in joined["attributes"]}
    assert "com.amazonaws.ecs.capability.logging-driver.json-file" in names
    assert "com.amazonaws.ecs.capability.logging-driver.awslogs" not in names
    chosen = aws.instances(filter="attribute:stack == blue")
    assert [i["ec2InstanceId"] for i in chosen] == [machine]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("#!/bin/bash\necho hello", {}),
        ("#!/bin/bash\n# echo ECS_CLUSTER=hosts >> /etc/ecs/ecs.config", {}),
        ("echo ECS_CLUSTER=elsewhere >> /etc/ecs/ecs.config", {}),
        ("echo ECS_CLUSTER=hosts >> /etc/ecs/ecs.config", {"profile": False}),
    ],
)
def test_what_keeps_an_instance_from_joining(aws: OnHosts, data: str, options: dict[str, Any]) -> None:
    machine = launch(aws, data, **options)
    aws.advance(600)
    assert machine not in aws.machines()


def test_an_instance_joins_late_once_it_finds_its_cluster(aws: OnHosts) -> None:
    machine = launch(aws, "echo ECS_CLUSTER=later > /etc/ecs/ecs.config")
    aws.advance(300)
    aws.call("ecs", "CreateCluster", clusterName="later")
    aws.advance(180)
    arns = aws.call("ecs", "ListContainerInstances", cluster="later")["containerInstanceArns"]
    found = aws.call("ecs", "DescribeContainerInstances", cluster="later", containerInstances=arns)
    assert [i["ec2InstanceId"] for i in found["containerInstances"]] == [machine]


def test_registered_by_hand(aws: OnHosts) -> None:
    resources = [
        {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 512},
    ]
    made = aws.ecs("RegisterContainerInstance", totalResources=resources)["containerInstance"]
    assert (resource(made, "CPU"), resource(made, "MEMORY"), made["agentConnected"]) == (1024, 512, True)
    assert made["containerInstanceArn"].startswith(
        "arn:aws:ecs:us-east-1:123456789012:container-instance/hosts/"
    )


# --- leaving --------------------------------------------------------------------------------------


def test_deregistering_asks_for_force_when_tasks_run(aws: OnHosts) -> None:
    aws.serve(aws.define(), 2)
    assert aws.steady(300)
    arn = aws.instances()[0]["containerInstanceArn"]
    with pytest.raises(ApiError, match=r"Found running tasks on the instance\.") as refused:
        aws.ecs("DeregisterContainerInstance", containerInstance=arn)
    assert refused.value.code == "InvalidParameterException"
    gone = aws.ecs("DeregisterContainerInstance", containerInstance=arn, force=True)["containerInstance"]
    assert gone["status"] == "INACTIVE"
    (task,) = aws.tasks("STOPPED")
    assert task["stoppedReason"] == "Container instance deregistration forced by user"
    assert aws.steady(300)
    assert len(aws.tasks()) == 2 and len(aws.instances()) == 1


def test_an_instance_may_go_while_its_task_is_on_the_way_down(aws: OnHosts) -> None:
    (task,) = aws.ecs("RunTask", taskDefinition=aws.define())["tasks"]
    aws.ecs("StopTask", task=task["taskArn"])
    arn = task["containerInstanceArn"]
    aws.ecs("DeregisterContainerInstance", containerInstance=arn, force=True)
    aws.advance(60)
    (stopped,) = aws.tasks("STOPPED")
    assert (stopped["lastStatus"], stopped["stoppedReason"]) == ("STOPPED", "Task stopped by user")


def test_a_cluster_with_instances_is_not_deleted(aws: OnHosts) -> None:
    with pytest.raises(ApiError) as refused:
        aws.ecs("DeleteCluster")
    assert refused.value.code == "ClusterContainsContainerInstancesException"


def test_termination_stops_tasks_and_the_group_brings_another_instance(aws: OnHosts) -> None:
    aws.serve(aws.define(), 2, balanced=True)
    assert aws.steady(300)
    victim = aws.machines()[0]
    aws.call("ec2", "TerminateInstances", InstanceIds=[victim])
    (task,) = aws.tasks("STOPPED")
    assert task["stoppedReason"] == f"Host EC2 (instance {victim}) terminated."
    assert task["lastStatus"] == "STOPPED" and "stopCode" not in task
    assert aws.steady(300)
    aws.advance(120)
    assert len(aws.machines()) == 2 and victim not in aws.machines()
    assert aws.browse() == 200


def test_a_stopped_instance_loses_its_agent_and_has_it_back_when_it_starts(aws: OnHosts) -> None:
    machine = launch(aws, "echo ECS_CLUSTER=hosts > /etc/ecs/ecs.config")
    aws.advance(90)
    aws.call("ec2", "StopInstances", InstanceIds=[machine])
    state = {i["ec2InstanceId"]: i["agentConnected"] for i in aws.instances()}
    assert state[machine] is False and sum(state.values()) == 2
    aws.call("ec2", "StartInstances", InstanceIds=[machine])
    aws.advance(60)
    assert all(i["agentConnected"] for i in aws.instances())


# --- draining -------------------------------------------------------------------------------------


def test_draining_replaces_service_tasks_within_the_limits_and_leaves_others_alone(aws: OnHosts) -> None:
    aws.serve(aws.define(), 4, balanced=True)
    assert aws.steady(300)
    arn = aws.instances()[0]["containerInstanceArn"]
    alone = aws.ecs("StartTask", taskDefinition=aws.define(), containerInstances=[arn])["tasks"][0]
    aws.advance(60)
    drained = aws.ecs("UpdateContainerInstancesState", containerInstances=[arn], status="DRAINING")
    assert [i["status"] for i in drained["containerInstances"]] == ["DRAINING"]
    fewest = 4
    for _ in range(40):
        aws.advance(10)
        fewest = min(fewest, aws.described()["runningCount"])
    assert fewest >= 4
    here = aws.ecs("ListTasks", containerInstance=arn)["taskArns"]
    assert here == [alone["taskArn"]]
    assert aws.ecs("ListContainerInstances", status="DRAINING")["containerInstanceArns"] == [arn]
    assert aws.browse() == 200
    aws.ecs("UpdateContainerInstancesState", containerInstances=[arn], status="ACTIVE")
    assert len(aws.instances()) == 2


def test_draining_stops_pending_service_tasks_at_once(aws: OnHosts) -> None:
    aws.serve(aws.define(), 2)
    while not aws.tasks():
        aws.advance(1)
    pending = aws.tasks()[0]
    assert pending["lastStatus"] == "PENDING"
    arn = pending["containerInstanceArn"]
    aws.ecs("UpdateContainerInstancesState", containerInstances=[arn], status="DRAINING")
    aws.advance(5)
    (stopped,) = aws.tasks("STOPPED")
    assert stopped["taskArn"] == pending["taskArn"]
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"


# --- attributes -----------------------------------------------------------------------------------


def test_attributes_are_put_listed_and_deleted(aws: OnHosts) -> None:
    arn = aws.instances()[0]["containerInstanceArn"]
    given = {"name": "stack", "value": "blue", "targetType": "container-instance", "targetId": arn}
    assert aws.ecs("PutAttributes", attributes=[given])["attributes"] == [given]
    params = {"targetType": "container-instance", "attributeName": "stack"}
    assert aws.ecs("ListAttributes", **params)["attributes"] == [given]
    aws.ecs("DeleteAttributes", attributes=[given])
    assert aws.ecs("ListAttributes", **params)["attributes"] == []
    with pytest.raises(ApiError) as missing:
        aws.ecs("PutAttributes", attributes=[{**given, "targetId": "f" * 32}])
    assert missing.value.code == "TargetNotFoundException"


def test_unknown_instances_are_missing(aws: OnHosts) -> None:
    answer = aws.ecs("DescribeContainerInstances", containerInstances=["f" * 32])
    assert [f["reason"] for f in answer["failures"]] == ["MISSING"]
