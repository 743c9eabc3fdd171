"""Fargate's sizes."""

import pytest

from ecslab.terms import fargate


def test_table_has_the_74_pairs_up_to_16_vcpu_and_3_above() -> None:
    pairs = [(cpu, memory) for cpu, sizes in fargate.SIZES.items() for memory in sizes]
    assert sum(cpu <= 16384 for cpu, _ in pairs) == 74
    assert sum(cpu == 32768 for cpu, _ in pairs) == 3


@pytest.mark.parametrize(
    ("cpu", "memory", "good"),
    [
        (256, 512, True), (256, 2048, True), (256, 3072, False), (512, 512, False), (512, 4096, True),
        (1024, 2048, True), (1024, 2560, False), (4096, 30720, True), (8192, 20480, True), (8192, 18432, False),
        (16384, 122880, True), (32768, 249856, True), (300, 512, False),
    ],
)  # fmt: skip
def test_pairs(cpu: int, memory: int, good: bool) -> None:
    assert fargate.valid(cpu, memory) is good


@pytest.mark.parametrize(
    ("text", "units"),
    [("1024", 1024), ("1 vCPU", 1024), (".25 vcpu", 256), ("0.5vCPU", 512), ("one", None), ("1 GB", None)],
)
def test_cpu_may_be_written_in_units_or_vcpu(text: str, units: int | None) -> None:
    assert fargate.cpu_units(text) == units


@pytest.mark.parametrize(("text", "mib"), [("2048", 2048), ("2GB", 2048), ("0.5 gb", 512), ("2 vCPU", None)])
def test_memory_may_be_written_in_mib_or_gb(text: str, mib: int | None) -> None:
    assert fargate.memory_mib(text) == mib
