"""Fargate's sizes and what they cost."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from ecslab.quiz.families.family import Choice, Family, Question, Range, Slip, number, question
from ecslab.terms import price
from ecslab.terms.fargate import SIZES


def _vcpu(cpu: int) -> str:
    return f"{cpu / 1024:g} vCPU"


def _size(draw: Random, params: Mapping[str, Any]) -> Question:
    cpu = draw.choice(params["cpu"])
    sizes = SIZES[cpu]
    place = draw.randrange(1, len(sizes))
    low, right = sizes[place - 1], sizes[place]
    need = draw.randrange(low + 10, right - 9, 10)
    slips = [
        Slip(
            "memory is free",
            f"{need} MiB",
            "Fargate has a table of sizes, and this is none of them: the registration is refused with `No "
            "Fargate configuration exists for given values.`",
        ),
        Slip(
            "rounds down",
            f"{low} MiB",
            f"It is a valid size, but the containers need {need} MiB and do not fit.",
        ),
        Slip(
            "one step too far",
            f"{sizes[place + 1]} MiB" if place + 1 < len(sizes) else f"{right * 2} MiB",
            "It is larger than needed: a smaller size holds the containers, and memory is paid by the GB."
            if place + 1 < len(sizes)
            else f"With {cpu} CPU units the table ends at {sizes[-1]} MiB.",
        ),
        Slip(
            "twice the CPU",
            f"{2 * cpu} MiB",
            f"That is the smallest memory of this CPU size, not the smallest that holds {need} MiB.",
        ),
    ]
    why = (
        f"With {cpu} CPU units Fargate offers {_listed(sizes)} MiB. The smallest of them that is not less "
        "than "
        f"{need} is {right}."
    )
    stem = (
        f"A Fargate task has {_vcpu(cpu)} (`cpu` is `{cpu}`). Its containers need {need:,} MiB of memory "
        "together. "
        "What is the smallest task `memory` that Fargate accepts and in which they fit?"
    )
    return question(stem, f"{right} MiB", why, slips, {"cpu": cpu, "need": need, "answer": right})


def _listed(sizes: tuple[int, ...]) -> str:
    if len(sizes) <= 4:
        return ", ".join(map(str, sizes))
    return f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"


def _cents(amount: Decimal) -> str:
    return f"${amount.quantize(Decimal('0.01'), ROUND_HALF_UP)}"


def _price(draw: Random, params: Mapping[str, Any]) -> Question:
    cpu = draw.choice(params["cpu"])
    memory = draw.choice(SIZES[cpu])
    tasks, hours = number(draw, params, "tasks"), draw.choice([24, 100, 365, price.MONTH])
    facts = {"cpu": cpu, "memory": memory, "tasks": tasks, "hours": hours}
    right = _cents(price.task_hours(cpu, memory, hours, tasks=tasks))
    one = _cents(price.task_hours(cpu, memory, hours))
    only_cpu = _cents(price.task_hours(cpu, 0, hours, tasks=tasks))
    arm = _cents(price.task_hours(cpu, memory, hours, tasks=tasks, architecture="ARM"))
    swapped = _cents(
        (Decimal(memory) / 1024 * price.VCPU_HOUR["x86"] + Decimal(cpu) / 1024 * price.GB_HOUR["x86"])
        * hours
        * tasks
    )
    slips = [
        Slip("forgets the memory", only_cpu, "That is the CPU alone; memory is paid for as well."),
        Slip("one task", one, f"That is one task; {tasks} run."),
        Slip(
            "swaps the prices",
            swapped,
            "Here the price of a vCPU was taken for a GB, and the other way round.",
        ),
        Slip(
            "another architecture", arm, "That is the price of ARM, which is lower; these tasks run on x86."
        ),
    ]
    gb = f"{memory / 1024:g} GB"
    stem = (
        f"{tasks} Fargate tasks of {_vcpu(cpu)} and {gb} run on Linux/x86 for {hours} hours. Take "
        f"${price.VCPU_HOUR['x86']} for a vCPU-hour and ${price.GB_HOUR['x86']} for a GB-hour (us-east-1; "
        "the price "
        "page tells today's). What do they cost?"
    )
    why = (
        f"{cpu / 1024:g} × {price.VCPU_HOUR['x86']} + {memory / 1024:g} × {price.GB_HOUR['x86']} dollars "
        "for a task "
        f"and hour, times {hours} hours, times {tasks} tasks. Ephemeral storage up to 20 GiB is included, "
        "and ECS "
        "itself has no charge."
    )
    return question(stem, right, why, slips, facts | {"answer": right})


_CPUS = tuple(cpu for cpu in SIZES if cpu <= 16384)

FAMILIES = (
    Family(
        "fargate-size", "the smallest Fargate memory that holds the containers", _size, {"cpu": Choice(_CPUS)}
    ),
    Family(
        "fargate-price",
        "what Fargate tasks cost in some hours",
        _price,
        {"cpu": Choice(_CPUS[:5]), "tasks": Range(2, 12, 2, 100)},
    ),
)
