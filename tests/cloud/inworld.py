"""A whole world in the test's own process, driven by API calls and simulated time; no HTTP, no clock."""

from types import TracebackType
from typing import Any

from ecslab.cloud.seam import calls
from ecslab.cloud.world import World
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app"
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"


class InWorld:
    """`with InWorld() as world:` gives the playground (or another world), built; leaving it fails on internal
    exceptions."""

    def __init__(self, seed: int = 1, world: str = "playground", **more: Any) -> None:
        document = resolve_world(builtin(), world, seed=seed)
        identity = {"access_key_id": "AKIAINWORLDINWORLDIN", "secret_access_key": "s"}
        self.world = World({**document, "epoch_ms": 1_790_000_000_000, "identity": identity, **more})

    def __enter__(self) -> "InWorld":
        self.world.build()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        exceptions = list(self.world.dispatcher.exceptions)
        self.world.close()
        if kind is None:
            assert not exceptions, exceptions[0]

    def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any]:
        """A changing or reading call; what it changes is seen as after a client's request."""
        answer = calls.change(self.world, service, operation, params)
        self.world.changes += 1
        self.world.elb.refresh()
        self.world.touch()
        return answer

    def advance(self, seconds: float) -> None:
        self.world.advance_to(self.world.now + round(seconds * 1000))

    def steady(self, within: float = 3600) -> bool:
        return self.world.run_until_steady(self.world.now + round(within * 1000))

    # --- the playground's things -----------------------------------------------------------------

    def subnets(self, *names: str) -> list[str]:
        found = self.call("ec2", "DescribeSubnets", Filters=[{"Name": "tag:Name", "Values": list(names)}])
        return [subnet["SubnetId"] for subnet in found["Subnets"]]

    def group(self, name: str) -> str:
        found = self.call("ec2", "DescribeSecurityGroups", Filters=[{"Name": "group-name", "Values": [name]}])
        return str(found["SecurityGroups"][0]["GroupId"])

    def target_group(self) -> str:
        return str(
            self.call("elbv2", "DescribeTargetGroups", Names=["web-tg"])["TargetGroups"][0]["TargetGroupArn"]
        )

    def register(self, tag: str, **container: Any) -> str:
        """A revision of family `web` that runs my-app at `tag`."""
        options = {
            "awslogs-group": "/ecs/web-app",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "app",
        }
        definition = {
            "name": "app",
            "image": f"{IMAGE}:{tag}",
            "portMappings": [{"containerPort": 8080}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
            **container,
        }
        answer = self.call(
            "ecs", "RegisterTaskDefinition", family="web", networkMode="awsvpc", cpu="256", memory="512",
            requiresCompatibilities=["FARGATE"], executionRoleArn=EXECUTION_ROLE, containerDefinitions=[definition],
        )  # fmt: skip
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def service(self, tag: str, *, desired: int = 3, **more: Any) -> dict[str, Any]:
        """Service `web-app` of cluster `prod` behind web-alb, its first revision at `tag`."""
        self.call("ecs", "CreateCluster", clusterName="prod")
        network = {"subnets": self.subnets("private-a", "private-b"), "securityGroups": [self.group("app")]}
        params: dict[str, Any] = {
            "cluster": "prod", "serviceName": "web-app", "taskDefinition": self.register(tag), "desiredCount": desired,
            "launchType": "FARGATE", "networkConfiguration": {"awsvpcConfiguration": network},
            "loadBalancers": [
                {"targetGroupArn": self.target_group(), "containerName": "app", "containerPort": 8080}
            ],
        }  # fmt: skip
        return dict(self.call("ecs", "CreateService", **{**params, **more})["service"])

    def update(self, **params: Any) -> None:
        self.call("ecs", "UpdateService", cluster="prod", service="web-app", **params)

    def described(self) -> dict[str, Any]:
        found = self.call("ecs", "DescribeServices", cluster="prod", services=["web-app"])
        return dict(found["services"][0])

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.call("ecs", "ListTasks", cluster="prod", desiredStatus=status)["taskArns"]
        if not arns:
            return []
        return list(self.call("ecs", "DescribeTasks", cluster="prod", tasks=arns)["tasks"])

    def messages(self) -> list[str]:
        """Service events, oldest first, without the parenthesised service name."""
        events = reversed(self.described()["events"])
        return [event["message"].removeprefix("(service web-app) ") for event in events]

    def health(self) -> list[tuple[str, str]]:
        found = self.call("elbv2", "DescribeTargetHealth", TargetGroupArn=self.target_group())
        states = [item["TargetHealth"] for item in found["TargetHealthDescriptions"]]
        return sorted((state["State"], state.get("Reason", "")) for state in states)

    def get(self, path: str = "/") -> int:
        """What a client of web-alb gets now."""
        arn = self.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])["LoadBalancers"][0][
            "LoadBalancerArn"
        ]
        answer = self.world.browse(arn, 80, "GET", path, {"host": "web-alb"}, b"")
        assert answer is not None
        return answer.status
