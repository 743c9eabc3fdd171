"""The world `ec2-cluster` in the test's own process, with what its tests do over and over."""

from typing import Any

from ecslab.cloud.world import World
from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from tests.cloud.inworld import EXECUTION_ROLE, IMAGE, InWorld

LOGS = {"awslogs-group": "/ecs/web-app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app"}


class OnHosts(InWorld):
    """Cluster `hosts` with two t3.small (2048 CPU units, 1943 MiB) in two zones."""

    def __init__(self, seed: int = 1, **more: Any) -> None:
        document = resolve_world(builtin(), "ec2-cluster", seed=seed)
        identity = {"access_key_id": "AKIAINWORLDINWORLDIN", "secret_access_key": "s"}
        self.world = World({**document, "epoch_ms": 1_790_000_000_000, "identity": identity, **more})

    # --- the API, short ---

    def ecs(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.call("ecs", operation, cluster="hosts", **params)

    def define(
        self,
        tag: str = "v1.2.3",
        *,
        mode: str = "bridge",
        host: int = 0,
        execution_role: str | None = EXECUTION_ROLE,
        **container: Any,
    ) -> str:
        """A revision of family `web` for instances: my-app at `tag`, 256 CPU units, 256 MiB."""
        port = {"containerPort": 8080, **({"hostPort": host} if host else {})}
        definition = {
            "name": "app", "image": f"{IMAGE}:{tag}", "cpu": 256, "memoryReservation": 256, "portMappings": [port],
            "logConfiguration": {"logDriver": "awslogs", "options": LOGS}, **container,
        }  # fmt: skip
        role = {"executionRoleArn": execution_role} if execution_role else {}
        answer = self.call(
            "ecs", "RegisterTaskDefinition", family="web", networkMode=mode, requiresCompatibilities=["EC2"],
            containerDefinitions=[definition], **role,
        )  # fmt: skip
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def serve(self, definition: str, count: int | None = 2, *, balanced: bool = False, **more: Any) -> None:
        """Service `web-app`."""
        params: dict[str, Any] = {"serviceName": "web-app", "taskDefinition": definition, "launchType": "EC2"}
        if count is not None:
            params["desiredCount"] = count
        if balanced:
            group = self.hosts_group()
            params["loadBalancers"] = [
                {"targetGroupArn": group, "containerName": "app", "containerPort": 8080}
            ]
        merged = {**params, **more}
        self.ecs("CreateService", **{k: v for k, v in merged.items() if v is not None})

    def hosts_group(self) -> str:
        found = self.call("elbv2", "DescribeTargetGroups", Names=["hosts-tg"])
        return str(found["TargetGroups"][0]["TargetGroupArn"])

    def described(self) -> dict[str, Any]:
        return dict(self.ecs("DescribeServices", services=["web-app"])["services"][0])

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs("ListTasks", desiredStatus=status)["taskArns"]
        return list(self.ecs("DescribeTasks", tasks=arns)["tasks"]) if arns else []

    def instances(self, **filters: Any) -> list[dict[str, Any]]:
        arns = self.ecs("ListContainerInstances", **filters)["containerInstanceArns"]
        if not arns:
            return []
        found = self.ecs("DescribeContainerInstances", containerInstances=arns)["containerInstances"]
        return sorted(found, key=lambda i: str(zone(i)))

    def machines(self) -> list[str]:
        """EC2 ids, ordered by zone."""
        return [str(i["ec2InstanceId"]) for i in self.instances()]

    def browse(self, path: str = "/") -> int | None:
        found = self.call("elbv2", "DescribeLoadBalancers", Names=["web-alb"])
        arn = found["LoadBalancers"][0]["LoadBalancerArn"]
        answer = self.world.browse(arn, 81, "GET", path, {"host": "web-alb"}, b"")
        return answer.status if answer is not None else None


def zone(instance: dict[str, Any]) -> str | None:
    return attribute(instance, "ecs.availability-zone")


def attribute(instance: dict[str, Any], name: str) -> str | None:
    return next((a.get("value") for a in instance["attributes"] if a["name"] == name), None)


def resource(instance: dict[str, Any], name: str, kind: str = "remainingResources") -> Any:
    found = next(r for r in instance[kind] if r["name"] == name)
    return found["stringSetValue"] if "PORTS" in name else found["integerValue"]
