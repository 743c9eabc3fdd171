"""The learner's `python`: ecslab's interpreter, on the world's clock."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from ecslab.shell import shortwaits

Env = dict[str, str]
NOW = "import datetime; print(datetime.datetime.now(datetime.UTC).isoformat())"


def sh(env: Env, script: str, **options: object) -> str:
    answer = subprocess.run(  # type: ignore[call-overload]
        ["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60, check=True, **options
    )
    return str(answer.stdout)


def test_every_way_to_run_it_sees_the_world(env: Env, standin, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(NOW)
    expected = standin.state.now.isoformat() + "\n"
    for command in (
        f'python -c "{NOW}"',
        f'python3 -c "{NOW}"',
        "python script.py",
        "python -m script",
        "python < script.py",
        "python -c \"import subprocess, sys; subprocess.run([sys.executable, 'script.py'])\"",
    ):
        assert sh(env, command, cwd=tmp_path) == expected, command


def test_it_is_our_interpreter_with_boto3(env: Env) -> None:
    prefix, version = sh(
        env, "python -c 'import boto3, sys; print(sys.prefix); print(boto3.__version__)'"
    ).split()
    assert prefix == sys.prefix
    assert version


def test_it_follows_the_world_and_stands_still_with_it(env: Env, standin) -> None:
    started = standin.state.now
    script = "import sys, time\nfor _ in sys.stdin: print(time.time(), flush=True)"
    with subprocess.Popen(
        ["python", "-c", script],
        executable=env["PATH"].split(os.pathsep)[0] + "/python",
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None

        def now() -> float:
            process.stdin.write("now\n")
            process.stdin.flush()
            return float(process.stdout.readline())

        assert now() == now() == started.timestamp()
        standin.state.now += timedelta(hours=2)
        while (seen := now()) == started.timestamp():
            pass
        assert seen == (started + timedelta(hours=2)).timestamp()


OWN_DELAY = """
import time
slept = []
time.sleep = slept.append
import boto3, botocore.exceptions
waiter = boto3.client("ecs", "us-east-1").get_waiter("services_stable")
waiter._operation_method = lambda **_: {"services": [{"deployments": [], "runningCount": 0, "desiredCount": 1}]}
try:
    waiter.wait(WaiterConfig={"Delay": 15, "MaxAttempts": 3})
except botocore.exceptions.WaiterError:
    print(slept)
"""


def test_a_waiter_with_a_delay_of_its_own_sleeps_shortly_too(env: Env, tmp_path: Path) -> None:
    (tmp_path / "wait.py").write_text(OWN_DELAY)
    assert sh(env, "python wait.py", cwd=tmp_path) == f"{[shortwaits.DELAY] * 2}\n"


def test_a_stopped_world_leaves_programs_alone(env: Env) -> None:
    gone = env | {"ECSLAB_CONTROL_URL": "http://127.0.0.1:9/_ecslab"}
    assert sh(gone, "python -c 'print(1)'") == "1\n"


def test_a_sitecustomize_of_the_learners_own_still_runs(env: Env, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.mine = 'here'")
    assert sh(env | {"PYTHONPATH": str(tmp_path)}, "python -c 'print(mine)'") == "here\n"


def test_ecslab_itself_stays_on_the_walls_clock(env: Env, standin) -> None:
    asked = 'import subprocess, sys; sys.exit(subprocess.run(["ecslab", "--version"]).returncode)'
    before = len(standin.state.asked)
    assert sh(env, f"python -c '{asked}'").startswith("ecslab ")
    clocks = [one for one in standin.state.asked[before:] if one.path.endswith("/clock")]
    assert len(clocks) <= 1, "only the python around it asked"
