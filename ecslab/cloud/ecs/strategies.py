"""Placement strategies: which of the instances that could take a task gets it.

Each rule leaves the best of what the one before left; what is then still equal is drawn.
Source: Amazon ECS developer guide, "task-placement-strategies".
"""

from collections import Counter
from collections.abc import Sequence

from ecslab.cloud.draws import Draws
from ecslab.cloud.ecs.instances_model import JSON, ContainerInstance

RULES = 5
SERVICE_DEFAULT: list[JSON] = [
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
]
"""How a service spreads when it names no strategy."""


def flaw(strategy: Sequence[JSON]) -> str | None:
    """What is wrong with a strategy as a request gives it."""
    if len(strategy) > RULES:
        return f"You can specify a maximum of {RULES} strategy rules."
    for rule in strategy:
        kind, field = rule.get("type"), rule.get("field")
        if kind not in ("random", "spread", "binpack"):
            return f"Placement strategy type '{kind}' is invalid."
        if kind == "random" and field:
            return "Placement strategy field must be empty for type random."
        if kind == "binpack" and str(field).lower() not in ("cpu", "memory"):
            return f"Placement strategy field '{field}' is invalid for type binpack."
        if kind == "spread" and not _spreads(str(field or "")):
            return f"Placement strategy field '{field}' is invalid for type spread."
    return None


def _spreads(field: str) -> bool:
    return field.lower() in ("instanceid", "host") or field.startswith("attribute:")


def choose(
    candidates: Sequence[ContainerInstance],
    strategy: Sequence[JSON],
    placed: Counter[str],
    draws: Draws,
    key: str,
) -> ContainerInstance:
    """`placed`: instance id -> tasks of the same service or group there."""
    left = sorted(candidates, key=lambda instance: instance.id)
    for rule in strategy:
        if rule["type"] == "spread":
            left = _spread(left, candidates, str(rule["field"]), placed)
        elif rule["type"] == "binpack":
            cpu = str(rule["field"]).lower() == "cpu"
            room = {i.id: i.remaining_cpu if cpu else i.remaining_memory for i in left}
            left = [i for i in left if room[i.id] == min(room.values())]
    return draws.pick(left, "ecs-place", key)


def _spread(
    left: list[ContainerInstance],
    candidates: Sequence[ContainerInstance],
    field: str,
    placed: Counter[str],
) -> list[ContainerInstance]:
    def value(instance: ContainerInstance) -> str | None:
        if field.startswith("attribute:"):
            return instance.attributes.get(field.removeprefix("attribute:"))
        return instance.id

    everywhere = {i.id: i for i in (candidates[0].cluster.instances.values() if candidates else ())}
    counts: Counter[str | None] = Counter()
    for instance_id, count in placed.items():
        if instance_id in everywhere:
            counts[value(everywhere[instance_id])] += count
    fewest = min(counts[value(instance)] for instance in left)
    return [instance for instance in left if counts[value(instance)] == fewest]
