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
        "ecslab sandbox clock --pause >/dev/null; trap : INT; echo $ECSLAB_SANDBOX; "
        "aws elbv2 wait load-balancer-available --names none; echo status $?."
    )
    words = command("sandbox", "run", "--world", home / "small", "--", "bash", "-c", script)
    pid, master = pty.fork()
    if pid == 0:
        os.execv(words[0], words)
    sandbox = Sandbox.find(_read_until(master, "\r\n").strip())
    assert sandbox is not None
    while not any(entry["operation"] == "DescribeLoadBalancers" for entry in sandbox.journal()):
        pass
    os.write(master, b"\x03")
    seen = _read_until(master, ".\r\n")
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


@pytest.mark.parametrize("world", ["no-such-world", "/usr"])
def test_a_world_that_does_not_exist_is_one_line(home: Path, world: str) -> None:
    answer = ecslab("sandbox", "run", "--world", world, "--", "true")
    assert answer.returncode in (2, 3)
    assert answer.stderr.count("\n") == 1


def test_without_a_command_it_says_how(home: Path) -> None:
    answer = ecslab("sandbox", "run")
    assert answer.returncode == 2
    assert "after --" in answer.stderr


# --- the ones that stay --------------------------------------------------------------------------

ENTER = f'eval "$({sys.executable} -m ecslab.cli sandbox env kept)"; '


@pytest.fixture(scope="module")
def kept(home: Path) -> Iterator[Sandbox]:
    """A sandbox `kept` that stays until the module ends."""
    assert ecslab("sandbox", "start", "kept", "--world", home / "small").returncode == 0
    found = Sandbox.find(home / "home" / "sandboxes" / "kept")
    assert found is not None
    yield found
    found.stop()


def listed(name: str) -> dict[str, object]:
    (row,) = [row for row in json.loads(ecslab("sandbox", "list", "--json").stdout) if row["name"] == name]
    return dict(row)


def test_it_stays_until_it_is_stopped_and_resumes_as_it_was_left(home: Path) -> None:
    started = ecslab("sandbox", "start", "other", "--world", home / "small").stdout
    assert 'eval "$(ecslab sandbox env other)"' in started
    row = listed("other")
    assert (row["world"], row["running"]) == ("small", True)
    enter = ENTER.replace("kept", "other")
    subprocess.run(
        ["bash", "-c", enter + "aws ecs create-cluster --cluster-name one"], check=True, capture_output=True
    )
    assert ecslab("sandbox", "stop", "other").stdout == "sandbox other stopped\n"
    assert listed("other")["running"] is False
    gone = ecslab("sandbox", "status", "other")
    assert gone.returncode == 3
    assert gone.stderr == "ecslab: no sandbox other is running; start it: ecslab sandbox start other\n"
    assert "as you left it" in ecslab("sandbox", "start", "other").stdout
    assert "cluster one  ACTIVE" in ecslab("sandbox", "status", "other").stdout
    assert ecslab("sandbox", "stop", "other", "--delete").stdout == "sandbox other stopped and is deleted\n"
    assert not (home / "home" / "sandboxes" / "other").exists()


def test_any_shell_can_enter_it(kept: Sandbox) -> None:
    script = ENTER + "aws sts get-caller-identity --query Account --output text; env | grep -c AWS_PROFILE"
    env = os.environ | {"AWS_PROFILE": "production"}
    answer = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=False)
    assert answer.stdout.split() == ["123456789012", "0"]
    variables = json.loads(ecslab("sandbox", "env", "kept", "--json").stdout)
    assert variables["ECSLAB_SANDBOX"] == str(kept.directory)


def test_another_world_under_its_name_is_refused(kept: Sandbox) -> None:
    answer = ecslab("sandbox", "start", "kept", "--world", "playground")
    assert answer.returncode == 2
    assert "holds another world, small" in answer.stderr


def test_its_state_for_programs(kept: Sandbox) -> None:
    assert json.loads(ecslab("sandbox", "status", "kept", "--json").stdout)["clusters"] == []
    assert json.loads(ecslab("sandbox", "events", "kept", "--json").stdout) == []


def test_its_time_can_be_read_stopped_and_moved(kept: Sandbox) -> None:
    assert ecslab("sandbox", "clock", "kept", "--pause").stdout.endswith("paused\n")
    before = kept.clock()["t"]
    after = json.loads(ecslab("sandbox", "clock", "kept", "--advance", "1h30m", "--json").stdout)
    assert after["t"] - before == 5_400_000
    assert (
        json.loads(ecslab("sandbox", "clock", "kept", "--until", "steady", "--json").stdout)["reached"]
        is True
    )
    assert "running at 5 x" in ecslab("sandbox", "clock", "kept", "--resume", "--rate", "5").stdout


def test_now_is_the_worlds_time(kept: Sandbox) -> None:
    now = kept.clock(paused=True)["now"]
    env = os.environ | {"ECSLAB_CONTROL_URL": kept.control_url, "ECSLAB_TOKEN": kept.token}
    assert ecslab("now", env=env).stdout.strip() == now
    assert ecslab("now", "--epoch", env=env).stdout.strip().isdigit()
    kept.clock(advance="15m")
    assert ecslab("now", "-15m", env=env).stdout.strip() == now


def test_now_never_prints_the_walls_time() -> None:
    env = {name: value for name, value in os.environ.items() if name != "ECSLAB_CONTROL_URL"}
    answer = ecslab("now", env=env)
    assert (answer.returncode, answer.stdout) == (3, "")
    assert "no sandbox here" in answer.stderr
