"""Fargate's table of task sizes and the ways in which a size may be written.

The same table checks a registration, explains a refusal and makes questions; it knows no API.
Source: Amazon ECS developer guide, "fargate-tasks-services".
"""

import re

GIB = 1024


def _steps(low: int, high: int, step: int) -> tuple[int, ...]:
    return tuple(gib * GIB for gib in range(low, high + 1, step))


SIZES: dict[int, tuple[int, ...]] = {
    256: (512, 1 * GIB, 2 * GIB),
    512: _steps(1, 4, 1),
    1024: _steps(2, 8, 1),
    2048: _steps(4, 16, 1),
    4096: _steps(8, 30, 1),
    8192: _steps(16, 60, 4),
    16384: _steps(32, 120, 8),
    32768: (60 * GIB, 120 * GIB, 244 * GIB),
}
"""CPU units -> the memory sizes (MiB) that go with them."""

EPHEMERAL_DEFAULT = 20
EPHEMERAL_LOW, EPHEMERAL_HIGH = 21, 200
"""GiB of ephemeral storage: what a task has, and what a task definition may ask for."""

STOP_TIMEOUT_DEFAULT = 30
STOP_TIMEOUT_LIMIT = 120
"""Seconds between SIGTERM and SIGKILL."""

LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")

_CPU = re.compile(r"^\s*(\d*\.?\d+)\s*vcpu\s*$", re.IGNORECASE)
_MEMORY = re.compile(r"^\s*(\d*\.?\d+)\s*gb\s*$", re.IGNORECASE)


def valid(cpu: int, memory: int) -> bool:
    return memory in SIZES.get(cpu, ())


def cpu_units(text: str) -> int | None:
    """`"1024"` or `"1 vCPU"` as CPU units; None when it is neither."""
    return _number(text, _CPU)


def memory_mib(text: str) -> int | None:
    """`"2048"` or `"2 GB"` as MiB; None when it is neither."""
    return _number(text, _MEMORY)


def _number(text: str, with_unit: re.Pattern[str]) -> int | None:
    text = text.strip()
    if text.isdecimal():
        return int(text)
    match = with_unit.match(text)
    if match is None:
        return None
    value = float(match[1]) * 1024
    return int(value) if value == int(value) else None
