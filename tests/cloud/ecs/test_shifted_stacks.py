"""CloudFormation's AWS::ECS::Service keeps all that a shifted deployment needs; a replay is the same to the byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecslab.cloud.engine import Call, Engine
from ecslab.cloud.journal import load
from ecslab.cloud.seam import calls, operations
from ecslab.cloud.world import World
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from tests.cloud.ecs.shifted import GREEN, LOAD_BALANCER_POLICY, ROLE_NAME, TRUST, Shifted, function


def stack(aws: Shifted, tag: str) -> str:
    network = {"Subnets": aws.subnets("private-a", "private-b"), "SecurityGroups": [aws.group("app")]}
    advanced = {
        "AlternateTargetGroupArn": aws.green, "ProductionListenerRule": aws.production,
        "TestListenerRule": aws.test, "RoleArn": aws.role,
    }  # fmt: skip
    balancer = {
        "TargetGroupArn": aws.blue,
        "ContainerName": "app",
        "ContainerPort": "8080",
        "AdvancedConfiguration": advanced,
    }
    hook = {
        "HookTargetArn": function("check"), "RoleArn": aws.role, "LifecycleStages": ["POST_SCALE_UP"],
        "HookDetails": {"Bucket": "b"},
    }  # fmt: skip
    configuration = {
        "Strategy": "CANARY", "BakeTimeInMinutes": "1", "LifecycleHooks": [hook],
        "CanaryConfiguration": {"CanaryPercent": "20", "CanaryBakeTimeInMinutes": "1"},
    }  # fmt: skip
    service = {
        "ServiceName": "web-app", "Cluster": "prod", "TaskDefinition": aws.register(tag), "DesiredCount": 1,
        "LaunchType": "FARGATE", "NetworkConfiguration": {"AwsvpcConfiguration": network},
        "LoadBalancers": [balancer], "DeploymentConfiguration": configuration,
    }  # fmt: skip
    return json.dumps({"Resources": {"Service": {"Type": "AWS::ECS::Service", "Properties": service}}})


@pytest.mark.slow
def test_a_stack_keeps_the_properties_and_shifts_traffic() -> None:
    with Shifted(hooks={"check": {"answers": ["SUCCEEDED"], "after": 1000}}) as aws:
        aws.call("ecs", "CreateCluster", clusterName="prod")
        aws.call("cloudformation", "CreateStack", StackName="web", TemplateBody=stack(aws, "v1.2.3"))
        assert aws.steady() and aws.weights() == {"blue": 0, "green": 100}
        shown = aws.described()
        assert shown["loadBalancers"] == [aws.balancer()]
        configuration = shown["deploymentConfiguration"]
        assert configuration["canaryConfiguration"] == {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 1}
        assert configuration["lifecycleHooks"][0]["hookDetails"] == {"Bucket": "b"}
        aws.call("cloudformation", "UpdateStack", StackName="web", TemplateBody=stack(aws, GREEN))
        aws.until("PRODUCTION_TRAFFIC_SHIFT")
        assert aws.steady() and aws.asked(5) == {GREEN: 5}


class Played:
    """A world as a sandbox plays it, with what it answered."""

    def __init__(self, directory: Path) -> None:
        document = resolve_world(builtin(), "playground", seed=3)
        identity = {"access_key_id": "AKIAINWORLDINWORLDIN", "secret_access_key": "s"}
        hooks = {"check": {"answers": ["IN_PROGRESS", "SUCCEEDED"], "after": 60_000}}
        document |= {"epoch_ms": 1_790_000_000_000, "identity": identity, "hooks": hooks}
        (directory / "world.json").write_text(json.dumps(document))
        self.engine = Engine(directory)
        self.engine.clock.paused = True
        self.answers: list[tuple[int, tuple[tuple[str, str], ...], bytes]] = []

    def call(self, service: str, name: str, /, **params: Any) -> dict[str, Any]:
        method, path, headers, body = calls.serialised(self.engine.world, service, name, params)
        operation = operations.identify(method, path, headers, body)
        answer = self.engine.request(Call(method, path, headers, body), operation)
        assert answer.status == 200, answer.body
        self.answers.append((answer.status, answer.headers, answer.body))
        return calls.read(self.engine.world, service, name, params) if name.startswith("Describe") else {}

    def get(self, balancer: str, **headers: str) -> dict[str, str]:
        """One request; the cookies that came with the answer."""
        call = Call("GET", "/", {"host": "web-alb", **headers}, b"")
        answer = self.engine.browse(call, balancer, 80)
        assert answer is not None
        self.answers.append((answer.status, answer.headers, answer.body))
        pairs = [
            value.partition(";")[0].partition("=") for name, value in answer.headers if name == "Set-Cookie"
        ]
        return {name: value for name, _, value in pairs}


@pytest.mark.slow
def test_a_shifted_deployment_with_sessions_and_hooks_replays_to_the_byte(tmp_path: Path) -> None:
    played = Played(tmp_path)
    call, engine = played.call, played.engine
    role = f"arn:aws:iam::123456789012:role/{ROLE_NAME}"
    call("iam", "CreateRole", RoleName=ROLE_NAME, AssumeRolePolicyDocument=json.dumps(TRUST))
    call("iam", "AttachRolePolicy", RoleName=ROLE_NAME, PolicyArn=LOAD_BALANCER_POLICY)
    call(
        "iam", "AttachRolePolicy", RoleName=ROLE_NAME, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    blue = call("elbv2", "DescribeTargetGroups", Names=["web-tg"])["TargetGroups"][0]
    call(
        "elbv2", "CreateTargetGroup", Name="two", Protocol="HTTP", Port=8080, VpcId=blue["VpcId"], TargetType="ip",
        HealthCheckPath="/health",
    )  # fmt: skip
    green = call("elbv2", "DescribeTargetGroups", Names=["two"])["TargetGroups"][0]["TargetGroupArn"]
    sticky = [
        {"Key": "stickiness.enabled", "Value": "true"},
        {"Key": "stickiness.type", "Value": "lb_cookie"},
    ]
    for arn in (blue["TargetGroupArn"], green):
        call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=sticky)
    alb = call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    listener = call("elbv2", "DescribeListeners", LoadBalancerArn=alb)["Listeners"][0]["ListenerArn"]
    groups = [{"TargetGroupArn": blue["TargetGroupArn"], "Weight": 1}, {"TargetGroupArn": green, "Weight": 0}]
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "x-env", "Values": ["green"]}}
    paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
    for priority, condition in ((1, header), (2, paths)):
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        call(
            "elbv2",
            "CreateRule",
            ListenerArn=listener,
            Priority=priority,
            Conditions=[condition],
            Actions=[action],
        )
    rules = [rule["RuleArn"] for rule in call("elbv2", "DescribeRules", ListenerArn=listener)["Rules"]]
    call("ecs", "CreateCluster", clusterName="prod")
    for tag in ("v1.2.3", GREEN):
        container = {
            "name": "app",
            "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:{tag}",
            "portMappings": [{"containerPort": 8080}],
        }
        call(
            "ecs", "RegisterTaskDefinition", family="web", networkMode="awsvpc", cpu="256", memory="512",
            requiresCompatibilities=["FARGATE"], containerDefinitions=[container],
            executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        )  # fmt: skip
    subnets = call("ec2", "DescribeSubnets", Filters=[{"Name": "tag:Name", "Values": ["private-*"]}])[
        "Subnets"
    ]
    security = call("ec2", "DescribeSecurityGroups", Filters=[{"Name": "group-name", "Values": ["app"]}])
    advanced = {
        "alternateTargetGroupArn": green, "productionListenerRule": rules[1], "testListenerRule": rules[0],
        "roleArn": role,
    }  # fmt: skip
    hook = {
        "hookTargetArn": function("check"),
        "roleArn": role,
        "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
    }
    call(
        "ecs", "CreateService", cluster="prod", serviceName="web-app", taskDefinition="web:1", desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [s["SubnetId"] for s in subnets],
                "securityGroups": [security["SecurityGroups"][0]["GroupId"]],
            }
        },
        loadBalancers=[
            {
                "targetGroupArn": blue["TargetGroupArn"], "containerName": "app", "containerPort": 8080,
                "advancedConfiguration": advanced,
            }
        ],
        deploymentConfiguration={
            "strategy": "LINEAR", "bakeTimeInMinutes": 1, "lifecycleHooks": [hook],
            "linearConfiguration": {"stepPercent": 50, "stepBakeTimeInMinutes": 1},
        },
    )  # fmt: skip
    engine.advance(900_000)
    call("ecs", "UpdateService", cluster="prod", service="web-app", taskDefinition="web:2")
    cookies: dict[str, str] = {}
    for _ in range(40):
        engine.advance(20_000)
        cookies |= played.get(alb, cookie="; ".join(f"{name}={value}" for name, value in cookies.items()))
        played.get(alb)
        played.get(alb, **{"x-env": "green"})
        call("ecs", "DescribeServices", cluster="prod", services=["web-app"])
    assert "AWSALB" in cookies and played.answers[-2][2] == b"hello from my-app v1.2.4\n"
    document = engine.document
    history = load(tmp_path / "journal.jsonl")
    assert history is not None
    entries = history.entries
    engine.close()

    world = World(document)
    world.build()
    again = Engine.__new__(Engine)
    again.document, again.world = document, world
    answers = []
    for entry in entries:
        world.advance_to(entry.t)
        answer = again.play(entry)
        assert answer is not None
        answers.append((answer.status, tuple(answer.headers), answer.body))
    world.close()
    assert answers == [(status, tuple(headers), body) for status, headers, body in played.answers]
