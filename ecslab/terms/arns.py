"""The shapes of ARNs in and around ECS.

Source: Service Authorization Reference, "Resource types defined by Amazon Elastic Container Service", "Elastic
Load Balancing V2", "AWS Identity and Access Management".
"""

import re

_ECS = r"arn:aws:ecs:[a-z]{2}-[a-z]+-\d:\d{12}:"
_ELB = r"arn:aws:elasticloadbalancing:[a-z]{2}-[a-z]+-\d:\d{12}:"
SHAPES = {
    "cluster": re.compile(_ECS + r"cluster/[\w-]+"),
    "service": re.compile(_ECS + r"service/[\w-]+/[\w-]+"),
    "task": re.compile(_ECS + r"task/[\w-]+/[0-9a-f]{32}"),
    "task definition": re.compile(_ECS + r"task-definition/[\w-]+:\d+"),
    "container instance": re.compile(_ECS + r"container-instance/[\w-]+/[0-9a-f]{32}"),
    "target group": re.compile(_ELB + r"targetgroup/[\w-]+/[0-9a-f]{16}"),
    "load balancer": re.compile(_ELB + r"loadbalancer/app/[\w-]+/[0-9a-f]{16}"),
    "IAM role": re.compile(r"arn:aws:iam::\d{12}:role/[\w/+=,.@-]+"),
}
"""Resource -> the ARN of one, with the long form of names where there are two."""


def well_formed(kind: str, arn: str) -> bool:
    return SHAPES[kind].fullmatch(arn) is not None
