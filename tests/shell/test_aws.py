"""The bundled `aws`: the CLI's own behaviour, from a warm server, against the sandbox alone."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecslab.shell import shims

Env = dict[str, str]
LISTED = {"clusterArns": ["arn:aws:ecs:us-east-1:123456789012:cluster/prod"]}


def aws(env: Env, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [_program(env), *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def _program(env: Env) -> str:
    return env["PATH"].split(os.pathsep)[0] + "/aws"


def until(condition: Callable[[], object], limit: float = 30.0) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def warm(env: Env, standin, server_pid: Callable[[], int | None]) -> Env:
    """The environment, with a warm server that listens."""
    standin.state.answers["ListClusters"] = [LISTED]
    if server_pid() is None or not shims.server_address().exists():
        aws(env, "ecs", "list-clusters")
        until(shims.server_address().exists)
    return env


def test_the_first_commands_work_without_a_server_and_start_exactly_one(
    env: Env, standin, server_pid
) -> None:
    standin.state.answers["ListClusters"] = [LISTED]
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: aws(env, "ecs", "list-clusters"), range(3)))
    assert [json.loads(run.stdout) for run in runs] == [LISTED] * 3
    until(shims.server_address().exists)
    first = server_pid()
    assert first is not None
    assert shims.server_address().stat().st_mode & 0o077 == 0
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: aws(env, "ecs", "list-clusters"), range(6)))
    assert [json.loads(run.stdout) for run in runs] == [LISTED] * 6
    assert server_pid() == first


def test_warm_and_cold_say_the_same(warm: Env, standin) -> None:
    cold = {name: value for name, value in warm.items() if name != "ECSLAB_AWSD"}
    refused = {"__type": "ClusterNotFoundException", "message": "Cluster not found."}
    standin.state.answers["DescribeServices"] = [refused]
    for arguments in (
        ["ecs", "list-clusters", "--output", "table", "--query", "clusterArns"],
        ["ecs", "describe-services", "--services", "web-app"],
        ["ecs", "nonsense"],
    ):
        one, other = aws(warm, *arguments), aws(cold, *arguments)
        assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)
    assert aws(warm, "ecs", "describe-services", "--services", "web-app").returncode == 255


def test_requests_carry_the_learners_key_the_worlds_date_and_the_commands_number(warm: Env, standin) -> None:
    aws(warm | {"AWS_SDK_UA_APP_ID": "cmd-4242-7"}, "ecs", "list-clusters")
    headers = standin.state.calls("ListClusters")[-1].headers
    assert headers["x-amz-date"].startswith("20310506T0708")
    assert f"Credential={warm['AWS_ACCESS_KEY_ID']}/20310506/us-east-1/ecs/" in headers["authorization"]
    assert "app/cmd-4242-7" in headers["user-agent"]


def test_each_command_reads_its_callers_settings_anew(warm: Env, standin, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[default]\nregion = eu-west-1\noutput = text\n[profile loud]\nregion = eu-west-1\noutput = table\n"
    )
    mine = {name: value for name, value in warm.items() if name != "AWS_DEFAULT_REGION"}
    mine["AWS_CONFIG_FILE"] = str(config)
    assert aws(mine, "ecs", "list-clusters").stdout.startswith("CLUSTERARNS\tarn:")
    assert "/eu-west-1/ecs/" in standin.state.calls("ListClusters")[-1].headers["authorization"]
    assert "ListClusters" in aws(mine | {"AWS_PROFILE": "loud"}, "ecs", "list-clusters").stdout
    assert json.loads(aws(warm, "ecs", "list-clusters").stdout) == LISTED


def test_files_are_relative_to_the_callers_directory(warm: Env, standin, tmp_path: Path) -> None:
    (tmp_path / "task-def.json").write_text('{"family": "web-äpp", "containerDefinitions": []}')
    command = ["ecs", "register-task-definition", "--cli-input-json", "file://task-def.json"]
    assert aws(warm, *command, cwd=tmp_path).returncode == 0
    assert json.loads(standin.state.calls("RegisterTaskDefinition")[-1].body)["family"] == "web-äpp"


def test_it_reads_pipes_and_ends_quietly_when_nobody_reads(warm: Env, standin) -> None:
    def sh(script: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["bash", "-c", script], env=warm, capture_output=True, text=True, timeout=60)

    sh("printf piped | aws ecs create-cluster --cluster-name file:///dev/stdin")
    assert json.loads(standin.state.calls("CreateCluster")[-1].body) == {"clusterName": "piped"}
    standin.state.answers["ListClusters"] = [{"clusterArns": ["arn:aws:ecs:" + "x" * 200] * 2000}]
    seen = sh("aws ecs list-clusters | head -1; echo ${PIPESTATUS[0]}")
    assert seen.stdout.splitlines()[0] == "{"
    assert seen.stdout.splitlines()[1] in ("141", "0")
    assert seen.stderr == ""


def test_output_that_could_not_be_written_is_never_lost_in_silence(warm: Env, standin) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    command = [_program(warm), "ecs", "list-clusters"]
    done = subprocess.run(command, env=warm, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(reading)
    os.close(writing)
    assert done.returncode == 255
    assert done.stderr.startswith("aws: BlockingIOError")


def _held(env: Env, standin, operation: str = "DeleteCluster") -> "subprocess.Popen[str]":
    """An `aws` that waits for its answer."""
    standin.state.answers[operation] = ["hold"]
    process = subprocess.Popen(
        [_program(env), "ecs", "delete-cluster", "--cluster", "x"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: standin.state.calls(operation))
    return process


def _workers(server: int) -> str:
    return subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True).stdout


def test_ctrl_c_ends_it_as_it_ends_the_cli(warm: Env, standin, server_pid) -> None:
    process = _held(warm, standin)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    until(lambda: not _workers(server_pid()))


def test_sigterm_ends_both(warm: Env, standin, server_pid) -> None:
    process = _held(warm, standin)
    process.terminate()
    assert process.wait(10) == -signal.SIGTERM
    until(lambda: not _workers(server_pid()))


def test_a_command_does_not_outlive_its_caller(warm: Env, standin, server_pid) -> None:
    process = _held(warm, standin)
    assert _workers(server_pid())
    process.kill()
    process.wait(10)
    until(lambda: not _workers(server_pid()))


def test_a_server_killed_in_mid_command_costs_nothing(warm: Env, standin, server_pid) -> None:
    process = _held(warm, standin)
    os.kill(server_pid(), signal.SIGKILL)
    standin.state.hold.set()
    assert process.wait(20) == 0
    assert json.loads(aws(warm, "ecs", "list-clusters").stdout) == LISTED
    until(lambda: server_pid() is not None and shims.server_address().exists())
    until(lambda: aws(warm, "ecs", "list-clusters").returncode == 0)


def test_without_a_sandbox_it_refuses(warm: Env) -> None:
    alone = {name: value for name, value in warm.items() if name != "ECSLAB_CONTROL_URL"}
    answer = aws(alone, "ecs", "list-clusters")
    assert answer.returncode == 3
    assert "no sandbox here" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_sandbox_that_has_stopped_is_named_in_one_line(warm: Env) -> None:
    gone = warm | {"ECSLAB_CONTROL_URL": "http://127.0.0.1:9/_ecslab"}
    answer = aws(gone, "ecs", "list-clusters")
    assert answer.returncode == 3
    assert "has stopped" in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("server", ["warm", "cold"])
def test_the_real_aws_is_out_of_reach(warm: Env, standin, server: str) -> None:
    mine = {name: value for name, value in warm.items() if not name.endswith("_proxy")}
    mine |= {"ECSLAB_AWSD": ""} if server == "cold" else {}
    answer = aws(mine, "ecs", "list-clusters", "--endpoint-url", "https://ecs.us-east-1.amazonaws.com")
    assert answer.returncode == 255
    assert "403" in answer.stderr
    assert not standin.state.calls("ListClusters")


def test_help_goes_through_the_learners_pager_and_tells_awss_own_delays(warm: Env) -> None:
    answer = aws(warm | {"PAGER": "cat"}, "ecs", "wait", "services-stable", "help")
    assert answer.returncode == 0
    assert "every 15 seconds" in " ".join(answer.stdout.split())


def test_completion_answers_bash(warm: Env) -> None:
    line = "aws ecs list-clus"
    asked = warm | {"COMP_LINE": line, "COMP_POINT": str(len(line))}
    answer = subprocess.run([_program(warm) + "_completer"], env=asked, capture_output=True, text=True)
    assert answer.stdout.split() == ["list-clusters"]
