"""What CreateService, UpdateService, RunTask and the lists accept, refuse and answer."""

from collections.abc import Callable
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.fakes import GROUP, FakeWorld, world

BALANCER = {"targetGroupArn": GROUP, "containerName": "app", "containerPort": 8080}


def test_answer_of_create_has_the_defaults() -> None:
    made = world()
    service = made.create("web-app:1", 2)
    assert service["serviceArn"] == "arn:aws:ecs:us-east-1:123456789012:service/default/web"
    assert (service["status"], service["desiredCount"], service["runningCount"]) == ("ACTIVE", 2, 0)
    assert service["roleArn"].endswith(":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
    assert (service["schedulingStrategy"], service["deploymentController"]) == ("REPLICA", {"type": "ECS"})
    assert (service["propagateTags"], service["enableECSManagedTags"]) == ("NONE", False)
    assert (service["platformVersion"], service["platformFamily"]) == ("LATEST", "Linux")
    assert service["availabilityZoneRebalancing"] == "ENABLED"
    assert service["healthCheckGracePeriodSeconds"] == 0
    assert service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    configuration = service["deploymentConfiguration"]
    assert configuration["strategy"] == "ROLLING"
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (200, 100)
    assert configuration["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}
    (deployment,) = service["deployments"]
    assert deployment["id"].startswith("ecs-svc/") and len(deployment["id"]) == 27
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} in progress."
    assert (deployment["platformVersion"], deployment["failedTasks"]) == ("1.4.0", 0)
    assert service["events"] == [] and service["loadBalancers"] == [BALANCER]


def group(**changes: Any) -> Callable[[FakeWorld], None]:
    def bend(made: FakeWorld) -> None:
        for name, value in changes.items():
            setattr(made.elb, name, value)

    return bend


def nothing(made: FakeWorld) -> None:
    pass


NETWORK = {"subnets": ["subnet-a"], "securityGroups": ["sg-app"]}
REFUSED: list[tuple[Callable[[FakeWorld], None], dict[str, Any], str, str]] = [
    (nothing, {"taskDefinition": "nope"}, "ClientException", "TaskDefinition not found."),
    (nothing, {"taskDefinition": "old:1"}, "ClientException", "TaskDefinition is inactive"),
    (
        nothing, {"networkConfiguration": None}, "InvalidParameterException",
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ),
    (
        nothing, {"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}}, "InvalidParameterException",
        "subnets can not be empty.",
    ),
    (
        nothing, {"networkConfiguration": {"awsvpcConfiguration": {**NETWORK, "subnets": ["subnet-x"]}}},
        "InvalidParameterException",
        ("Error retrieving subnet information for [subnet-x]: The subnet ID 'subnet-x' does not exist "
        "(ErrorCode: InvalidSubnetID.NotFound)"),
    ),
    (
        nothing, {"networkConfiguration": {"awsvpcConfiguration": {**NETWORK, "securityGroups": ["sg-x"]}}},
        "InvalidParameterException",
        ("Error retrieving security group information for [sg-x]: The security group 'sg-x' does not exist "
        "(ErrorCode: InvalidGroup.NotFound)"),
    ),
    (
        nothing, {"taskDefinition": "ec2:1", "launchType": "EC2"}, "InvalidParameterException",
        "Network Configuration is not valid for the given networkMode of this task definition.",
    ),
    (
        nothing, {"taskDefinition": "ec2:1", "networkConfiguration": None}, "InvalidParameterException",
        "Task definition does not support launch_type FARGATE.",
    ),
    (
        nothing, {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]},
        "InvalidParameterException",
        "Specifying both a launch type and capacity provider strategy is not supported",
    ),
    (
        group(associated=False), {"loadBalancers": [BALANCER]}, "InvalidParameterException",
        f"The target group with targetGroupArn {GROUP} does not have an associated load balancer.",
    ),
    (
        group(target_type="instance"), {"loadBalancers": [BALANCER]}, "InvalidParameterException",
        (f"The provided target group {GROUP} has target type instance, which is incompatible with the awsvpc "
        "network mode specified in the task definition."),
    ),
    (
        nothing, {"loadBalancers": [{**BALANCER, "containerName": "web"}]}, "InvalidParameterException",
        "The container web does not exist in the task definition.",
    ),
    (
        nothing, {"loadBalancers": [{**BALANCER, "containerPort": 80}]}, "InvalidParameterException",
        "The container app did not have a container port 80 defined.",
    ),
    (
        nothing, {"loadBalancers": [{**BALANCER, "targetGroupArn": GROUP + "x"}]}, "InvalidParameterException",
        "The specified target group does not exist.",
    ),
    (nothing, {"loadBalancers": [BALANCER] * 6}, "InvalidParameterException", "loadBalancers can have at most 5 items"),
    (nothing, {"desiredCount": None}, "InvalidParameterException", "Desired count"),
    (nothing, {"desiredCount": -1}, "InvalidParameterException", "desired count"),
    (nothing, {"serviceName": "a b"}, "InvalidParameterException", "Service name"),
    (nothing, {"platformVersion": "9.9"}, "PlatformUnknownException", "platform version"),
    (
        nothing, {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
        "InvalidParameterException", "block deployments",
    ),
    (nothing, {"schedulingStrategy": "DAEMON"}, "InvalidParameterException", "daemon"),
    (nothing, {"deploymentController": {"type": "EXTERNAL"}}, "UnsupportedFeatureException", "EXTERNAL"),
    (nothing, {"serviceConnectConfiguration": {"enabled": True}}, "UnsupportedFeatureException", "Service Connect"),
    (nothing, {"role": "r"}, "InvalidParameterException", "You cannot specify an IAM role"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bend", "changes", "code", "words"), REFUSED, ids=[str(n) for n in range(len(REFUSED))]
)
def test_create_service_refuses(
    bend: Callable[[FakeWorld], None], changes: dict[str, Any], code: str, words: str
) -> None:
    made = world()
    made.register(family="old")
    made.call("DeregisterTaskDefinition", taskDefinition="old:1")
    container = {"name": "app", "image": "nginx", "memory": 64, "portMappings": [{"containerPort": 8080}]}
    made.call("RegisterTaskDefinition", family="ec2", containerDefinitions=[container])
    bend(made)
    params = {
        "serviceName": "web",
        "taskDefinition": "web-app:1",
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": NETWORK},
        **changes,
    }
    params = {key: value for key, value in params.items() if value is not None}
    got = made.refused("CreateService", **params)
    assert got[0] == code and words in got[1]
    assert made.call("ListServices")["serviceArns"] == []


def test_creating_again_is_idempotent_only_when_it_is_the_same() -> None:
    made = world(count=1)
    assert made.create("web-app:1", 1)["serviceName"] == "web"
    with pytest.raises(Exception, match="was not idempotent"):
        made.create("web-app:1", 2)


def test_delete_wants_zero_or_force_and_drains() -> None:
    made = world(count=1)
    made.advance(60_000)
    assert made.refused("DeleteService", service="web") == (
        "InvalidParameterException", "The service cannot be stopped while it is scaled above 0.",
    )  # fmt: skip
    made.call("UpdateService", service="web", desiredCount=0)
    assert made.call("DeleteService", service="web")["service"]["status"] == "DRAINING"
    with pytest.raises(Exception, match="Unable to Start a service that is still Draining"):
        made.create("web-app:1", 1)
    assert made.refused("UpdateService", service="web") == (
        "ServiceNotActiveException",
        "Service was not ACTIVE.",
    )
    assert made.call("ListServices")["serviceArns"] == []
    made.advance(120_000)
    assert made.service()["status"] == "INACTIVE"
    assert made.refused("DeleteService", service="web")[0] == "ServiceNotFoundException"
    assert made.create("web-app:1", 1)["status"] == "ACTIVE"
    made.advance(60_000)
    assert made.service()["runningCount"] == 1


def test_unknown_services() -> None:
    made = world()
    assert made.refused("UpdateService", service="x") == ("ServiceNotFoundException", "Service not found.")
    assert made.call("DescribeServices", services=["x"])["failures"] == [
        {"arn": "arn:aws:ecs:us-east-1:123456789012:service/default/x", "reason": "MISSING"}
    ]
    assert made.refused("DescribeServices", services=["x"] * 11)[0] == "InvalidParameterException"


def test_only_some_updates_make_a_deployment() -> None:
    made = world(count=1)
    made.advance(60_000)
    first = made.service()["deployments"][0]["id"]
    for changes in (
        {"desiredCount": 2},
        {"healthCheckGracePeriodSeconds": 30},
        {"deploymentConfiguration": {"maximumPercent": 150}},
        {"enableECSManagedTags": True},
        {"propagateTags": "SERVICE"},
        {"availabilityZoneRebalancing": "DISABLED"},
        {"placementConstraints": [], "placementStrategy": []},
        {"enableExecuteCommand": False},
    ):
        made.call("UpdateService", service="web", **changes)
        assert [d["id"] for d in made.service()["deployments"]] == [first]
    assert made.service()["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    for changes in (
        {"forceNewDeployment": True},
        {"taskDefinition": "web-app"},
        {"platformVersion": "1.4.0"},
        {"networkConfiguration": made.network()},
        {"loadBalancers": made.service()["loadBalancers"]},
    ):
        before = made.service()["deployments"][0]["id"]
        made.call("UpdateService", service="web", **changes)
        assert made.service()["deployments"][0]["id"] != before


def test_another_capacity_provider_strategy_has_to_be_forced() -> None:
    made = world(count=1)
    both = ["FARGATE", "FARGATE_SPOT"]
    made.call(
        "PutClusterCapacityProviders", cluster="default", capacityProviders=both,
        defaultCapacityProviderStrategy=[],
    )  # fmt: skip
    fargate, spot = ({"capacityProviderStrategy": [{"capacityProvider": name, "weight": 1}]} for name in both)
    for wanted, other in ((spot, fargate), (fargate, spot)):
        code, said = made.refused("UpdateService", service="web", **wanted)
        assert code == "InvalidParameterException" and said.endswith("you must force a new deployment.")
        made.call("UpdateService", service="web", forceNewDeployment=True, **wanted)
        made.call("UpdateService", service="web", **wanted)
        assert made.refused("UpdateService", service="web", **other)[1] == said


def test_update_checks_as_create_does() -> None:
    made = world(count=1)
    made.register(family="port", container={"portMappings": [{"containerPort": 9090}]})
    assert made.refused("UpdateService", service="web", taskDefinition="port:1") == (
        "InvalidParameterException", "The container app did not have a container port 8080 defined.",
    )  # fmt: skip
    assert (
        made.refused("UpdateService", service="web", taskDefinition="nope")[1] == "TaskDefinition not found."
    )
    assert made.service()["taskDefinition"].endswith("web-app:1")


def test_stuck_percentages_say_so_once() -> None:
    made = world(count=3, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 125})
    made.advance(120_000)
    made.call("UpdateService", service="web", forceNewDeployment=True)
    made.advance(3_600_000)
    assert len(made.happened("because of the service deployment configuration.")) == 1
    made.call("UpdateService", service="web", deploymentConfiguration={"minimumHealthyPercent": 50})
    made.advance(600_000)
    assert made.ecs.steady()


def test_scale_in_says_why_tasks_stop() -> None:
    made = world(count=3)
    made.advance(120_000)
    made.call("UpdateService", service="web", desiredCount=1)
    made.advance(120_000)
    gone = made.tasks("STOPPED")
    assert {t["stopCode"] for t in gone} == {"ServiceSchedulerInitiated"} and len(gone) == 2
    assert gone[0]["stoppedReason"] == f"Scaling activity initiated by (deployment {gone[0]['startedBy']})"
    assert made.messages()[-1] == "(service web) has reached a steady state."


def test_how_much_one_request_takes_and_one_page_has() -> None:
    made = world()
    for n in range(12):
        made.create("web-app:1", 0, balanced=False, serviceName=f"s{n}")
    names = [f"s{n}" for n in range(11)]
    assert made.refused("DescribeServices", services=names)[0] == "InvalidParameterException"
    assert len(made.call("DescribeServices", services=names[:10])["services"]) == 10
    for operation, key, limit in (("DescribeTasks", "tasks", 100), ("DescribeClusters", "clusters", 100)):
        ids = [f"{n:032x}" for n in range(limit + 1)]
        assert made.refused(operation, **{key: ids})[0] == "InvalidParameterException"
        missing = made.call(operation, **{key: ids[:limit]})["failures"]
        assert {failure["reason"] for failure in missing} == {"MISSING"} and len(missing) == limit
    assert len(made.call("ListServices")["serviceArns"]) == 10, "unless asked for more"
    assert len(made.call("ListServices", maxResults=100)["serviceArns"]) == 12
    for operation in ("ListServices", "ListTasks"):
        assert made.refused(operation, maxResults=101)[0] == "InvalidParameterException"
    for _ in range(11):
        made.call(
            "RunTask", taskDefinition="web-app:1", count=10, launchType="FARGATE",
            networkConfiguration=made.network(),
        )  # fmt: skip
    assert len(made.call("ListTasks")["taskArns"]) == 100


def test_ec2_service_is_accepted_and_finds_no_instances() -> None:
    made = world()
    made.call(
        "RegisterTaskDefinition",
        family="ec2",
        containerDefinitions=[{"name": "app", "image": "nginx", "memory": 64}],
    )
    made.call("CreateService", serviceName="web", taskDefinition="ec2", desiredCount=1)
    made.advance(3_600_000)
    assert made.messages() == [
        (
            "(service web) was unable to place a task because no container instance met all of its requirements. "
            "Reason: No Container Instances were found in your cluster. For more information, see the "
            "Troubleshooting section of the Amazon ECS Developer Guide."
        )
    ]
    assert made.refused("RunTask", taskDefinition="ec2") == (
        "InvalidParameterException", "No Container Instances were found in your cluster.",
    )  # fmt: skip


def test_hundred_events_are_kept_newest_first() -> None:
    made = world(count=1)
    for n in range(60):
        made.call("UpdateService", service="web", desiredCount=n % 2 + 1)
        made.advance(120_000)
    events = made.service()["events"]
    assert len(events) == 100
    times = [event["createdAt"] for event in events]
    assert times == sorted(times, reverse=True) and len({event["id"] for event in events}) == 100


# --- tasks ---


def start(made: FakeWorld, **params: Any) -> Any:
    base = {"taskDefinition": "web-app", "launchType": "FARGATE", "networkConfiguration": made.network()}
    return made.call("RunTask", **{**base, **params})


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"count": 11}, "InvalidParameterException", "between 1 and 10"),
        ({"count": 0}, "InvalidParameterException", "between 1 and 10"),
        ({"taskDefinition": "nope"}, "ClientException", "TaskDefinition not found."),
        ({"taskDefinition": "old:1"}, "InvalidParameterException", "TaskDefinition is inactive"),
        ({"networkConfiguration": None}, "InvalidParameterException", "Network Configuration must be provided"),
        ({"startedBy": "a" * 129}, "InvalidParameterException", "startedBy"),
        ({"propagateTags": "SERVICE"}, "InvalidParameterException", "SERVICE"),
        (
            {"overrides": {"containerOverrides": [{"name": "x"}]}}, "InvalidParameterException",
            "Override for container named x is not a container in the TaskDefinition.",
        ),
        ({"overrides": {"cpu": "256", "memory": "8192"}}, "InvalidParameterException", "No Fargate configuration"),
        ({"launchType": None}, "InvalidParameterException", "No Container Instances were found in your cluster."),
    ],
)  # fmt: skip
def test_run_task_refuses(changes: dict[str, Any], code: str, words: str) -> None:
    made = world()
    made.register(family="old")
    made.call("DeregisterTaskDefinition", taskDefinition="old:1")
    base = {"taskDefinition": "web-app", "launchType": "FARGATE", "networkConfiguration": made.network()}
    params = {key: value for key, value in {**base, **changes}.items() if value is not None}
    got = made.refused("RunTask", **params)
    assert got[0] == code and words in got[1]


