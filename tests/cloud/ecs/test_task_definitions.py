"""RegisterTaskDefinition and its relatives: defaults, refusals, revisions."""

from typing import Any

import pytest

from tests.cloud.ecs.fakes import ECR, ROLE, SECRET, FakeWorld, world


@pytest.fixture
def made() -> FakeWorld:
    return FakeWorld()


def fargate(**changes: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "nginx", **changes.pop("container", {})}
    return {
        "family": "web-app",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
        **changes,
    }


def ec2(**changes: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "nginx", "memory": 128, **changes.pop("container", {})}
    return {"family": "web-app", "containerDefinitions": [container], **changes}


AWSLOGS = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"},
}


def test_answer_has_the_defaults(made: FakeWorld) -> None:
    params = fargate(
        container={"portMappings": [{"containerPort": 80}], "healthCheck": {"command": ["CMD", "true"]}},
        cpu=".25 vCPU",
        memory="0.5 GB",
        tags=[{"key": "a", "value": "b"}],
    )
    answer = made.call("RegisterTaskDefinition", **params)
    assert answer["tags"] == [{"key": "a", "value": "b"}]
    definition = answer["taskDefinition"]
    assert definition["taskDefinitionArn"] == "arn:aws:ecs:us-east-1:123456789012:task-definition/web-app:1"
    assert (definition["revision"], definition["status"]) == (1, "ACTIVE")
    assert (definition["cpu"], definition["memory"]) == ("256", "512")
    assert definition["compatibilities"] == ["EC2", "FARGATE"]
    assert definition["requiresCompatibilities"] == ["FARGATE"]
    assert {"name": "ecs.capability.task-eni"} in definition["requiresAttributes"]
    assert (definition["volumes"], definition["placementConstraints"]) == ([], [])
    assert definition["registeredBy"] and definition["registeredAt"] == 1_795_400_000
    (container,) = definition["containerDefinitions"]
    assert (container["cpu"], container["essential"], container["systemControls"]) == (0, True, [])
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert container["environment"] == container["mountPoints"] == container["volumesFrom"] == []
    assert container["healthCheck"] == {
        "command": ["CMD", "true"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
    }


def test_a_file_system_is_mounted_at_its_root_unless_it_says_otherwise(made: Any) -> None:
    """EFSVolumeConfiguration: "Specifying / will have the same effect as omitting this parameter"."""
    shop = {"name": "shop", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/shop"}}
    whole = {"name": "whole", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}
    answer = made.call("RegisterTaskDefinition", **fargate(volumes=[shop, whole]))
    kept = [
        volume["efsVolumeConfiguration"]["rootDirectory"] for volume in answer["taskDefinition"]["volumes"]
    ]
    assert kept == ["/shop", "/"]


def test_ec2_definition_registers_too(made: FakeWorld) -> None:
    definition = made.call(
        "RegisterTaskDefinition", **ec2(container={"portMappings": [{"containerPort": 80}]})
    )
    definition = definition["taskDefinition"]
    assert definition["networkMode"] == "bridge" and "requiresCompatibilities" not in definition
    assert definition["compatibilities"] == ["EXTERNAL", "EC2"]
    assert definition["containerDefinitions"][0]["portMappings"][0]["hostPort"] == 0


def logged(*, without: str = "", **options: str) -> dict[str, Any]:
    """A definition for Fargate whose container logs with these options of awslogs."""
    kept = {key: value for key, value in {**AWSLOGS["options"], **options}.items() if key != without}
    return fargate(executionRoleArn=ROLE, container={"logConfiguration": {**AWSLOGS, "options": kept}})


REFUSED: list[tuple[dict[str, Any], str]] = [
    (fargate(memory="4096"), "No Fargate configuration exists for given values."),
    (fargate(cpu=None), "Fargate requires that 'cpu' be defined at the task level."),
    (fargate(memory=None), "Fargate requires that 'memory' be defined at the task level."),
    (fargate(cpu="lots"), "Invalid 'cpu' setting for task."),
    (fargate(networkMode="bridge"), "Fargate only supports network mode 'awsvpc'."),
    (fargate(networkMode=None), "Fargate only supports network mode 'awsvpc'."),
    (
        fargate(container={"logConfiguration": AWSLOGS}),
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    ),
    (
        fargate(container={"image": f"{ECR}:v1"}),
        "Fargate requires task definition to have execution role ARN to support ECR images.",
    ),
    (
        fargate(container={"secrets": [{"name": "A", "valueFrom": SECRET}]}),
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ),
    (
        fargate(container={"portMappings": [{"containerPort": 80, "hostPort": 8080}]}),
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    ),
    (
        fargate(volumes=[{"name": "v", "host": {"sourcePath": "/tmp"}}]),
        "host.sourcePath should not be set for volumes in Fargate.",
    ),
    (
        fargate(placementConstraints=[{"type": "memberOf", "expression": "x"}]),
        "Fargate does not support task placement constraints.",
    ),
    (
        fargate(pidMode="host"),
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    ),
    (fargate(ephemeralStorage={"sizeInGiB": 20}), "EphemeralStorage size should be at least 21"),
    (fargate(ephemeralStorage={"sizeInGiB": 201}), "EphemeralStorage size should be at most 200"),
    (
        fargate(
            container={"firelensConfiguration": {"type": "fluentbit", "options": {"config-file-type": "s3"}}}
        ),
        "Fargate launch type does not support FirelensConfiguration config file from 's3'",
    ),
    (fargate(container={"privileged": True}), "privileged"),
    (fargate(container={"links": ["a"]}), "links"),
    (fargate(container={"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}}), "SYS_PTRACE"),
    (fargate(container={"resourceRequirements": [{"type": "GPU", "value": "1"}]}), "GPU"),
    (fargate(container={"stopTimeout": 121}), "stopTimeout"),
    (fargate(container={"logConfiguration": {"logDriver": "syslog"}}), "log driver 'syslog'"),
    (
        fargate(
            executionRoleArn=ROLE,
            container={"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}}},
        ),
        "Log driver awslogs requires options: awslogs-region",
    ),
    (logged(without="awslogs-stream-prefix"), "Log driver awslogs requires options: awslogs-stream-prefix"),
    (
        logged(**{"awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "^E"}),
        "awslogs-datetime-format and awslogs-multiline-pattern are mutually exclusive",
    ),
    (ec2(container={"name": ""}), "Container.name should not be null or empty."),
    (ec2(container={"image": None}), "Container.image should not be null or empty."),
    (ec2(container={"image": "$IMAGE"}), "Container.image contains invalid characters."),
    (
        ec2(container={"memory": None}),
        "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ),
    (ec2(container={"memoryReservation": 256}), "'memory' must be greater than 'memoryReservation'"),
    (ec2(container={"memory": 4}), "at least 6 MiB"),
    (ec2(container={"essential": False}), "At least one container must be essential."),
    (ec2(memory="64"), "must be lower than the memory of the task"),
    (ec2(cpu="64"), "Invalid 'cpu' setting for task."),
    (ec2(container={"cpu": 512}, cpu="256"), "must be lower than the CPU units of the task"),
    (ec2(family="a b"), "Family contains invalid characters."),
    (ec2(containerDefinitions=[]), "Container list cannot be empty."),
    (
        ec2(containerDefinitions=[{"name": f"c{n}", "image": "nginx", "memory": 8} for n in range(11)]),
        "maximum",
    ),
    (ec2(containerDefinitions=[{"name": "a", "image": "nginx", "memory": 8}] * 2), "not unique"),
    (
        ec2(container={"portMappings": [{"containerPort": 80}, {"containerPort": 80, "protocol": "udp"}]}),
        "mapped more than once",
    ),
    (ec2(container={"portMappings": [{"containerPort": 80}]}, networkMode="none"), "networkMode=none"),
    (ec2(container={"healthCheck": {"command": ["CMD", "true"], "interval": 1}}), "interval"),
    (ec2(container={"mountPoints": [{"sourceVolume": "v"}]}), "Unknown volume 'v'."),
    (ec2(container={"dependsOn": [{"containerName": "x", "condition": "START"}]}), "unknown container 'x'"),
    (ec2(family="a" * 255, container={"environment": [{"name": "X", "value": "x" * 70_000}]}), "65536 bytes"),
]


@pytest.mark.parametrize(("params", "words"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_refusals_are_client_exceptions_that_say_why(
    made: FakeWorld, params: dict[str, Any], words: str
) -> None:
    params = {key: value for key, value in params.items() if value is not None}
    code, message = made.refused("RegisterTaskDefinition", **params)
    assert code == "ClientException" and words in message


@pytest.mark.parametrize(
    ("condition", "other", "words"),
    [
        ("HEALTHY", {}, "must have a health check"),
        ("SUCCESS", {}, "can't be set on essential container"),
        ("LATER", {}, "Invalid 'dependsOn' condition"),
        ("START", {"dependsOn": [{"containerName": "app", "condition": "START"}]}, "cycle"),
    ],
)
def test_dependencies_are_checked(made: FakeWorld, condition: str, other: dict[str, Any], words: str) -> None:
    containers = [
        {
            "name": "app",
            "image": "a",
            "memory": 8,
            "dependsOn": [{"containerName": "b", "condition": condition}],
        },
        {"name": "b", "image": "b", "memory": 8, **other},
    ]
    assert words in made.refused("RegisterTaskDefinition", family="f", containerDefinitions=containers)[1]


def test_execution_role_is_not_looked_at(made: FakeWorld) -> None:
    made.call("RegisterTaskDefinition", **fargate(executionRoleArn="arn:aws:iam::999999999999:role/nobody"))


def test_deleting_tells_what_is_not_there_and_what_is_no_name(made: Any) -> None:
    """The texts are those of moto's own tests."""
    answer = made.call("DeleteTaskDefinitions", taskDefinitions=["nothing:1", "nothing"])
    assert answer["taskDefinitions"] == []
    reasons = {failure["arn"]: failure["reason"] for failure in answer["failures"]}
    assert reasons["nothing:1"].startswith("The specified task definition does not exist.")
    assert reasons["nothing"].startswith("The specified task definition identifier is invalid.")


def test_revisions_count_on_and_are_never_used_again(made: FakeWorld) -> None:
    for _ in range(3):
        made.call("RegisterTaskDefinition", **ec2())
    gone = made.call("DeregisterTaskDefinition", taskDefinition="web-app:3")["taskDefinition"]
    assert gone["status"] == "INACTIVE" and gone["deregisteredAt"]
    assert made.call("DescribeTaskDefinition", taskDefinition="web-app")["taskDefinition"]["revision"] == 2
    deleted = made.call("DeleteTaskDefinitions", taskDefinitions=["web-app:3", "web-app:2"])
    assert deleted["taskDefinitions"][0]["status"] == "DELETE_IN_PROGRESS"
    assert "ACTIVE" in deleted["failures"][0]["reason"]
    assert made.call("RegisterTaskDefinition", **ec2())["taskDefinition"]["revision"] == 4


def test_unknown_definitions_and_revisions(made: FakeWorld) -> None:
    made.call("RegisterTaskDefinition", **ec2())
    unknown = ("ClientException", "Unable to describe task definition.")
    for reference in ("nope", "web-app:9", "web-app:x", "arn:aws:ecs:us-east-1:1:task-definition/web-app:1"):
        assert made.refused("DescribeTaskDefinition", taskDefinition=reference) == unknown
    assert made.refused("DeregisterTaskDefinition", taskDefinition="web-app")[1] == "Revision is missing."
    assert made.refused("DeregisterTaskDefinition", taskDefinition="web-app:foo") == (
        "InvalidParameterException", "Invalid revision number. Number: foo",
    )  # fmt: skip


def test_lists_are_sorted_and_filtered(made: FakeWorld) -> None:
    for family in ("b", "a", "b", "ab"):
        made.call("RegisterTaskDefinition", **ec2(family=family))
    made.call("DeregisterTaskDefinition", taskDefinition="a:1")

    def names(**params: Any) -> list[str]:
        arns = made.call("ListTaskDefinitions", **params)["taskDefinitionArns"]
        return [arn.split("/")[-1] for arn in arns]

    assert names() == ["ab:1", "b:1", "b:2"]
    assert names(sort="DESC") == ["b:2", "b:1", "ab:1"]
    assert names(status="INACTIVE") == ["a:1"]
    assert names(familyPrefix="b") == ["b:1", "b:2"]
    families = made.call("ListTaskDefinitionFamilies")["families"]
    assert families == ["a", "ab", "b"]
    assert made.call("ListTaskDefinitionFamilies", status="ACTIVE", familyPrefix="a")["families"] == ["ab"]
    assert made.call("ListTaskDefinitionFamilies", status="INACTIVE")["families"] == ["a"]


def test_a_deleted_revision_stays_until_nothing_uses_it_and_its_number_is_not_used_again() -> None:
    made = world(count=1, balanced=False)
    made.advance(120_000)
    made.call("DeregisterTaskDefinition", taskDefinition="web-app:1")
    (deleted,) = made.call("DeleteTaskDefinitions", taskDefinitions=["web-app:1"])["taskDefinitions"]
    assert deleted["status"] == "DELETE_IN_PROGRESS"
    made.advance(3_600_000)
    described = made.call("DescribeTaskDefinition", taskDefinition="web-app:1")["taskDefinition"]
    assert described["status"] == "DELETE_IN_PROGRESS"
    made.call("UpdateService", service="web", taskDefinition=made.register("v2"))
    made.advance(3_600_000)
    assert made.refused("DescribeTaskDefinition", taskDefinition="web-app:1")[0] == "ClientException"
    assert made.register("v1") == "web-app:3"


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"restartPolicy": {"enabled": True, "restartAttemptPeriod": 59}}, "between 60 and 1800"),
        ({"restartPolicy": {"enabled": True, "ignoredExitCodes": list(range(51))}}, "At most 50"),
        ({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.txt"}]}, ".env"),
        ({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}] * 11}, "at most 10"),
    ],
)
def test_limits_of_restart_policies_and_environment_files(container: dict[str, Any], words: str) -> None:
    made = world()
    container = {"name": "app", "image": "nginx", "memory": 64, **container}
    code, message = made.refused("RegisterTaskDefinition", family="x", containerDefinitions=[container])
    assert code == "ClientException" and words in message
