"""Tasks on instances in the network: ports of the host, target groups, pulls and logs through the instance."""

import json
import re
from collections.abc import Iterator

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.instances.onhosts import LOGS, OnHosts


@pytest.fixture
def aws() -> Iterator[OnHosts]:
    with OnHosts() as world:
        yield world


def targets(aws: OnHosts) -> list[tuple[str, int, str]]:
    found = aws.call("elbv2", "DescribeTargetHealth", TargetGroupArn=aws.hosts_group())
    return sorted(
        (t["Target"]["Id"], t["Target"]["Port"], t["TargetHealth"]["State"])
        for t in found["TargetHealthDescriptions"]
    )


def test_bridge_tasks_are_targets_by_instance_and_host_port(aws: OnHosts) -> None:
    aws.serve(aws.define(), 3, balanced=True)
    assert aws.steady(300)
    hosts = {i["containerInstanceArn"]: i["ec2InstanceId"] for i in aws.instances()}
    expected = sorted(
        (hosts[t["containerInstanceArn"]], t["containers"][0]["networkBindings"][0]["hostPort"], "healthy")
        for t in aws.tasks()
    )
    assert targets(aws) == expected
    assert aws.browse() == 200
    task = aws.tasks()[0]
    assert task["attachments"] == [] and task["containers"][0]["networkInterfaces"] == []
    assert "platformVersion" not in task


def test_golden_timeline_of_a_first_deployment(aws: OnHosts) -> None:
    aws.serve(aws.define(), 2, balanced=True)
    assert aws.steady(300)
    shapes = [re.sub(r"\(task [0-9a-f]{32}\)|ecs-svc/\d+|arn:\S+?(?=\))", "X", m) for m in aws.messages()]
    assert shapes == [
        "has started 2 tasks: X X.",
        "registered 2 targets in (target-group X)",
        "(deployment X) deployment completed.",
        "has reached a steady state.",
    ]