def test_run_task_runs_several_and_a_token_runs_them_once() -> None:
    made = world()
    first = start(made, count=3, clientToken="t", group="batch")
    again = start(made, count=3, clientToken="t", group="batch")
    assert [t["taskArn"] for t in first["tasks"]] == [t["taskArn"] for t in again["tasks"]]
    assert first["failures"] == [] and first["tasks"][0]["group"] == "batch"
    with pytest.raises(ApiError, match="clientToken") as conflict:
        start(made, count=2, clientToken="t")
    assert conflict.value.code == "ConflictException"
    assert len(made.tasks()) == 3


def test_overrides_of_size_show_in_the_task() -> None:
    made = world()
    (task,) = start(made, overrides={"cpu": "1 vCPU", "memory": "2 GB"})["tasks"]
    assert (task["cpu"], task["memory"], task["overrides"]["cpu"]) == ("1024", "2048", "1024")


def test_list_tasks_filters_exactly() -> None:
    made = world(count=2)
    made.register(family="batch")
    made.advance(60_000)
    (lone,) = start(made, taskDefinition="batch", startedBy="me")["tasks"]
    made.call("StopTask", task=lone["taskArn"])
    (other,) = start(made, taskDefinition="batch", startedBy="me")["tasks"]

    def count(**params: Any) -> int:
        return len(made.call("ListTasks", **params)["taskArns"])

    assert (count(), count(desiredStatus="STOPPED"), count(serviceName="web")) == (3, 1, 2)
    assert made.call("ListTasks", startedBy="me")["taskArns"] == [other["taskArn"]]
    assert (count(family="batch"), count(family="web"), count(launchType="EC2")) == (1, 0, 0)
    assert count(maxResults=1) == 1 and made.call("ListTasks", maxResults=1)["nextToken"]
    assert made.refused("ListTasks", serviceName="nope")[0] == "ServiceNotFoundException"
    assert made.refused("ListTasks", startedBy="me", family="batch")[0] == "InvalidParameterException"


