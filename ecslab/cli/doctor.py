"""`ecslab doctor`: what works on this machine, and what to do about what does not.

Every check is tried, whatever the others said; only an essential one that fails makes the exit
status 3. It changes nothing that stays.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.sandbox.client import Sandbox

NEEDED_PYTHON = (3, 11)
COLUMNS, LINES = 80, 24


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    name: str
    ok: bool
    detail: str
    todo: str = ""
    essential: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    findings = []
    for finding in examine():
        findings.append(finding)
        if not args.json:
            print(line(finding), flush=True)
    if args.json:
        print(json.dumps([asdict(one) | ({"todo": ""} if one.ok else {}) for one in findings]))
    return Exit.ENVIRONMENT if any(one.essential and not one.ok for one in findings) else Exit.GOOD


def line(finding: Finding) -> str:
    word = "ok" if finding.ok else "BROKEN" if finding.essential else "missing"
    todo = f"; {finding.todo}" if finding.todo and not finding.ok else ""
    return f"{word:<8} {finding.name:<10} {finding.detail}{todo}"


def examine() -> Iterator[Finding]:
    """All checks, the quick ones first."""
    for check in (python, terminal, data_directory, port, shell, tools):
        yield from _tried(check)
    yield from sandbox()


def _tried(check: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield check()
    except Problem as problem:
        yield Finding(check.__name__.replace("_", " "), False, problem.what, problem.todo)


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    needed = ".".join(map(str, NEEDED_PYTHON))
    return Finding(
        "python",
        sys.version_info >= NEEDED_PYTHON,
        f"{version}, {sys.executable}",
        f"install {needed} or later",
    )


def terminal() -> Finding:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding(
            "terminal", False, "there is none here", "run ecslab in a terminal for the app", essential=False
        )
    size = shutil.get_terminal_size()
    wide = size.columns >= COLUMNS and size.lines >= LINES
    capable = os.environ.get("TERM", "dumb") != "dumb"
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    detail = f"{os.environ.get('TERM', 'no TERM')}, {size.columns} x {size.lines}, {sys.stdout.encoding}"
    todo = f"the app wants {COLUMNS} x {LINES} or larger, UTF-8 and a TERM that can move its cursor"
    return Finding("terminal", wide and capable and encoding == "utf8", detail, todo, essential=False)


def data_directory() -> Finding:
    from ecslab.sandbox import places

    home = places.made(places.data_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=home):
            pass
    except OSError as error:
        todo = "free some space, or set ECSLAB_HOME to a directory that can be written"
        return Finding("data", False, f"{home}: {error.strerror}", todo)
    return Finding("data", True, str(home))


def port() -> Finding:
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            number = listener.getsockname()[1]
    except OSError as error:
        todo = "allow programs to listen on 127.0.0.1"
        return Finding("ports", False, f"none free on 127.0.0.1 ({error.strerror})", todo)
    return Finding("ports", True, f"127.0.0.1:{number} is free")


def shell() -> Finding:
    from ecslab.shell.prompt import bash

    return Finding("bash", True, bash())


def tools() -> Finding:
    wanted = {"curl": "asking load balancers", "less": "`aws help`", "groff": "`aws help`"}
    absent = [f"{name} ({purpose})" for name, purpose in wanted.items() if shutil.which(name) is None]
    todo = "install " + ("them" if len(absent) > 1 else "it") + " to have that"
    return Finding("tools", not absent, ", ".join(absent or wanted), todo, essential=False)


def sandbox() -> Iterator[Finding]:
    """Starts the playground for a moment and sends it one command."""
    from ecslab.cli.sandbox_world import PLAYGROUND, world_document
    from ecslab.cli.waiting import Waiting
    from ecslab.sandbox.client import Sandbox

    place = Path(tempfile.mkdtemp(prefix="ecslab-doctor-"))
    began = time.monotonic()
    try:
        with Waiting("starting a sandbox"):
            started = Sandbox.start(place, world_document(PLAYGROUND, seed=1))
    except Problem as problem:
        yield Finding("sandbox", False, problem.what, problem.todo)
        return
    try:
        with started.lease():
            yield Finding("sandbox", True, f"starts in {time.monotonic() - began:.1f} s")
            yield from _tried(lambda: aws(started))
    finally:
        started.stop()
        shutil.rmtree(place, ignore_errors=True)


def aws(sandbox: "Sandbox") -> Finding:
    from ecslab.shell.environment import environment

    env = environment(sandbox)
    program = shutil.which("aws", path=env["PATH"]) or "aws"
    began = time.monotonic()
    answer = subprocess.run(
        [program, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        said = (answer.stderr.strip() or f"exit status {answer.returncode}").splitlines()[-1]
        return Finding("aws", False, said, "install ecslab again: pip install --force-reinstall ecslab")
    return Finding("aws", True, f"{answer.stdout.strip()}, in {1000 * (time.monotonic() - began):.0f} ms")
