"""Where tasks go: the split of a capacity provider strategy, and how many fit on an instance.

Source: Amazon ECS developer guide, "cluster-capacity-providers" and "task-networking-awsvpc".
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


def choose_provider(strategy: Sequence[Mapping[str, Any]], taken: Counter[str]) -> str | None:
    """The capacity provider of the next task: base first, then by weight."""
    if not strategy:
        return None
    for item in strategy:
        if taken[item["capacityProvider"]] < item.get("base", 0):
            return str(item["capacityProvider"])
    weighted = [item for item in strategy if item.get("weight", 0) > 0]
    best = min(
        weighted,
        key=lambda item: (
            (taken[item["capacityProvider"]] - item.get("base", 0) + 1) / item["weight"],
            -item["weight"],
        ),
    )
    return str(best["capacityProvider"])


def split(strategy: Sequence[Mapping[str, Any]], tasks: int) -> Counter[str]:
    """How many of so many new tasks each capacity provider gets."""
    taken: Counter[str] = Counter()
    for _ in range(tasks):
        if (name := choose_provider(strategy, taken)) is not None:
            taken[name] += 1
    return taken


def fit_on_instance(
    cpu: int, memory: int, interfaces: int, task_cpu: int, task_memory: int, *, awsvpc: bool
) -> int:
    """Tasks that fit on one empty instance; with awsvpc each takes an interface, and the first is the host's."""
    room = min(cpu // task_cpu, memory // task_memory)
    return min(room, interfaces - 1) if awsvpc else room
