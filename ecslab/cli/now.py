"""`ecslab now`: the world's time, so that `--start-time $(ecslab now -15m)` means what it says.

It prints no wall time: outside a sandbox it says that there is no world.
"""

import argparse
import os
import re
from datetime import UTC, datetime, timedelta

from ecslab.sandbox.problems import SandboxProblem
from ecslab.terms.durations import parse_duration
from ecslab.terms.problems import Exit, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "offset", nargs="?", default="", help="how long ago or ahead: -15m, +1h30m, -250ms", metavar="-15m"
    )
    parser.add_argument("--epoch", action="store_true", help="seconds since 1970 instead of ISO 8601")
    # argparse takes a word like -15m for an option unless told that such words are numbers.
    parser._negative_number_matcher = re.compile(r"^[-+]\d")


def run(args: argparse.Namespace) -> int:
    moment = world_time() + timedelta(milliseconds=_offset(args.offset))
    if args.epoch:
        print(int(moment.timestamp()))
    else:
        print(moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z")
    return Exit.GOOD


def world_time() -> datetime:
    """The time of the sandbox in whose environment this runs.

    Raises:
        Problem: it runs in none, or the sandbox has stopped.
    """
    from ecslab.shell import worldclock

    control_url = os.environ.get("ECSLAB_CONTROL_URL")
    if not control_url:
        raise Problem(
            "there is no sandbox here, so no world's time", "run it inside `ecslab sandbox run -- …` or a lab"
        )
    try:
        nanoseconds, _ = worldclock.read(control_url, os.environ.get("ECSLAB_TOKEN", ""))
    except (OSError, ValueError, KeyError):
        raise SandboxProblem(
            "the sandbox of this shell does not answer", "leave the shell and start it again"
        ) from None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=nanoseconds // 1000)


def _offset(text: str) -> int:
    if not text:
        return 0
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    return sign * parse_duration(rest)