def test_task_references() -> None:
    made = world()
    assert made.refused("DescribeTasks", tasks=["abc"]) == (
        "InvalidParameterException", "taskId length should be one of [32,36]",
    )  # fmt: skip
    missing = made.call("DescribeTasks", tasks=["0" * 32])["failures"][0]
    assert missing == {
        "arn": f"arn:aws:ecs:us-east-1:123456789012:task/default/{'0' * 32}",
        "reason": "MISSING",
    }
    assert made.refused("StopTask", task="0" * 32)[0] == "InvalidParameterException"
    (task,) = start(made)["tasks"]
    code, message = made.refused("ExecuteCommand", task=task["taskArn"], command="sh", interactive=True)
    assert code == "InvalidParameterException" and "execute command was not enabled" in message


def test_reading_changes_nothing() -> None:
    made = world(count=2)
    for _ in range(20):
        made.advance(5_000)
        before = list(made.recorded)
        reads = [
            made.service(),
            made.tasks(),
            made.ecs.snapshot(),
            made.call("ListServiceDeployments", service="web"),
        ]
        assert reads == [
            made.service(), made.tasks(), made.ecs.snapshot(), made.call("ListServiceDeployments", service="web"),
        ]  # fmt: skip
        assert made.recorded == before


def test_service_deployments_and_revisions() -> None:
    made = world(count=1)
    made.advance(120_000)
    (brief,) = made.call("ListServiceDeployments", service="web")["serviceDeployments"]
    assert brief["status"] == "SUCCESSFUL" and brief["finishedAt"] > brief["createdAt"]
    arn = brief["targetServiceRevisionArn"]
    (revision,) = made.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"]
    assert revision["containerImages"][0]["imageDigest"].startswith("sha256:")
    assert made.service()["currentServiceDeployment"] == brief["serviceDeploymentArn"]
    assert (
        made.call("ListServiceDeployments", service="web", status=["IN_PROGRESS"])["serviceDeployments"] == []
    )


