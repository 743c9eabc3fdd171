"""A sandbox to measure, and boto3 that talks to one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from ecslab.content.packs import builtin
from ecslab.content.resolve import resolve_world
from ecslab.sandbox.client import Sandbox
from ecslab.shell.environment import environment


@contextmanager
def sandbox() -> Iterator[tuple[Sandbox, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as name:
        started = Sandbox.start(Path(name), resolve_world(builtin(), "playground", seed=1), keep=True)
        try:
            yield started, environment(started)
        finally:
            started.stop()


def client(env: dict[str, str], service: str) -> Any:
    return boto3.client(
        service, endpoint_url=env["AWS_ENDPOINT_URL"], region_name="us-east-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}),
    )  # fmt: skip
