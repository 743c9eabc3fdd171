"""A small world for what ECS leans on: real moto in process, and tasks that are only declared."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine

from ecslab.cloud.containers import ContainerRun
from ecslab.cloud.decisions import Decisions
from ecslab.cloud.draws import Draws
from ecslab.cloud.elb import Balancers
from ecslab.cloud.iam import Identity
from ecslab.cloud.logs import LogStore
from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.network import Eni
from ecslab.cloud.registry import ImageRegistry
from ecslab.cloud.seam import binding, calls, install
from ecslab.cloud.seam.dispatch import Dispatcher
from ecslab.cloud.seam.stack_plays import Stacks
from ecslab.cloud.secrets import SecretVault
from ecslab.cloud.timeline import Timeline
from ecslab.cloud.vpc import Network

EPOCH = 1_795_400_000
OK_APP = {
    "listen": [{"port": 8080, "after": 0}],
    "routes": {"/": {"status": 200, "body": "hello", "latency": 20}, "/health": {"status": 200}},
}


@dataclass
class DeclaredTasks:
    """Stands in for ECS: containers behind addresses, as a test declares them."""

    world: "MiniWorld"
    running: dict[str, list[Application]] = field(default_factory=dict)
    told: list[tuple[int, str, str, int]] = field(default_factory=list)

    def applications(self, ip: str) -> Sequence[Application]:
        return self.running.get(ip, [])

    def target_changed(self, group_arn: str, ip: str, port: int) -> None:
        self.told.append((self.world.now, group_arn, ip, port))

    def start(self, eni: Eni, program: dict[str, Any], **environment: str) -> Application:
        name = self.world.publish(program)
        image = self.world.registry.find(name)
        assert image is not None
        run: ContainerRun = self.world.registry.run(
            image, environment=environment, secrets={}, command=None, memory_limit=None, eni=eni,
            task_role=None, key="task/container",
        )  # fmt: skip
        application = Application(run, self.world.now, None, eni.id, f"task-{eni.private_ip}")
        self.running.setdefault(eni.private_ip, []).append(application)
        self.world.elb.refresh()
        return application

    def stop(self, ip: str) -> None:
        """The container is gone."""
        self.running.pop(ip, None)
        self.world.elb.refresh()

    def terminate(self, ip: str) -> None:
        """SIGTERM: the container ends as its image says."""
        before = self.running[ip]
        self.running[ip] = [
            Application(a.run, a.started, self.world.now, a.eni_id, a.task_id) for a in before
        ]
        takes, _ = before[0].run.stop()
        if takes == 0:
            self.stop(ip)
            return
        self.world.elb.refresh()
        if takes is not None:
            self.world.timeline.at(self.world.now + takes, "test-exit", ip)


class MiniWorld:
    def __init__(self, traffic: Sequence[dict[str, Any]] = ()) -> None:
        self.seed, self.region, self.account = 1, "us-east-1", "123456789012"
        self.now = self.begun = self.changes = self.touched = 0
        self.document = {"identity": {"access_key_id": "AKIATESTTESTTESTTEST"}}
        self.events: list[tuple[int, str, str, str]] = []
        self.draws, self.decisions, self.timeline = Draws(1), Decisions(), Timeline()
        install.install()
        install.reset()
        binding.bind(self)  # type: ignore[arg-type]
        self._traveller = time_machine.travel(EPOCH, tick=False)
        self._clock = self._traveller.start()
        self.dispatcher = Dispatcher()
        self.programs: dict[str, Any] = {}
        self.vpc, self.iam = Network(self), Identity(self)  # type: ignore[arg-type]
        self.secrets, self.logs = SecretVault(self), LogStore(self)  # type: ignore[arg-type]
        self.registry = ImageRegistry(self, {}, [])  # type: ignore[arg-type]
        self.elb = Balancers(self, traffic)  # type: ignore[arg-type]
        self.ecs = DeclaredTasks(self)
        self.timeline.on("test-exit", lambda ip, _: self.ecs.stop(ip))
        self.stacks = Stacks(self)  # type: ignore[arg-type]

    def close(self) -> None:
        self._traveller.stop()
        binding.bind(None)
        assert not self.dispatcher.exceptions, self.dispatcher.exceptions[0]

    def publish(self, program: dict[str, Any]) -> str:
        """A public image with this program; returns its name."""
        name = f"test/app{len(self.programs)}"
        self.programs[f"{name}:latest"] = program
        self.registry = ImageRegistry(self, self.programs, [])  # type: ignore[arg-type]
        return name

    def epoch_seconds(self, t: int | None = None) -> float:
        return EPOCH + (self.now if t is None else t) / 1000

    def record(self, source: str, subject: str, message: str, **detail: Any) -> None:
        self.events.append((self.now, source, subject, message))

    def touch(self) -> None:
        self.touched += 1

    def advance(self, ms: int) -> None:
        end = self.now + ms
        while (event := self.timeline.pop(end)) is not None:
            self._go(event.time)
            self.timeline.play(event)
        self._go(end)

    def _go(self, t: int) -> None:
        self.now = t
        self._clock.move_to(self.epoch_seconds(), tick=False)

    def call(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        """A changing API call, as a client's."""
        self.changes += 1
        answer = calls.change(self, service, operation, params)  # type: ignore[arg-type]
        self.elb.refresh()
        return answer

    def read(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        return calls.read(self, service, operation, params)  # type: ignore[arg-type]

    def error(self, service: str, operation: str, **params: Any) -> str:
        """The error code that a call is refused with."""
        with pytest.raises(ApiError) as caught:
            self.call(service, operation, **params)
        return caught.value.code


@pytest.fixture
def make_world() -> Iterator[Callable[..., MiniWorld]]:
    made: list[MiniWorld] = []

    def make(**kwargs: Any) -> MiniWorld:
        made.append(MiniWorld(**kwargs))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world(make_world: Callable[..., MiniWorld]) -> MiniWorld:
    return make_world()


@dataclass
class Lan:
    """A VPC with two public and two private subnets, as most worlds have."""

    world: MiniWorld
    vpc: str = ""
    subnets: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    nat: str = ""
    gateway: str = ""

    def __post_init__(self) -> None:
        call = self.world.call
        self.vpc = call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.gateway = call("ec2", "CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
        call("ec2", "AttachInternetGateway", InternetGatewayId=self.gateway, VpcId=self.vpc)
        for name, cidr, zone in (
            ("public-a", "10.0.0.0/24", "us-east-1a"),
            ("public-b", "10.0.1.0/24", "us-east-1b"),
            ("private-a", "10.0.10.0/24", "us-east-1a"),
            ("private-b", "10.0.11.0/24", "us-east-1b"),
        ):
            made = call("ec2", "CreateSubnet", VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=zone)
            self.subnets[name] = made["Subnet"]["SubnetId"]
        allocation = call("ec2", "AllocateAddress", Domain="vpc")["AllocationId"]
        self.nat = call(
            "ec2", "CreateNatGateway", SubnetId=self.subnets["public-a"], AllocationId=allocation
        )["NatGateway"]["NatGatewayId"]
        self._routes("public", GatewayId=self.gateway)
        self._routes("private", NatGatewayId=self.nat)
        self.groups["alb"] = self.group("alb")
        self.groups["app"] = self.group("app")
        self.allow("alb", 80, cidr="0.0.0.0/0")
        self.allow("app", 8080, peer="alb")

    def _routes(self, kind: str, **target: str) -> None:
        call = self.world.call
        table = call("ec2", "CreateRouteTable", VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        call("ec2", "CreateRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
        for name, subnet in self.subnets.items():
            if name.startswith(kind):
                call("ec2", "AssociateRouteTable", RouteTableId=table, SubnetId=subnet)
        self.tables[kind] = table

    def group(self, name: str) -> str:
        made = self.world.call("ec2", "CreateSecurityGroup", GroupName=name, Description=name, VpcId=self.vpc)
        return str(made["GroupId"])

    def permission(self, port: int, cidr: str = "", peer: str = "") -> list[dict[str, Any]]:
        rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if cidr:
            rule["IpRanges"] = [{"CidrIp": cidr}]
        if peer:
            rule["UserIdGroupPairs"] = [{"GroupId": self.groups[peer]}]
        return [rule]

    def allow(self, group: str, port: int, cidr: str = "", peer: str = "") -> None:
        self.world.call(
            "ec2", "AuthorizeSecurityGroupIngress", GroupId=self.groups[group],
            IpPermissions=self.permission(port, cidr, peer),
        )  # fmt: skip

    def forbid(self, group: str, port: int, cidr: str = "", peer: str = "") -> None:
        self.world.call(
            "ec2", "RevokeSecurityGroupIngress", GroupId=self.groups[group],
            IpPermissions=self.permission(port, cidr, peer),
        )  # fmt: skip

    def seal(self, group: str) -> None:
        """Takes away the rule that lets everything out."""
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.world.call(
            "ec2", "RevokeSecurityGroupEgress", GroupId=self.groups[group], IpPermissions=everything
        )

    def let_out(self, group: str, port: int, cidr: str = "", peer: str = "") -> None:
        self.world.call(
            "ec2", "AuthorizeSecurityGroupEgress", GroupId=self.groups[group],
            IpPermissions=self.permission(port, cidr, peer),
        )  # fmt: skip

    def eni(self, subnet: str = "private-a", *, public: bool = False, key: str = "task") -> Eni:
        return self.world.vpc.create_eni(
            self.subnets[subnet], [self.groups["app"]], public=public, description="task", key=key
        )


@pytest.fixture
def lan(world: MiniWorld) -> Lan:
    return Lan(world)


@dataclass
class Shop:
    """A load balancer with a listener on 80 that forwards to a target group on 8080."""

    lan: Lan
    attributes: dict[str, Any] = field(default_factory=dict)
    alb: str = ""
    dns: str = ""
    group: str = ""
    listener: str = ""

    def __post_init__(self) -> None:
        call, lan = self.lan.world.call, self.lan
        balancer = call(
            "elbv2", "CreateLoadBalancer", Name="web-alb", SecurityGroups=[lan.groups["alb"]],
            Subnets=[lan.subnets["public-a"], lan.subnets["public-b"]],
        )["LoadBalancers"][0]  # fmt: skip
        self.alb, self.dns = balancer["LoadBalancerArn"], balancer["DNSName"]
        self.group = self.target_group("web-tg", HealthCheckPath="/health", **self.attributes)
        self.listener = call(
            "elbv2", "CreateListener", LoadBalancerArn=self.alb, Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )["Listeners"][0]["ListenerArn"]  # fmt: skip

    @property
    def world(self) -> MiniWorld:
        return self.lan.world

    def target_group(self, name: str, **more: Any) -> str:
        made = self.world.call(
            "elbv2", "CreateTargetGroup", Name=name, Protocol="HTTP", Port=8080, VpcId=self.lan.vpc,
            TargetType="ip", **more,
        )  # fmt: skip
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def task(self, program: dict[str, Any] | None = None, *, key: str = "task", subnet: str = "private-a",
             group: str = "") -> Eni:  # fmt: skip
        """A task that runs and is registered, as ECS does it."""
        eni = self.lan.eni(subnet, key=key)
        if program is not None:
            self.world.ecs.start(eni, program)
        self.world.elb.register(group or self.group, eni.private_ip, 8080, eni.az, key)
        return eni

    def health(self, eni: Eni, port: int = 8080) -> dict[str, str]:
        """As `describe-target-health` shows it."""
        answer = self.world.read(
            "elbv2", "DescribeTargetHealth", TargetGroupArn=self.group,
            Targets=[{"Id": eni.private_ip, "Port": port}],
        )  # fmt: skip
        return dict(answer["TargetHealthDescriptions"][0]["TargetHealth"])

    def get(self, path: str = "/", port: int = 80, method: str = "GET", **headers: str) -> Any:
        named = {"host": self.dns, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.world.elb.request(self.alb, port, method, path, named, b"")


@pytest.fixture
def shop(lan: Lan) -> Shop:
    return Shop(lan)


@pytest.fixture
def ok_app() -> dict[str, Any]:
    return {**OK_APP}


@pytest.fixture
def make_shop(make_world: Callable[..., MiniWorld]) -> Callable[..., Shop]:
    """A shop in a world of its own, with traffic."""

    def make(traffic: Sequence[dict[str, Any]] = (), **attributes: Any) -> Shop:
        return Shop(Lan(make_world(traffic=traffic)), attributes)

    return make