def test_target_taken_out_by_hand_gets_its_task_replaced() -> None:
    made = world(count=1)
    made.advance(120_000)
    (key,) = made.elb.targets
    made.elb.deregister(*key)
    made.ecs.target_changed(*key)
    made.advance(200_000)
    assert made.happened("is not healthy in (target-group")
    assert made.service()["runningCount"] == 1 and made.ecs.steady()


def test_snapshot_is_what_the_screen_draws() -> None:
    made = world(count=1)
    made.advance(120_000)
    drawn = made.ecs.snapshot()
    assert drawn["clusters"] == [
        {
            "name": "default", "arn": "arn:aws:ecs:us-east-1:123456789012:cluster/default", "status": "ACTIVE",
            "running": 1, "pending": 0, "services": 1,
        }
    ]  # fmt: skip
    (service,) = drawn["services"]
    assert (service["name"], service["task_definition"], service["running"]) == ("web", "web-app:1", 1)
    assert service["deployments"][0]["rollout"] == "COMPLETED"
    assert service["target_groups"] == [{"arn": GROUP, "container": "app", "port": 8080}]
    (task,) = drawn["tasks"]
    assert (task["last"], task["service"], task["ip"]) == ("RUNNING", "web", "10.0.0.5")
    assert task["created"] < task["started"] and task["stopped"] is None
    assert task["containers"][0]["status"] == "RUNNING"
    assert drawn["task_definitions"] == [{"family": "web-app", "revision": 1, "status": "ACTIVE"}]
