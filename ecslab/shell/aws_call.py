"""One run of the bundled AWS CLI in this process: what the warm server's children do, and what the
`aws` shim falls back to.

It must never reach a real account: without a sandbox it refuses, and whatever the environment says,
everything that is not on this machine goes through the sandbox's proxy, which refuses it.
"""

import os
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ecslab.shell.worldclock import travel
from ecslab.terms.problems import Exit

NO_SANDBOX = (
    "aws: this is ecslab's aws and there is no sandbox here; start one with `ecslab sandbox run -- bash`"
)
INTERRUPTED = 128 + 2
STOPPED = "aws: the sandbox of this shell has stopped; leave the shell and start it again, nothing is lost"


def confine(environ: MutableMapping[str, str]) -> bool:
    """Sends everything but loopback through the sandbox; False: there is no sandbox."""
    control_url = environ.get("ECSLAB_CONTROL_URL")
    if not control_url:
        return False
    origin = control_url.rpartition("/")[0]
    for name in [name for name in environ if name.lower().endswith("_proxy")]:
        del environ[name]
    environ.update(http_proxy=origin, https_proxy=origin, no_proxy="127.0.0.1,localhost")
    return True


def run(arguments: Sequence[str], driver: Any = None) -> int:
    """Runs `aws ARGUMENTS` with the process's environment and streams; returns the exit status."""
    sys.argv = ["aws", *arguments]  # the CLI names itself in its usage errors
    if not confine(os.environ):
        print(NO_SANDBOX, file=sys.stderr)
        return Exit.ENVIRONMENT
    if "help" in arguments:
        # AWS's own documentation of a waiter names AWS's own delay.
        os.environ.pop("AWS_DATA_PATH", None)
        driver = None
    elif not travel(os.environ):
        print(STOPPED, file=sys.stderr)
        return Exit.ENVIRONMENT
    if driver is None:
        from awscli.clidriver import create_clidriver

        driver = create_clidriver()
    from awscli.alias import AliasLoader
    from awscli.customizations.overridesslcommonname import SSL_COMMON_NAMES

    SSL_COMMON_NAMES.clear()  # old names of SQS, which the CLI puts before AWS_ENDPOINT_URL
    driver.alias_loader = AliasLoader("")  # the learner's own aliases are for the real AWS
    driver.session.register("before-send", _only_here)
    try:
        status = driver.main(list(arguments))
    except SystemExit as ended:
        status = _status_of(ended)
    return int(status or 0)


class ElsewhereError(Exception):
    """A command was sent to a host that is not part of the sandbox."""


def _only_here(request: Any, **_: object) -> None:
    """Says plainly what the proxy would say less plainly, and after several tries."""
    url = urlsplit(str(request.url))
    if url.scheme != "http" and url.hostname not in ("127.0.0.1", "localhost"):
        raise ElsewhereError(f"403: {url.hostname} is not in this sandbox; leave --endpoint-url out")


def _status_of(ended: SystemExit) -> int:
    if isinstance(ended.code, str):
        print(ended.code, file=sys.stderr)
        return 1
    return int(ended.code or 0)


def complete(driver: Any = None) -> int:
    """Answers bash's `complete -C`: the line and the cursor come in the environment."""
    from ecslab.shell import completion

    def of_cli(line: str, point: int) -> list[str]:
        from awscli.clidriver import create_clidriver
        from awscli.completer import Completer

        return [str(choice) for choice in Completer(driver or create_clidriver()).complete(line, point)]

    line = os.environ.get("COMP_LINE", "")
    point = int(os.environ.get("COMP_POINT", len(line)))
    found = completion.choices(line, point, of_cli=of_cli, of_world=_state)
    sys.stdout.write("".join(f"{choice}\n" for choice in found))
    return Exit.GOOD


def _state() -> dict[str, Any]:
    """The sandbox's state, or nothing to offer."""
    from ecslab.sandbox.client import Sandbox
    from ecslab.sandbox.problems import SandboxProblem

    found = Sandbox.find(os.environ.get("ECSLAB_SANDBOX", ""))
    try:
        return found.state() if found is not None else {}
    except SandboxProblem:
        return {}


def main() -> int:
    try:
        if os.environ.pop("ECSLAB_AWS_COMPLETES", None):
            return complete()
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
