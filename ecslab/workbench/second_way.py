"""A second way to the answer of every family, so that a family is not held against its own formula.

Each counts or looks for what the family computes: it steps through checks, tasks and percentages one by one.
The tests hold the families against the mock AWS itself besides.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ecslab.quiz.families import identity
from ecslab.terms.arns import SHAPES, well_formed

Facts = Mapping[str, Any]


def refuted(family: str, facts: Facts) -> str:
    """What speaks against the family's answer; nothing when nothing does."""
    found = _WAYS[family](facts)
    return (
        "" if found == facts["answer"] else f"the answer is {facts['answer']!r}, and counted it is {found!r}"
    )


def _size(facts: Facts) -> int:
    """By the rules behind the table: from 2 to 8 times the CPU, with steps that grow with it."""
    cpu, need = facts["cpu"], facts["need"]
    if cpu == 256:
        sizes = [512, 1024, 2048]
    elif cpu <= 4096:
        sizes = list(range(2 * cpu, min(8 * cpu, 30 * 1024) + 1, 1024))
    else:
        gib = {8192: range(16, 61, 4), 16384: range(32, 121, 8)}[cpu]
        sizes = [1024 * size for size in gib]
    return next(size for size in sizes if size >= need)


def _price(facts: Facts) -> str:
    """In millionths of a dollar, as exact fractions."""
    hourly = Fraction(facts["cpu"] * 40480, 1024) + Fraction(facts["memory"] * 4445, 1024)
    total = hourly * facts["tasks"] * facts["hours"]
    cents = int(total / 10_000 + Fraction(1, 2))
    return f"${cents // 100}.{cents % 100:02d}"


def _counts(facts: Facts) -> list[int]:
    desired = facts["desired"]
    low = next(n for n in range(10 * desired) if 100 * n >= desired * facts["minimum"])
    high = next(n for n in range(10 * desired, 0, -1) if 100 * n <= desired * facts["maximum"])
    return [low, high]


def _breaker(facts: Facts) -> int:
    half = sum(1 for task in range(facts["desired"]) if task % 2 == 0)
    return sorted((3, half, 200))[1]


def _target(facts: Facts) -> int:
    """The application changes just after the check at second 0."""
    wanted = facts["unhealthy"] if facts["falls"] else facts["healthy"]
    second = seen = 0
    while seen < wanted:
        second += 1
        seen += second % facts["interval"] == 0
    return second


def _container(facts: Facts) -> int:
    second = failures = 0
    while failures < int(facts["retries"]):
        second += facts["interval"]
        failures += second > facts["start"]
    return second


def _tracking(facts: Facts) -> int:
    """The first count at which the load, spread over it, is within the target."""
    count = int(facts["running"])
    load = count * facts["value"]
    while count < facts["maximum"] and load > count * facts["target"]:
        count += 1
    return count


def _step(facts: Facts) -> int:
    breach = facts["value"] - facts["threshold"]
    change = next(
        s["ScalingAdjustment"] for s in reversed(facts["steps"]) if breach >= s["MetricIntervalLowerBound"]
    )
    more = 0
    while 100 * (more + 1) <= facts["running"] * change:
        more += 1
    return int(facts["running"]) + max(1, more)


def _split(facts: Facts) -> list[int]:
    """Rounds of the weights after the base."""
    first, second = facts["weights"]
    on, spot = facts["base"], 0
    while on + spot < facts["tasks"]:
        on, spot = on + first, spot + second
    return [on, spot]


def _fit(facts: Facts) -> int:
    """Task after task on each instance, until one of its resources is used up."""
    placed = 0
    for _ in range(facts["instances"]):
        cpu, memory = facts["cpu"], facts["memory"]
        interfaces = facts["interfaces"] - 1 if facts["awsvpc"] else 10**6
        while cpu >= facts["task_cpu"] and memory >= facts["task_memory"] and interfaces:
            cpu, memory, interfaces = cpu - facts["task_cpu"], memory - facts["task_memory"], interfaces - 1
            placed += 1
    return placed


def _arn(facts: Facts) -> str | None:
    """The only one of those offered that has the shape of the resource's ARNs, and no other resource's."""
    good = [arn for arn in facts["offered"] if well_formed(facts["kind"], arn)]
    alone = len(good) == 1 and sum(well_formed(kind, good[0]) for kind in SHAPES) == 1
    return good[0] if alone else None


def _role(facts: Facts) -> str:
    """By the words of the situation: who acts in it, the code, ECS, the agent of an instance or a start."""
    text = facts["situation"]
    if "RegisterContainerInstance" in text or "ecs:Poll" in text:
        return identity.INSTANCE
    if text.startswith("ECS has to"):
        return identity.LINKED
    code = ("AWS SDK", "The code of", "execute-command")
    return identity.TASK if any(words in text for words in code) else identity.EXECUTION


def _stop_code(facts: Facts) -> str:
    return {
        "bad-image": "TaskFailedToStart", "no-secret": "TaskFailedToStart", "crash": "EssentialContainerExited",
        "stop": "UserInitiated", "spot": "SpotInterruption",
    }.get(facts["case"], "ServiceSchedulerInitiated")  # fmt: skip


def _gateway(facts: Facts) -> str:
    """Who is registered, whether packets arrive, whether the port is open, how long it takes."""
    case = facts["case"]
    if case == "scaled-to-zero":
        return "503"
    if case == "closed-group" or (case == "too-slow" and facts["slow"] > 60):
        return "504"
    return "502" if case in ("wrong-port", "stopped-listening") else "200"


_WAYS: dict[str, Callable[[Facts], Any]] = {
    "fargate-size": _size,
    "fargate-price": _price,
    "rolling-counts": _counts,
    "breaker-threshold": _breaker,
    "alb-health-timing": _target,
    "container-health-timing": _container,
    "target-tracking": _tracking,
    "step-scaling": _step,
    "provider-split": _split,
    "placement-fit": _fit,
    "arn-shape": _arn,
    "which-role": _role,
    "stop-code": _stop_code,
    "gateway-error": _gateway,
}
