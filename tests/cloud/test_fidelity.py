"""Every operation of ECS is answered, and docs/fidelity.md says how. The list is botocore's, not ours."""

from pathlib import Path

import botocore.session
import pytest

from ecslab.cloud import fidelity
from ecslab.cloud.ports.api import ApiError
from tests.cloud.ecs.fakes import FakeWorld, world

MODEL = botocore.session.Session().get_service_model("ecs")
OPERATIONS = list(MODEL.operation_names)
DOCUMENT = Path(__file__).parents[2] / "docs" / "fidelity.md"


def test_every_operation_is_played() -> None:
    assert sorted(FakeWorld().ecs.operations()) == sorted(OPERATIONS)


def test_the_page_is_what_the_table_says() -> None:
    assert DOCUMENT.read_text() == fidelity.document(OPERATIONS), (
        "run: python -m ecslab.cloud.fidelity > docs/fidelity.md"
    )


def test_the_table_names_operations_that_exist_and_every_one_has_a_word_for_it() -> None:
    assert set(fidelity.ECS) <= set(OPERATIONS)
    assert {fidelity.level(name)[0] for name in OPERATIONS} == set(fidelity.Level)


@pytest.mark.parametrize(
    "operation", [name for name in OPERATIONS if fidelity.level(name)[0] == fidelity.Level.ABSENT]
)
def test_what_is_absent_finds_nothing_or_says_so(operation: str) -> None:
    shape = MODEL.operation_model(operation).input_shape
    assert shape is not None
    values = {"list": ["arn:aws:ecs:us-east-1:123456789012:x/y"], "structure": {}, "integer": 1}
    params = {name: values.get(shape.members[name].type_name, "web") for name in shape.required_members}
    params |= {key: "default" for key in ("cluster",) if key in params}
    made = world(count=1)
    try:
        answer = made.call(operation, **params)
    except ApiError as error:
        named = {shape.name for shape in MODEL.operation_model(operation).error_shapes}
        assert error.code in named | {"UnsupportedFeatureException"}
        assert error.code != "UnsupportedFeatureException" or "ecslab does not simulate" in error.message
    else:
        assert [value for key, value in answer.items() if key != "failures"] == [[]]


def test_task_sets_and_agents() -> None:
    made = world(count=1)
    assert made.call("DescribeTaskSets", cluster="default", service="web") == {"taskSets": [], "failures": []}
    assert made.refused("DescribeTaskSets", cluster="default", service="x")[0] == "ServiceNotFoundException"
    refused = made.refused("CreateTaskSet", cluster="default", service="x", taskDefinition="web-app:1")
    assert refused[0] == "ServiceNotFoundException"
    assert made.call("DiscoverPollEndpoint")["endpoint"].startswith("https://ecs-a-1.us-east-1.")
    unknown = made.refused("ContinueServiceDeployment", serviceDeploymentArn="arn:x", hookId="h")
    assert unknown[0] == "ServiceDeploymentNotFoundException"
