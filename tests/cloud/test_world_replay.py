"""A world is a value: the same inputs at the same stamps give the same answers, byte for byte.

Journals of 200 calls over EC2, IAM, ELBv2, ECS, logs and more; replayed in a new process on another wall
date, and played with reads dropped, added and doubled.
"""

import json
import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from ecslab.cloud.seam import calls
from tests.cloud.inworld import InWorld

REPLAY = textwrap.dedent(
    """
    import json, sys
    import time_machine
    from pathlib import Path

    def play(directory):
        from ecslab.cloud.engine import Engine, digest
        from ecslab.cloud import journal
        engine = Engine.__new__(Engine)
        document = json.loads((Path(directory) / "world.json").read_text())
        engine.document = document
        from ecslab.cloud.world import World
        world = World(document)
        world.build()
        engine.world = world
        answers = []
        for entry in journal.load(Path(directory) / "journal.jsonl").entries:
            if not entry.changes or entry.undone:
                continue
            world.advance_to(entry.t)
            answer = engine.play(entry)
            answers.append([entry.n, entry.operation, digest(answer)])
        assert not world.dispatcher.exceptions, world.dispatcher.exceptions
        world.close()
        return answers

    with time_machine.travel(float(sys.argv[2]), tick=True):
        print(json.dumps(play(sys.argv[1])))
    """
)

TEMPLATE = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "A": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a",
            },
        },
        "B": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "us-east-1b",
            },
        },
    }
}  # fmt: skip


def document(seed: int) -> dict[str, Any]:
    return {
        "format": 1, "id": "replay", "seed": seed, "region": "us-east-1", "account": "123456789012",
        "epoch_ms": 1_790_000_000_000, "template": TEMPLATE, "repositories": ["my-app"],
        "images": {"my-app:v1": {"listen": [{"port": 8080, "after": 1000, "on": "0.0.0.0"}]}},
        "identity": {"access_key_id": "AKIAREPLAYREPLAYREPL", "secret_access_key": "s"},
    }  # fmt: skip


class Player:
    """Plays a seeded script of calls on an engine, with reads as the test wants them."""

    def __init__(self, directory: Path, seed: int) -> None:
        from ecslab.cloud.engine import Engine

        directory.mkdir(exist_ok=True)
        (directory / "world.json").write_text(json.dumps(document(seed)))
        self.seconds = 0.0
        self.engine = Engine(directory, monotonic=lambda: self.seconds)
        self.engine.clock.set_running(True)

    def call(self, service: str, operation: str, params: dict[str, Any]) -> None:
        from ecslab.cloud.engine import Call
        from ecslab.cloud.seam import calls, operations

        method, path, headers, body = calls.serialised(self.engine.world, service, operation, params)
        call = Call(method, path, headers, body)
        self.engine.request(call, operations.identify(method, path, headers, body))

    def digests(self) -> list[list[Any]]:
        return [[e.n, e.operation, e.digest] for e in self.engine.entries if e.changes]


TRUST = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
}

SHOP = {
    "Resources": {
        **TEMPLATE["Resources"],
        "Cluster": {"Type": "AWS::ECS::Cluster"},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "NetworkMode": "awsvpc", "RequiresCompatibilities": ["FARGATE"], "Cpu": "256", "Memory": "512",
                "ContainerDefinitions": [{"Name": "app", "Image": "my-app:v1"}],
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Definition"}, "LaunchType": "FARGATE",
                "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
                "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "A"}]}},
            },
        },
    }
}  # fmt: skip

READS = [
    ("ecs", "ListClusters", {}),
    ("ecs", "ListTasks", {}),
    ("ec2", "DescribeNetworkInterfaces", {}),
    ("iam", "ListRoles", {}),
    ("sts", "GetCallerIdentity", {}),
    ("logs", "DescribeLogGroups", {}),
]


