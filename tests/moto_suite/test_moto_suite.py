"""moto's own tests: those that fail here are named, each with its reason, and no others."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.moto_suite.__main__ import NO_SUITE
from tests.moto_suite.against_sandbox import deviations, groups

ROOT = Path(__file__).parents[2]


def test_a_deviation_has_one_reason() -> None:
    named = [test for group in groups() for test in group["tests"]]
    assert sorted(set(named)) == sorted(named)
    assert set(deviations()) == set(named)
    assert all(group["why"].strip() for group in groups())


@pytest.mark.slow
def test_moto_s_own_tests_deviate_as_named() -> None:
    command = [sys.executable, "-m", "tests.moto_suite", "-n", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == NO_SUITE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
