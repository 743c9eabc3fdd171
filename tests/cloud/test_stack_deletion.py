"""Deleting a stack with an ECS service waits for its tasks, as CloudFormation does."""

import json
from typing import Any

from tests.cloud.inworld import EXECUTION_ROLE, IMAGE, InWorld


def template(aws: InWorld) -> str:
    network = {"Subnets": aws.subnets("private-a", "private-b"), "SecurityGroups": [aws.group("app")]}
    container = {"Name": "app", "Image": f"{IMAGE}:v1.2.3", "PortMappings": [{"ContainerPort": 8080}]}
    resources: dict[str, Any] = {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "prod"}},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "Family": "web", "NetworkMode": "awsvpc", "Cpu": "256", "Memory": "512",
                "RequiresCompatibilities": ["FARGATE"], "ExecutionRoleArn": EXECUTION_ROLE,
                "ContainerDefinitions": [container],
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "ServiceName": "web-app", "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": 2, "LaunchType": "FARGATE",
                "NetworkConfiguration": {"AwsvpcConfiguration": network},
            },
        },
    }  # fmt: skip
    return json.dumps({"Resources": resources})


def status(aws: InWorld, stack: str) -> str:
    return str(aws.call("cloudformation", "DescribeStacks", StackName=stack)["Stacks"][0]["StackStatus"])


def test_the_stack_is_deleted_when_the_tasks_are_gone() -> None:
    with InWorld() as aws:
        stack = aws.call("cloudformation", "CreateStack", StackName="shop", TemplateBody=template(aws))[
            "StackId"
        ]
        assert aws.steady() and len(aws.tasks()) == 2
        aws.call("cloudformation", "DeleteStack", StackName="shop")
        assert status(aws, stack) == "DELETE_IN_PROGRESS"
        assert aws.described()["status"] == "DRAINING"
        aws.call("cloudformation", "DeleteStack", StackName="shop")
        aws.advance(120)
        assert status(aws, stack) == "DELETE_COMPLETE"
        assert aws.call("ecs", "ListClusters")["clusterArns"] == []
        assert aws.call("ecs", "ListTaskDefinitions")["taskDefinitionArns"] == []
        again = aws.call("cloudformation", "CreateStack", StackName="shop", TemplateBody=template(aws))[
            "StackId"
        ]
        assert aws.steady() and status(aws, again) == "CREATE_COMPLETE"


def test_a_cluster_with_another_task_leaves_the_stack_failed_until_the_task_is_gone() -> None:
    with InWorld() as aws:
        stack = aws.call("cloudformation", "CreateStack", StackName="shop", TemplateBody=template(aws))[
            "StackId"
        ]
        assert aws.steady()
        network = {"subnets": aws.subnets("private-a"), "securityGroups": [aws.group("app")]}
        task = aws.call(
            "ecs", "RunTask", cluster="prod", taskDefinition="web", launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )["tasks"][0]["taskArn"]  # fmt: skip
        aws.call("cloudformation", "DeleteStack", StackName="shop")
        aws.advance(180)
        assert status(aws, stack) == "DELETE_FAILED"
        aws.call("ecs", "StopTask", cluster="prod", task=task)
        aws.advance(120)
        aws.call("cloudformation", "DeleteStack", StackName="shop")
        assert status(aws, stack) == "DELETE_COMPLETE"


def test_a_service_that_was_deleted_by_hand_is_no_obstacle() -> None:
    with InWorld() as aws:
        stack = aws.call("cloudformation", "CreateStack", StackName="shop", TemplateBody=template(aws))[
            "StackId"
        ]
        assert aws.steady()
        aws.call("ecs", "DeleteService", cluster="prod", service="web-app", force=True)
        aws.advance(120)
        aws.call("cloudformation", "DeleteStack", StackName="shop")
        assert status(aws, stack) == "DELETE_COMPLETE"
