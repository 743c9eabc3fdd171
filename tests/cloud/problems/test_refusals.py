"""Rows 15, 19-22 and 24 of the 25 problems, and what else AWS refuses at the door: permissions, throttling."""

import json
import re
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from tests.cloud.inworld import EXECUTION_ROLE, IMAGE

FARGATE = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "executionRoleArn": EXECUTION_ROLE,
}
CONTAINER = {"name": "app", "image": f"{IMAGE}:v1.2.3", "portMappings": [{"containerPort": 8080}]}
LEARNER = "User: arn:aws:iam::123456789012:user/learner is not authorized to perform: "


def register(aws: Any, **more: Any) -> Any:
    params = {
        "family": "web",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [CONTAINER],
        **FARGATE,
        **more,
    }
    return aws.call("ecs", "RegisterTaskDefinition", **params)


def test_15_a_role_that_does_not_trust_ecs_tasks(aws: Any) -> None:
    aws.fault("distrust_role", "ecsTaskExecutionRole")
    aws.service("v1.2.3", desired=1)
    aws.advance(120)
    said = (
        f"failed to launch a task with (error ECS was unable to assume the role '{EXECUTION_ROLE}' that was"
    )
    assert any(message.startswith(said) for message in aws.messages())
    assert aws.tasks("STOPPED") == []
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    aws.call(
        "iam", "UpdateAssumeRolePolicy", RoleName="ecsTaskExecutionRole", PolicyDocument=json.dumps(trust)
    )
    aws.update(forceNewDeployment=True)
    assert aws.heals()


@pytest.mark.parametrize("operation", ["RegisterTaskDefinition", "RunTask", "CreateService"])
def test_15_the_caller_may_not_pass_the_role(enforced: Any, operation: str) -> None:
    aws = enforced
    definition = register(aws)["taskDefinition"]["taskDefinitionArn"]
    network = {
        "awsvpcConfiguration": {"subnets": aws.subnets("private-a"), "securityGroups": [aws.group("app")]}
    }
    run = {
        "taskDefinition": definition,
        "launchType": "FARGATE",
        "networkConfiguration": network,
        "cluster": "prod",
    }
    params = {
        "RegisterTaskDefinition": {
            "family": "web", "cpu": "256", "memory": "512", "containerDefinitions": [CONTAINER], **FARGATE,
        },
        "RunTask": run,
        "CreateService": {**run, "serviceName": "web-app", "desiredCount": 1},
    }[operation]  # fmt: skip
    aws.call("ecs", "CreateCluster", clusterName="prod")
    aws.fault("revoke_permission", {"user": "learner", "action": "iam:PassRole"})
    status, code, body = aws.as_client("ecs", operation, **params)
    assert (status, code) == (400, "AccessDeniedException")
    assert f"{LEARNER}iam:PassRole on resource: {EXECUTION_ROLE}" in body
    aws.call("iam", "DeleteUserPolicy", UserName="learner", PolicyName="deny-iam-PassRole")
    assert aws.as_client("ecs", operation, **params)[0] == 200


