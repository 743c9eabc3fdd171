"""Where tasks go: the split of a capacity provider strategy, and how many fit on instances."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecslab.quiz.families.family import Family, Question, Range, Slip, number, question
from ecslab.terms import placing

INSTANCES = {
    "t3.medium": (2048, 3885, 3),
    "t3.large": (2048, 7841, 3),
    "m5.large": (2048, 7751, 3),
    "c5.xlarge": (4096, 7751, 4),
    "m5.xlarge": (4096, 15704, 4),
}
"""CPU units, MiB that the agent registers (some memory is the host's own), network interfaces."""


def _shares(on: int, spot: int) -> str:
    return f"{on} on FARGATE, {spot} on FARGATE_SPOT"


def _split(draw: Random, params: Mapping[str, Any]) -> Question:
    wanted, base = number(draw, params, "tasks"), draw.randint(1, 4)
    first, second = draw.choice([(1, 1), (1, 2), (1, 3), (1, 4), (2, 3), (3, 1), (2, 1)])
    # Whole rounds of the weights: how a broken one is dealt out is not documented.
    tasks = base + (first + second) * max(1, (wanted - base) // (first + second))
    strategy = [
        {"capacityProvider": "FARGATE", "base": base, "weight": first},
        {"capacityProvider": "FARGATE_SPOT", "weight": second},
    ]
    taken = placing.split(strategy, tasks)
    on, spot = taken["FARGATE"], taken["FARGATE_SPOT"]
    plain = placing.split([{**one, "base": 0} for one in strategy], tasks)
    rest = tasks - base
    slips = [
        Slip(
            "forgets the base",
            _shares(plain["FARGATE"], plain["FARGATE_SPOT"]),
            f"The base comes first: {base} tasks go to FARGATE before the weights are looked at.",
        ),
        Slip(
            "swaps the weights",
            _shares(base + spot, on - base),
            "The weights belong to the other provider each.",
        ),
        Slip(
            "the base alone",
            _shares(base, rest),
            f"FARGATE has a weight too, and takes its share of the {rest} tasks beyond the base.",
        ),
        Slip(
            "halves the rest",
            _shares(base + rest - rest // 2, rest // 2),
            f"The rest is divided {first} to {second}, not in halves.",
        ),
    ]
    stem = (
        f"A service with {tasks} tasks has the capacity provider strategy FARGATE (`base` {base}, `weight` "
        f"{first}) and "
        f"FARGATE_SPOT (`weight` {second}). How are the tasks distributed when there is capacity everywhere?"
    )
    why = (
        f"{base} tasks are the base and go to FARGATE. The other {rest} are divided {first} to {second}: "
        f"{on - base} more to FARGATE and {spot} to FARGATE_SPOT."
    )
    facts = {"tasks": tasks, "base": base, "weights": [first, second], "answer": [on, spot]}
    return question(stem, _shares(on, spot), why, slips, facts)


def _fit(draw: Random, params: Mapping[str, Any]) -> Question:
    kind = draw.choice(sorted(INSTANCES))
    cpu, memory, interfaces = INSTANCES[kind]
    hosts, awsvpc = number(draw, params, "instances"), draw.random() < 0.5
    task_cpu, task_memory = (
        draw.choice([128, 256, 300, 512, 700]),
        draw.choice([256, 400, 512, 900, 1024, 1500]),
    )
    one = placing.fit_on_instance(cpu, memory, interfaces, task_cpu, task_memory, awsvpc=awsvpc)
    right = one * hosts
    pooled = min(cpu * hosts // task_cpu, memory * hosts // task_memory)

    def text(count: int) -> str:
        return f"{count} task{'' if count == 1 else 's'}"

    slips = [
        Slip(
            "forgets the interfaces",
            text(min(cpu // task_cpu, memory // task_memory) * hosts),
            f"With `awsvpc` each task needs a network interface, and a {kind} has {interfaces - 1} beside "
            "its own.",
        ),
        Slip(
            "one interface too many",
            text(min(cpu // task_cpu, memory // task_memory, interfaces) * hosts),
            "The first interface is the instance's own; tasks get the others.",
        ),
        Slip(
            "one pool",
            text(pooled),
            "A task runs on one instance: what is left over on several cannot be put together.",
        ),
        Slip(
            "CPU alone",
            text(cpu // task_cpu * hosts),
            f"For the memory {memory // task_memory} tasks fit on an instance, for the CPU "
            f"{cpu // task_cpu}: the smaller number counts.",
        ),
        Slip(
            "memory alone",
            text(memory // task_memory * hosts),
            f"For the CPU {cpu // task_cpu} tasks fit on an instance, for the memory "
            f"{memory // task_memory}: the smaller number counts.",
        ),
    ]
    mode = "`awsvpc`, without trunking" if awsvpc else "`bridge`, with dynamic host ports"
    stem = (
        f"A cluster has {hosts} empty {kind} instances; each has registered {cpu} CPU units and {memory} "
        "MiB, and has "
        f"{interfaces} network interfaces. A task reserves {task_cpu} CPU units and {task_memory} MiB; its "
        "network mode "
        f"is {mode}. How many of these tasks fit into the cluster?"
    )
    limits = f"{cpu // task_cpu} for the CPU, {memory // task_memory} for the memory"
    if awsvpc:
        limits += f", {interfaces - 1} for the interfaces (one is the instance's own)"
    why = (
        f"On one instance fit {limits}; the smallest number counts: {one}. Times {hosts} instances: {right}."
    )
    facts = {
        "cpu": cpu,
        "memory": memory,
        "interfaces": interfaces,
        "instances": hosts,
        "task_cpu": task_cpu,
        "task_memory": task_memory,
        "awsvpc": awsvpc,
        "answer": right,
    }
    return question(stem, text(right), why, slips, facts)


FAMILIES = (
    Family(
        "provider-split",
        "how base and weights divide tasks between FARGATE and FARGATE_SPOT",
        _split,
        {"tasks": Range(5, 20, 2, 500)},
    ),
    Family(
        "placement-fit", "how many tasks fit on container instances", _fit, {"instances": Range(2, 5, 1, 50)}
    ),
)
