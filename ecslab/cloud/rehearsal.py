"""Worlds that the warm process builds and drops, so that what a first world pays for is paid before any fork: lazy
imports, models of services, moto's routes, caches.

`short` is what it needs to be quick at all; `long` is a shop with a load balancer, asked as labs ask it.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecslab.cloud.authority import Authority
from ecslab.cloud.control import Control
from ecslab.cloud.engine import Call, Engine
from ecslab.cloud.gateway import Gateway
from ecslab.cloud.seam import calls, operations

JSON = dict[str, Any]

SHORT: JSON = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "warm"}},
    "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "warm"}},
}
_SUBNETS = [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]
_GROUPS = [{"Fn::GetAtt": ["Firewall", "GroupId"]}]
_TRUST = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
_MAY_READ = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": {"Ref": "Secret"}}
_LOGS = {"awslogs-group": "warm", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "warm"}


def _resource(kind: str, after: str = "", **properties: Any) -> JSON:
    return {"Type": f"AWS::{kind}", "Properties": properties} | ({"DependsOn": after} if after else {})


LONG: JSON = SHORT | {
    "SubnetA": _resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/24", AvailabilityZone="us-east-1a"),
    "SubnetB": _resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1b"),
    "Gateway": _resource("EC2::InternetGateway"),
    "Attached": _resource(
        "EC2::VPCGatewayAttachment", VpcId={"Ref": "Vpc"}, InternetGatewayId={"Ref": "Gateway"}
    ),
    "Table": _resource("EC2::RouteTable", VpcId={"Ref": "Vpc"}),
    "Out": _resource(
        "EC2::Route", "Attached",
        RouteTableId={"Ref": "Table"}, DestinationCidrBlock="0.0.0.0/0", GatewayId={"Ref": "Gateway"},
    ),
    "TableA": _resource(
        "EC2::SubnetRouteTableAssociation", RouteTableId={"Ref": "Table"}, SubnetId={"Ref": "SubnetA"}
    ),
    "TableB": _resource(
        "EC2::SubnetRouteTableAssociation", RouteTableId={"Ref": "Table"}, SubnetId={"Ref": "SubnetB"}
    ),
    "Address": _resource("EC2::EIP", Domain="vpc"),
    "Nat": _resource(
        "EC2::NatGateway", AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]}, SubnetId={"Ref": "SubnetA"}
    ),
    "Firewall": _resource(
        "EC2::SecurityGroup", GroupName="warm", GroupDescription="warm", VpcId={"Ref": "Vpc"},
        SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}],
    ),
    "Alb": _resource(
        "ElasticLoadBalancingV2::LoadBalancer", "Attached",
        Name="warm", Type="application", Subnets=_SUBNETS, SecurityGroups=_GROUPS,
    ),
    "Targets": _resource(
        "ElasticLoadBalancingV2::TargetGroup",
        Name="warm", TargetType="ip", Protocol="HTTP", Port=80, VpcId={"Ref": "Vpc"},
    ),
    "Listener": _resource(
        "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Alb"}, Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
    ),
    "Secret": _resource("SecretsManager::Secret", Name="warm", SecretString="warm"),
    "Repository": _resource("ECR::Repository", RepositoryName="warm"),
    "Role": _resource(
        "IAM::Role", RoleName="warm", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [_TRUST]},
        ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
        Policies=[
            {"PolicyName": "warm", "PolicyDocument": {"Version": "2012-10-17", "Statement": [_MAY_READ]}}
        ],
    ),
    "Definition": _resource(
        "ECS::TaskDefinition", Family="warm", NetworkMode="awsvpc", RequiresCompatibilities=["FARGATE"],
        Cpu="256", Memory="512", ExecutionRoleArn={"Fn::GetAtt": ["Role", "Arn"]},
        ContainerDefinitions=[{
            "Name": "app", "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/warm:1", "Essential": True,
            "PortMappings": [{"ContainerPort": 80}], "Secrets": [{"Name": "WARM", "ValueFrom": {"Ref": "Secret"}}],
            "LogConfiguration": {"LogDriver": "awslogs", "Options": _LOGS},
        }],
    ),
    "Service": _resource(
        "ECS::Service", "Listener", ServiceName="warm", Cluster={"Ref": "Cluster"},
        TaskDefinition={"Ref": "Definition"}, LaunchType="FARGATE", DesiredCount=1,
        NetworkConfiguration={"AwsvpcConfiguration": {
            "Subnets": _SUBNETS, "SecurityGroups": _GROUPS, "AssignPublicIp": "ENABLED",
        }},
        LoadBalancers=[{"TargetGroupArn": {"Ref": "Targets"}, "ContainerName": "app", "ContainerPort": 80}],
    ),
}  # fmt: skip

IMAGES: JSON = {
    "warm:1": {
        "listen": [{"port": 80, "after": 1000, "on": "0.0.0.0"}],
        "routes": {"/": {"status": 200, "body": "", "latency": 1, "hang": False}},
        "logs": [{"line": "warm", "at": 0}], "memory": 100, "cpu": 4.0,
    }
}  # fmt: skip

ASKED: tuple[tuple[str, str, JSON], ...] = (
    ("sts", "GetCallerIdentity", {}),
    ("ecs", "DescribeServices", {"cluster": "warm", "services": ["warm"]}),
    ("ecs", "ListTasks", {"cluster": "warm"}),
    ("ecs", "UpdateService", {"cluster": "warm", "service": "warm", "desiredCount": 2}),
    ("elbv2", "DescribeLoadBalancers", {}),
    ("elbv2", "DescribeTargetGroups", {}),
    ("ec2", "DescribeSecurityGroups", {}),
    ("ec2", "DescribeSubnets", {}),
    ("ec2", "DescribeRouteTables", {}),
    ("iam", "ListRoles", {}),
    ("iam", "GetRolePolicy", {"RoleName": "warm", "PolicyName": "warm"}),
    ("logs", "DescribeLogGroups", {}),
    ("ecr", "DescribeImages", {"repositoryName": "warm"}),
    ("secretsmanager", "DescribeSecret", {"SecretId": "warm"}),
    ("application-autoscaling", "DescribeScalableTargets", {"ServiceNamespace": "ecs"}),
    ("cloudwatch", "DescribeAlarms", {}),
    ("cloudformation", "DescribeStacks", {}),
)
"""Calls of a client: one for each service that labs use, and of the kinds that a protocol has."""


def short() -> None:
    """Builds a small world and drops it."""
    operations.prepare()
    probe = {"id": "warm", "kind": "state", "service": "elbv2", "operation": "DescribeLoadBalancers"}
    _play({"template": {"Resources": SHORT}, "probes": [probe]}, lambda engine, directory: None)


def long() -> None:
    """Builds a shop, asks it, moves its clock, and drops it."""
    probes: list[JSON] = [
        {
            "id": f"warm-{number}",
            "kind": "state",
            "service": service,
            "operation": operation,
            "params": params,
        }
        for number, (service, operation, params) in enumerate(ASKED)
        if operation.startswith(operations.READS)
    ]
    probes.append({"id": "warm", "kind": "http", "load_balancer": "warm", "port": 80, "path": "/"})
    world = {
        "template": {"Resources": LONG}, "images": IMAGES, "repositories": ["warm"], "probes": probes,
        "traffic": [{"rate": 1.0, "load_balancer": "warm", "path": "/", "port": 80}],
    }  # fmt: skip
    _play(world, _asked)


def _play(world: JSON, use: Callable[[Engine, Path], None]) -> None:
    document = {
        "format": 1, "id": "warm", "seed": 1, "region": "us-east-1", "account": "123456789012", "epoch_ms": 0,
        "identity": {"access_key_id": "AKIAWARMWARMWARMWARM", "secret_access_key": "warm"}, **world,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "world.json").write_text(json.dumps(document))
        engine = Engine(Path(name))
        try:
            use(engine, Path(name))
        finally:
            engine.close()


def _asked(engine: Engine, directory: Path) -> None:
    Authority(directory).context("warm")
    token = "warm"
    control = Control(engine, token, lambda: None)
    gateway = Gateway(engine, control, any_key=False, port=80)
    for service, operation, params in ASKED:
        method, path, headers, body = calls.serialised(engine.world, service, operation, params)
        gateway.answer(Call(method, path, headers | {"host": "127.0.0.1"}, body), "warm")
    admitted = {"host": "127.0.0.1", "authorization": f"Bearer {token}"}
    for method, path, wish in (
        ("POST", "/clock", {"until": "steady", "limit": "5m"}),
        ("GET", "/state", None),
        ("GET", "/history", None),
        ("POST", "/undo", {}),
    ):
        body = b"" if wish is None else json.dumps(wish).encode()
        control.answer(Call(method, path, admitted, body), path)
