"""The chapter's listener is 443: a certificate of ACM, an HTTPS listener, and `curl https://…` through it."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox.client import Sandbox
from ecslab.shell.environment import environment


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    world = resolve_world(builtin(), "playground", seed=1)
    sandbox = Sandbox.start(tmp_path_factory.mktemp("sandbox"), world, keep=True)
    env = environment(sandbox)

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line], env=env, capture_output=True, text=True, timeout=60, check=False
        )

    yield run
    health = sandbox.health()
    sandbox.stop()
    assert health["exceptions"] == 0, health["last_exception"]


def value(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


ALB = "aws elbv2 describe-load-balancers --names web-alb --output text --query"


def test_without_an_https_listener_there_is_nobody_to_connect_to(shell: Any) -> None:
    dns = value(shell(f"{ALB} 'LoadBalancers[0].DNSName'"))
    done = shell(f"curl -sS https://{dns}/")
    assert done.returncode != 0
    assert "502" in done.stderr


def test_https_ends_at_the_load_balancer_with_a_certificate_that_curl_trusts(shell: Any) -> None:
    dns = value(shell(f"{ALB} 'LoadBalancers[0].DNSName'"))
    arn = value(shell(f"{ALB} 'LoadBalancers[0].LoadBalancerArn'"))
    certificate = value(shell("aws acm request-certificate --domain-name shop.example --output text"))
    action = {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "in TLS"},
    }
    value(
        shell(
            f"aws elbv2 create-listener --load-balancer-arn {arn} --protocol HTTPS --port 443 "
            f"--certificates CertificateArn={certificate} --default-actions '{json.dumps([action])}'"
        )
    )
    assert value(shell(f"curl -sS https://{dns}/")) == "in TLS"
    assert value(shell(f"curl -sS -o /dev/null -w '%{{http_code}}' http://{dns}:443/")) == "400"
    assert value(shell(f"curl -sS -o /dev/null -w '%{{http_code}}' http://{dns}/")) == "503"


def test_another_host_is_refused_in_one_line(shell: Any) -> None:
    done = shell("curl -sS https://example.com/")
    assert done.returncode != 0
    assert "403" in done.stderr
