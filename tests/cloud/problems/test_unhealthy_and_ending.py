"""Rows 1, 2, 14, 16 and 23 of the 25 problems: tasks that run and are not well, and rollouts that do not end."""

from typing import Any

import pytest

from tests.cloud.inworld import IMAGE

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def open_group(aws: Any) -> None:
    rule = {
        "IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": aws.group("alb")}],
    }  # fmt: skip
    aws.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=aws.group("app"), IpPermissions=[rule])


def path(aws: Any, path: str) -> None:
    aws.call("elbv2", "ModifyTargetGroup", TargetGroupArn=aws.target_group(), HealthCheckPath=path)


def other_version(aws: Any) -> None:
    aws.update(taskDefinition=aws.register("v1.2.4"))


UNHEALTHY = [
    (
        "security group", lambda aws: aws.fault("close_security_group", {"group": "app", "port": 8080}),
        "Target.Timeout", "Request timed out", 504, open_group,
    ),
    (
        "port", lambda aws: aws.fault("change_port", {"service": "web-app", "port": 9090}),
        "Target.FailedHealthChecks", "Health checks failed", 502, other_version,
    ),
    (
        "nothing listens", lambda aws: aws.fault("stop_listening", "web-app"),
        "Target.FailedHealthChecks", "Health checks failed", 502, other_version,
    ),
    (
        "path", lambda aws: path(aws, "/wrong"),
        "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]", 200,
        lambda aws: path(aws, "/health"),
    ),
    (
        "answers 500", lambda aws: aws.fault("answer_500", {"service": "web-app", "path": "/health"}),
        "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]", 200, other_version,
    ),
    (
        "slow", lambda aws: aws.fault("slow_app", {"service": "web-app", "by": "90s"}),
        "Target.Timeout", "Request timed out", 504, other_version,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "code", "description", "status", "repair"),
    [row[1:] for row in UNHEALTHY],
    ids=[f"1: {row[0]}" for row in UNHEALTHY],
)
def test_1_targets_become_unhealthy_and_their_tasks_are_replaced_in_vain(
    aws: Any, cause: Any, code: str, description: str, status: int, repair: Any
) -> None:
    aws.service("v1.2.3", desired=2)
    assert aws.steady()
    cause(aws)
    seen, statuses = set(), set()
    for _ in range(40):
        aws.advance(15)
        found = aws.call("elbv2", "DescribeTargetHealth", TargetGroupArn=aws.target_group())
        health = [item["TargetHealth"] for item in found["TargetHealthDescriptions"]]
        seen |= {(h.get("Reason"), h.get("Description")) for h in health if h["State"] == "unhealthy"}
        statuses.add(aws.get())
    assert (code, description) in seen
    assert status in statuses
    assert aws.reason().startswith("Task failed ELB health checks in (target-group arn:")
    said = f"due to (reason {description})"
    assert any("is unhealthy in (target-group" in message and said in message for message in aws.messages())
    repair(aws)
    assert aws.heals()


def test_1_one_target_group_that_finds_a_task_sick_is_enough(aws: Any) -> None:
    """Of several; with a service-linked role a service has up to five."""
    made = aws.call(
        "elbv2", "CreateTargetGroup", Name="second", Protocol="HTTP", Port=8080, VpcId=aws.vpc(), TargetType="ip",
        HealthCheckPath="/wrong",
    )  # fmt: skip
    second = made["TargetGroups"][0]["TargetGroupArn"]
    alb = aws.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    aws.call(
        "elbv2", "CreateListener", LoadBalancerArn=alb, Protocol="HTTP", Port=81,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": second}],
    )  # fmt: skip
    place = {"containerName": "app", "containerPort": 8080}
    groups = [{"targetGroupArn": arn, **place} for arn in (aws.target_group(), second)]
    aws.service("v1.2.3", desired=1, loadBalancers=groups)
    aws.advance(6 * 60)
    assert aws.reason() == f"Task failed ELB health checks in (target-group {second})"


def test_2_a_slow_start_needs_a_grace_period(aws: Any) -> None:
    aws.service("slow", desired=1)
    aws.advance(10 * 60)
    assert aws.reason().startswith("Task failed ELB health checks in (target-group arn:")
    aws.update(healthCheckGracePeriodSeconds=420, forceNewDeployment=True)
    assert aws.heals()


