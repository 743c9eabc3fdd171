"""Waiters poll as often as AWS says, and sleep almost not at all."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from ecslab.shell import shortwaits, waiters


def _models() -> list[tuple[Path, Path]]:
    spec = find_spec("botocore")
    assert spec is not None and spec.origin is not None
    data = Path(spec.origin).parent / "data"
    shortened = waiters.directory()
    return [(path, data / path.relative_to(shortened)) for path in shortened.glob("*/*/waiters-2.json")]


def test_only_the_sleep_between_polls_is_changed(home: Path) -> None:
    models = _models()
    assert {mine.parent.parent.name for mine, _ in models} >= {"ecs", "elbv2", "ec2", "cloudformation"}
    for mine, original in models:
        changed = json.loads(mine.read_text())["waiters"]
        for name, waiter in json.loads(original.read_text())["waiters"].items():
            assert changed[name] == waiter | {"delay": shortwaits.DELAY}


def test_it_is_made_once(home: Path) -> None:
    first = waiters.directory()
    stamp = first.stat().st_mtime_ns
    assert waiters.directory() == first
    assert first.stat().st_mtime_ns == stamp


SHORTEST_WAIT = """
import sys, time
if sys.argv[1] == "awscli":
    import awscli
import botocore, botocore.session
slept = []
time.sleep = slept.append
session = botocore.session.get_session()
waiter = session.create_client("ecs", "us-east-1").get_waiter("services_stable")
answers = [{"services": [{"deployments": [], "runningCount": 0, "desiredCount": 1}]}, {"services": []}]
waiter._operation_method = lambda **_: answers[0]
try:
    waiter.wait(WaiterConfig={"MaxAttempts": 3})
except botocore.exceptions.WaiterError:
    print(botocore.__file__, slept)
"""


def test_both_botocores_sleep_a_fraction_of_a_second(env: dict[str, str]) -> None:
    for library, inside in (("boto3", "site-packages/botocore"), ("awscli", "awscli/botocore")):
        answer = subprocess.run(
            [sys.executable, "-c", SHORTEST_WAIT, library],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        assert inside in answer.stdout
        assert f"[{waiters.DELAY}, {waiters.DELAY}]" in answer.stdout
