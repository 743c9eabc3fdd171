"""The playground behaves: each of its images, what the load balancer answers for each reason, the timelines.

Timelines are held against captures of real services (reference: events of Fargate services behind an ALB).
"""

import re
from collections.abc import Iterator

import pytest

from tests.cloud.inworld import InWorld


@pytest.fixture
def aws() -> Iterator[InWorld]:
    with InWorld() as world:
        yield world


def shapes(messages: list[str]) -> list[str]:
    """Messages without ids, counts kept."""
    out = []
    for message in messages:
        text = re.sub(r"\(task [0-9a-f]{32}\)", "(task)", message)
        text = re.sub(r"\(target-group [^)]*\)", "(tg)", text)
        out.append(re.sub(r"ecs-svc/\d{19}", "ecs-svc/N", text))
    return out


# --- the images -----------------------------------------------------------------------------------


def test_no_cluster_exists_yet(aws: InWorld) -> None:
    assert aws.call("ecs", "ListClusters")["clusterArns"] == []


def test_the_network_has_the_names_and_settings_of_its_template(aws: InWorld) -> None:
    def names(things: list[dict[str, object]]) -> set[str]:
        tags = [tag for thing in things for tag in thing.get("Tags", [])]  # type: ignore[attr-defined]
        return {tag["Value"] for tag in tags if tag["Key"] == "Name"}

    subnets = aws.call("ec2", "DescribeSubnets", Filters=[{"Name": "cidr-block", "Values": ["10.0.*"]}])[
        "Subnets"
    ]
    assert names(subnets) == {"public-a", "public-b", "private-a", "private-b"}
    assert [s["MapPublicIpOnLaunch"] for s in subnets if names([s]) & {"public-a", "public-b"}] == [
        True,
        True,
    ]
    assert names(aws.call("ec2", "DescribeRouteTables")["RouteTables"]) == {"public", "private"}
    assert aws.call("secretsmanager", "DescribeSecret", SecretId="db-password")["Name"] == "db-password"
    policies = aws.call("iam", "ListAttachedRolePolicies", RoleName="ecsTaskExecutionRole")[
        "AttachedPolicies"
    ]
    assert [policy["PolicyName"] for policy in policies] == ["AmazonECSTaskExecutionRolePolicy"]


@pytest.mark.parametrize("tag", ["v1.2.3", "v1.2.4"])
def test_a_good_version_is_healthy_within_a_minute_and_answers(aws: InWorld, tag: str) -> None:
    aws.service(tag)
    assert aws.steady(within=90)
    assert aws.health() == [("healthy", "")] * 3
    assert (aws.get("/"), aws.get("/health"), aws.get("/nowhere")) == (200, 200, 404)


def test_slow_never_gets_there_without_a_grace_period(aws: InWorld) -> None:
    aws.service("slow", desired=1)
    aws.advance(15 * 60)
    assert "Task failed ELB health checks in" in aws.tasks("STOPPED")[0]["stoppedReason"]
    assert not [m for m in aws.messages() if "unable to consistently start" in m]


def test_slow_gets_there_with_a_grace_period_that_covers_the_way_back_to_healthy(aws: InWorld) -> None:
    """Two minutes to listen, then five checks of thirty seconds: it was unhealthy in between."""
    aws.service("slow", desired=1, healthCheckGracePeriodSeconds=420)
    assert aws.steady(within=600)
    assert aws.tasks("STOPPED") == []


def test_crash_exits_1_again_and_again(aws: InWorld) -> None:
    aws.service("crash", desired=1)
    aws.advance(10 * 60)
    stopped = aws.tasks("STOPPED")
    assert len(stopped) > 2
    for task in stopped:
        assert task["stopCode"] == "EssentialContainerExited"
        assert task["stoppedReason"] == "Essential container in task exited"
        assert task["containers"][0]["exitCode"] == 1


def test_oom_is_killed_with_137_and_says_why(aws: InWorld) -> None:
    aws.service("oom", desired=1)
    aws.advance(3 * 60)
    container = aws.tasks("STOPPED")[0]["containers"][0]
    assert container["exitCode"] == 137
    assert container["reason"].startswith("OutOfMemoryError: Container killed due to memory usage")


