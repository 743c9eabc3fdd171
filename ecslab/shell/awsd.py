"""The warm `aws` server: the AWS CLI, loaded and warmed once, forks a child for each command.

One for each user and version of ecslab. A child runs the CLI's own driver, so that every option, error and exit
status is the CLI's.
"""

import contextlib
import io
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from ecslab.shell import aws_call, forks, nowhere, worldclock

WARMED = (
    "ecs list-clusters",
    "elbv2 describe-load-balancers",
    "ec2 describe-vpcs",
    "iam list-roles",
    "logs describe-log-groups",
    "ecr describe-repositories",
    "secretsmanager list-secrets",
    "ssm describe-parameters",
    "sts get-caller-identity",
    "cloudwatch list-metrics",
    "application-autoscaling describe-scalable-targets --service-namespace ecs",
    "cloudformation list-stacks",
)
"""One call for each service that labs use: it loads the models and the code a call needs."""
_READ_FROM_THE_ENVIRONMENT = ("_config", "_profile", "_profile_map", "_credentials", "_client_config")
"""What a session of awscli's botocore keeps of what it once read; None makes it read again."""


class Cli:
    """The AWS CLI, loaded, with everything that depends on no caller already worked out."""

    def __init__(self) -> None:
        self.data_path = os.environ.get("AWS_DATA_PATH", "")
        os.environ.update(nowhere.SETTINGS)
        from awscli.clidriver import create_clidriver

        worldclock.library()
        self._own_path = os.environ["AWS_DATA_PATH"].removeprefix(self.data_path)
        self._create = create_clidriver
        self._loader: Any = None
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            for command in WARMED:
                self._warm(command.split())
        self.driver = self._new_driver()
        tables = self.driver._get_command_table()
        for command in WARMED:
            tables[command.split()[0]]._get_command_table()
        for name in nowhere.SETTINGS:
            del os.environ[name]

    def _new_driver(self) -> Any:
        driver = self._create()
        if self._loader is None:
            self._loader = driver.session.get_component("data_loader")
        else:
            driver.session.register_component("data_loader", self._loader)
        return driver

    def _warm(self, arguments: list[str]) -> None:
        """Runs one command as far as the network, where an empty answer is put in its place."""
        driver = self._new_driver()
        driver.session.register("before-send", nowhere.empty_answer)
        with contextlib.suppress(SystemExit):
            driver.main(arguments)

    def for_caller(self) -> Any:
        """The driver for the environment that now is in `os.environ`, in a child."""
        for name in _READ_FROM_THE_ENVIRONMENT:
            setattr(self.driver.session, name, None)
        given = os.environ.get("AWS_DATA_PATH", "")
        os.environ["AWS_DATA_PATH"] = given + self._own_path
        if given != self.data_path:
            if Path(given).name != Path(self.data_path).name:
                return self._create()
            # Another home's copy of the same waiters: only where to find them differs.
            paths = self._loader.search_paths
            paths[paths.index(self.data_path)] = given
        return self.driver


def play(cli: Cli, request: forks.Request) -> int:
    """Runs a command, in the caller's place."""
    arguments, *_ = request
    for name, stream in (
        (
            "stdin",
            io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8", "surrogateescape"),
        ),
        ("stdout", _writer(1, "surrogateescape")),
        ("stderr", _writer(2, "backslashreplace")),
    ):
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        if os.environ.pop("ECSLAB_AWS_COMPLETES", None):
            return aws_call.complete(cli.for_caller())
        return aws_call.run(arguments, cli.for_caller())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _writer(descriptor: int, errors: str) -> TextIO:
    raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, "utf-8", errors, line_buffering=descriptor == 2 or os.isatty(descriptor))


def main(address: str) -> int:
    return forks.serve(address, forks.Kind("aws", lambda: partial(play, Cli()), tells_its_end=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
