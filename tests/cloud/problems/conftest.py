"""The playground with a few more images, and what a person looks at when something is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.seam import calls
from ecslab.cloud.seam.dispatch import error_code
from ecslab.cloud.seam.operations import identify
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from tests.cloud.inworld import InWorld


class Trouble(InWorld):
    """A playground in which things go wrong."""

    def __init__(self, **more: Any) -> None:
        images = resolve_world(builtin(), "playground", seed=1)["images"]
        good = images["my-app:v1.2.3"]
        s3 = {"action": "s3:GetObject", "resource": "arn:aws:s3:::catalogue/*", "fatal": False}
        more_images = {
            "my-app:x86": {**good, "arch": ["X86_64"]},
            "my-app:s3": {**good, "needs": {**good.get("needs", {}), "allow": [s3]}},
        }
        super().__init__(images={**images, **more_images}, **more)

    def fault(self, word: str, argument: Any) -> None:
        self.world.fault({word: argument})

    def refused(self, service: str, operation: str, /, **params: Any) -> str:
        """The error of a call that must fail, as the CLI prints it: `Code: message`."""
        with pytest.raises(ApiError) as raised:
            self.call(service, operation, **params)
        return f"{raised.value.code}: {raised.value.message}"

    def as_client(self, service: str, operation: str, /, **params: Any) -> tuple[int, str, str]:
        """(status, error code, body) of a request that comes over the wire."""
        method, path, headers, body = calls.serialised(self.world, service, operation, params)
        answer = self.world.request(identify(method, path, headers, body), method, path, headers, body)
        return answer.status, error_code(answer) if answer.status >= 400 else "", answer.body.decode()

    def reason(self) -> str:
        """Why the newest stopped task stopped."""
        newest = max(self.tasks("STOPPED"), key=lambda task: task["createdAt"])
        return str(newest["stoppedReason"])

    def heals(self, within: float = 1800) -> bool:
        """Steady with every task running, every registered target healthy, and clients get 200."""
        healed = self.steady(within=within)
        targets = {state for state, _ in self.health() if state != "draining"}
        return healed and targets == {"healthy"} and self.get() == 200

    def logged(self) -> str:
        events = self.call("logs", "FilterLogEvents", logGroupName="/ecs/web-app")["events"]
        return "\n".join(event["message"] for event in events)

    def route_table(self, name: str) -> str:
        found = self.call("ec2", "DescribeRouteTables", Filters=[{"Name": "tag:Name", "Values": [name]}])
        return str(found["RouteTables"][0]["RouteTableId"])

    def nat_route(self) -> None:
        nat = self.call("ec2", "DescribeNatGateways")["NatGateways"][0]["NatGatewayId"]
        self.call(
            "ec2", "CreateRoute", RouteTableId=self.route_table("private"), DestinationCidrBlock="0.0.0.0/0",
            NatGatewayId=nat,
        )  # fmt: skip

    def vpc(self) -> str:
        return str(
            self.call("ec2", "DescribeSubnets", SubnetIds=self.subnets("private-a"))["Subnets"][0]["VpcId"]
        )

    def endpoint(self, *services: str, private_dns: bool = True, admits: str = "app") -> None:
        """Interface endpoints that members of one security group may use."""
        groups = self.call("ec2", "DescribeSecurityGroups")["SecurityGroups"]
        group = next((g["GroupId"] for g in groups if g["GroupName"] == f"endpoints for {admits}"), None)
        if group is None:
            group = self.call(
                "ec2",
                "CreateSecurityGroup",
                GroupName=f"endpoints for {admits}",
                Description="d",
                VpcId=self.vpc(),
            )["GroupId"]
            rule = {
                "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": self.group(admits)}],
            }  # fmt: skip
            self.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[rule])
        for service in services:
            self.call(
                "ec2", "CreateVpcEndpoint", VpcId=self.vpc(), VpcEndpointType="Interface",
                ServiceName=f"com.amazonaws.us-east-1.{service}", SubnetIds=self.subnets("private-a", "private-b"),
                SecurityGroupIds=[group], PrivateDnsEnabled=private_dns,
            )  # fmt: skip

    def s3_gateway(self) -> None:
        self.call(
            "ec2", "CreateVpcEndpoint", VpcId=self.vpc(), VpcEndpointType="Gateway",
            ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[self.route_table("private")],
        )  # fmt: skip

    def permit(self, role: str, *actions: str) -> None:
        statement = f'{{"Effect": "Allow", "Action": {list(actions)}, "Resource": "*"}}'.replace("'", '"')
        document = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
        self.call("iam", "PutRolePolicy", RoleName=role, PolicyName="more", PolicyDocument=document)


@pytest.fixture
def aws() -> Iterator[Trouble]:
    with Trouble() as world:
        yield world


@pytest.fixture
def enforced() -> Iterator[Trouble]:
    """The learner may do only what the policies of the user `learner` permit."""
    with Trouble(enforce_iam=True) as world:
        yield world
