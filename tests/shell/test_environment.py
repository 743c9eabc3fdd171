"""What a program sees that runs against a sandbox."""

import os
import subprocess
from pathlib import Path

import pytest

from ecslab.sandbox.client import Sandbox
from ecslab.shell.environment import check_system_aws, environment, without_aws
from ecslab.shell.problems import ShellProblem

CALLER = {
    "PATH": os.environ["PATH"],
    "HOME": "/home/somebody",
    "EDITOR": "vim",
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "secret",
    "AWS_ENDPOINT_URL_ECS": "https://ecs.us-east-1.amazonaws.com",
    "AWS_CA_BUNDLE": "/etc/ca",
    "HTTPS_PROXY": "http://proxy.example.com:3128",
    "all_proxy": "socks5://proxy.example.com",
    "NO_PROXY": "*",
}


def test_nothing_of_the_callers_account_and_proxies_comes_through(sandbox: Sandbox) -> None:
    seen = environment(sandbox, base=CALLER)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_ECS", "AWS_CA_BUNDLE"} & set(seen)
    assert not {"HTTPS_PROXY", "all_proxy", "NO_PROXY"} & set(seen)
    assert "example.com" not in " ".join(seen.values())
    assert seen["EDITOR"] == "vim"


def test_it_is_what_the_contract_names(sandbox: Sandbox) -> None:
    seen = environment(sandbox, base=CALLER)
    assert {name for name in seen if name.startswith("AWS_")} == {
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_DEFAULT_REGION",
        "AWS_PAGER",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_DATA_PATH",
    }
    assert seen["AWS_ENDPOINT_URL"] == seen["http_proxy"] == seen["https_proxy"] == sandbox.url
    assert seen["no_proxy"] == "127.0.0.1,localhost"
    assert seen["AWS_PAGER"] == ""
    assert seen["ECSLAB_CONTROL_URL"] == f"{sandbox.url}/_ecslab"
    assert (seen["ECSLAB_SANDBOX"], seen["ECSLAB_TOKEN"]) == (str(sandbox.directory), sandbox.token)


def test_the_aws_configuration_is_private_and_the_learners_to_change(sandbox: Sandbox) -> None:
    seen = environment(sandbox, base=CALLER)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        path = Path(seen[name])
        assert path.parent.parent == sandbox.directory
        assert path.stat().st_mode & 0o077 == 0
    Path(seen["AWS_CONFIG_FILE"]).write_text("[default]\noutput = table\n")
    assert (
        Path(environment(sandbox, base=CALLER)["AWS_CONFIG_FILE"]).read_text()
        == "[default]\noutput = table\n"
    )


def test_our_programs_come_first_and_once(sandbox: Sandbox) -> None:
    outer = environment(sandbox, base=CALLER)
    inner = environment(sandbox, base=outer)
    first = Path(inner["PATH"].split(os.pathsep)[0])
    assert {path.name for path in first.iterdir() if path.is_file()} >= {"aws", "python", "python3", "ecslab"}
    assert inner == outer


def test_the_outside_of_a_sandbox_is_as_it_was(sandbox: Sandbox) -> None:
    assert without_aws(environment(sandbox, base=CALLER)) == without_aws(CALLER)


def _machine_with(tmp_path: Path, version: str) -> str:
    program = tmp_path / "machine" / "aws"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'aws-cli/{version} Python/3.11.2 Linux/6.1'\n")
    program.chmod(0o755)
    return str(program.parent)


@pytest.mark.parametrize("version", ["2.9.19", "2.12.7", "1.22.34"])
def test_an_aws_that_would_call_the_real_one_is_refused_in_one_line(
    sandbox: Sandbox, tmp_path: Path, version: str
) -> None:
    base = CALLER | {"PATH": _machine_with(tmp_path, version)}
    with pytest.raises(ShellProblem, match=rf"{version}.*ignores AWS_ENDPOINT_URL") as refusal:
        environment(sandbox, aws="system", base=base)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("version", ["2.13.0", "2.31.5", "1.29.0"])
def test_a_newer_aws_of_the_machine_is_the_one_found(sandbox: Sandbox, tmp_path: Path, version: str) -> None:
    machine = _machine_with(tmp_path, version)
    seen = environment(sandbox, aws="system", base=CALLER | {"PATH": f"{machine}:/usr/bin:/bin"})
    found = subprocess.run(
        ["sh", "-c", "command -v aws"], env=seen, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == f"{machine}/aws"


def test_a_machine_without_aws_says_so(tmp_path: Path) -> None:
    with pytest.raises(ShellProblem, match="no aws on this machine"):
        check_system_aws(str(tmp_path))
