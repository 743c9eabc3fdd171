"""Rows 3-8, 17, 18 and 25 of the 25 problems: caused, found by a task's own words, repaired, healed.

Source of rows: the catalogue of problems; of texts: Amazon ECS developer guide, "stopped-task-error-codes".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cloud.inworld import IMAGE

ROLE = "ecsTaskExecutionRole"
POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
ONLY_AUTH = "ResourceInitializationError: unable to pull secrets or registry auth"


@dataclass
class Row:
    number: int
    name: str
    cause: Callable[[Any], object]
    said: tuple[str, ...]
    repair: Callable[[Any], object]
    container: Callable[[Any], dict[str, Any]] = field(default=lambda aws: {})


def secret(aws: Any, key: str = "") -> dict[str, Any]:
    arn = aws.call("secretsmanager", "DescribeSecret", SecretId="db-password")["ARN"]
    return {"secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{arn}:{key}::" if key else arn}]}


def no_way_to_secrets(aws: Any) -> None:
    """Endpoints for everything that a task needs, but for Secrets Manager; no NAT."""
    aws.permit(ROLE, "secretsmanager:GetSecretValue")
    aws.fault("remove_route", "private")
    aws.endpoint("ecr.api", "ecr.dkr", "logs")
    aws.s3_gateway()


def new_log_group(aws: Any) -> None:
    aws.call("logs", "CreateLogGroup", logGroupName="/ecs/web-app")


ROWS = [
    Row(
        3, "secrets unreachable", no_way_to_secrets,
        (ONLY_AUTH, "unable to retrieve secret from asm", "context deadline exceeded"),
        lambda aws: aws.endpoint("secretsmanager"), secret,
    ),
    Row(
        4, "no permission for the registry",
        lambda aws: aws.fault("revoke_permission", {"role": ROLE, "policy": "AmazonECSTaskExecutionRolePolicy"}),
        (ONLY_AUTH, "unable to retrieve ecr registry auth", "AccessDeniedException", "ecr:GetAuthorizationToken"),
        lambda aws: aws.call("iam", "AttachRolePolicy", RoleName=ROLE, PolicyArn=POLICY),
    ),
    Row(
        4, "no permission for the secret", lambda aws: None,
        (ONLY_AUTH, "unable to retrieve secret from asm", "AccessDenied", "secretsmanager:GetSecretValue"),
        lambda aws: aws.permit(ROLE, "secretsmanager:GetSecretValue"), secret,
    ),
    Row(
        4, "the same first words without a route", lambda aws: aws.fault("remove_route", "private"),
        (ONLY_AUTH, "There is a connection issue between the task and Amazon ECR", "i/o timeout"),
        lambda aws: aws.nat_route(),
    ),
    Row(
        6, "no such tag", lambda aws: aws.fault("delete_image", {"repository": "my-app", "tag": "v1.2.3"}),
        ("CannotPullContainerError: ", f"failed to resolve ref {IMAGE}:v1.2.3", "not found"),
        lambda aws: aws.update(taskDefinition=aws.register("v1.2.4")),
    ),
    Row(
        7, "no permission for the image",
        lambda aws: aws.fault("revoke_permission", {"role": ROLE, "action": "ecr:BatchGetImage"}),
        (
            "CannotPullContainerError: ", "is not authorized to perform: ecr:BatchGetImage on resource",
            "with an explicit deny in an identity-based policy",
        ),
        lambda aws: aws.call("iam", "DeleteRolePolicy", RoleName=ROLE, PolicyName="deny-ecr-BatchGetImage"),
    ),
    Row(
        17, "no log group", lambda aws: aws.fault("delete_log_group", "/ecs/web-app"),
        ("failed to validate logger args", "The specified log group does not exist"), new_log_group,
    ),
    Row(
        18, "no such key in the secret",
        lambda aws: aws.permit(ROLE, "secretsmanager:GetSecretValue"),
        ("retrieved secret from Secrets Manager did not contain json key password",),
        lambda aws: aws.call(
            "secretsmanager", "PutSecretValue", SecretId="db-password", SecretString='{"password": "s3cret"}'
        ),
        lambda aws: (
            aws.call("secretsmanager", "PutSecretValue", SecretId="db-password", SecretString='{"pass": "x"}'),
            secret(aws, "password"),
        )[1],
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}: {row.name}")
def test_a_task_says_why_it_does_not_start_and_starts_once_repaired(aws: Any, row: Row) -> None:
    row.cause(aws)
    container = row.container(aws)
    aws.service("v1.2.3", desired=1, taskDefinition=aws.register("v1.2.3", **container))
    aws.advance(8 * 60)
    stopped = aws.tasks("STOPPED")
    assert stopped
    assert {task["stopCode"] for task in stopped} == {"TaskFailedToStart"}
    for words in row.said:
        assert words in aws.reason()
    assert any("was unable to place a task. Reason: " in message for message in aws.messages())
    assert aws.get() == 503
    row.repair(aws)
    if row.number != 6:
        aws.update(forceNewDeployment=True)
    assert aws.heals()


def hub(aws: Any, image: str) -> str:
    """A task definition without roles: public images need none."""
    plain = [{"name": "app", "image": image, "portMappings": [{"containerPort": 80}]}]
    answer = aws.call(
        "ecs", "RegisterTaskDefinition", family="nginx", networkMode="awsvpc", cpu="256", memory="512",
        requiresCompatibilities=["FARGATE"], containerDefinitions=plain,
    )  # fmt: skip
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def test_5_an_image_of_docker_hub_needs_a_route(aws: Any) -> None:
    aws.fault("remove_route", "private")
    aws.service("v1.2.3", desired=1, taskDefinition=hub(aws, "nginx"), loadBalancers=[])
    aws.advance(8 * 60)
    assert "failed to resolve ref docker.io/library/nginx:latest: failed to do request: Head" in aws.reason()
    assert aws.reason().endswith(":443: i/o timeout")
    aws.nat_route()
    aws.update(forceNewDeployment=True)
    assert aws.steady(within=600)


def test_5_docker_hub_lets_one_address_pull_so_much_without_credentials(aws: Any) -> None:
    """Docker's manual, "Docker Hub pull usage and limits"; developer guide, "task_cannot_pull_image".

    All tasks of the private subnets are seen as one NAT gateway.
    """
    aws.fault("limit_pulls", {"pulls": 2, "per": "1h"})
    aws.service("v1.2.3", desired=3, taskDefinition=hub(aws, "nginx"), loadBalancers=[])
    aws.advance(5 * 60)
    assert aws.described()["runningCount"] == 2
    assert aws.reason().startswith(
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): "
    )
    assert "https://registry-1.docker.io/v2/library/nginx/manifests/sha256:" in aws.reason()
    assert "429 Too Many Requests" in aws.reason()
    assert "toomanyrequests: You have reached your pull rate limit." in aws.reason()
    assert any("was unable to place a task. Reason: CannotPull" in message for message in aws.messages())
    aws.advance(3600)
    assert aws.described()["runningCount"] == 3, "the window has moved on"
    aws.update(taskDefinition=hub(aws, "public.ecr.aws/docker/library/nginx"))
    assert aws.steady(within=600), "Amazon ECR Public has the same image"


def test_8_an_image_of_the_wrong_architecture(aws: Any) -> None:
    container = [
        {"name": "app", "image": f"{IMAGE}:x86", "portMappings": [{"containerPort": 8080}]},
    ]
    arm = {
        "family": "arm", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "requiresCompatibilities": ["FARGATE"], "containerDefinitions": container,
        "executionRoleArn": f"arn:aws:iam::123456789012:role/{ROLE}",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    }  # fmt: skip
    definition = aws.call("ecs", "RegisterTaskDefinition", **arm)["taskDefinition"]["taskDefinitionArn"]
    aws.service("v1.2.3", desired=1, taskDefinition=definition)
    aws.advance(6 * 60)
    assert "image Manifest does not contain descriptor matching platform 'linux/arm64'" in aws.reason()
    arm["runtimePlatform"] = {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
    aws.update(
        taskDefinition=aws.call("ecs", "RegisterTaskDefinition", **arm)["taskDefinition"]["taskDefinitionArn"]
    )
    assert aws.heals()


def test_25_fargate_has_no_capacity(aws: Any) -> None:
    aws.fault("exhaust_fargate", "FARGATE")
    aws.service("v1.2.3", desired=1)
    aws.advance(3 * 60)
    said = "was unable to place a task. Reason: Capacity is unavailable at this time."
    assert any(said in message for message in aws.messages())
    aws.fault("restore_fargate", "FARGATE")
    assert aws.heals()


def test_25_the_quota_of_vcpus_is_used_up(aws: Any) -> None:
    """A quarter of a vCPU a task: four of them are one."""
    aws.fault("limit_vcpus", 1)
    aws.service("v1.2.3", desired=5)
    aws.advance(5 * 60)
    said = "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
    assert said in aws.messages()
    assert aws.described()["runningCount"] == 4
    network = {"awsvpcConfiguration": {"subnets": aws.subnets("private-a")}}
    run = aws.call(
        "ecs",
        "RunTask",
        cluster="prod",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=network,
    )
    assert run["tasks"] == []
    assert run["failures"][0]["reason"].startswith("You've reached the limit on the number of vCPUs")
    aws.fault("limit_vcpus", 2)
    assert aws.heals()
    assert aws.described()["runningCount"] == 5
