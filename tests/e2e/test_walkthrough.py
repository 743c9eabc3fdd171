"""The chapter's commands, with real ids, through the real AWS CLI, in the playground.

Every command of the chapter is here, in its order: a cluster, a task definition from a file whose first task
fails on its secret until the learner grants it, a service behind the load balancer, a new revision,
five tasks, the list of tasks, and both auto scaling commands.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox.client import Sandbox
from ecslab.shell.environment import environment

ACCOUNT = "123456789012"
TASK_DEFINITION: dict[str, Any] = {
    "family": "web-app",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "512",
    "memory": "1024",
    "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole",
    "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsAppRole",
    "containerDefinitions": [
        {
            "name": "app",
            "image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/my-app:v1.2.3",
            "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
            "environment": [{"name": "NODE_ENV", "value": "production"}],
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": "SECRET_ARN"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/web-app",
                    "awslogs-region": "us-east-1",
                    "awslogs-stream-prefix": "app",
                },
            },
            "healthCheck": {
                "command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"],
                "interval": 30,
                "timeout": 5,
                "retries": 3,
            },
        }
    ],
}


class Shell:
    """The learner's terminal."""

    def __init__(self, directory: Path, sandbox: Sandbox) -> None:
        self.directory = directory
        self.sandbox = sandbox
        self.environment = environment(sandbox)

    def run(self, line: str, *, ok: bool = True) -> str:
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.directory, env=self.environment, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert (done.returncode == 0) is ok, f"$ {line}\n{done.stdout}{done.stderr}"
        return done.stdout if ok else done.stderr

    def text(self, line: str) -> str:
        return self.run(f"{line} --output text").strip()

    def json(self, line: str) -> Any:
        return json.loads(self.run(line))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    world = resolve_world(builtin(), "playground", seed=1)
    sandbox = Sandbox.start(tmp_path_factory.mktemp("sandbox"), world, keep=True)
    shell = Shell(tmp_path_factory.mktemp("work"), sandbox)
    yield shell
    health = sandbox.health()
    sandbox.stop()
    assert health["exceptions"] == 0, health["last_exception"]


SUBNETS = "--query 'Subnets[].SubnetId'"
SERVICE = "--cluster prod-cluster --services web-app"


def network(shell: Shell) -> str:
    subnets = shell.json(
        f"aws ec2 describe-subnets --filters Name=tag:Name,Values=private-a,private-b {SUBNETS}"
    )
    group = shell.text(
        "aws ec2 describe-security-groups --filters Name=group-name,Values=app --query 'SecurityGroups[0].GroupId'"
    )
    return json.dumps(
        {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "DISABLED"}}
    )


def register(shell: Shell, tag: str) -> int:
    arn = shell.text("aws secretsmanager describe-secret --secret-id db-password --query ARN")
    definition = json.loads(json.dumps(TASK_DEFINITION).replace("SECRET_ARN", arn).replace("v1.2.3", tag))
    (shell.directory / "task-def.json").write_text(json.dumps(definition, indent=2))
    answer = shell.json("aws ecs register-task-definition --cli-input-json file://task-def.json")
    return int(answer["taskDefinition"]["revision"])


