"""Why a Fargate task does not come up: each cause, its words, and how long it takes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud.ecs.fakes import ACCOUNT, ECR, EXPLICIT, ROLE, SECRET, FakeWorld, world

SECRETS: dict[str, Any] = {"container": {"secrets": [{"name": "DB_PASSWORD", "valueFrom": SECRET}]}}


def run(made: FakeWorld, definition: str) -> Any:
    """Runs one task until it has stopped, and describes it."""
    made.call("RunTask", taskDefinition=definition, launchType="FARGATE", networkConfiguration=made.network())
    made.until(lambda: made.tasks("STOPPED") and made.tasks("STOPPED")[0]["lastStatus"] == "STOPPED")
    return made.tasks("STOPPED")[0]


def cut(service: str) -> Callable[[FakeWorld], None]:
    return lambda made: made.vpc.unreachable.add(service)


def deny(action: str) -> Callable[[FakeWorld], None]:
    return lambda made: made.iam.denied.add(action)


def no_addresses(made: FakeWorld) -> None:
    made.vpc.free = dict.fromkeys(made.vpc.free, 0)


def nothing(made: FakeWorld) -> None:
    pass


def with_secret(value_from: str) -> dict[str, Any]:
    return {"container": {"secrets": [{"name": "DB_PASSWORD", "valueFrom": value_from}]}}


def log_options(**options: str) -> dict[str, Any]:
    base = {"awslogs-group": "/nowhere", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app"}
    return {"container": {"logConfiguration": {"logDriver": "awslogs", "options": base | options}}}


ENV_FILE: dict[str, Any] = {
    "container": {"environmentFiles": [{"value": "arn:aws:s3:::bucket/a.env", "type": "s3"}]}
}

CASES: list[tuple[str, Callable[[FakeWorld], None], str, dict[str, Any], tuple[str, ...], bool]] = [
    ("address", no_addresses, "v1", {}, ("Unexpected EC2 error", "InsufficientFreeAddressesInSubnet"), False),
    (
        "registry unreachable", cut("ecr.api"), "v1", {},
        ("ResourceInitializationError: unable to pull secrets or registry auth", "api.ecr.us-east-1", "i/o timeout"),
        True,
    ),
    (
        "registry denied", deny("ecr:GetAuthorizationToken"), "v1", {},
        (EXPLICIT, "AccessDeniedException", "ecr:GetAuthorizationToken", "assumed-role/ecsTaskExecutionRole/"), False,
    ),
    ("tag missing", nothing, "nope", {}, ("CannotPullContainerError", f"failed to resolve ref {ECR}:nope"), False),
    (
        "layers unreachable", cut("s3"), "v1", {},
        ("CannotPullContainerError: The task cannot pull", "connection issue between the task and the registry"), True,
    ),
    (
        "public registry unreachable", cut("internet"), "nginx:latest", {},
        ("CannotPullContainerError", "docker.io/library/nginx:latest", "registry-1.docker.io", "i/o timeout"), True,
    ),
    (
        "pull denied", deny("ecr:BatchGetImage"), "v1", {},
        ("CannotPullContainerError", "not authorized to perform: ecr:BatchGetImage on resource", EXPLICIT), False,
    ),
    (
        "architecture", nothing, "arm", {},
        ("image Manifest does not contain descriptor matching platform 'linux/amd64'",), False,
    ),
    (
        "secret unreachable", cut("secretsmanager"), "v1", SECRETS,
        ("unable to retrieve secret from asm", "connection issue between the task and Secrets Manager"), True,
    ),
    (
        "secret denied", deny("secretsmanager:GetSecretValue"), "v1", SECRETS,
        (f"failed to fetch secret {SECRET}", "not authorized to perform: secretsmanager:GetSecretValue", EXPLICIT), False,
    ),
    (
        "secret missing", nothing, "v1", with_secret(SECRET.replace("db-password", "other")),
        ("ResourceNotFoundException", "Secrets Manager can't find the specified secret."), False,
    ),
    ("json key", nothing, "v1", with_secret(f"{SECRET}:user::"), ("did not contain json key user",), False),
    ("parameter missing", nothing, "v1", with_secret("/web/password"), ("invalid ssm parameters: /web/password",), False),
    (
        "parameter denied", deny("ssm:GetParameters"), "v1", with_secret("/web/password"),
        ("unable to retrieve secrets from ssm", "ssm:GetParameters", EXPLICIT), False,
    ),
    (
        "parameter unreachable", cut("ssm"), "v1", with_secret("/web/password"),
        ("The task cannot pull secrets from AWS Systems Manager.",), True,
    ),
    (
        "log group missing", nothing, "v1", log_options(),
        ("failed to validate logger args", "The specified log group does not exist."), False,
    ),
    (
        "logs denied", deny("logs:CreateLogStream"), "v1", {},
        ("logs:CreateLogStream", "AccessDeniedException", EXPLICIT), False,
    ),
    ("logs unreachable", cut("logs"), "v1", {}, ("The task cannot find the Amazon CloudWatch log group",), True),
    (
        "create group denied", deny("logs:CreateLogGroup"), "v1", log_options(**{"awslogs-create-group": "true"}),
        ("not authorized to perform: logs:CreateLogGroup", ":log-stream: with an explicit deny"), False,
    ),
    ("environment file missing", nothing, "v1", ENV_FILE, ("HeadObject", "StatusCode: 404"), False),
    (
        "environment file missing, bucket not listed", deny("s3:ListBucket"), "v1", ENV_FILE,
        ("HeadObject", "StatusCode: 403"), False,
    ),
    ("environment file denied", deny("s3:GetObject"), "v1", ENV_FILE, ("HeadObject", "StatusCode: 403"), False),
    ("bucket's region denied", deny("s3:GetBucketLocation"), "v1", ENV_FILE, ("GetBucketLocation", "403"), False),
    (
        "environment file unreachable", cut("s3"), "v1", ENV_FILE,
        ("connection issue between the task and Amazon S3",), True,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("prepare", "tag", "changes", "words", "slow"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_task_that_cannot_come_up_says_why(
    prepare: Callable[[FakeWorld], None],
    tag: str,
    changes: dict[str, Any],
    words: tuple[str, ...],
    slow: bool,
) -> None:
    made = world()
    definition = made.register(tag, "probe", **changes)
    prepare(made)
    task = run(made, definition)
    assert task["stopCode"] == "TaskFailedToStart"
    for word in words:
        assert word in task["stoppedReason"]
    assert "startedAt" not in task
    assert all("exitCode" not in container for container in task["containers"])
    assert not made.vpc.enis, "the network interface is given back"
    patience = (task["stoppingAt"] - task["createdAt"]) / 60
    assert (4 <= patience <= 5.5) if slow else patience < 3.2


def test_role_that_cannot_be_assumed_refuses_run_task_and_shows_in_service_events() -> None:
    made = world()
    definition = made.register()
    made.iam.roles.clear()
    code, message = made.refused(
        "RunTask", taskDefinition=definition, launchType="FARGATE", networkConfiguration=made.network()
    )
    assert code == "ClientException"
    assert message.startswith(f"ECS was unable to assume the role '{ROLE}' that was provided for this task.")
    made.create(definition)
    made.advance(600_000)
    assert made.messages()[0] == f"(service web) failed to launch a task with (error {message})."
    assert not made.tasks() and not made.tasks("STOPPED")
    made.iam.roles.add(ROLE)
    made.advance(1_800_000)
    assert made.ecs.steady()


def test_malformed_role_is_accepted_at_registration_and_fails_at_launch() -> None:
    made = world()
    made.create(made.register(executionRoleArn="arn:aws:iam::role/ecsTaskExecutionRole"))
    made.advance(60_000)
    assert "unable to assume the role 'arn:aws:iam::role/ecsTaskExecutionRole'" in made.messages()[0]


def test_what_is_repaired_while_the_task_still_tries_lets_it_come_up() -> None:
    made = world()
    made.vpc.unreachable.add("ecr.api")
    made.create(made.register())
    made.advance(90_000)
    assert made.tasks()[0]["lastStatus"] == "PENDING"
    made.vpc.unreachable.clear()
    made.advance(90_000)
    assert made.tasks()[0]["lastStatus"] == "RUNNING"


def test_log_group_is_created_when_asked_for() -> None:
    made = world()
    made.create(made.register(**log_options(**{"awslogs-create-group": "true"})))
    made.advance(60_000)
    assert made.logs.has_group("/nowhere")
    assert made.tasks()[0]["lastStatus"] == "RUNNING"


def test_public_image_without_logs_and_secrets_needs_no_role() -> None:
    made = world()
    definition = made.register(
        "nginx:latest", executionRoleArn=None, container={"logConfiguration": None, "image": "nginx"}
    )
    made.call("RunTask", taskDefinition=definition, launchType="FARGATE", networkConfiguration=made.network())
    made.advance(60_000)
    assert made.tasks()[0]["lastStatus"] == "RUNNING"


def test_secret_values_and_environment_reach_the_application() -> None:
    made = world()
    made.secrets.values["/web/user"] = "learner"
    secrets = [{"name": "A", "valueFrom": SECRET}, {"name": "B", "valueFrom": "/web/user"}]
    definition = made.register(container={"secrets": secrets, "environment": [{"name": "X", "value": "1"}]})
    made.call(
        "RunTask",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=made.network(),
        overrides={
            "containerOverrides": [
                {"name": "app", "command": ["migrate"], "environment": [{"name": "Y", "value": "2"}]}
            ],
            "taskRoleArn": "ecsAppRole",
        },
    )
    made.advance(60_000)
    (given,) = [r.given for r in made.registry.runs]
    assert given["secrets"] == {"A": "hunter2", "B": "learner"}
    assert given["environment"] == {"X": "1", "Y": "2"}
    assert given["command"] == ["migrate"]
    assert given["memory_limit"] == 512
    assert given["task_role"] == f"arn:aws:iam::{ACCOUNT}:role/ecsAppRole"


def test_a_secret_is_read_once_when_a_task_starts() -> None:
    made = world()
    definition = made.register(container={"secrets": [{"name": "A", "valueFrom": SECRET}]})
    made.create(definition)
    made.advance(60_000)
    made.secrets.values[SECRET] = "rotated"
    made.advance(600_000)
    assert [run.given["secrets"] for run in made.registry.runs] == [{"A": "hunter2"}]
    made.call("UpdateService", service="web", forceNewDeployment=True)
    made.advance(60_000)
    assert made.registry.runs[-1].given["secrets"] == {"A": "rotated"}


def test_environment_wins_over_files_and_the_first_file_over_the_next() -> None:
    made = world()
    first, second = "arn:aws:s3:::bucket/first.env", "arn:aws:s3:::bucket/second.env"
    made.secrets.files = {
        first: '# defaults\nMODE="dry run"\nURL=http://a?b=c\n\nno pair\nX=file\n',
        second: "MODE=wet\nEXTRA= 1\n",
    }
    files = [{"value": arn, "type": "s3"} for arn in (first, second)]
    definition = made.register(
        container={"environmentFiles": files, "environment": [{"name": "X", "value": "1"}]}
    )
    made.call("RunTask", taskDefinition=definition, launchType="FARGATE", networkConfiguration=made.network())
    made.advance(60_000)
    (given,) = [r.given for r in made.registry.runs]
    assert given["environment"] == {"MODE": '"dry run"', "URL": "http://a?b=c", "X": "1", "EXTRA": " 1"}


def test_tasks_of_a_deployment_use_the_digest_that_its_first_task_resolved() -> None:
    made = world(count=1)
    made.advance(60_000)
    digest = made.tasks()[0]["containers"][0]["imageDigest"]
    made.registry.images[f"{ECR}:v1"], made.registry.images[f"{ECR}:kept"] = (
        made.registry.images[f"{ECR}:v2"],
        made.registry.images[f"{ECR}:v1"],
    )
    moved = {f"{ECR}:v1": "sha256:moved", f"{ECR}:kept": digest}
    made.registry.digest = lambda reference: moved.get(reference, "sha256:other")  # type: ignore[method-assign]
    made.call("UpdateService", service="web", desiredCount=2)
    made.advance(120_000)
    assert {t["containers"][0]["imageDigest"] for t in made.tasks()} == {digest}
    made.call("UpdateService", service="web", forceNewDeployment=True)
    made.advance(40_000)
    assert "sha256:moved" in {t["containers"][0].get("imageDigest") for t in made.tasks()}
