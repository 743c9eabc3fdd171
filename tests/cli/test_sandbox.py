"""`ecslab sandbox` and `ecslab now`, as a person uses them: real processes, the real `aws`."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecslab.sandbox.client import Sandbox

SMALL = {
    "format": 1,
    "id": "small",
    "title": "A small world",
    "region": "us-east-1",
    "account": "123456789012",
    "template": {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}}},
    "probes": [],
}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="ecslab-t-", dir="/tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECSLAB_HOME", str(place / "home"))
        (place / "small").mkdir()
        (place / "small" / "world.json").write_text(json.dumps(SMALL))
        yield place
    shutil.rmtree(place, ignore_errors=True)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "ecslab.cli", *map(str, arguments)]


def ecslab(*arguments: object, **options: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command(*arguments), capture_output=True, text=True, timeout=120, check=False, **options
    )


def run(home: Path, script: str, *options: str) -> "subprocess.CompletedProcess[str]":
    return ecslab("sandbox", "run", "--world", home / "small", *options, "--", "bash", "-c", script)


# --- run ---------------------------------------------------------------------------------------


def test_a_command_runs_against_the_world_with_the_real_aws(home: Path) -> None:
    answer = run(
        home,
        "aws ec2 describe-vpcs --filters Name=isDefault,Values=false --query 'Vpcs[].CidrBlock' --output text",
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "10.9.0.0/16\n", "")


def test_boto3_and_the_cli_share_the_world(home: Path) -> None:
    script = (
        "python -c \"import boto3; boto3.client('ecs').create_cluster(clusterName='one')\" && "
        "aws ecs list-clusters --query clusterArns --output text"
    )
    assert run(home, script).stdout == "arn:aws:ecs:us-east-1:123456789012:cluster/one\n"


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143)])
def test_it_ends_as_the_command_ends(home: Path, script: str, status: int) -> None:
    assert run(home, script).returncode == status


def test_a_command_that_does_not_exist_is_127(home: Path) -> None:
    answer = ecslab("sandbox", "run", "--world", home / "small", "--", "no-such-program")
    assert answer.returncode == 127
    assert answer.stderr == "ecslab: no-such-program: command not found\n"


def test_nothing_stays_behind(home: Path) -> None:
    directory, port = run(home, 'echo "$ECSLAB_SANDBOX ${AWS_ENDPOINT_URL##*:}"').stdout.split()
    assert not Path(directory).exists()
    assert (
        subprocess.run(["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}"], capture_output=True).returncode
        != 0
    )


def test_signals_reach_the_command_and_the_sandbox_is_still_taken_down(home: Path) -> None:
    script = "trap 'exit 42' TERM; echo \"$ECSLAB_SANDBOX\"; while true; do sleep 0.05; done"
    process = subprocess.Popen(
        command("sandbox", "run", "--world", home / "small", "--", "bash", "-c", script),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    directory = process.stdout.readline().strip()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 42
    assert not Path(directory).exists()


def test_ctrl_c_in_a_terminal_ends_a_waiting_aws(home: Path) -> None:
    script = (
        "ecslab sandbox clock --pause >/dev/null; trap : INT; echo ready; "
        "aws elbv2 wait load-balancer-available --names none; echo status $?."
    )
    words = command("sandbox", "run", "--world", home / "small", "--", "bash", "-c", script)
    pid, master = pty.fork()
    if pid == 0:
        os.execv(words[0], words)
    seen = _read_until(master, "ready")
    os.write(master, b"\x03")
    seen += _read_until(master, ".\r\n")
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert "status 130." in seen
    assert os.waitstatus_to_exitcode(status) == 0
    assert "Traceback" not in seen


def _read_until(master: int, word: str) -> str:
    seen = ""
    while word not in seen:
        seen += os.read(master, 4096).decode()
    return seen


def test_the_caller_is_not_inside_afterwards(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
    seen = run(home, "env").stdout
    assert "production" not in seen
    assert "proxy.example.com" not in seen


def test_any_key(home: Path) -> None:
    script = "AWS_ACCESS_KEY_ID=AKIAAAAAAAAAAAAAAAAA AWS_SECRET_ACCESS_KEY=x aws ecs list-clusters"
    assert run(home, script).returncode == 255
    assert run(home, script, "--any-key").returncode == 0


def test_a_real_endpoint_is_refused(home: Path) -> None:
    script = "python -c \"import boto3; boto3.client('ecs', endpoint_url='https://ecs.us-east-1.amazonaws.com').list_clusters()\""
    answer = run(home, script)
    assert answer.returncode != 0
    assert "proxy" in answer.stderr.lower()
    assert (
        run(home, "curl -s -o /dev/null -w '%{http_connect}' https://ecs.us-east-1.amazonaws.com/").stdout
        == "403"
    )


@pytest.mark.parametrize("world", ["no-such-world", "/tmp"])
def test_a_world_that_does_not_exist_is_one_line(home: Path, world: str) -> None:
    answer = ecslab("sandbox", "run", "--world", world, "--", "true")
    assert answer.returncode in (2, 3)
    assert answer.stderr.count("\n") == 1


def test_without_a_command_it_says_how(home: Path) -> None:
    answer = ecslab("sandbox", "run")
    assert answer.returncode == 2
    assert "after --" in answer.stderr


# --- the ones that stay --------------------------------------------------------------------------


@pytest.fixture
def playground(home: Path) -> Iterator[str]:
    """A sandbox `kept` that stays until the test ends."""
    assert ecslab("sandbox", "start", "kept", "--world", home / "small").returncode == 0
    yield "kept"
    ecslab("sandbox", "stop", "kept", "--delete")


def test_it_stays_is_listed_and_stops(home: Path, playground: str) -> None:
    (row,) = json.loads(ecslab("sandbox", "list", "--json").stdout)
    assert (row["name"], row["world"], row["running"]) == ("kept", "small", True)
    assert ecslab("sandbox", "stop").stdout == "sandbox kept stopped\n"
    (row,) = json.loads(ecslab("sandbox", "list", "--json").stdout)
    assert row["running"] is False
    answer = ecslab("sandbox", "status", "kept")
    assert answer.returncode == 3
    assert answer.stderr == "ecslab: no sandbox kept is running; start it: ecslab sandbox start kept\n"


def test_any_shell_can_enter_it(home: Path, playground: str) -> None:
    enter = f'eval "$({sys.executable} -m ecslab.cli sandbox env)"; '
    script = (
        enter
        + "aws ecs create-cluster --cluster-name one --query cluster.status --output text; env | grep -c AWS_PROFILE"
    )
    env = os.environ | {"AWS_PROFILE": "production"}
    answer = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=False)
    assert answer.stdout.split() == ["ACTIVE", "0"]
    variables = json.loads(ecslab("sandbox", "env", "--json").stdout)
    assert variables["ECSLAB_SANDBOX"].endswith("/sandboxes/kept")


def test_starting_it_again_resumes_it(home: Path, playground: str) -> None:
    enter = f'eval "$({sys.executable} -m ecslab.cli sandbox env)"; '
    subprocess.run(
        ["bash", "-c", enter + "aws ecs create-cluster --cluster-name one"], check=True, capture_output=True
    )
    ecslab("sandbox", "stop")
    assert "as you left it" in ecslab("sandbox", "start", "kept").stdout
    state = json.loads(ecslab("sandbox", "status", "--json").stdout)
    assert [cluster["name"] for cluster in state["clusters"]] == ["one"]
    assert "cluster one  ACTIVE" in ecslab("sandbox", "status").stdout


def test_another_world_under_its_name_is_refused(home: Path, playground: str) -> None:
    answer = ecslab("sandbox", "start", "kept", "--world", "playground")
    assert answer.returncode == 2
    assert "holds another world, small" in answer.stderr


def test_its_time_can_be_read_stopped_and_moved(home: Path, playground: str) -> None:
    assert ecslab("sandbox", "clock", "--pause").stdout.endswith("paused\n")
    before = json.loads(ecslab("sandbox", "clock", "--json").stdout)
    after = json.loads(ecslab("sandbox", "clock", "--advance", "1h30m", "--json").stdout)
    assert after["t"] - before["t"] == 5_400_000
    assert json.loads(ecslab("sandbox", "clock", "--until", "steady", "--json").stdout)["reached"] is True
    assert "running at 5 x" in ecslab("sandbox", "clock", "--resume", "--rate", "5").stdout


def test_events_are_followed(home: Path, playground: str) -> None:
    assert ecslab("sandbox", "events").returncode == 0
    assert json.loads(ecslab("sandbox", "events", "--json").stdout) == []


def test_now_is_the_worlds_time(home: Path, playground: str) -> None:
    ecslab("sandbox", "clock", "--pause")
    now = json.loads(ecslab("sandbox", "clock", "--json").stdout)["now"]
    sandbox = Sandbox.find(home / "home" / "sandboxes" / "kept")
    assert sandbox is not None
    env = os.environ | {"ECSLAB_CONTROL_URL": sandbox.control_url, "ECSLAB_TOKEN": sandbox.token}
    assert ecslab("now", env=env).stdout.strip() == now
    assert ecslab("now", "--epoch", env=env).stdout.strip().isdigit()
    sandbox.clock(advance="15m")
    assert ecslab("now", "-15m", env=env).stdout.strip() == now


def test_now_never_prints_the_walls_time(home: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "ECSLAB_CONTROL_URL"}
    answer = ecslab("now", env=env)
    assert (answer.returncode, answer.stdout) == (3, "")
    assert "no sandbox here" in answer.stderr
