"""Puts tasks of launch type EC2 on container instances: for services, RunTask and StartTask.

A task whose capacity provider may get more instances waits in PROVISIONING; any other that finds no place is
refused. Daemon services have one task on each instance that is fit for it.
"""

from collections.abc import Sequence

from ecslab.cloud.ecs import instances_place, messages, strategies
from ecslab.cloud.ecs.capacity_scaling import Scaling
from ecslab.cloud.ecs.events import complain
from ecslab.cloud.ecs.instances_model import ContainerInstance
from ecslab.cloud.ecs.instances_place import Refusal
from ecslab.cloud.ecs.model import JSON, Cluster, Deployment, Service, Task
from ecslab.cloud.ecs.state import SECOND, State
from ecslab.cloud.ports.api import ApiError

RETRY = 300 * SECOND
"""A service that finds no place looks again after this at the latest: networks and roles tell nobody."""
ANYWHERE: list[JSON] = [{"type": "random"}]


class Hosting:
    def __init__(self, state: State, scaling: Scaling) -> None:
        self.state = state
        self.scaling = scaling
        state.rooms.append(self._look_again)

    def _look_again(self, cluster: Cluster) -> None:
        for service in cluster.services.values():
            if service.status == "ACTIVE" and service.primary.launch_type == "EC2":
                self.state.wake(service)

    # --- services ---

    def admit(self, service: Service, task: Task) -> bool:
        """Finds the place of a service's new task. False: there is none, and the service has said so."""
        settings = service.settings
        rules = settings["placementConstraints"]
        daemon = is_daemon(service)
        strategy = settings["placementStrategy"] or strategies.SERVICE_DEFAULT
        candidates = instances_place.instances_of(service.cluster, task.provider)
        if daemon:
            candidates = self._without_daemon(service, candidates)
            if not candidates:
                return False
        found = instances_place.find(self.state, task, candidates, rules, strategy)
        if isinstance(found, ContainerInstance):
            instances_place.put(self.state, task, found)
            return True
        if self.scaling.waits(task, rules, strategy):
            return True
        complain(self.state, service, found.event())
        self.state.wake(service, self.state.world.now + RETRY)
        return False

    def _without_daemon(
        self, service: Service, instances: Sequence[ContainerInstance]
    ) -> list[ContainerInstance]:
        """Two deployments of a daemon share an instance only where maximumPercent allows it."""
        alone = service.maximum_percent <= 100
        return [
            instance
            for instance in instances
            if self._daemon_fits(service, service.primary, instance)
            and not any(
                task.service is service and (alone or task.deployment is service.primary)
                for task in instance.tasks
            )
        ]

    def _daemon_fits(self, service: Service, deployment: Deployment, instance: ContainerInstance) -> bool:
        rules = service.settings["placementConstraints"]
        return instance.status == "ACTIVE" and instances_place.eligible(
            self.state, instance, deployment.definition, rules
        )

    def count_daemons(self, service: Service) -> None:
        """A daemon's desired count is the number of instances that are fit for it."""
        if is_daemon(service) and service.status == "ACTIVE":
            fit = [
                instance
                for instance in service.cluster.instances.values()
                if self._daemon_fits(service, service.primary, instance)
            ]
            service.desired = len(fit)

    def stays(self, service: Service, task: Task) -> bool:
        """Whether a task may stay where it is: its instance is not drained, and fit for a daemon."""
        instance = task.instance
        if instance is None:
            return True
        if is_daemon(service):
            return self._daemon_fits(service, service.primary, instance)
        return instance.status == "ACTIVE"

    # --- RunTask and StartTask ---

    def check_run(self, cluster: Cluster, params: JSON, strategy: Sequence[JSON]) -> None:
        """
        Raises:
            ApiError: the request can't be followed on container instances.
        """
        instances_place.check(params.get("placementConstraints") or [], params.get("placementStrategy") or [])
        here = any(instance.status == "ACTIVE" for instance in cluster.instances.values())
        if not here and not strategy:
            raise ApiError("InvalidParameterException", messages.NO_INSTANCES)

    def run(self, task: Task, params: JSON) -> Refusal | None:
        """Places a task that somebody runs; None: it has its place, or waits for one."""
        rules = params.get("placementConstraints") or []
        strategy = params.get("placementStrategy") or ANYWHERE
        candidates = instances_place.instances_of(task.cluster, task.provider)
        found = instances_place.find(self.state, task, candidates, rules, strategy)
        if isinstance(found, Refusal):
            return None if self.scaling.waits(task, rules, strategy) else found
        instances_place.put(self.state, task, found)
        return None

    def put_on(self, task: Task, instance: ContainerInstance) -> str | None:
        """Places a task where StartTask wants it; a text: why not. Constraints don't count here."""
        if instance.status != "ACTIVE":
            return "INACTIVE"
        zones = instances_place.zones_of(self.state, task)
        wrong = instances_place.wrong_with(self.state, task, instance, [], zones)
        if wrong:
            return wrong[0]
        instances_place.put(self.state, task, instance)
        return None


def is_daemon(service: Service) -> bool:
    return bool(service.settings["schedulingStrategy"] == "DAEMON")
