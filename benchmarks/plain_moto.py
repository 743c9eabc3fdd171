"""A plain `moto_server` as the baseline: started, stocked with the playground's template, stopped."""

import json
import os
import socket
import subprocess
import sys
import time
from typing import Any

import boto3
from botocore.config import Config


class PlainMoto:
    """A `moto_server` process on a free loopback port."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "true"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip

    def until_ready(self) -> "PlainMoto":
        """Waits for the first ECS answer."""
        client = self.client("ecs", attempts=0)
        while True:
            try:
                client.list_clusters()
            except Exception:
                time.sleep(0.005)
            else:
                return self

    def client(self, service: str, attempts: int = 2) -> Any:
        return boto3.client(
            service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="a",
            aws_secret_access_key="b", config=Config(retries={"max_attempts": attempts}, proxies={}),
        )  # fmt: skip

    def stock(self, template: dict[str, Any]) -> None:
        supported = {
            name: resource
            for name, resource in template["Resources"].items()
            if resource["Type"] != "AWS::SecretsManager::Secret"
        }
        body = json.dumps({"Resources": supported})
        self.client("cloudformation").create_stack(
            StackName="s", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"]
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
