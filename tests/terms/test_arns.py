"""The shapes of ARNs."""

import pytest

from ecslab.terms.arns import well_formed

HEX = "0123456789abcdef"


@pytest.mark.parametrize(
    ("kind", "arn", "good"),
    [
        ("cluster", "arn:aws:ecs:us-east-1:123456789012:cluster/shop", True),
        ("cluster", "arn:aws:ecs:us-east-1:12345678901:cluster/shop", False),
        ("service", "arn:aws:ecs:us-east-1:123456789012:service/shop/web-app", True),
        ("service", "arn:aws:ecs:us-east-1:123456789012:service/web-app", False),
        ("task", f"arn:aws:ecs:us-east-1:123456789012:task/shop/{HEX}{HEX}", True),
        ("task", f"arn:aws:ecs:us-east-1:123456789012:task/shop/{HEX}", False),
        ("task definition", "arn:aws:ecs:us-east-1:123456789012:task-definition/web-app:7", True),
        (
            "target group",
            f"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web-tg/{HEX}",
            True,
        ),
        (
            "load balancer",
            f"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/{HEX}",
            True,
        ),
        ("IAM role", "arn:aws:iam::123456789012:role/service-role/ecsTaskExecutionRole", True),
        ("IAM role", "arn:aws:iam:us-east-1:123456789012:role/ecsTaskExecutionRole", False),
        (
            "container instance",
            f"arn:aws:ecs:us-east-1:123456789012:container-instance/shop/{HEX}{HEX}",
            True,
        ),
    ],
)
def test_a_shape(kind: str, arn: str, good: bool) -> None:
    assert well_formed(kind, arn) is good
