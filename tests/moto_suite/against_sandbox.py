"""pytest in moto's own tests: each of them talks to a fresh sandbox, and named deviations are expected.

A test that fails and is not named is an error, and so is a named one that passes or is not there any more.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox.client import Sandbox

DEVIATIONS = Path(__file__).with_name("deviations.yaml")
NOTHING = {"Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}


def empty_account() -> dict[str, Any]:
    """A world with nothing in it, which takes any access key."""
    world = resolve_world(builtin(), "playground")
    return world | {"template": NOTHING, "repositories": [], "any_key": True}


def groups() -> list[dict[str, Any]]:
    """Tests that deviate for the same reason: `why`, and `tests`."""
    return list(yaml.safe_load(DEVIATIONS.read_text(encoding="utf-8")))


def deviations() -> dict[str, str]:
    """Names of tests, and why each deviates."""
    return {test: group["why"] for group in groups() for test in group["tests"]}


class Suite:
    """One worker's sandbox."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="ecslab-moto-suite-"))
        self.sandbox = Sandbox.start(self.home, empty_account(), keep=True)
        from moto.core.models import ServerModeMockAWS

        os.environ["TEST_SERVER_MODE_ENDPOINT"] = self.sandbox.url
        suite = self

        def reset(mock: ServerModeMockAWS) -> None:
            """In place of moto's own route: once for each test, when its mock begins."""
            if type(mock)._nested_count == 1:
                suite.sandbox.reset()

        def sleep(seconds: float) -> None:
            """In place of waiting, also in botocore's waiters: the world's time goes on."""
            suite.sandbox.clock(advance=f"{seconds}s")

        ServerModeMockAWS.reset = reset  # type: ignore[method-assign]
        time.sleep = sleep

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        named = deviations()
        gone = sorted(named.keys() - {name_of(item) for item in items})
        if gone and not config.getoption("keyword"):
            raise pytest.UsageError(f"{DEVIATIONS.name} names tests that are not there: {', '.join(gone)}")
        for item in items:
            why = named.get(name_of(item))
            if why is not None:
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))

    def pytest_unconfigure(self) -> None:
        self.sandbox.stop()
        shutil.rmtree(self.home, ignore_errors=True)


def name_of(item: pytest.Item) -> str:
    """`test_ecs/test_ecs.py::test_list_clusters`, wherever the suite was unpacked."""
    return item.nodeid.removeprefix("tests/")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.getoption("numprocesses", None) in (None, 0):
        config.pluginmanager.register(Suite(), "ecslab-moto-suite")
