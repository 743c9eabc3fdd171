"""A real sandbox process for tests that speak HTTP to it: started once a module, with the playground."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox.client import Sandbox


class Served:
    """A sandbox and ways to speak to it as any client would."""

    def __init__(self, sandbox: Sandbox, world: dict[str, Any]) -> None:
        self.sandbox = sandbox
        self.world = world
        self.keys = json.loads((sandbox.directory / "world.json").read_text())["identity"]

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.sandbox.url,
            region_name="us-east-1",
            aws_access_key_id=self.keys["access_key_id"],
            aws_secret_access_key=self.keys["secret_access_key"],
            config=Config(retries={"max_attempts": 0}, proxies={}),
        )

    def http(
        self, method: str, path: str, *, token: str | None = "", body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """One control request, or any other with `token=None`: (status, JSON or text)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.sandbox.port, timeout=30)
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.sandbox.token}"
        payload = None if body is None else json.dumps(body)
        connection.request(method, path, payload, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        kind = answer.headers.get("content-type", "")
        return answer.status, json.loads(text) if "json" in kind else text

    def advance(self, duration: str) -> None:
        assert self.http("POST", "/_ecslab/clock", body={"advance": duration})[0] == 200

    def exceptions(self) -> list[str]:
        _, health = self.http("GET", "/_ecslab/health")
        return [health["last_exception"]] if health["exceptions"] else []


@pytest.fixture(scope="session")
def playground() -> dict[str, Any]:
    return resolve_world(builtin(), "playground", seed=1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, playground: dict[str, Any]) -> Iterator[Served]:
    directory: Path = tmp_path_factory.mktemp("sandbox")
    sandbox = Sandbox.start(directory, playground, keep=True)
    served = Served(sandbox, playground)
    yield served
    found = served.exceptions()
    sandbox.stop()
    assert not found, f"an internal exception, whatever the client saw:\n{found[0]}"
