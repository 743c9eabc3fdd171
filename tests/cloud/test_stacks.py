"""Stacks with ECS services: they wait, fail, roll back and update as CloudFormation does.

What is waited for and said: AWS CloudFormation user guide, "Stack status codes" and "AWS::ECS::Service".
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from ecslab.shell.environment import environment
from tests.cloud.conftest import Served
from tests.cloud.inworld import EXECUTION_ROLE, IMAGE, InWorld


@pytest.fixture
def aws() -> Iterator[InWorld]:
    with InWorld() as world:
        yield world


BREAKER = {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}}


def template(aws: InWorld, tag: str = "v1.2.3", **service: Any) -> dict[str, Any]:
    network = {"Subnets": aws.subnets("private-a", "private-b"), "SecurityGroups": [aws.group("app")]}
    container = {"Name": "app", "Image": f"{IMAGE}:{tag}", "PortMappings": [{"ContainerPort": 8080}]}
    return {
        "Resources": {
            "Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Definition"},
                    "DesiredCount": "2", "LaunchType": "FARGATE", "ServiceName": "web-app",
                    "NetworkConfiguration": {"AwsvpcConfiguration": network}, **service,
                },
            },
            "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "prod"}},
            "Definition": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "Family": "web", "NetworkMode": "awsvpc", "Cpu": 256, "Memory": 512,
                    "RequiresCompatibilities": ["FARGATE"], "ExecutionRoleArn": EXECUTION_ROLE,
                    "ContainerDefinitions": [container],
                },
            },
        },
        "Outputs": {
            "Name": {"Value": {"Fn::GetAtt": ["Service", "Name"]}, "Export": {"Name": "web-name"}},
            "Arn": {"Value": {"Ref": "Service"}},
        },
    }  # fmt: skip


def create(aws: InWorld, body: dict[str, Any], **more: Any) -> None:
    aws.call("cloudformation", "CreateStack", StackName="shop", TemplateBody=json.dumps(body), **more)


def update(aws: InWorld, body: dict[str, Any], **more: Any) -> None:
    aws.call("cloudformation", "UpdateStack", StackName="shop", TemplateBody=json.dumps(body), **more)


def stack(aws: InWorld) -> dict[str, Any]:
    return dict(aws.call("cloudformation", "DescribeStacks", StackName="shop")["Stacks"][0])


def events(aws: InWorld) -> list[tuple[str, str, str]]:
    """(resource, status, reason), oldest first."""
    found = aws.call("cloudformation", "DescribeStackEvents", StackName="shop")["StackEvents"]
    return [
        (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason", "")) for e in found[::-1]
    ]


def test_a_new_stack_waits_until_its_service_is_steady(aws: InWorld) -> None:
    create(aws, template(aws))
    began = stack(aws)
    assert began["StackStatus"] == "CREATE_IN_PROGRESS" and not began.get("Outputs")
    assert [status for name, status, _ in events(aws) if name == "Service"] == ["CREATE_IN_PROGRESS"] * 2
    assert aws.steady()
    ended = stack(aws)
    assert ended["StackStatus"] == "CREATE_COMPLETE"
    outputs = {output["OutputKey"]: output["OutputValue"] for output in ended["Outputs"]}
    assert outputs == {"Name": "web-app", "Arn": aws.described()["serviceArn"]}
    assert events(aws)[-2:] == [("Service", "CREATE_COMPLETE", ""), ("shop", "CREATE_COMPLETE", "")]
    found = aws.call("cloudformation", "DescribeStackEvents", StackName="shop")["StackEvents"]
    took = found[0]["Timestamp"] - found[-1]["Timestamp"]
    assert 20 < took.total_seconds() < 180
    exports = aws.call("cloudformation", "ListExports")["Exports"]
    assert [export["Name"] for export in exports if export["Name"] == "web-name"] == ["web-name"]


@pytest.mark.slow
def test_what_depends_on_the_service_is_made_after_it(aws: InWorld) -> None:
    body = template(aws)
    body["Resources"]["Later"] = {
        "Type": "AWS::Logs::LogGroup", "DependsOn": "Service", "Properties": {"LogGroupName": "/later"},
    }  # fmt: skip
    create(aws, body)
    there = lambda: aws.call("logs", "DescribeLogGroups", logGroupNamePrefix="/later")["logGroups"]  # noqa: E731
    assert not there()
    assert aws.steady() and there()


def test_checks_see_what_a_stack_makes_while_the_clock_plays() -> None:
    """No call of a client makes it, so that what was read before must not be taken for true any more."""
    probe = {
        "id": "late", "kind": "state", "service": "ec2", "operation": "DescribeSecurityGroups",
        "params": {"Filters": [{"Name": "group-name", "Values": ["late"]}]}, "query": "length(SecurityGroups)",
    }  # fmt: skip
    with InWorld(probes=[probe]) as aws:
        body = template(aws)
        body["Resources"]["Late"] = {
            "Type": "AWS::EC2::SecurityGroup", "DependsOn": "Service",
            "Properties": {"GroupName": "late", "GroupDescription": "made at the end"},
        }  # fmt: skip
        create(aws, body)
        aws.advance(10)
        assert [value for _, value in aws.world.observed.values["late"]] == [0]
        assert aws.steady()
        assert [value for _, value in aws.world.observed.values["late"]] == [0, 1]


def test_a_breaker_that_trips_fails_the_resource_and_rolls_the_stack_back(aws: InWorld) -> None:
    create(aws, template(aws, "missing", DeploymentConfiguration=BREAKER))
    assert aws.steady(3 * 3600)
    ended = stack(aws)
    assert ended["StackStatus"] == "ROLLBACK_COMPLETE"
    failed = next(
        reason for name, status, reason in events(aws) if (name, status) == ("Service", "CREATE_FAILED")
    )
    assert re.fullmatch(
        r'Resource handler returned message: "Error occurred during operation '
        r"'ECS Deployment Circuit Breaker was triggered'\.\" "
        r"\(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: GeneralServiceException\)",
        failed,
    )
    assert (
        "shop", "ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to create: [Service]. Rollback requested by user.",
    ) in events(aws)  # fmt: skip
    assert aws.call("ecs", "ListClusters")["clusterArns"] == []
    with pytest.raises(ApiError, match="ROLLBACK_COMPLETE state and can not be updated"):
        update(aws, template(aws))


@pytest.mark.slow
def test_without_a_breaker_it_gives_up_after_three_hours(aws: InWorld) -> None:
    create(aws, template(aws, "missing"), OnFailure="DO_NOTHING")
    aws.advance(3 * 3600 - 60)
    assert stack(aws)["StackStatus"] == "CREATE_IN_PROGRESS"
    aws.advance(120)
    assert stack(aws)["StackStatus"] == "CREATE_FAILED"
    assert any("HandlerErrorCode: NotStabilized" in reason for _, _, reason in events(aws))


@pytest.mark.slow
def test_a_service_that_is_mended_by_hand_rescues_the_stack(aws: InWorld) -> None:
    create(aws, template(aws, "missing"))
    aws.advance(600)
    aws.update(taskDefinition=aws.register("v1.2.3"))
    assert aws.steady()
    assert stack(aws)["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.slow
def test_a_refused_service_is_told_in_the_handlers_words(aws: InWorld) -> None:
    create(
        aws,
        template(
            aws,
            LoadBalancers=[{"ContainerName": "x", "ContainerPort": 1, "TargetGroupArn": aws.target_group()}],
        ),
    )
    assert stack(aws)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Invalid request provided: CreateService error:" in reason for _, _, reason in events(aws))


def test_an_update_replaces_the_task_definition_and_rolls_the_service(aws: InWorld) -> None:
    create(aws, template(aws))
    assert aws.steady()
    update(aws, template(aws, "v1.2.4"))
    assert stack(aws)["StackStatus"] == "UPDATE_IN_PROGRESS"
    with pytest.raises(ApiError, match="is in UPDATE_IN_PROGRESS state and can not be updated"):
        update(aws, template(aws))
    assert aws.steady()
    assert stack(aws)["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.described()["taskDefinition"].endswith("web:2")
    assert aws.call("ecs", "ListTaskDefinitions", status="INACTIVE")["taskDefinitionArns"][0].endswith(
        "web:1"
    )
    statuses = [status for name, status, _ in events(aws) if name == "shop"]
    assert statuses[-3:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"]
    with pytest.raises(ApiError, match="No updates are to be performed"):
        update(aws, template(aws, "v1.2.4"))


def test_a_failed_update_goes_back_to_what_was(aws: InWorld) -> None:
    create(aws, template(aws, DeploymentConfiguration=BREAKER))
    assert aws.steady()
    update(aws, template(aws, "missing", DeploymentConfiguration=BREAKER))
    assert aws.steady(3 * 3600)
    assert stack(aws)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.described()["taskDefinition"].endswith("web:1")
    rows = aws.call("cloudformation", "ListStackResources", StackName="shop")["StackResourceSummaries"]
    definition = next(row for row in rows if row["LogicalResourceId"] == "Definition")
    assert definition["PhysicalResourceId"].endswith("web:1")
    assert (
        "shop",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to update: [Service]. ",
    ) in events(aws)


@pytest.mark.slow
def test_another_count_is_no_new_deployment_and_another_launch_type_needs_another_name(aws: InWorld) -> None:
    create(aws, template(aws))
    assert aws.steady()
    before = aws.described()["deployments"][0]["id"]
    update(aws, template(aws, DesiredCount=3))
    assert stack(aws)["StackStatus"] == "UPDATE_IN_PROGRESS"
    assert aws.steady() and len(aws.tasks()) == 3
    assert stack(aws)["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.described()["deployments"][0]["id"] == before
    update(aws, template(aws, DesiredCount=3, SchedulingStrategy="DAEMON"))
    assert any("custom-named resource requires replacing" in reason for _, _, reason in events(aws))
    assert stack(aws)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.slow
def test_a_resource_that_is_taken_out_goes_at_the_end_of_the_update(aws: InWorld) -> None:
    body = template(aws)
    body["Resources"]["Alarm"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "busy", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": "80", "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": [{"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service", "Name"]}}],
        },
    }  # fmt: skip
    create(aws, body)
    assert aws.steady()
    alarm = aws.call("cloudwatch", "DescribeAlarms", AlarmNames=["busy"])["MetricAlarms"][0]
    assert alarm["Threshold"] == 80 and alarm["Dimensions"] == [{"Name": "ServiceName", "Value": "web-app"}]
    update(aws, template(aws))
    assert stack(aws)["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.call("cloudwatch", "DescribeAlarms", AlarmNames=["busy"])["MetricAlarms"] == []


def test_scaling_of_a_service_is_made_changed_and_deleted(aws: InWorld) -> None:
    body = template(aws)

    def scaled(goal: int) -> dict[str, Any]:
        body["Resources"]["Target"] = {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1,
                "MaxCapacity": "4",
                "ResourceId": {"Fn::Sub": "service/${Cluster}/${Service.Name}"},
            },
        }  # fmt: skip
        body["Resources"]["Policy"] = {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": goal,
                    "PredefinedMetricSpecification": {
                        "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
                    },
                },
            },
        }  # fmt: skip
        return body

    create(aws, scaled(50))
    assert aws.steady() and stack(aws)["StackStatus"] == "CREATE_COMPLETE"
    target = aws.call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")
    assert target["ScalableTargets"][0]["MaxCapacity"] == 4
    rows = aws.call("cloudformation", "DescribeStackResources", StackName="shop")["StackResources"]
    physical = {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows}
    assert physical["Target"] == "service/prod/web-app|ecs:service:DesiredCount|ecs"
    update(aws, scaled(70))
    policy = aws.call("application-autoscaling", "DescribeScalingPolicies", ServiceNamespace="ecs")
    assert policy["ScalingPolicies"][0]["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70
    aws.call("cloudformation", "DeleteStack", StackName="shop")
    aws.advance(180)
    assert aws.call("ecs", "ListClusters")["clusterArns"] == []
    target = aws.call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")
    assert target["ScalableTargets"] == []


@pytest.mark.slow
def test_a_change_set_waits_too(aws: InWorld) -> None:
    aws.call(
        "cloudformation", "CreateChangeSet", StackName="shop", ChangeSetName="first", ChangeSetType="CREATE",
        TemplateBody=json.dumps(template(aws)),
    )  # fmt: skip
    assert stack(aws)["StackStatus"] == "REVIEW_IN_PROGRESS"
    aws.call("cloudformation", "ExecuteChangeSet", StackName="shop", ChangeSetName="first")
    assert stack(aws)["StackStatus"] == "CREATE_IN_PROGRESS"
    assert aws.steady() and stack(aws)["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"TaskDefinition": {"Ref": "Nowhere"}}, "Unresolved resource dependencies \\[Nowhere\\]"),
        ({"TaskDefinition": {"Ref": "Loop"}}, "Circular dependency between resources: \\[Service, Loop\\]"),
    ],
)
def test_a_template_that_cannot_be_ordered_makes_no_stack(
    aws: InWorld, properties: dict[str, Any], said: str
) -> None:
    body = template(aws, **properties)
    body["Resources"]["Loop"] = {"Type": "AWS::Logs::LogGroup", "DependsOn": ["Service"]}
    with pytest.raises(ApiError, match=said):
        create(aws, body)
    assert [s["StackName"] for s in aws.call("cloudformation", "DescribeStacks")["Stacks"]] == ["ecslab"]


@pytest.mark.slow
def test_deleting_a_stack_that_is_being_made_ends_the_making(aws: InWorld) -> None:
    create(aws, template(aws, "missing"))
    aws.advance(60)
    aws.call("cloudformation", "DeleteStack", StackName="shop")
    aws.advance(300)
    assert aws.call("ecs", "ListClusters")["clusterArns"] == []
    assert not aws.world.stacks.busy()


@pytest.mark.slow
def test_the_same_calls_give_the_same_events() -> None:
    def played() -> str:
        with InWorld() as world:
            create(world, template(world, DeploymentConfiguration=BREAKER))
            world.advance(300)
            update(world, template(world, "missing", DeploymentConfiguration=BREAKER))
            world.advance(3600)
            found = world.call("cloudformation", "DescribeStackEvents", StackName="shop")["StackEvents"]
            return json.dumps(found, default=str)

    assert played() == played()


@pytest.mark.slow
def test_the_real_aws_deploys_and_waits(served: Served, tmp_path: Path) -> None:
    with InWorld() as world:
        body = template(world)
    (tmp_path / "shop.json").write_text(json.dumps(body))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environ = environment(served.sandbox)
        return subprocess.run(
            ["aws", "cloudformation", *words],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("deploy", "--stack-name", "shop", "--template-file", "shop.json")
    assert done.returncode == 0, done.stderr
    described = json.loads(run("describe-stacks", "--stack-name", "shop").stdout)["Stacks"][0]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    text = json.dumps(body).replace("v1.2.3", "v1.2.4")
    assert run("update-stack", "--stack-name", "shop", "--template-body", text).returncode == 0
    assert run("wait", "stack-update-complete", "--stack-name", "shop").returncode == 0
    assert run("delete-stack", "--stack-name", "shop").returncode == 0
    assert run("wait", "stack-delete-complete", "--stack-name", "shop").returncode == 0
    assert (
        run(
            "create-stack", "--stack-name", "shop", "--template-body", text.replace("v1.2.4", "missing")
        ).returncode
        == 0
    )
    failed = run("wait", "stack-create-complete", "--stack-name", "shop")
    assert failed.returncode == 255 and "Waiter StackCreateComplete failed" in failed.stderr