def test_14_the_task_role_is_not_the_execution_role(aws: Any) -> None:
    """The execution role may read the bucket; the application, with its task role, may not."""
    aws.permit("ecsTaskExecutionRole", "s3:GetObject")
    aws.service("v1.2.3", desired=1)
    task = "arn:aws:iam::123456789012:role/ecsAppRole"

    def with_role() -> None:
        definition = aws.call("ecs", "DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]
        container = {**definition["containerDefinitions"][0], "image": f"{IMAGE}:s3"}
        keys = ("family", "networkMode", "cpu", "memory", "requiresCompatibilities", "executionRoleArn")
        kept = {key: definition[key] for key in keys}
        made = aws.call(
            "ecs", "RegisterTaskDefinition", **kept, taskRoleArn=task, containerDefinitions=[container]
        )
        aws.update(taskDefinition=made["taskDefinition"]["taskDefinitionArn"])

    with_role()
    assert aws.heals()
    (running,) = aws.tasks()
    task_id = running["taskArn"].rpartition("/")[2]
    assert "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ecsAppRole/" in aws.logged()
    assert "is not authorized to perform: s3:GetObject" in aws.logged()
    assert "because no identity-based policy allows the s3:GetObject action" in aws.logged()
    aws.permit("ecsAppRole", "s3:GetObject")
    aws.update(forceNewDeployment=True)
    assert aws.heals()
    (running,) = aws.tasks()
    stream = f"app/app/{running['taskArn'].rpartition('/')[2]}"
    assert task_id not in stream
    events = aws.call("logs", "GetLogEvents", logGroupName="/ecs/web-app", logStreamName=stream)["events"]
    assert events
    assert not any("AccessDenied" in event["message"] for event in events)
    aws.fault("revoke_permission", {"role": "ecsAppRole", "action": "s3:GetObject"})
    aws.call("ecs", "StopTask", cluster="prod", task=running["taskArn"])
    assert aws.heals()
    assert (
        "on resource: arn:aws:s3:::catalogue/* with an explicit deny in an identity-based policy"
        in aws.logged()
    )


def test_16_the_application_exits(aws: Any) -> None:
    aws.service("v1.2.3", desired=1)
    assert aws.steady()
    aws.fault("crash_app", {"service": "web-app", "after": "20s", "code": 3})
    aws.advance(5 * 60)
    for task in aws.tasks("STOPPED"):
        assert task["stopCode"] == "EssentialContainerExited"
        assert task["stoppedReason"] == "Essential container in task exited"
        assert task["containers"][0]["exitCode"] == 3
    assert len(aws.tasks("STOPPED")) > 2
    other_version(aws)
    assert aws.heals()


def test_16_what_it_said_before_it_died_is_in_its_log(aws: Any) -> None:
    """The stream is there before the first line; its name is prefix/container/task."""
    aws.service("crash", desired=1)
    while not (streams := aws.call("logs", "DescribeLogStreams", logGroupName="/ecs/web-app")["logStreams"]):
        aws.world.advance_to(aws.world.timeline.next_time())
    (task,) = aws.tasks()
    assert streams[0]["logStreamName"] == f"app/app/{task['taskArn'].rpartition('/')[2]}"
    stream = {"logGroupName": "/ecs/web-app", "logStreamName": streams[0]["logStreamName"]}
    assert aws.call("logs", "GetLogEvents", **stream)["events"] == []
    aws.advance(60)
    said = [event["message"] for event in aws.call("logs", "GetLogEvents", **stream)["events"]]
    assert said[-1] == "Error: cannot read properties of undefined (reading 'config')"


def test_16_the_application_leaks_until_it_is_killed(aws: Any) -> None:
    """A limit of 512 MiB, 120 in use, 100 more a minute: it lasts about four minutes."""
    aws.service("v1.2.3", desired=1)
    assert aws.steady()
    aws.fault("leak_memory", {"service": "web-app", "per_minute": 100})
    aws.advance(3 * 60)
    assert aws.tasks("STOPPED") == []
    aws.advance(3 * 60)
    container = aws.tasks("STOPPED")[0]["containers"][0]
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    other_version(aws)
    assert aws.heals()


def test_23_percentages_that_leave_nothing_to_do(aws: Any) -> None:
    rigid = {"minimumHealthyPercent": 100, "maximumPercent": 150}
    aws.service("v1.2.3", desired=1, deploymentConfiguration=rigid)
    assert aws.steady()
    other_version(aws)
    aws.advance(10 * 60)
    stuck = "was unable to stop or start tasks during a deployment because of the service deployment configuration."
    assert any(message.startswith(stuck) for message in aws.messages())
    assert aws.described()["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    aws.update(deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})
    assert aws.heals()
    assert aws.described()["taskDefinition"].endswith("web:2")


def test_23_the_circuit_breaker_rolls_back(aws: Any) -> None:
    aws.service("v1.2.3", desired=1, deploymentConfiguration=BREAKER)
    assert aws.steady()
    aws.update(taskDefinition=aws.register("crash"))
    aws.advance(20 * 60)
    told = aws.messages()
    assert any(m.endswith("deployment failed: tasks failed to start.") for m in told)
    assert any("rolling back to deployment ecs-svc/" in message for message in told)
    assert aws.described()["taskDefinition"].endswith("web:1")
    assert aws.heals()
    other_version(aws)
    assert aws.heals()
    assert aws.described()["taskDefinition"].endswith("web:3")