def test_the_chapter_from_create_cluster_to_auto_scaling(shell: Shell) -> None:
    cluster = shell.json("aws ecs create-cluster --cluster-name prod-cluster")["cluster"]
    assert (cluster["clusterName"], cluster["status"]) == ("prod-cluster", "ACTIVE")

    assert register(shell, "v1.2.3") == 1
    ran = shell.json(
        f"aws ecs run-task --cluster prod-cluster --task-definition web-app:1 --launch-type FARGATE "
        f"--network-configuration '{network(shell)}'"
    )
    task = ran["tasks"][0]["taskArn"]
    shell.run(f"aws ecs wait tasks-stopped --cluster prod-cluster --tasks {task}")
    stopped = shell.json(f"aws ecs describe-tasks --cluster prod-cluster --tasks {task}")["tasks"][0]
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert "secretsmanager:GetSecretValue" in stopped["stoppedReason"]

    secret = shell.text("aws secretsmanager describe-secret --secret-id db-password --query ARN")
    grant = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}],
    }
    shell.run(
        "aws iam put-role-policy --role-name ecsTaskExecutionRole --policy-name read-db-password "
        f"--policy-document '{json.dumps(grant)}'"
    )

    group = shell.text(
        "aws elbv2 describe-target-groups --names web-tg --query 'TargetGroups[0].TargetGroupArn'"
    )
    balancers = json.dumps([{"targetGroupArn": group, "containerName": "app", "containerPort": 8080}])
    service = shell.json(
        "aws ecs create-service --cluster prod-cluster --service-name web-app --task-definition web-app:1 "
        f"--desired-count 3 --launch-type FARGATE --network-configuration '{network(shell)}' "
        f"--load-balancers '{balancers}'"
    )["service"]
    assert (service["desiredCount"], service["runningCount"]) == (3, 0)
    shell.run(f"aws ecs wait services-stable {SERVICE}")
    shell.run(f"aws elbv2 wait target-in-service --target-group-arn {group}")
    states = shell.json(
        f"aws elbv2 describe-target-health --target-group-arn {group} "
        "--query 'TargetHealthDescriptions[].TargetHealth.State'"
    )
    assert states == ["healthy"] * 3

    dns = shell.text("aws elbv2 describe-load-balancers --names web-alb --query 'LoadBalancers[0].DNSName'")
    assert "hello" in shell.run(f"curl -sf http://{dns}/")

    assert register(shell, "v1.2.4") == 2
    shell.run(
        "aws ecs update-service --cluster prod-cluster --service web-app --task-definition web-app:2 --desired-count 3"
    )
    shell.run(f"aws ecs wait services-stable {SERVICE}")
    service = shell.json(f"aws ecs describe-services {SERVICE}")["services"][0]
    assert [d["taskDefinition"].rpartition("/")[2] for d in service["deployments"]] == ["web-app:2"]
    assert "v1.2.4" in shell.run(f"curl -sf http://{dns}/")
    messages = [event["message"] for event in service["events"]]
    assert messages[0] == "(service web-app) has reached a steady state."
    assert any("has begun draining connections on" in message for message in messages)

    shell.run("aws ecs update-service --cluster prod-cluster --service web-app --desired-count 5")
    shell.run(f"aws ecs wait services-stable {SERVICE}")
    tasks = shell.json("aws ecs list-tasks --cluster prod-cluster --service-name web-app")["taskArns"]
    assert len(tasks) == 5

    dimension = "--scalable-dimension ecs:service:DesiredCount"
    target = f"--service-namespace ecs --resource-id service/prod-cluster/web-app {dimension}"
    shell.run(
        f"aws application-autoscaling register-scalable-target {target} --min-capacity 2 --max-capacity 20"
    )
    tracking = {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 120,
    }
    policy = shell.json(
        f"aws application-autoscaling put-scaling-policy {target} --policy-name cpu-target-tracking "
        "--policy-type TargetTrackingScaling "
        f"--target-tracking-scaling-policy-configuration '{json.dumps(tracking)}'"
    )
    assert policy["PolicyARN"].startswith("arn:aws:autoscaling:us-east-1:")


def test_logs_of_the_application_are_where_the_task_definition_says(shell: Shell) -> None:
    streams = shell.json(
        "aws logs describe-log-streams --log-group-name /ecs/web-app --query 'logStreams[].logStreamName'"
    )
    assert streams
    assert all(stream.startswith("app/app/") for stream in streams)
    lines = shell.json("aws logs filter-log-events --log-group-name /ecs/web-app --query 'events[].message'")
    assert any("listening on" in line for line in lines)


def test_a_command_outside_the_sandbox_reaches_no_real_account(shell: Shell) -> None:
    said = shell.run(
        "aws ecs list-clusters --endpoint-url https://ecs.us-east-1.amazonaws.com --cli-connect-timeout 5",
        ok=False,
    )
    assert "403" in said or "proxy" in said.lower()
    assert shell.run("curl -s http://example.com/").startswith("ecslab: example.com is outside this sandbox")


def test_every_inherited_aws_variable_is_gone(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    made = environment(shell.sandbox)
    assert "AWS_PROFILE" not in made
    assert "AWS_SESSION_TOKEN" not in made
    assert os.environ["AWS_PROFILE"] == "production"
