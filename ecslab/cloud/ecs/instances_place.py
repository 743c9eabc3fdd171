"""Which container instance takes a task, or why none does.

First what the task needs (agent, attributes, room), then the constraints, then the strategy. It changes
nothing but the task and the instance that it puts it on.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecslab.cloud.ecs import constraints, instances_link, messages, strategies
from ecslab.cloud.ecs.instances_model import DYNAMIC, Binding, ContainerInstance, demand_of
from ecslab.cloud.ecs.model import JSON, Cluster, Task, TaskDefinition
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

CONSTRAINTS = 10
MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT = "DistinctInstance placement constraint unsatisfied."

EMPTY_PROVIDER = "EMPTY CAPACITY PROVIDER"
EMPTY_PROVIDER_EVENT = (
    "was unable to reach steady state. Reason: No Container Instances were found in your capacity provider."
)

EVENTS = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "RESOURCE:ENI": 'encountered error "RESOURCE:ENI".',
    "ATTRIBUTE": "is missing an attribute required by your task.",
    "AGENT": "doesn't have the agent connected.",
    "LOCATION": 'encountered error "LOCATION".',
    MEMBER_OF: 'encountered error "MemberOf placement constraint unsatisfied."',
    DISTINCT: 'encountered error "DistinctInstance placement constraint unsatisfied."',
}


@dataclass(frozen=True)
class Refusal:
    """No instance can take the task."""

    reasons: tuple[tuple[ContainerInstance, tuple[str, ...]], ...]
    """Every instance that was looked at, with all that is wrong with it."""

    provider: str | None = None

    def event(self) -> str:
        """The service event, naming the instance that comes closest."""
        start = "was unable to place a task because no container instance met all of its requirements."
        if not self.reasons and self.provider is not None:
            return EMPTY_PROVIDER_EVENT
        if not self.reasons:
            return f"{start} Reason: {messages.NO_INSTANCES} {messages.TROUBLESHOOTING}"
        closest, wrong = min(self.reasons, key=lambda pair: (len(pair[1]), _severity(pair[1][0]), pair[0].id))
        return (
            f"{start} The closest matching (container-instance {closest.id}) {EVENTS[wrong[0]]} "
            f"{messages.TROUBLESHOOTING}"
        )

    def failures(self) -> list[JSON]:
        """As RunTask tells it."""
        out: list[JSON] = [] if self.reasons else [{"reason": EMPTY_PROVIDER}]
        for instance, wrong in self.reasons:
            reason = wrong[0]
            failure = {"reason": reason} if reason in (MEMBER_OF, DISTINCT) else _failure(instance, reason)
            if failure not in out:
                out.append(failure)
        return out


def _failure(instance: ContainerInstance, reason: str) -> JSON:
    return {"arn": instance.arn, "reason": reason}


def _severity(reason: str) -> int:
    return list(EVENTS).index(reason)


def check(rules: Sequence[JSON], strategy: Sequence[JSON]) -> None:
    """
    Raises:
        ApiError: the constraints or the strategy of a request are wrong.
    """
    flaw = strategies.flaw(strategy)
    if len(rules) > CONSTRAINTS:
        flaw = f"You can specify a maximum of {CONSTRAINTS} constraints."
    for rule in rules:
        kind, expression = rule.get("type"), rule.get("expression")
        if kind == "distinctInstance":
            flaw = flaw or ("Expression must be empty for type distinctInstance." if expression else None)
        elif kind != "memberOf":
            flaw = f"Placement constraint type '{kind}' is invalid."
        else:
            expression_of(str(expression or ""))
    if flaw is not None:
        raise ApiError("InvalidParameterException", flaw)


def expression_of(text: str) -> constraints.Test:
    """
    Raises:
        ApiError: it is no expression of the cluster query language.
    """
    try:
        return constraints.parse(text)
    except constraints.BadExpression as error:
        raise ApiError("InvalidParameterException", f"Invalid expression '{text}': {error}.") from None


def facts(state: State, instance: ContainerInstance) -> dict[str, str | None]:
    """What an expression can ask of an instance."""
    tasks = instance.tasks
    running = sum(task.last == "RUNNING" for task in tasks)
    out = {f"attribute:{name}": value for name, value in instance.attributes.items()}
    out |= {f"tag:{tag['key']}": tag.get("value") for tag in instance.tags}
    out |= {
        "ec2InstanceId": instance.ec2_id,
        "agentConnected": str(instances_link.connected(state, instance)).lower(),
        "agentVersion": "1.98.0",
        "registeredAt": str(int(state.world.epoch_seconds(instance.registered))),
        "runningTasksCount": str(running),
        "pendingTasksCount": str(len(tasks) - running),
    }
    return out


def _groups(instance: ContainerInstance) -> set[str]:
    return {task.group for task in instance.tasks if task.desired == "RUNNING"}


def eligible(
    state: State, instance: ContainerInstance, definition: TaskDefinition, rules: Sequence[JSON]
) -> bool:
    """Whether the instance may ever have such a task: what a daemon service runs on."""
    return not _wrong_attributes(instance, definition) and _member(state, instance, definition, rules)


def _wrong_attributes(instance: ContainerInstance, definition: TaskDefinition) -> bool:
    needed = {attribute["name"] for attribute in definition.document.get("requiresAttributes", [])}
    if definition.document.get("runtimePlatform", {}).get("cpuArchitecture"):
        wanted = "arm64" if definition.architecture == "ARM64" else "x86_64"
        if instance.attributes.get("ecs.cpu-architecture", wanted) != wanted:
            return True
    return bool(needed - instance.attributes.keys())


def _member(
    state: State, instance: ContainerInstance, definition: TaskDefinition, rules: Sequence[JSON]
) -> bool:
    given = [*definition.document.get("placementConstraints", []), *rules]
    expressions = [str(rule.get("expression")) for rule in given if rule.get("type") == "memberOf"]
    if not expressions:
        return True
    known = facts(state, instance)
    groups = _groups(instance)
    for text in expressions:
        if "task:group" in text:
            candidates = [{**known, "task:group": group} for group in sorted(groups)] or [known]
            if not any(constraints.parse(text)(each) for each in candidates):
                return False
        elif not constraints.parse(text)(known):
            return False
    return True


def wrong_with(
    state: State, task: Task, instance: ContainerInstance, rules: Sequence[JSON], zones: set[str]
) -> tuple[str, ...]:
    """Everything that keeps a task off an instance, what is told first in front."""
    wanted = demand_of(task)
    used = instance.used_ports()
    found = {
        "AGENT": not instances_link.connected(state, instance),
        "ATTRIBUTE": _wrong_attributes(instance, task.definition),
        MEMBER_OF: not _member(state, instance, task.definition, rules),
        "LOCATION": bool(zones) and bool(instance.az) and instance.az not in zones,
        "RESOURCE:CPU": wanted.cpu > instance.remaining_cpu,
        "RESOURCE:MEMORY": wanted.memory > instance.remaining_memory,
        "RESOURCE:PORTS": any(port in used for port in wanted.ports)
        or len(set(wanted.ports)) != len(wanted.ports),
        "RESOURCE:ENI": wanted.interface and instance.free_interfaces < 1,
        DISTINCT: any(rule.get("type") == "distinctInstance" for rule in rules)
        and task.group in _groups(instance),
    }
    return tuple(reason for reason, wrong in found.items() if wrong)


def zones_of(state: State, task: Task) -> set[str]:
    """Where an awsvpc task can be: the zones of its subnets."""
    found = (state.world.vpc.subnet(subnet) for subnet in task.network.get("subnets", []))
    return {subnet.az for subnet in found if subnet is not None}


def find(
    state: State,
    task: Task,
    instances: Iterable[ContainerInstance],
    rules: Sequence[JSON],
    strategy: Sequence[JSON],
) -> ContainerInstance | Refusal:
    zones = zones_of(state, task)
    looked = [(i, wrong_with(state, task, i, rules, zones)) for i in instances if i.status == "ACTIVE"]
    fitting = [instance for instance, wrong in looked if not wrong]
    if not fitting:
        return Refusal(tuple(looked), task.provider)
    placed = Counter(
        other.instance.id
        for other in _peers(task)
        if other.instance is not None and other.desired == "RUNNING" and other is not task
    )
    return strategies.choose(fitting, strategy, placed, state.world.draws, task.id)


def _peers(task: Task) -> Iterable[Task]:
    """The tasks to spread from: those of the same deployment, as the others will be gone (so does `placement.Taken`)."""
    if task.service is not None:
        return [other for other in task.service.tasks.values() if other.deployment is task.deployment]
    return [other for other in task.cluster.tasks.values() if other.group == task.group]


def put(state: State, task: Task, instance: ContainerInstance) -> None:
    """Gives the task its place, its host ports and, with awsvpc, the subnet of the instance's zone."""
    used = instance.used_ports()
    task.instance = instance
    task.az = instance.az or task.az
    instance.held[task.id] = task
    host = task.definition.network_mode == "host"
    for container in task.containers:
        for mapping in container.definition.get("portMappings", []):
            if task.definition.network_mode not in ("bridge", "host") or "containerPort" not in mapping:
                continue
            protocol = mapping.get("protocol", "tcp")
            port = mapping.get("hostPort") or (mapping["containerPort"] if host else 0)
            port = port or _free_port(state, task, used, protocol, mapping["containerPort"])
            used.add((protocol, port))
            container.bindings.append(Binding(mapping["containerPort"], port, protocol))
    subnets = task.network.get("subnets", [])
    here = [s for s in subnets if instance.az and _zone(state, s) == instance.az]
    if subnets:
        task.network = {**task.network, "subnets": [(here or subnets)[0]]}


def _zone(state: State, subnet_id: str) -> str:
    subnet = state.world.vpc.subnet(subnet_id)
    return subnet.az if subnet is not None else ""


def _free_port(state: State, task: Task, used: set[tuple[str, int]], protocol: str, container: int) -> int:
    low, high = DYNAMIC
    port = state.world.draws.integer(low, high, "ecs-host-port", task.id, container, protocol)
    while (protocol, port) in used:
        port = low + (port + 1 - low) % (high - low + 1)
    return port


def instances_of(cluster: Cluster, provider: str | None) -> list[ContainerInstance]:
    """Where tasks of a capacity provider, or of none, may go."""
    return [i for i in cluster.instances.values() if provider is None or i.provider == provider]
