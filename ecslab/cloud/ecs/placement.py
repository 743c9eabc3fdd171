"""New tasks: which subnet and zone, which capacity provider, and the task object with its overrides."""

import copy
from collections import Counter
from collections.abc import Sequence

from ecslab.cloud.ecs import outages
from ecslab.cloud.ecs.model import JSON, Cluster, Container, Deployment, Service, Task, TaskDefinition
from ecslab.cloud.ecs.state import State
from ecslab.terms import placing

LATEST = "1.4.0"


def platform(requested: str | None) -> str:
    """A platform version as a running task shows it."""
    return LATEST if requested in (None, "", "LATEST") else str(requested)


def choose_subnet(state: State, subnets: Sequence[str], taken: Counter[str], key: str) -> tuple[str, str]:
    """(subnet, zone): of the zones with fewest of the service's tasks."""
    zones: dict[str, list[str]] = {}
    for subnet_id in outages.usable(state, subnets) or subnets:
        subnet = state.world.vpc.subnet(subnet_id)
        zones.setdefault(subnet.az if subnet is not None else "", []).append(subnet_id)
    fewest = min(taken[zone] for zone in zones)
    zone = state.world.draws.pick([z for z in zones if taken[z] == fewest], "ecs-zone", key)
    return state.world.draws.pick(zones[zone], "ecs-subnet", key), zone


def new_task(
    state: State,
    *,
    task_id: str,
    cluster: Cluster,
    definition: TaskDefinition,
    network: JSON,
    zone: str,
    group: str,
    provider: str | None,
    platform_version: str,
    overrides: JSON,
    launch_type: str = "FARGATE",
) -> Task:
    draws = state.world.draws
    containers = []
    for given in definition.containers:
        key = f"{task_id}/{given['name']}"
        containers.append(Container(given["name"], _overridden(given, overrides), key))
    return Task(
        id=task_id,
        arn=state.arn("task", cluster.name, task_id),
        cluster=cluster,
        definition=definition,
        created=state.world.now,
        group=group,
        launch_type=launch_type,
        provider=provider,
        platform_version="" if launch_type == "EC2" else platform(platform_version),
        network=network,
        az=zone,
        containers=containers,
        overrides=overrides,
        attachment_id=draws.uuid("ecs-attachment", task_id),
    )


def _overridden(given: JSON, overrides: JSON) -> JSON:
    """Nobody changes a definition that is in use, so tasks without overrides have the same one."""
    own = [o for o in overrides.get("containerOverrides", []) if o.get("name") == given["name"]]
    definition = copy.deepcopy(given) if own else given
    for override in own:
        for key in ("command", "cpu", "memory", "memoryReservation", "environmentFiles"):
            if key in override:
                definition[key] = override[key]
        pairs = [*definition.get("environment", []), *override.get("environment", [])]
        environment = {pair["name"]: pair.get("value", "") for pair in pairs if pair.get("name")}
        definition["environment"] = [{"name": n, "value": v} for n, v in environment.items()]
    return definition


class Taken:
    """Where a deployment's own tasks are; counted once for a round of starts.

    Those of an older deployment will be gone, and their share of a strategy's base with them.
    """

    def __init__(self, service: Service, deployment: Deployment) -> None:
        living = [
            t for t in service.tasks.values() if t.deployment is deployment and not t.stopping_or_stopped
        ]
        self.deployment = deployment
        self.providers: Counter[str] = Counter()
        self.zones: Counter[str] = Counter()
        for task in living:
            self.add(task)

    def add(self, task: Task) -> None:
        self.providers[task.provider or ""] += 1
        self.zones[task.az] += 1

    def next_provider(self) -> str | None:
        return placing.choose_provider(self.deployment.strategy, self.providers)


def for_service(state: State, service: Service, taken: Taken) -> Task:
    """The next task of a deployment."""
    deployment = taken.deployment
    service.made += 1
    task_id = state.world.draws.hex(32, "ecs-task", service.key, service.made)
    hosted = deployment.launch_type == "EC2"
    network = deployment.network.get("awsvpcConfiguration", {})
    zone = ""
    if not hosted:
        subnet, zone = choose_subnet(state, network["subnets"], taken.zones, task_id)
        network = {**network, "subnets": [subnet]}
    task = new_task(
        state,
        task_id=task_id,
        cluster=service.cluster,
        definition=deployment.definition,
        network=network,
        zone=zone,
        group=f"service:{service.name}",
        provider=taken.next_provider(),
        platform_version=deployment.platform_version,
        overrides={},
        launch_type="EC2" if hosted else "FARGATE",
    )
    task.service = service
    task.deployment = deployment
    task.started_by = deployment.id
    task.execute_command = bool(service.settings["enableExecuteCommand"])
    propagate = service.settings["propagateTags"]
    if propagate == "SERVICE":
        task.tags = list(service.tags)
    elif propagate == "TASK_DEFINITION":
        task.tags = list(deployment.definition.tags)
    if service.settings["enableECSManagedTags"]:
        task.tags = [
            *task.tags,
            {"key": "aws:ecs:clusterName", "value": service.cluster.name},
            {"key": "aws:ecs:serviceName", "value": service.name},
        ]
    return task
