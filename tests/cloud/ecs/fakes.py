"""A small world for the ECS tests: in-memory ports that the test bends as it likes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecslab.cloud.decisions import Decisions
from ecslab.cloud.draws import Draws
from ecslab.cloud.ecs.plane import EcsPlane
from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.ports.balancing import TargetGroup, TargetHealth
from ecslab.cloud.ports.identity import SecretAnswer
from ecslab.cloud.ports.images import Answer, Ending, Image
from ecslab.cloud.ports.network import Eni, NoFreeAddress, Subnet
from ecslab.cloud.timeline import Timeline

ACCOUNT = "123456789012"
GROUP = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/web-tg/0123456789abcdef"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"
APP_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsAppRole"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-password-AbCdEf"
ECR = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/my-app"


@dataclass
class Behaviour:
    """What a fake image does when it runs. Offsets in ms."""

    port: int = 8080
    listens_after: int = 0
    statuses: list[tuple[int, int]] = field(default_factory=lambda: [(0, 200)])
    """(from, status) of every route."""
    exit: tuple[int, int] | None = None
    reason: str | None = None
    sigterm: tuple[int | None, int] = (1500, 143)
    log: list[tuple[int, str]] = field(default_factory=lambda: [(0, "starting"), (200, "listening")])
    every: int | None = None
    size: int = 80
    architectures: tuple[str, ...] = ("X86_64",)


class FakeRun:
    def __init__(self, behaviour: Behaviour, given: dict[str, Any]) -> None:
        self.behaviour = behaviour
        self.given = given

    def ending(self) -> Ending | None:
        b = self.behaviour
        return None if b.exit is None else Ending(b.exit[0], b.exit[1], b.reason)

    def changes(self) -> Sequence[int]:
        return [at for at in (self.behaviour.listens_after, *(s[0] for s in self.behaviour.statuses)) if at]

    def answer(self, port: int, path: str, at: int, **_: Any) -> Answer:
        if port != self.behaviour.port or at < self.behaviour.listens_after:
            return Answer("refused")
        return Answer("status", [status for start, status in self.behaviour.statuses if at >= start][-1])

    def healthy(self, command: Sequence[str], at: int) -> bool:
        return self.answer(self.behaviour.port, "/health", at).status == 200

    def stop(self) -> tuple[int | None, int]:
        return self.behaviour.sigterm

    def lines(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        out = [(at, text) for at, text in self.behaviour.log if start <= at < end]
        if self.behaviour.every:
            first = -(-max(start, 1) // self.behaviour.every) * self.behaviour.every
            out += [(at, "tick") for at in range(first, end, self.behaviour.every)]
        return sorted(out)

    def cpu(self, requests_per_second: float) -> float:
        return 1.0

    def memory(self, at: int) -> float:
        return 10.0


class FakeVpc:
    def __init__(self) -> None:
        self.free = {"subnet-a": 200, "subnet-b": 200}
        self.groups = {"sg-app"}
        self.unreachable: set[str] = set()
        self.enis: dict[str, Eni] = {}
        self.made = 0

    def subnet(self, subnet_id: str) -> Subnet | None:
        if subnet_id not in self.free:
            return None
        az = f"us-east-1{subnet_id[-1]}"
        return Subnet(subnet_id, f"arn:{subnet_id}", "vpc-1", az, "10.0.0.0/24")

    def has_group(self, group_id: str) -> bool:
        return group_id in self.groups

    def default_group(self, vpc_id: str) -> str:
        return "sg-default"

    def create_eni(
        self, subnet_id: str, groups: Sequence[str], *, public: bool, description: str, key: str
    ) -> Eni:
        if self.free[subnet_id] == 0:
            raise NoFreeAddress
        self.free[subnet_id] -= 1
        self.made += 1
        ip = f"10.0.{self.made // 250}.{self.made % 250 + 4}"
        eni = Eni(
            id=f"eni-{self.made:017x}",
            mac=f"0a:00:00:00:00:{self.made % 256:02x}",
            private_ip=ip,
            private_dns=f"ip-{ip.replace('.', '-')}.ec2.internal",
            public_ip=None,
            subnet_id=subnet_id,
            vpc_id="vpc-1",
            az=f"us-east-1{subnet_id[-1]}",
            groups=tuple(groups),
        )
        self.enis[eni.id] = eni
        return eni

    def delete_eni(self, eni_id: str) -> None:
        self.free[self.enis.pop(eni_id).subnet_id] += 1

    def reaches(self, eni: Eni, service: str) -> bool:
        return service not in self.unreachable


class FakeIam:
    def __init__(self) -> None:
        self.roles = {ROLE, APP_ROLE}
        self.denied: set[str] = set()

    def can_assume(self, role_arn: str, service: str = "ecs-tasks.amazonaws.com") -> bool:
        return role_arn in self.roles

    def allows(
        self, role_arn: str, action: str, resource: str = "*", context: Mapping[str, str] | None = None
    ) -> bool:
        return action not in self.denied

    def refusal(
        self, role_arn: str, action: str, resource: str = "*", context: Mapping[str, str] | None = None
    ) -> str:
        allowed = self.allows(role_arn, action, resource, context)
        return "" if allowed else f"because no identity-based policy allows the {action} action"

    def has_linked_role(self) -> bool:
        return True


class FakeSecrets:
    def __init__(self) -> None:
        self.values = {SECRET: "hunter2"}
        self.files: dict[str, str] = {}

    def environment_file(self, arn: str) -> str | None:
        return self.files.get(arn)

    def fetch(self, value_from: str) -> SecretAnswer:
        if ":secretsmanager:" not in value_from:
            found = value_from in self.values
            return SecretAnswer("ssm", "ssm:GetParameters", value_from, found, self.values.get(value_from))
        parts = value_from.split(":")
        arn = ":".join(parts[:7])
        key = parts[7] if len(parts) > 7 else ""
        return SecretAnswer(
            "secretsmanager",
            "secretsmanager:GetSecretValue",
            arn,
            arn in self.values,
            self.values.get(arn),
            missing_key=key or None,
        )


class FakeLogs:
    def __init__(self) -> None:
        self.groups = {"/ecs/web-app"}
        self.streams: dict[tuple[str, str], list[tuple[int, str]]] = {}

    def has_group(self, group: str) -> bool:
        return group in self.groups

    def create_group(self, group: str) -> None:
        self.groups.add(group)

    def create_stream(self, group: str, stream: str) -> None:
        self.streams[group, stream] = []

    def put(self, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        self.streams[group, stream] += lines


class FakeRegistry:
    def __init__(self) -> None:
        self.images: dict[str, Behaviour] = {
            f"{ECR}:v1": Behaviour(),
            f"{ECR}:v2": Behaviour(),
            f"{ECR}:crash": Behaviour(exit=(5000, 1)),
            f"{ECR}:sick": Behaviour(statuses=[(0, 500)]),
            f"{ECR}:oom": Behaviour(
                exit=(2000, 137), reason="OutOfMemoryError: Container killed due to memory usage"
            ),
            f"{ECR}:arm": Behaviour(architectures=("ARM64",)),
            "nginx": Behaviour(port=80),
        }
        self.runs: list[FakeRun] = []

    def is_ecr(self, reference: str) -> bool:
        return ".dkr.ecr." in reference

    def repository_arn(self, reference: str) -> str:
        return f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/my-app"

    def find(self, reference: str) -> Image | None:
        if "@" in reference:
            digest = reference.split("@")[1]
            reference = next((r for r in self.images if self.digest(r) == digest), "")
        if reference not in self.images:
            return None
        behaviour = self.images[reference]
        program = {"behaviour": behaviour}
        return Image(reference, self.digest(reference), behaviour.size, behaviour.architectures, program)

    def admits_pull(self, reference: str, eni: Eni | None) -> bool:
        return True

    def digest(self, reference: str) -> str:
        return f"sha256:{Draws(0).hex(64, reference, id(self.images[reference]) and reference)}"

    def run(self, image: Image, **given: Any) -> FakeRun:
        run = FakeRun(image.program["behaviour"], given)
        self.runs.append(run)
        return run


@dataclass
class FakeTarget:
    group: str
    ip: str
    port: int
    owner: str
    state: str = "initial"
    description: str | None = "Target registration is in progress"
    streak: int = 0
    draining_until: int | None = None


class FakeElb:
    """Health checks every `interval`, as events: simple rather than cheap."""

    interval = 10_000
    unhealthy_threshold = 2
    delay = 300_000

    def __init__(self, world: "FakeWorld") -> None:
        self.world = world
        self.associated = True
        self.target_type = "ip"
        self.targets: dict[tuple[str, str, int], FakeTarget] = {}
        self.registered: list[tuple[int, str, str]] = []
        world.timeline.on("elb-check", self._check)
        world.timeline.on("elb-gone", self._gone)

    def target_group(self, arn: str) -> TargetGroup | None:
        if arn != GROUP:
            return None
        balancers = ("arn:alb",) if self.associated else ()
        return TargetGroup(arn, "web-tg", "HTTP", 8080, self.target_type, "vpc-1", "/health", balancers)

    def register(self, group_arn: str, ip: str, port: int, az: str, owner: str) -> None:
        target = self.targets[group_arn, ip, port] = FakeTarget(group_arn, ip, port, owner)
        self.registered.append((self.world.now, ip, owner))
        self.world.timeline.at(self.world.now + 1200, "elb-check", f"{ip}:{port}", target)

    def _check(self, entity: str, target: FakeTarget) -> None:
        if self.targets.get((target.group, target.ip, target.port)) is not target:
            return
        if target.draining_until is not None:
            return
        applications = self.world.ecs.applications(target.ip)
        answers = [a.run.answer(target.port, "/health", self.world.now - a.started) for a in applications]
        good = next((a for a in answers if a.kind != "refused"), Answer("refused"))
        before = target.state
        if good.status == 200:
            target.streak = 0
            target.state, target.description = "healthy", None
        else:
            target.streak += 1
            if target.streak >= self.unhealthy_threshold:
                target.state = "unhealthy"
                target.description = (
                    f"Health checks failed with these codes: [{good.status}]"
                    if good.status
                    else "Health checks failed"
                )
        if target.state != before:
            self.world.ecs.target_changed(target.group, target.ip, target.port)
        self.world.timeline.at(self.world.now + self.interval, "elb-check", entity, target)

    def deregister(self, group_arn: str, ip: str, port: int) -> None:
        target = self.targets.get((group_arn, ip, port))
        if target is not None:
            target.state = "draining"
            target.draining_until = self.world.now + self.delay
            self.world.timeline.at(target.draining_until, "elb-gone", f"{ip}:{port}", target)

    def _gone(self, entity: str, target: FakeTarget) -> None:
        key = (target.group, target.ip, target.port)
        if self.targets.get(key) is target:
            del self.targets[key]

    def health(self, group_arn: str, ip: str, port: int) -> TargetHealth | None:
        target = self.targets.get((group_arn, ip, port))
        if target is None:
            return None
        return TargetHealth(target.state, None, target.description)  # type: ignore[arg-type]

    def refresh(self, *addresses: str) -> None:
        pass


class FakeWorld:
    region = "us-east-1"
    account = ACCOUNT
    begun = 0

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.now = 0
        self.draws = Draws(seed)
        self.decisions = Decisions()
        self.timeline = Timeline()
        self.vpc = FakeVpc()
        self.iam = FakeIam()
        self.secrets = FakeSecrets()
        self.logs = FakeLogs()
        self.registry = FakeRegistry()
        self.recorded: list[tuple[int, str, str, str, dict[str, Any]]] = []
        self.elb = FakeElb(self)
        self.hooks: dict[str, Any] = {}
        self.ecs = EcsPlane(self)  # type: ignore[arg-type]
        self.watch: Any = None

    def epoch_seconds(self, t: int | None = None) -> float:
        return 1_795_400_000 + (self.now if t is None else t) / 1000

    def record(self, source: str, subject: str, message: str, **detail: Any) -> None:
        self.recorded.append((self.now, source, subject, message, detail))

    def touch(self) -> None:
        pass

    # --- for tests ---

    def advance(self, ms: int) -> None:
        until = self.now + ms
        while (event := self.timeline.pop(until)) is not None:
            assert event.time >= self.now, "an event in the past"
            self.now = event.time
            self.timeline.play(event)
            if self.watch is not None:
                self.watch(self)
        self.now = until

    def until(self, done: Any, limit: int = 3_600_000, step: int = 1000) -> None:
        end = self.now + limit
        while not done():
            assert self.now < end, "it never came to that"
            self.advance(step)

    def call(self, operation: str, **params: Any) -> Any:
        return self.ecs.call(operation, params)

    def refused(self, operation: str, **params: Any) -> tuple[str, str]:
        """(code, message) of the error that the call must raise."""
        try:
            self.ecs.call(operation, params)
        except ApiError as error:
            return error.code, error.message
        raise AssertionError(f"{operation} was accepted")

    def register(self, tag: str = "v1", family: str = "web-app", **changes: Any) -> str:
        container = {
            "name": "app",
            "image": f"{ECR}:{tag}" if "/" not in tag and ":" not in tag else tag,
            "portMappings": [{"containerPort": 8080}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/web-app",
                    "awslogs-region": "us-east-1",
                    "awslogs-stream-prefix": "app",
                },
            },
            **changes.pop("container", {}),
        }
        params = {
            "family": family,
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
            "executionRoleArn": ROLE,
            "containerDefinitions": [container],
            **changes,
        }
        params = {key: value for key, value in params.items() if value is not None}
        definition = self.call("RegisterTaskDefinition", **params)["taskDefinition"]
        return f"{definition['family']}:{definition['revision']}"

    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"], "securityGroups": ["sg-app"]}}

    def create(self, definition: str, count: int = 1, *, balanced: bool = True, **changes: Any) -> Any:
        params = {
            "serviceName": "web",
            "taskDefinition": definition,
            "desiredCount": count,
            "launchType": "FARGATE",
            "networkConfiguration": self.network(),
            **changes,
        }
        if balanced:
            params["loadBalancers"] = [
                {"targetGroupArn": GROUP, "containerName": "app", "containerPort": 8080}
            ]
        return self.call("CreateService", **params)["service"]

    def service(self) -> Any:
        return self.call("DescribeServices", services=["web"])["services"][0]

    def messages(self) -> list[str]:
        """The service's events, oldest first."""
        return [event["message"] for event in reversed(self.service()["events"])]

    def happened(self, text: str) -> list[float]:
        """Seconds at which service events containing the text were said."""
        events = reversed(self.service()["events"])
        return [round(e["createdAt"] - 1_795_400_000, 3) for e in events if text in e["message"]]

    def has_cluster(self) -> bool:
        """Whether the default cluster is still there."""
        cluster = self.ecs.state.clusters.get("default")
        return cluster is not None and cluster.status == "ACTIVE"

    def tasks(self, status: str = "RUNNING") -> list[Any]:
        arns = self.call("ListTasks", desiredStatus=status)["taskArns"]
        return self.call("DescribeTasks", tasks=arns)["tasks"] if arns else []

    def by_state(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = defaultdict(list)
        for target in self.elb.targets.values():
            out[target.state].append(target.owner)
        return dict(out)


def world(seed: int = 1, tag: str = "v1", count: int = 0, **changes: Any) -> FakeWorld:
    """A world with the default cluster, `web-app:1` and, with a count, the service `web`."""
    made = FakeWorld(seed)
    made.call("CreateCluster")
    definition = made.register(tag)
    if count:
        made.create(definition, count, **changes)
    return made
