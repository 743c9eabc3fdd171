"""ARNs as AWS writes them (section 11.2), read off a world in which one of everything is there."""

import re
from typing import Any

from tests.cloud.inworld import InWorld

ECS = r"arn:aws:ecs:us-east-1:123456789012:"
ELB = r"arn:aws:elasticloadbalancing:us-east-1:123456789012:"
HEX = "[0-9a-f]"
UUID = rf"{HEX}{{8}}(-{HEX}{{4}}){{3}}-{HEX}{{12}}"
FORMATS = {
    "cluster": rf"{ECS}cluster/prod",
    "service": rf"{ECS}service/prod/web-app",
    "task": rf"{ECS}task/prod/{HEX}{{32}}",
    "container": rf"{ECS}container/prod/{HEX}{{32}}/{UUID}",
    "task definition": rf"{ECS}task-definition/web:1",
    "service deployment": rf"{ECS}service-deployment/prod/web-app/[A-Za-z0-9_-]+",
    "service revision": rf"{ECS}service-revision/prod/web-app/\d+",
    "capacity provider": r"arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE",
    "target group": rf"{ELB}targetgroup/web-tg/{HEX}{{16}}",
    "load balancer": rf"{ELB}loadbalancer/app/web-alb/{HEX}{{16}}",
    "role": r"arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    "image": r"123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com/my-app:v1\.2\.3",
    "deployment": r"ecs-svc/\d{19}",
}


def found(aws: InWorld) -> dict[str, Any]:
    service = aws.service("v1.2.3", desired=1)
    assert aws.steady()
    (task,) = aws.tasks()
    records = aws.call("ecs", "ListServiceDeployments", cluster="prod", service="web-app")[
        "serviceDeployments"
    ]
    balancer = aws.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]
    providers = aws.call("ecs", "DescribeCapacityProviders", capacityProviders=["FARGATE"])[
        "capacityProviders"
    ]
    return {
        "cluster": service["clusterArn"],
        "service": service["serviceArn"],
        "task": task["taskArn"],
        "container": task["containers"][0]["containerArn"],
        "task definition": service["taskDefinition"],
        "service deployment": records[0]["serviceDeploymentArn"],
        "service revision": records[0]["targetServiceRevisionArn"],
        "capacity provider": providers[0]["capacityProviderArn"],
        "target group": aws.target_group(),
        "load balancer": balancer["LoadBalancerArn"],
        "role": aws.call("iam", "GetRole", RoleName="ecsTaskExecutionRole")["Role"]["Arn"],
        "image": task["containers"][0]["image"],
        "deployment": service["deployments"][0]["id"],
    }


def test_every_kind_of_arn_has_its_format() -> None:
    with InWorld() as aws:
        arns = found(aws)
    assert arns.keys() == FORMATS.keys()
    for kind, arn in arns.items():
        assert re.fullmatch(FORMATS[kind], arn), (kind, arn)