def script(seed: int, length: int) -> list[tuple[float, str, str, dict[str, Any]]]:
    """(real seconds before it, service, operation, parameters): changing calls only."""
    rng = random.Random(seed)
    made: list[tuple[float, str, str, dict[str, Any]]] = []
    trust = json.dumps(TRUST)
    container = {
        "name": "app",
        "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:v1",
        "essential": True,
    }
    opening = [
        ("cloudformation", "CreateStack", {"StackName": "shop", "TemplateBody": json.dumps(SHOP)}),
        ("iam", "CreateRole", {"RoleName": "exec", "AssumeRolePolicyDocument": trust}),
        ("ecs", "CreateCluster", {"clusterName": "c"}),
        (
            "ecs",
            "RegisterTaskDefinition",
            {
                "family": "f", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
                "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
                "containerDefinitions": [container],
            },
        ),
    ]  # fmt: skip
    for service, operation, params in opening:
        made.append((rng.uniform(0, 1), service, operation, params))
    for n in range(length - len(opening)):
        choices: list[tuple[str, str, dict[str, Any]]] = [
            ("ecs", "CreateCluster", {"clusterName": f"c{n}"}),
            ("ec2", "CreateSecurityGroup", {"GroupName": f"g{n}", "Description": "d"}),
            ("ec2", "CreateVpc", {"CidrBlock": "10.9.0.0/16"}),
            ("iam", "CreateRole", {"RoleName": f"r{n}", "AssumeRolePolicyDocument": trust}),
            ("iam", "CreateAccessKey", {"UserName": "learner"}),
            ("logs", "CreateLogGroup", {"logGroupName": f"/g/{n}"}),
            ("secretsmanager", "CreateSecret", {"Name": f"s{n}", "SecretString": "x"}),
            ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::123456789012:role/exec", "RoleSessionName": "s"}),
            (
                "elbv2",
                "CreateTargetGroup",
                {"Name": f"t{n}", "Protocol": "HTTP", "Port": 80, "TargetType": "ip"},
            ),
            ("kms", "CreateKey", {}),
            ("ecs", "RunTask", {"cluster": "c", "taskDefinition": "f", "launchType": "FARGATE"}),
            ("ecs", "CreateService", {"cluster": "nowhere", "serviceName": "x", "taskDefinition": "f"}),
        ]
        made.append((rng.uniform(0, 0.8), *rng.choice(choices)))
    return made


@pytest.fixture
def played(tmp_path: Path) -> Path:
    player = Player(tmp_path / "a", 3)
    for wait, service, operation, params in script(11, 200):
        player.seconds += wait
        player.call(service, operation, params)
    player.engine.close()
    return tmp_path / "a"


def replayed(directory: Path, wall: float) -> list[list[Any]]:
    environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, str(directory), str(wall)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[list[Any]] = json.loads(done.stdout)
    return answers


def test_a_new_process_on_another_wall_date_gives_byte_identical_answers(played: Path) -> None:
    from ecslab.cloud import journal

    history = journal.load(played / "journal.jsonl")
    assert history is not None
    recorded = [[e.n, e.operation, e.digest] for e in history.entries if e.changes]
    assert len(recorded) == 200
    assert replayed(played, 2_000_000_000.0) == recorded


@pytest.mark.parametrize("reads", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_dropping_adding_and_doubling_reads_changes_no_other_answer(tmp_path: Path, reads: int) -> None:
    quiet, chatty = Player(tmp_path / "quiet", 5), None
    for wait, service, operation, params in script(23, 200):
        quiet.seconds += wait
        quiet.call(service, operation, params)
    expected = [digest for _, _, digest in quiet.digests()]
    quiet.engine.close()
    chatty = Player(tmp_path / "chatty", 5)
    for index, (wait, service, operation, params) in enumerate(script(23, 200)):
        chatty.seconds += wait
        for _ in range(reads):
            chatty.call(*READS[index % len(READS)])
        chatty.call(service, operation, params)
    assert [digest for _, _, digest in chatty.digests()] == expected
    assert not chatty.engine.world.dispatcher.exceptions
    chatty.engine.close()


def test_a_read_decides_no_id_in_a_world_that_begins_with_nothing_of_ec2() -> None:
    def made(*, read_before: bool) -> str:
        bare = {
            "Resources": {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "bare"}}}
        }
        with InWorld(template=bare) as world:
            if read_before:
                calls.read(world.world, "ec2", "DescribeSubnets", {})
            return str(world.call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])

    assert made(read_before=True) == made(read_before=False)