def test_15_roles_of_deployments_are_passed_to_ecs_itself(enforced: Any) -> None:
    """Those of shifted load balancers and of lifecycle hooks: passing is asked about before anything else."""
    aws = enforced
    definition = register(aws)["taskDefinition"]["taskDefinitionArn"]
    aws.call("ecs", "CreateCluster", clusterName="prod")
    only = {"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}
    deny = {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*", "Condition": only}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    aws.call("iam", "PutUserPolicy", UserName="learner", PolicyName="deny", PolicyDocument=document)
    params = {"cluster": "prod", "serviceName": "web-app", "taskDefinition": definition, "desiredCount": 1}
    hook = {"hookTargetArn": "f", "roleArn": "arn:aws:iam::123456789012:role/hook", "lifecycleStages": []}
    advanced = {"roleArn": "arn:aws:iam::123456789012:role/infra"}
    for more, role in (
        ({"deploymentConfiguration": {"lifecycleHooks": [hook]}}, "role/hook"),
        ({"loadBalancers": [{"advancedConfiguration": advanced}]}, "role/infra"),
    ):
        status, code, body = aws.as_client("ecs", "CreateService", **params, **more)
        assert (status, code) == (400, "AccessDeniedException")
        assert f"{LEARNER}iam:PassRole on resource: arn:aws:iam::123456789012:{role}" in body


SIZES = [
    ("256", "4096", "No Fargate configuration exists for given values"),
    ("300", "512", "No Fargate configuration exists for given values"),
    (None, "512", "Fargate requires that 'cpu' be defined at the task level."),
]


@pytest.mark.parametrize(("cpu", "memory", "said"), SIZES)
def test_19_sizes_that_fargate_does_not_have(aws: Any, cpu: str | None, memory: str, said: str) -> None:
    params = {"family": "web", "memory": memory, "containerDefinitions": [CONTAINER], **FARGATE}
    refused = aws.refused("ecs", "RegisterTaskDefinition", **params, **({"cpu": cpu} if cpu else {}))
    assert refused.startswith(f"ClientException: {said}")
    assert register(aws, cpu="256", memory="1024")["taskDefinition"]["memory"] == "1024"


def test_20_awsvpc_wants_a_network_and_equal_ports(aws: Any) -> None:
    aws.call("ecs", "CreateCluster", clusterName="prod")
    definition = register(aws)["taskDefinition"]["taskDefinitionArn"]
    refused = aws.refused("ecs", "RunTask", cluster="prod", taskDefinition=definition, launchType="FARGATE")
    said = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    assert refused == f"InvalidParameterException: {said}"
    ports = {**CONTAINER, "portMappings": [{"containerPort": 8080, "hostPort": 80}]}
    refused = aws.refused(
        "ecs",
        "RegisterTaskDefinition",
        family="web",
        cpu="256",
        memory="512",
        containerDefinitions=[ports],
        **FARGATE,
    )
    said = "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
    assert refused == f"ClientException: {said}"
    aws.service("v1.2.3", desired=1)
    assert aws.heals()


def test_21_a_target_group_of_type_instance(aws: Any) -> None:
    made = aws.call(
        "elbv2",
        "CreateTargetGroup",
        Name="hosts",
        Protocol="HTTP",
        Port=80,
        VpcId=aws.vpc(),
        TargetType="instance",
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    alb = aws.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    aws.call(
        "elbv2", "CreateListener", LoadBalancerArn=alb, Protocol="HTTP", Port=81,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )  # fmt: skip
    said = "has target type instance, which is incompatible with the awsvpc network mode specified in the task definition."
    assert refused_service(aws, arn) == f"InvalidParameterException: The provided target group {arn} {said}"
    aws.service("v1.2.3", desired=1)
    assert aws.heals()


def refused_service(aws: Any, group: str, container: str = "app", port: int = 8080) -> str:
    aws.call("ecs", "CreateCluster", clusterName="prod")
    network = {
        "awsvpcConfiguration": {"subnets": aws.subnets("private-a"), "securityGroups": [aws.group("app")]}
    }
    balancers = [{"targetGroupArn": group, "containerName": container, "containerPort": port}]
    return str(
        aws.refused(
            "ecs", "CreateService", cluster="prod", serviceName="web-app", taskDefinition=aws.register("v1.2.3"),
            desiredCount=1, launchType="FARGATE", networkConfiguration=network, loadBalancers=balancers,
        )
    )  # fmt: skip


def test_22_a_target_group_without_a_listener_and_a_container_without_a_name(aws: Any) -> None:
    made = aws.call(
        "elbv2",
        "CreateTargetGroup",
        Name="lonely",
        Protocol="HTTP",
        Port=80,
        VpcId=aws.vpc(),
        TargetType="ip",
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    said = f"The target group with targetGroupArn {arn} does not have an associated load balancer."
    assert refused_service(aws, arn) == f"InvalidParameterException: {said}"
    group = aws.target_group()
    said = "The container web does not exist in the task definition."
    assert refused_service(aws, group, "web") == f"InvalidParameterException: {said}"
    said = "The container app did not have a container port 80 defined."
    assert refused_service(aws, group, port=80) == f"InvalidParameterException: {said}"
    aws.service("v1.2.3", desired=1)
    assert aws.heals()


def test_24_exec_is_not_enabled(aws: Any) -> None:
    aws.service("v1.2.3", desired=1)
    assert aws.steady()
    (task,) = aws.tasks()
    params = {"cluster": "prod", "task": task["taskArn"], "command": "sh", "interactive": True}
    refused = aws.refused("ecs", "ExecuteCommand", **params)
    assert refused.startswith(
        "InvalidParameterException: The execute command failed because execute command was not enabled"
    )
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    aws.permit("ecsAppRole", *(f"ssmmessages:{name}" for name in channels))
    role = "arn:aws:iam::123456789012:role/ecsAppRole"
    definition = register(aws, taskRoleArn=role)["taskDefinition"]["taskDefinitionArn"]
    aws.update(enableExecuteCommand=True, taskDefinition=definition)
    assert aws.heals()
    (task,) = aws.tasks()
    assert task["enableExecuteCommand"] is True
    (agent,) = task["containers"][0]["managedAgents"]
    assert (agent["name"], agent["lastStatus"]) == ("ExecuteCommandAgent", "RUNNING")
    refused = aws.refused("ecs", "ExecuteCommand", **{**params, "task": task["taskArn"]})
    assert "was not enabled" not in refused


# --- beside the 25 ---


def test_an_account_that_has_never_used_ecs(aws: Any) -> None:
    """The first CreateCluster fails and makes the role; the next one works. So does making it by hand."""
    aws.fault("forget_service_linked_role", True)
    said = "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
    assert aws.refused("ecs", "CreateCluster", clusterName="prod") == f"InvalidParameterException: {said}"
    assert aws.call("ecs", "CreateCluster", clusterName="prod")["cluster"]["status"] == "ACTIVE"
    aws.fault("forget_service_linked_role", True)
    aws.call("iam", "CreateServiceLinkedRole", AWSServiceName="ecs.amazonaws.com")
    assert aws.call("ecs", "CreateCluster", clusterName="other")["cluster"]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("operation", "service", "called", "code"),
    [
        ("ecs:ListClusters", "ecs", "ListClusters", "ThrottlingException"),
        ("ecs:*", "ecs", "ListServices", "ThrottlingException"),
        ("elbv2:DescribeLoadBalancers", "elbv2", "DescribeLoadBalancers", "Throttling"),
        ("ec2:DescribeVpcs", "ec2", "DescribeVpcs", "RequestLimitExceeded"),
    ],
)
def test_the_api_throttles_for_a_while(
    aws: Any, operation: str, service: str, called: str, code: str
) -> None:
    aws.call("ecs", "CreateCluster")
    aws.fault("throttle_api", {"operation": operation, "for": "2m"})
    assert aws.as_client(service, called)[1] == code
    assert aws.as_client("sts", "GetCallerIdentity")[0] == 200
    aws.advance(119)
    assert aws.as_client(service, called)[1] == code
    aws.advance(1)
    assert aws.as_client(service, called)[0] == 200


@pytest.mark.parametrize(
    ("service", "operation", "action", "params", "code", "status"),
    [
        ("ecs", "ListClusters", "ecs:List*", {}, "AccessDeniedException", 400),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:*", {}, "AccessDenied", 403),
        ("ec2", "DescribeVpcs", "ec2:DescribeVpcs", {}, "UnauthorizedOperation", 403),
        ("iam", "ListRoles", "iam:ListRoles", {}, "AccessDenied", 403),
        ("logs", "DescribeLogGroups", "logs:DescribeLogGroups", {}, "AccessDeniedException", 400),
    ],
)
def test_the_learner_may_do_what_policies_say(
    enforced: Any, service: str, operation: str, action: str, params: dict[str, Any], code: str, status: int
) -> None:
    assert enforced.as_client(service, operation, **params)[0] == 200
    enforced.fault("revoke_permission", {"user": "learner", "action": action})
    answered, error, body = enforced.as_client(service, operation, **params)
    assert (answered, error) == (status, code)
    assert LEARNER in body
    assert "with an explicit deny in an identity-based policy" in body
    assert enforced.as_client("sts", "GetCallerIdentity")[0] == 200


def test_resources_of_a_policy_count(enforced: Any) -> None:
    """A policy for one service of one cluster permits that one alone."""
    enforced.service("v1.2.3", desired=1)
    arn = "arn:aws:ecs:us-east-1:123456789012:service/prod/web-app"
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ecs:DescribeServices", "Resource": arn}],
    }
    enforced.call(
        "iam",
        "PutUserPolicy",
        UserName="learner",
        PolicyName="everything",
        PolicyDocument=json.dumps(document),
    )
    assert enforced.as_client("ecs", "DescribeServices", cluster="prod", services=["web-app"])[0] == 200
    _, code, body = enforced.as_client("ecs", "DescribeServices", cluster="prod", services=["other"])
    assert code == "AccessDeniedException"
    assert "because no identity-based policy allows the ecs:DescribeServices action" in body


def test_without_enforcement_policies_of_the_learner_do_not_matter(aws: Any) -> None:
    aws.fault("revoke_permission", {"user": "learner", "action": "ecs:*"})
    assert aws.as_client("ecs", "ListClusters")[0] == 200


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"launchType": "fargate"}, "launch type should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]"),
        ({"propagateTags": "ALL"}, "propagate tags should be one of [TASK_DEFINITION,SERVICE,NONE]"),
        (
            {"placementStrategy": [{"type": "pack", "field": "cpu"}]},
            "type should be one of [random,spread,binpack]",
        ),
    ],
)
def test_a_word_that_is_not_among_those_there_are(aws: Any, given: dict[str, Any], message: str) -> None:
    """The AWS CLI passes any word on; it is ECS that knows which there are."""
    with pytest.raises(ApiError, match=re.escape(message)) as refused:
        aws.call("ecs", "RunTask", taskDefinition="web", **given)
    assert refused.value.code == "InvalidParameterException"
