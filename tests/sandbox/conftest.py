"""A small world, and real sandboxes of it that are gone after the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.warm import Warm

WORLD: dict[str, Any] = {
    "format": 1,
    "id": "small",
    "title": "A small world",
    "seed": 7,
    "region": "us-east-1",
    "account": "123456789012",
    "template": {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}},
    "probes": [],
}


@pytest.fixture
def world() -> dict[str, Any]:
    return WORLD


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as kept:
        yield kept


@pytest.fixture
def start(warm: Warm, tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes below the test's directory."""
    started: list[Sandbox] = []

    def starter(name: str = "one", world: dict[str, Any] | None = WORLD, **options: Any) -> Sandbox:
        sandbox = Sandbox.start(tmp_path / name, world, warm=warm, **options)
        started.append(sandbox)
        return sandbox

    yield starter
    for sandbox in started:
        sandbox.stop()