def test_sick_answers_while_its_tasks_are_replaced(aws: InWorld) -> None:
    aws.service("sick", desired=1)
    seen = set()
    for _ in range(60):
        aws.advance(10)
        seen |= set(aws.health())
    assert ("unhealthy", "Target.ResponseCodeMismatch") in seen
    assert any("is unhealthy in" in m and "[500]" in m for m in aws.messages())


def test_a_tag_that_does_not_exist(aws: InWorld) -> None:
    aws.service("v9.9.9", desired=1)
    aws.advance(10 * 60)
    task = aws.tasks("STOPPED")[0]
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError:")
    assert "not found" in task["stoppedReason"]
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]
    assert any("unable to consistently start tasks" in message for message in aws.messages())


def test_nginx_can_be_pulled_from_docker_hub_through_the_nat(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=0)
    arn = aws.register("unused", image="nginx", portMappings=[{"containerPort": 80}])
    network = {"subnets": aws.subnets("private-a"), "securityGroups": [aws.group("app")]}
    aws.call(
        "ecs", "RunTask", cluster="prod", taskDefinition=arn, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )  # fmt: skip
    aws.advance(120)
    assert aws.tasks()[0]["lastStatus"] == "RUNNING"


def test_a_public_subnet_without_a_public_address_has_no_way_out(aws: InWorld) -> None:
    network = {"subnets": aws.subnets("public-a"), "securityGroups": [aws.group("app")]}
    aws.service("v1.2.3", desired=1, networkConfiguration={"awsvpcConfiguration": network})
    aws.advance(6 * 60)
    stopped = aws.tasks("STOPPED")[0]
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert "ResourceInitializationError: unable to pull secrets or registry auth" in stopped["stoppedReason"]
    assert (stopped["stoppedAt"] - stopped["createdAt"]).total_seconds() > 180


def test_a_public_subnet_with_a_public_address_has_one(aws: InWorld) -> None:
    network = {
        "subnets": aws.subnets("public-a"), "securityGroups": [aws.group("app")], "assignPublicIp": "ENABLED",
    }  # fmt: skip
    aws.service("v1.2.3", desired=1, networkConfiguration={"awsvpcConfiguration": network})
    assert aws.steady(within=120)
    details = {d["name"]: d["value"] for d in aws.tasks()[0]["attachments"][0]["details"]}
    eni = aws.call("ec2", "DescribeNetworkInterfaces", NetworkInterfaceIds=[details["networkInterfaceId"]])
    assert eni["NetworkInterfaces"][0]["Association"]["PublicIp"]


# --- what the load balancer answers ---------------------------------------------------------------


def test_no_targets_at_all_is_503(aws: InWorld) -> None:
    assert aws.get() == 503


def test_an_application_that_listens_elsewhere_is_502(aws: InWorld) -> None:
    aws.service("elsewhere", desired=1, healthCheckGracePeriodSeconds=3600)
    aws.advance(5 * 60)
    assert aws.health() == [("unhealthy", "Target.FailedHealthChecks")]
    assert aws.get() == 502


def test_an_application_that_hangs_is_504(aws: InWorld) -> None:
    aws.service("hang", desired=1, healthCheckGracePeriodSeconds=3600)
    aws.advance(5 * 60)
    assert aws.health() == [("unhealthy", "Target.Timeout")]
    assert aws.get() == 504


def test_a_security_group_that_lets_nothing_in_is_504(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=1, healthCheckGracePeriodSeconds=3600)
    assert aws.steady()
    rule = aws.call("ec2", "DescribeSecurityGroups", GroupIds=[aws.group("app")])["SecurityGroups"][0]
    aws.call(
        "ec2", "RevokeSecurityGroupIngress", GroupId=rule["GroupId"], IpPermissions=rule["IpPermissions"]
    )
    aws.advance(3 * 60)
    assert aws.health() == [("unhealthy", "Target.Timeout")]
    assert aws.get() == 504
    aws.call(
        "ec2", "AuthorizeSecurityGroupIngress", GroupId=rule["GroupId"], IpPermissions=rule["IpPermissions"]
    )
    aws.advance(6 * 60)
    assert aws.health() == [("healthy", "")]
    assert aws.get() == 200


# --- timelines ------------------------------------------------------------------------------------


