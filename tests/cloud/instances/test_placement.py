"""Where tasks go on container instances, and what is said when they find no place."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.instances.onhosts import OnHosts, resource, zone

NO_PLACE = "was unable to place a task because no container instance met all of its requirements."
MORE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


@pytest.fixture
def aws() -> Iterator[OnHosts]:
    with OnHosts() as world:
        yield world


def closest(aws: OnHosts) -> str:
    """What the service says of the instance that comes closest."""
    (said,) = [m for m in aws.messages() if NO_PLACE in m]
    start, _, rest = said.partition(" The closest matching (container-instance ")
    assert start == NO_PLACE and rest.endswith(f" {MORE}")
    identity, _, wrong = rest.removesuffix(f" {MORE}").partition(") ")
    assert identity in {i["containerInstanceArn"].rpartition("/")[2] for i in aws.instances()}
    return wrong


# --- the events of a service ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("container", "wrong"),
    [
        ({"cpu": 4096}, "has insufficient CPU units available."),
        ({"memoryReservation": 4000}, "has insufficient memory available."),
        (
            {"logConfiguration": {"logDriver": "splunk", "options": {"splunk-url": "https://s"}}},
            "is missing an attribute required by your task.",
        ),
    ],
)
def test_an_event_names_what_the_closest_instance_lacks(
    aws: OnHosts, container: dict[str, Any], wrong: str
) -> None:
    aws.serve(aws.define(**container), 1)
    aws.advance(60)
    assert closest(aws) == wrong
    assert aws.described()["deployments"][0]["failedTasks"] == 0


def test_a_constraint_that_no_instance_meets(aws: OnHosts) -> None:
    rule = {"type": "memberOf", "expression": "attribute:ecs.instance-type == m5.large"}
    aws.serve(aws.define(), 1, placementConstraints=[rule])
    aws.advance(60)
    assert closest(aws) == 'encountered error "MemberOf placement constraint unsatisfied."'


def test_an_agent_that_lost_its_permission_takes_no_tasks(aws: OnHosts) -> None:
    aws.call(
        "iam", "DetachRolePolicy", RoleName="ecsInstanceRole",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
    )  # fmt: skip
    assert [i["agentConnected"] for i in aws.instances()] == [False, False]
    aws.serve(aws.define(), 1)
    aws.advance(60)
    assert closest(aws) == "doesn't have the agent connected."


def test_a_cluster_without_instances(aws: OnHosts) -> None:
    for instance in aws.instances():
        aws.ecs("DeregisterContainerInstance", containerInstance=instance["containerInstanceArn"])
    with pytest.raises(ApiError, match=r"No Container Instances were found in your cluster\."):
        aws.ecs("RunTask", taskDefinition=aws.define())
    aws.serve(aws.define(), 1)
    aws.advance(60)
    assert aws.messages() == [f"{NO_PLACE} Reason: No Container Instances were found in your cluster. {MORE}"]


def test_a_static_host_port_blocks_its_own_rollout_until_the_percentages_let_it_stop_first(
    aws: OnHosts,
) -> None:
    aws.serve(aws.define(host=8080), 2)
    assert aws.steady(300)
    used = [resource(i, "PORTS") for i in aws.instances()]
    assert all("8080" in ports for ports in used)
    aws.ecs("UpdateService", service="web-app", taskDefinition=aws.define("v1.2.4", host=8080))
    aws.advance(1800)
    assert closest(aws) == "is already using a port required by your task."
    assert [d["runningCount"] for d in aws.described()["deployments"]] == [0, 2]
    percents = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    aws.ecs("UpdateService", service="web-app", deploymentConfiguration=percents)
    assert aws.steady(600)
    assert [d["taskDefinition"][-1] for d in aws.described()["deployments"]] == ["2"]


def test_the_dynamic_port_is_the_other_way_out(aws: OnHosts) -> None:
    aws.serve(aws.define(host=8080), 2)
    assert aws.steady(300)
    aws.ecs("UpdateService", service="web-app", taskDefinition=aws.define("v1.2.4"))
    assert aws.steady(600)
    ports = [task["containers"][0]["networkBindings"][0]["hostPort"] for task in aws.tasks()]
    assert all(32_768 <= port <= 60_999 for port in ports)


def test_a_waiting_service_goes_on_as_soon_as_there_is_room(aws: OnHosts) -> None:
    hog = aws.ecs("RunTask", taskDefinition=aws.define(cpu=2048), count=2)
    assert not hog["failures"]
    aws.serve(aws.define(cpu=1024), 1)
    aws.advance(60)
    assert closest(aws) == "has insufficient CPU units available."
    aws.ecs("StopTask", task=hog["tasks"][0]["taskArn"])
    assert aws.steady(180)


# --- RunTask and StartTask ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("container", "mode", "reason"),
    [
        ({"cpu": 4096}, "bridge", "RESOURCE:CPU"),
        ({"memoryReservation": 4000}, "bridge", "RESOURCE:MEMORY"),
        ({"host": 22}, "bridge", "RESOURCE:PORTS"),
        ({"logConfiguration": {"logDriver": "splunk"}}, "bridge", "ATTRIBUTE"),
    ],
)
def test_run_task_answers_with_a_failure_for_each_instance(
    aws: OnHosts, container: dict[str, Any], mode: str, reason: str
) -> None:
    answer = aws.ecs("RunTask", taskDefinition=aws.define(mode=mode, **container), count=2)
    assert answer["tasks"] == []
    assert [f["reason"] for f in answer["failures"]] == [reason, reason]
    assert {f["arn"] for f in answer["failures"]} == {i["containerInstanceArn"] for i in aws.instances()}


def test_run_task_under_a_constraint_that_no_instance_meets(aws: OnHosts) -> None:
    rule = {"type": "memberOf", "expression": "attribute:colour == green"}
    answer = aws.ecs("RunTask", taskDefinition=aws.define(), placementConstraints=[rule])
    assert answer["failures"] == [{"reason": "MemberOf placement constraint unsatisfied."}]
    instance = aws.instances()[0]["containerInstanceArn"]
    aws.ecs("PutAttributes", attributes=[{"name": "colour", "value": "green", "targetId": instance}])
    (task,) = aws.ecs("RunTask", taskDefinition=aws.define(), placementConstraints=[rule])["tasks"]
    assert task["containerInstanceArn"] == instance
    assert task["lastStatus"] == "PENDING"


def test_tasks_with_an_interface_of_their_own_run_out_of_interfaces(aws: OnHosts) -> None:
    network = {"subnets": aws.subnets("private-a", "private-b"), "securityGroups": [aws.group("app")]}
    params = {"networkConfiguration": {"awsvpcConfiguration": network}}
    definition = aws.define(mode="awsvpc")
    first = aws.ecs("RunTask", taskDefinition=definition, count=4, **params)
    assert len(first["tasks"]) == 4
    answer = aws.ecs("RunTask", taskDefinition=definition, **params)
    assert [f["reason"] for f in answer["failures"]] == ["RESOURCE:ENI", "RESOURCE:ENI"]
    assert aws.steady(300)
    for task in aws.tasks():
        details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
        assert details["privateIPv4Address"].startswith("10.0.1")
    with pytest.raises(ApiError, match="Assign public IP is not supported for this launch type"):
        public = {"awsvpcConfiguration": {**network, "assignPublicIp": "ENABLED"}}
        aws.ecs("RunTask", taskDefinition=definition, networkConfiguration=public)


def test_start_task_puts_a_task_where_the_caller_says(aws: OnHosts) -> None:
    here, there = (i["containerInstanceArn"] for i in aws.instances())
    definition = aws.define(host=8080)
    answer = aws.ecs("StartTask", taskDefinition=definition, containerInstances=[here, "f" * 32])
    assert [t["containerInstanceArn"] for t in answer["tasks"]] == [here]
    assert [f["reason"] for f in answer["failures"]] == ["MISSING"]
    again = aws.ecs("StartTask", taskDefinition=definition, containerInstances=[here, there])
    assert again["failures"] == [{"arn": here, "reason": "RESOURCE:PORTS"}]
    assert len(again["tasks"]) == 1
    assert len(aws.ecs("ListTasks", containerInstance=here)["taskArns"]) == 1


# --- strategies and constraints -------------------------------------------------------------------


def spread(aws: OnHosts) -> list[int]:
    names = {i["containerInstanceArn"]: zone(i) for i in aws.instances()}
    return sorted(Counter(names[t["containerInstanceArn"]] for t in aws.tasks()).values())


def test_a_service_spreads_over_zones_by_default(aws: OnHosts) -> None:
    aws.serve(aws.define(), 4)
    assert aws.steady(300)
    assert spread(aws) == [2, 2]


@pytest.mark.parametrize("field", ["cpu", "memory"])
def test_binpack_fills_one_instance_first(aws: OnHosts, field: str) -> None:
    aws.serve(aws.define(), 4, placementStrategy=[{"type": "binpack", "field": field}])
    assert aws.steady(300)
    assert spread(aws) == [4]


def test_a_deployment_spreads_its_own_tasks_wherever_those_before_are(aws: OnHosts) -> None:
    """And a service that packs is not one whose zones are rebalanced."""
    aws.serve(aws.define(), 4, placementStrategy=[{"type": "binpack", "field": "memory"}])
    assert aws.steady(300) and spread(aws) == [4]
    assert aws.described()["availabilityZoneRebalancing"] == "DISABLED"
    strategy = [{"type": "spread", "field": "attribute:ecs.availability-zone"}]
    aws.ecs("UpdateService", service="web-app", placementStrategy=strategy, forceNewDeployment=True)
    assert aws.steady(600) and spread(aws) == [2, 2]


@pytest.mark.slow
def test_spread_takes_instances_and_attributes_and_the_first_of_several_rules_counts_first(
    aws: OnHosts,
) -> None:
    """Room comes before constraints, constraints before the strategy; a strategy never keeps a task from starting."""
    first, second = (i["containerInstanceArn"] for i in aws.instances())
    for arn, colour in ((first, "blue"), (second, "green")):
        aws.ecs("PutAttributes", attributes=[{"name": "colour", "value": colour, "targetId": arn}])

    def placed(count: int, **params: Any) -> list[int]:
        ran = aws.ecs("RunTask", taskDefinition=aws.define(), count=count, **params)["tasks"]
        for task in ran:
            aws.ecs("StopTask", task=task["taskArn"])
        aws.advance(90)
        return sorted(Counter(task["containerInstanceArn"] for task in ran).values())

    for field in ("instanceId", "host", "attribute:colour"):
        assert placed(4, placementStrategy=[{"type": "spread", "field": field}]) == [2, 2], field
    both = [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "memory"},
    ]
    assert placed(4, placementStrategy=both) == [2, 2]
    assert placed(4, placementStrategy=both[::-1]) == [4]
    assert sum(placed(4, placementStrategy=[{"type": "random"}])) == 4
    blue = [{"type": "memberOf", "expression": "attribute:colour == blue"}]
    spread_out = [{"type": "spread", "field": "instanceId"}]
    assert placed(4, placementStrategy=spread_out, placementConstraints=blue) == [4], "the constraint binds"
    hog = aws.ecs("RunTask", taskDefinition=aws.define(cpu=2048), placementConstraints=blue)["tasks"]
    assert hog[0]["containerInstanceArn"] == first
    assert placed(2, placementStrategy=spread_out) == [2], "the other one alone has room"


def test_an_instance_that_cannot_take_a_task_says_why(aws: OnHosts) -> None:
    here, there = (i["containerInstanceArn"] for i in aws.instances())
    aws.ecs("DeregisterContainerInstance", containerInstance=there)
    answer = aws.ecs("StartTask", taskDefinition=aws.define(), containerInstances=[there])
    assert answer["failures"] == [{"arn": there, "reason": "INACTIVE"}]
    aws.world.fault(
        {"revoke_permission": {"role": "ecsInstanceRole", "policy": "AmazonEC2ContainerServiceforEC2Role"}}
    )
    answer = aws.ecs("RunTask", taskDefinition=aws.define())
    assert answer["failures"] == [{"arn": here, "reason": "AGENT"}]


def test_distinct_instances_hold_one_task_each(aws: OnHosts) -> None:
    aws.serve(aws.define(), 3, placementConstraints=[{"type": "distinctInstance"}])
    aws.advance(120)
    assert spread(aws) == [1, 1]
    assert closest(aws) == 'encountered error "DistinctInstance placement constraint unsatisfied."'


@pytest.mark.parametrize(
    "params",
    [
        {"placementConstraints": [{"type": "memberOf", "expression": "attribute:x =="}]},
        {"placementConstraints": [{"type": "nearby"}]},
        {"placementConstraints": [{"type": "distinctInstance"}] * 11},
        {"placementStrategy": [{"type": "spread", "field": "colour"}]},
        {"placementStrategy": [{"type": "binpack", "field": "disk"}]},
        {"placementStrategy": [{"type": "random"}] * 6},
    ],
)
def test_wrong_placement_is_refused(aws: OnHosts, params: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        aws.serve(aws.define(), 1, **params)
    assert refused.value.code == "InvalidParameterException"
