"""The cluster query language: what each expression says of an instance."""

import pytest

from ecslab.cloud.ecs.constraints import BadExpression, parse

FACTS = {
    "attribute:ecs.instance-type": "t3.small",
    "attribute:ecs.availability-zone": "us-east-1a",
    "attribute:gpu": None,
    "attribute:ecs.agent": "1.9.0",
    "runningTasksCount": "3",
    "ec2InstanceId": "i-0123",
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("attribute:ecs.instance-type == t3.small", True),
        ("attribute:ecs.instance-type equals t3.small", True),
        ("attribute:ecs.instance-type != t3.small", False),
        ("attribute:missing != t3.small", True),
        ("attribute:ecs.instance-type =~ t3.*", True),
        ("attribute:ecs.instance-type =~ t3", False),
        ("attribute:ecs.instance-type !~ t2.*", True),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ("attribute:ecs.availability-zone !in [us-east-1a]", False),
        ("attribute:ecs.availability-zone not_in [us-east-1b]", True),
        ("attribute:gpu exists", True),
        ("attribute:missing exists", False),
        ("attribute:missing !exists", True),
        ("runningTasksCount > 2", True),
        ("runningTasksCount > 10", False),
        ("attribute:ecs.agent < 1.10.0", True),
        ("ec2InstanceId in ['i-0123', \"i-4\"]", True),
        ("not(runningTasksCount > 2)", False),
        ("!(runningTasksCount > 5) && attribute:gpu exists", True),
        ("runningTasksCount > 5 or attribute:gpu exists and runningTasksCount < 4", True),
        ("(runningTasksCount > 5 or attribute:gpu exists) and runningTasksCount < 3", False),
    ],
)
def test_expression(text: str, holds: bool) -> None:
    assert parse(text)(FACTS) is holds


@pytest.mark.parametrize(
    "text",
    ["", "attribute:x", "attribute:x ==", "colour == green", "attribute:x ~ y", "attribute:x in y", "(attribute:x exists",
     "attribute:x exists attribute:y exists", "attribute:x =~ [", "attribute:x == " + "y" * 2000],
)  # fmt: skip
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(BadExpression):
        parse(text)
