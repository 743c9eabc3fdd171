"""Whatever a client sends that the API's model allows: an answer or a client error, never an exception.

And every answer has only members that the model knows, with the types that it says.
"""

from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.fakes import APP_ROLE, ECR, GROUP, ROLE, SECRET, FakeWorld, world

MODEL = botocore.session.Session().get_service_model("ecs")
PREFIX = "arn:aws:ecs:us-east-1:123456789012"
WORDS = [
    "", "default", "web", "web-app", "web-app:1", "web-app:x", "nope", "app", "nginx", f"{ECR}:v1", "awsvpc",
    "256", "512", "1 vCPU", "FARGATE", "EC2", "subnet-a", "sg-app", "LATEST", "awslogs", "awslogs-group",
    "a" * 300, "0" * 32, "ünïcode ☃", "0.5 GB", "me", SECRET, GROUP, ROLE, APP_ROLE, f"{PREFIX}:cluster/default",
    f"{PREFIX}:service/default/web", f"{PREFIX}:task-definition/web-app:1", f"{PREFIX}:service-deployment/x", "arn:",
    "RUNNING", "containerInsights", "enabled", "ZWNzOjE=", "ZWNzOi0x",
]  # fmt: skip
NUMBERS = st.sampled_from([-1, 0, 1, 2, 5, 30, 80, 100, 200, 8080, 65_536, 2**31 - 1])


def values(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    if isinstance(shape, StructureShape):
        return structures(shape, depth)
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member, depth + 1), max_size=2)
    if isinstance(shape, MapShape):
        return st.dictionaries(values(shape.key, depth + 1), values(shape.value, depth + 1), max_size=2)
    if isinstance(shape, StringShape):
        return st.sampled_from(shape.enum or WORDS)
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name == "timestamp":
        return st.sampled_from([0, 1_795_400_010])
    return NUMBERS


def structures(shape: StructureShape, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    required = {name: values(shape.members[name], depth + 1) for name in shape.required_members}
    optional = {
        name: values(member, depth + 1)
        for name, member in shape.members.items()
        if name not in shape.required_members and depth < 4
    }
    return st.fixed_dictionaries(required, optional=optional)


def conforms(value: Any, shape: Shape, path: str) -> None:
    """Fails where a value is not what the model says."""
    if isinstance(shape, StructureShape):
        assert isinstance(value, dict), path
        for name, item in value.items():
            assert name in shape.members, f"{path}.{name} is not in the model"
            conforms(item, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        assert isinstance(value, list), path
        for item in value:
            conforms(item, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        assert isinstance(value, dict), path
    else:
        kinds: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "timestamp": (int, float)}
        assert isinstance(value, kinds.get(shape.type_name, (int, float))), f"{path}: {value!r}"


BASE: dict[str, dict[str, Any]] = {
    "CreateService": {"serviceName": "other", "taskDefinition": "web-app:1", "desiredCount": 1},
    "UpdateService": {"service": "web"},
    "RunTask": {"taskDefinition": "web-app:1", "launchType": "FARGATE"},
    "RegisterTaskDefinition": {"family": "web-app", "cpu": "256", "memory": "512"},
}
"""What makes a request likely to get far."""


@pytest.mark.parametrize("operation", FakeWorld().ecs.operations())
def test_any_request_is_answered(operation: str) -> None:
    shape = MODEL.operation_model(operation)
    assert shape.input_shape is not None

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(structures(shape.input_shape, 0), st.booleans(), st.booleans())
    def check(params: dict[str, Any], likely: bool, network: bool) -> None:
        made = world(count=1)
        made.advance(40_000)
        if likely:
            params = {**params, **BASE.get(operation, {})}
        if network and "networkConfiguration" in shape.input_shape.members:
            params["networkConfiguration"] = made.network()
        if likely and operation == "RegisterTaskDefinition":
            for number, container in enumerate(params["containerDefinitions"]):
                container |= {"name": f"c{number}", "image": "nginx"}
        try:
            answer = made.call(operation, **params)
        except ApiError as error:
            assert error.code and error.message and error.status == 400
        else:
            conforms(answer, shape.output_shape, operation)
        made.advance(400_000)
        made.ecs.snapshot()
        for service in ("web", "other"):
            described = made.call("DescribeServices", services=[service]) if made.has_cluster() else {}
            conforms(described, MODEL.operation_model("DescribeServices").output_shape, "services")

    check()


def test_a_registered_definition_with_everything_can_run() -> None:
    made = world()
    definition = made.register(
        container={
            "cpu": 10, "memory": 256, "memoryReservation": 128, "command": ["serve"], "entryPoint": ["sh"],
            "environment": [{"name": "A"}], "mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}],
            "linuxParameters": {"initProcessEnabled": True, "capabilities": {"add": ["SYS_PTRACE"]}},
            "dockerLabels": {"a": "b"}, "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
            "healthCheck": {"command": ["CMD-SHELL", "curl localhost"], "startPeriod": 10},
            "stopTimeout": 60, "startTimeout": 30, "readonlyRootFilesystem": True, "user": "app",
        },
        volumes=[{"name": "v"}],
        taskRoleArn=APP_ROLE,
        ephemeralStorage={"sizeInGiB": 50},
        runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    )  # fmt: skip
    made.create(
        definition, tags=[{"key": "a", "value": "b"}], propagateTags="SERVICE", enableECSManagedTags=True
    )
    made.advance(120_000)
    described = made.call("DescribeTaskDefinition", taskDefinition=definition, include=["TAGS"])
    conforms(described, MODEL.operation_model("DescribeTaskDefinition").output_shape, "definition")
    tasks = made.call("DescribeTasks", tasks=made.call("ListTasks")["taskArns"], include=["TAGS"])
    conforms(tasks, MODEL.operation_model("DescribeTasks").output_shape, "tasks")
    assert {tag["key"] for tag in tasks["tasks"][0]["tags"]} == {
        "a", "aws:ecs:clusterName", "aws:ecs:serviceName",
    }  # fmt: skip
    assert tasks["tasks"][0]["ephemeralStorage"] == {"sizeInGiB": 50}
