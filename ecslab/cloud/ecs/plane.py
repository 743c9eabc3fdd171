"""The ECS control plane of a world: the `Ecs` port.

Ties the parts together: API operations, the lifecycle of tasks, the services' scheduler. Everything it
does happens in a call or in an event of the timeline; it has no clock of its own.
"""

from collections.abc import Callable, Sequence
from functools import partial

from ecslab.cloud.ecs import (
    absent,
    capacity,
    clusters,
    execute,
    hooks,
    instances_link,
    protection,
    rollouts,
    services,
    settings,
    tags,
    targets,
    taskdefs,
)
from ecslab.cloud.ecs.capacity_draining import Draining
from ecslab.cloud.ecs.capacity_scaling import Scaling
from ecslab.cloud.ecs.controller import Controller
from ecslab.cloud.ecs.instances import Instances
from ecslab.cloud.ecs.instances_hosting import Hosting
from ecslab.cloud.ecs.instances_join import Joining
from ecslab.cloud.ecs.lifecycle import Lifecycle
from ecslab.cloud.ecs.model import JSON, Container, Rollout, Service, Status, Task
from ecslab.cloud.ecs.outages import Outages
from ecslab.cloud.ecs.snapshot import snapshot
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ecs.tasks import Tasks
from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.ports.ecs import Application
from ecslab.cloud.ports.images import Run
from ecslab.cloud.ports.world import World

Operation = Callable[[JSON], JSON]

REQUIRED: dict[str, tuple[str, ...]] = {
    "DeleteCluster": ("cluster",),
    "UpdateCluster": ("cluster",),
    "UpdateClusterSettings": ("cluster", "settings"),
    "PutClusterCapacityProviders": ("cluster", "capacityProviders", "defaultCapacityProviderStrategy"),
    "DescribeContainerInstances": ("containerInstances",),
    "DeregisterContainerInstance": ("containerInstance",),
    "UpdateContainerInstancesState": ("containerInstances", "status"),
    "UpdateContainerAgent": ("containerInstance",),
    "PutAttributes": ("attributes",),
    "DeleteAttributes": ("attributes",),
    "ListAttributes": ("targetType",),
    "StartTask": ("taskDefinition", "containerInstances"),
    "CreateCapacityProvider": ("name",),
    "UpdateCapacityProvider": ("name",),
    "DeleteCapacityProvider": ("capacityProvider",),
    "DescribeTaskDefinition": ("taskDefinition",),
    "DeregisterTaskDefinition": ("taskDefinition",),
    "DeleteTaskDefinitions": ("taskDefinitions",),
    "RunTask": ("taskDefinition",),
    "StopTask": ("task",),
    "DescribeTasks": ("tasks",),
    "ExecuteCommand": ("task", "command"),
    "UpdateService": ("service",),
    "DeleteService": ("service",),
    "DescribeServices": ("services",),
    "ListServiceDeployments": ("service",),
    "DescribeServiceDeployments": ("serviceDeploymentArns",),
    "DescribeServiceRevisions": ("serviceRevisionArns",),
    "StopServiceDeployment": ("serviceDeploymentArn",),
    "ContinueServiceDeployment": ("serviceDeploymentArn", "hookId"),
    "UpdateTaskProtection": ("tasks", "protectionEnabled"),
    "TagResource": ("resourceArn", "tags"),
    "UntagResource": ("resourceArn", "tagKeys"),
    "ListTagsForResource": ("resourceArn",),
    "PutAccountSetting": ("name", "value"),
    "PutAccountSettingDefault": ("name", "value"),
    "DeleteAccountSetting": ("name",),
}
"""What a client without botocore may forget."""