def test_first_deployment_of_three_tasks(aws: InWorld) -> None:
    """Capture: started 3; registered 2 at +25 s and 1 at +36 s; steady at +47 s."""
    began = aws.world.now
    aws.service("v1.2.3")
    assert aws.steady()
    assert 30 <= (aws.world.now - began) / 1000 <= 75
    told = shapes(aws.messages())
    assert told[0] == "has started 3 tasks: (task) (task) (task)."
    assert told[-2:] == ["(deployment ecs-svc/N) deployment completed.", "has reached a steady state."]
    registered = [re.fullmatch(r"registered (\d) targets in \(tg\)", line) for line in told[1:-2]]
    assert all(registered)
    assert sum(int(match[1]) for match in registered if match) == 3


def test_rolling_update_of_one_task(aws: InWorld) -> None:
    """Capture: started 0, registered +20..40, old one stopped +70..91, deregistered and draining 10 s
    later, completed and steady at +153."""
    aws.service("v1.2.3", desired=1)
    aws.steady()
    before = len(aws.described()["events"])
    aws.update(taskDefinition=aws.register("v1.2.4"))
    assert aws.steady()
    events = list(reversed(aws.described()["events"]))[before:]
    began = events[0]["createdAt"]
    timeline = {}
    for event, shape in zip(events, shapes([e["message"] for e in events]), strict=True):
        timeline[shape.removeprefix("(service web-app) ")] = (event["createdAt"] - began).total_seconds()
    assert [*timeline] == [
        "has started 1 tasks: (task).",
        "registered 1 targets in (tg)",
        "has stopped 1 running tasks: (task).",
        "deregistered 1 targets in (tg)",
        "(service web-app, taskSet ecs-svc/N) has begun draining connections on 1 tasks.",
        "(deployment ecs-svc/N) deployment completed.",
        "has reached a steady state.",
    ]
    _, registered, stopped, deregistered, draining, completed, steady = timeline.values()
    assert 12 <= registered <= 45
    assert 60 <= stopped <= 100
    assert 5 <= deregistered - stopped <= 15
    assert abs(draining - deregistered) < 0.1
    assert 110 <= completed <= 200
    assert abs(steady - completed) < 0.1


def test_circuit_breaker_rolls_back_to_the_last_good_revision(aws: InWorld) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    aws.service("v1.2.3", desired=1, deploymentConfiguration=breaker)
    aws.steady()
    aws.update(taskDefinition=aws.register("v9.9.9"))
    aws.advance(20 * 60)
    service = aws.described()
    assert service["taskDefinition"].endswith("web:1")
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    told = shapes(aws.messages())
    failed = told.index("(deployment ecs-svc/N) deployment failed: tasks failed to start.")
    assert told[failed + 1] == "rolling back to deployment ecs-svc/N."
    assert aws.get() == 200


# --- time -----------------------------------------------------------------------------------------


def test_going_there_in_many_steps_is_going_there_at_once() -> None:
    def story(steps: list[float]) -> tuple[list[tuple[int, str, str]], object]:
        with InWorld(seed=4) as aws:
            aws.service("sick", desired=2)
            for step in steps:
                aws.advance(step)
            told = [(event.t, event.subject, event.message) for event in aws.world.events]
            return told, aws.world.snapshot()

    at_once = story([900])
    assert story([450, 450]) == at_once
    assert story([7.3] * 100 + [900 - 730]) == at_once


def test_a_steady_world_costs_nothing_as_days_pass(aws: InWorld) -> None:
    aws.service("v1.2.3")
    aws.steady()
    known = len(aws.world.events)
    aws.advance(3 * 86_400)
    quiet = [event for event in aws.world.events[known:] if event.source != "log"]
    assert {event.message for event in quiet} <= {"(service web-app) has reached a steady state."}


def test_a_fault_that_changes_the_image_leaves_the_registered_revision_as_it_is(aws: InWorld) -> None:
    aws.service("v1.2.3", desired=1)
    aws.world.fault({"set_image": {"service": "web-app", "tag": "v1.2.4"}})
    revisions = [
        aws.call("ecs", "DescribeTaskDefinition", taskDefinition=f"web:{n}")["taskDefinition"] for n in (1, 2)
    ]
    assert [r["containerDefinitions"][0]["image"].rpartition(":")[2] for r in revisions] == [
        "v1.2.3",
        "v1.2.4",
    ]
