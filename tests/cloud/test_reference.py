"""The table of what the reference says names tests that exist, and gives a reason for what is not simulated."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

TESTS = Path(__file__).parents[1]
ROWS = {
    "1 Clusters": 21,
    "2.1 Required fields": 16,
    "2.2 Sizes of Fargate": 8,
    "2.3 What registration refuses": 16,
    "2.4 Look-ups and statuses": 9,
    "2.5 Container options": 13,
    "3.1 States of a task": 9,
    "3.2 Timings": 9,
    "3.3 Stop codes": 6,
    "3.4 Reasons of a task's end": 16,
    "3.4 CannotPullContainerError": 9,
    "3.4 ResourceInitializationError": 12,
    "3.5 Exit codes": 8,
    "3.6 What a task shows": 8,
    "4.1 Parameters of a service": 10,
    "4.2 Rolling": 10,
    "4.3 Deployments": 8,
    "4.4 Circuit breaker": 8,
    "4.5 Throttle": 1,
    "4.6 Events": 35,
    "4.7 What services refuse": 24,
    "4.8 Deployment types and features": 15,
    "5 Networking": 18,
    "6.1 Roles": 8,
    "6.2 The managed execution policy": 1,
    "6.3 What a mistake shows": 7,
    "6.4 Where secrets come from": 3,
    "7.1 Target groups": 20,
    "7.2 Target health": 17,
    "7.3 Who answers what": 16,
    "7.4 Listeners and rules": 10,
    "7.5 ECS and the load balancer": 5,
    "8 Application Auto Scaling": 28,
    "9 Logs": 8,
    "10 EC2 launch type": 20,
    "11.1 The wire": 17,
    "11.2 ARNs": 8,
    "11.3 Failures and limits of requests": 4,
    "11.4 EventBridge": 7,
}
"""How many behaviours the reference lists in each section."""

TABLE: dict[str, list[dict[str, Any]]] = yaml.load(
    (TESTS / "cloud" / "reference.yaml").read_text(), Loader=yaml.CSafeLoader
)


@cache
def functions_of(file: str) -> set[str]:
    return set(re.findall(r"^def (test_\w+)\(", (TESTS / file).read_text(), re.MULTILINE))


@pytest.mark.parametrize("section", ROWS)
def test_every_row_has_its_tests_or_a_reason(section: str) -> None:
    rows = TABLE[section]
    assert len(rows) == ROWS[section]
    for row in rows:
        assert set(row) in ({"says", "tests"}, {"says", "absent"}), row
        assert row.get("tests") or row.get("absent"), row
        for name in row.get("tests", []):
            file, _, function = name.partition("::")
            assert function in functions_of(file), name


def test_no_section_is_left_out() -> None:
    assert list(TABLE) == list(ROWS)