class EcsPlane:
    def __init__(self, world: World) -> None:
        self.state = State(world)
        self.lifecycle = Lifecycle(self.state)
        self.hosting = Hosting(self.state, Scaling(self.state, self.lifecycle))
        world.timeline.on(
            taskdefs.DELETING, lambda _, definition: taskdefs.finish_deletion(self.state, definition)
        )
        self.controller = Controller(self.state, self.lifecycle, self.hosting)
        self.outages = Outages(self.state, self.lifecycle)
        instances = Instances(self.state, self.lifecycle)
        self.joining = Joining(self.state, instances)
        self.draining = Draining(self.state, instances)
        self._operations: dict[str, Operation] = {
            **Tasks(self.state, self.lifecycle, self.hosting).operations,
            **instances.operations,
        }
        for module in (
            absent,
            capacity,
            clusters,
            taskdefs,
            services,
            rollouts,
            hooks,
            protection,
            execute,
            tags,
            settings,
        ):
            for name, play in module.OPERATIONS.items():
                self._operations[name] = partial(play, self.state)

    def call(self, operation: str, params: JSON) -> JSON:
        play = self._operations.get(operation)
        if play is None:
            raise ApiError(
                "UnsupportedFeatureException", f"ecslab does not simulate the ECS operation {operation}."
            )
        for name in (*REQUIRED.get(operation, ()), *absent.REQUIRED.get(operation, ())):
            if params.get(name) is None:
                raise ApiError("InvalidParameterException", f"Missing required parameter: {name}")
        return play(params)

    def operations(self) -> Sequence[str]:
        return sorted(self._operations)

    def applications(self, ip: str) -> Sequence[Application]:
        task = self.state.addresses.get(ip)
        if task is None and ip in self.state.hosts:
            return instances_link.applications(self.state.hosts[ip])
        if task is None or task.eni is None:
            return []
        return [
            _application(task, task.eni.id, container, container.run, container.started)
            for container in task.containers
            if container.alive and container.run is not None and container.started is not None
        ]

    def members(self, service: str) -> tuple[Sequence[str], Sequence[str]] | None:
        for found in self.state.services.values():
            if found.name == service and found.status == "ACTIVE" and found.desired:
                network = found.primary.network.get("awsvpcConfiguration", {})
                return network.get("subnets", []), network.get("securityGroups", [])
        return None

    def target_changed(self, group_arn: str, ip: str, port: int) -> None:
        here = [self.state.addresses[ip]] if ip in self.state.addresses else []
        if ip in self.state.hosts:
            here = self.state.hosts[ip].tasks
        for task in here:
            for target in task.registered:
                if (target.group_arn, target.ip, target.port) == (group_arn, ip, port):
                    before = target.state
                    targets.look(self.state, target)
                    if target.state != before:
                        self.state.wake(task.service)

    def machines_changed(self) -> None:
        self.joining.machines_changed()

    def image_altered(self, content: str) -> None:
        for task in self.state.tasks.values():
            for container in task.containers:
                if container.alive and container.image is not None and container.image.content == content:
                    self.lifecycle.containers.follow_image(task, container)
                    self.state.world.metrics.task_changed(task.id)
        self.state.world.elb.refresh()

    def steady(self) -> bool:
        """Asked after every event of a wait, so that what is cheap to see comes first."""
        if self.state.moving:
            return False
        services = [s for s in self.state.services.values() if s.status != "INACTIVE"]
        if not all(_settled(service) for service in services):
            return False
        return all(t.last == Status.RUNNING for service in services for t in service.tasks.values())

    def snapshot(self) -> JSON:
        return snapshot(self.state)


def _application(task: Task, eni_id: str, container: Container, run: Run, started: int) -> Application:
    """The same object as long as it is the same: it is asked for again and again, and compared."""
    known = container.application
    if known is None or (known.run, known.started, known.stopping) != (run, started, container.stopping):
        known = container.application = Application(run, started, container.stopping, eni_id, task.id)
    return known


def _settled(service: Service) -> bool:
    """One COMPLETED deployment with as many tasks as are wanted."""
    alone = service.status == "ACTIVE" and len(service.deployments) == 1
    return alone and service.primary.rollout == Rollout.COMPLETED and len(service.tasks) == service.desired