def test_a_closed_dynamic_range_makes_targets_time_out_and_the_event_names_the_instance(aws: OnHosts) -> None:
    group = aws.group("hosts")
    rules = aws.call("ec2", "DescribeSecurityGroups", GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    aws.call("ec2", "RevokeSecurityGroupIngress", GroupId=group, IpPermissions=rules)
    aws.serve(aws.define(), 1, balanced=True)
    aws.advance(400)
    complaint = next(m for m in aws.messages() if "is unhealthy in" in m)
    assert re.match(r"\(instance i-[0-9a-f]+\) \(port \d+\) is unhealthy in \(target-group ", complaint)
    assert complaint.endswith("due to (reason Request timed out).")


def test_a_target_whose_instance_does_not_run_is_not_used(aws: OnHosts) -> None:
    group, identity = aws.hosts_group(), aws.instances()[0]["ec2InstanceId"]
    aws.call("elbv2", "RegisterTargets", TargetGroupArn=group, Targets=[{"Id": identity, "Port": 80}])

    def health() -> dict[str, str]:
        found = aws.call("elbv2", "DescribeTargetHealth", TargetGroupArn=group)["TargetHealthDescriptions"]
        return dict(found[0]["TargetHealth"])

    aws.advance(60)
    assert health()["State"] == "unhealthy"
    aws.call("ec2", "StopInstances", InstanceIds=[identity])
    aws.advance(30)
    stopped = {"Reason": "Target.InvalidState", "Description": "Target is in the stopped state"}
    assert health() == {"State": "unused", **stopped}


def test_host_mode_takes_the_containers_own_port(aws: OnHosts) -> None:
    aws.serve(aws.define(mode="host"), 2)
    assert aws.steady(300)
    bound = [task["containers"][0]["networkBindings"] for task in aws.tasks()]
    assert [b[0]["hostPort"] for b in bound] == [8080, 8080]
    assert (
        aws.ecs("RunTask", taskDefinition=aws.define(mode="host"))["failures"][0]["reason"]
        == "RESOURCE:PORTS"
    )


def test_target_type_must_fit_the_network_mode(aws: OnHosts) -> None:
    balancers = [{"targetGroupArn": aws.target_group(), "containerName": "app", "containerPort": 8080}]
    with pytest.raises(
        ApiError, match="has target type ip, which is incompatible with the bridge network mode"
    ):
        aws.serve(aws.define(), 1, loadBalancers=balancers)


def reason(aws: OnHosts) -> str:
    for _ in range(80):
        aws.advance(10)
        stopped = [t for t in aws.tasks("STOPPED") if t["lastStatus"] == "STOPPED"]
        if stopped:
            assert stopped[0]["stopCode"] == "TaskFailedToStart"
            return str(stopped[0]["stoppedReason"])
    raise AssertionError("no task stopped")


def test_a_missing_image_in_dockers_words(aws: OnHosts) -> None:
    aws.ecs("RunTask", taskDefinition=aws.define("nope"))
    assert reason(aws).startswith(
        "CannotPullContainerError: The task can’t pull the image. Check whether the image exists. "
        "Error response from daemon: "
    )


@pytest.mark.parametrize(
    ("role", "action", "words"),
    [
        (
            "ecsTaskExecutionRole",
            "ecr:BatchGetImage",
            "Check that the role has the permissions to pull images from the registry. Error response from daemon: ",
        ),
        (
            "ecsInstanceRole",
            "ecr:GetAuthorizationToken",
            "CannotPullECRContainerError: AccessDeniedException: ",
        ),
        ("ecsInstanceRole", "logs:CreateLogStream", "failed to create Cloudwatch log stream: AccessDenied"),
    ],
)
def test_a_denied_action_in_dockers_words(aws: OnHosts, role: str, action: str, words: str) -> None:
    """Without an execution role the instance's own counts."""
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.call("iam", "PutRolePolicy", RoleName=role, PolicyName="no", PolicyDocument=policy)
    own = role == "ecsTaskExecutionRole"
    aws.ecs("RunTask", taskDefinition=aws.define() if own else aws.define(execution_role=None))
    text = reason(aws)
    assert words in text
    assert (
        f":assumed-role/{role}/" in text and f"is not authorized to perform: {action} on resource: " in text
    )
    assert text.endswith(" with an explicit deny in an identity-based policy")


def test_a_pull_without_a_way_out_in_dockers_words(aws: OnHosts) -> None:
    aws.ecs("RunTask", taskDefinition=aws.define(image="nginx:latest"))
    found = aws.call("ec2", "DescribeRouteTables", Filters=[{"Name": "tag:Name", "Values": ["private"]}])
    table = found["RouteTables"][0]["RouteTableId"]
    aws.call("ec2", "DeleteRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    text = reason(aws)
    assert (
        "Check your network configuration. Error response from daemon: Get https://registry-1.docker.io"
        in text
    )


def test_docker_hubs_limit_in_dockers_words(aws: OnHosts) -> None:
    aws.world.fault({"limit_pulls": 0})
    aws.ecs("RunTask", taskDefinition=aws.define(image="nginx:latest"))
    assert reason(aws).startswith(
        "CannotPullContainerError: Error response from daemon: toomanyrequests: You have reached your pull rate limit."
    )
    signed = {"credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:hub-AbCdEf"}
    with_credentials = aws.define(image="nginx:latest", repositoryCredentials=signed)
    aws.ecs("RunTask", taskDefinition=with_credentials)
    aws.advance(120)
    assert len(aws.tasks()) == 1, "the limit is one of anonymous pulls"


def test_a_missing_log_group_in_dockers_words(aws: OnHosts) -> None:
    options = {**LOGS, "awslogs-group": "/ecs/nope"}
    aws.ecs(
        "RunTask", taskDefinition=aws.define(logConfiguration={"logDriver": "awslogs", "options": options})
    )
    assert reason(aws) == (
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to "
        "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
    )


def test_log_lines_come_through_the_instance_also_without_a_prefix(aws: OnHosts) -> None:
    options = {key: value for key, value in LOGS.items() if key != "awslogs-stream-prefix"}
    aws.ecs(
        "RunTask", taskDefinition=aws.define(logConfiguration={"logDriver": "awslogs", "options": options})
    )
    aws.advance(90)
    (stream,) = aws.call("logs", "DescribeLogStreams", logGroupName="/ecs/web-app")["logStreams"]
    assert re.fullmatch(r"[0-9a-f]{64}", stream["logStreamName"])
    lines = aws.call(
        "logs", "GetLogEvents", logGroupName="/ecs/web-app", logStreamName=stream["logStreamName"]
    )["events"]
    assert "listening on 0.0.0.0:8080" in [line["message"] for line in lines]
