"""The sandboxes that stay: `ecslab sandbox start`, and all that is asked of a running one.

Each has a name and a directory under the learner's data. A command without a name means the sandbox
whose environment it runs in, otherwise the only one that runs, otherwise the playground.
"""

import argparse
import json
import os
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

from ecslab.cli.sandbox_show import clock_line, event_line, status_lines
from ecslab.cli.sandbox_world import PLAYGROUND, world_document
from ecslab.cli.waiting import Waiting
from ecslab.lab.opening import opening
from ecslab.sandbox import places
from ecslab.sandbox.client import Sandbox
from ecslab.sandbox.problems import SandboxProblem
from ecslab.terms.problems import Exit, Problem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WAIT = 20.0
"""Real seconds of one long poll of `events --follow`."""

JSON = dict[str, Any]


def run(args: argparse.Namespace) -> int:
    actions = {
        "start": start,
        "stop": stop,
        "list": list_all,
        "env": env,
        "status": status,
        "events": events,
        "clock": clock,
    }
    return actions[args.action](args)


# --- which one ---------------------------------------------------------------------------------


def directory_of(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise Problem(
            f"{name!r} is not a name for a sandbox", "use letters, digits, - and _", status=Exit.USAGE
        )
    return places.playgrounds_dir() / name


def all_directories() -> list[Path]:
    """Every sandbox that was started and not deleted, by name."""
    home = places.playgrounds_dir()
    return (
        sorted(place for place in home.iterdir() if (place / "world.json").is_file()) if home.is_dir() else []
    )


def running(name: str | None) -> Sandbox:
    """The sandbox that a command means.

    Raises:
        SandboxProblem: it does not run, or there are several to choose from.
    """
    if name is None and os.environ.get("ECSLAB_SANDBOX"):
        place = Path(os.environ["ECSLAB_SANDBOX"])
    elif name is None:
        place = _only_one()
    else:
        place = directory_of(name)
    found = Sandbox.find(place)
    if found is None:
        given = "" if place.name == PLAYGROUND else f" {place.name}"
        raise SandboxProblem(f"no sandbox {place.name} is running", f"start it: ecslab sandbox start{given}")
    return found


def _only_one() -> Path:
    alive = [place for place in all_directories() if Sandbox.find(place) is not None]
    if len(alive) > 1:
        names = ", ".join(place.name for place in alive)
        raise SandboxProblem(f"several sandboxes run: {names}", "name one", status=Exit.USAGE)
    return alive[0] if alive else directory_of(PLAYGROUND)


# --- starting and stopping ---------------------------------------------------------------------


def start(args: argparse.Namespace) -> int:
    name = args.name or Path(args.world or PLAYGROUND).name
    place = directory_of(name)
    found = Sandbox.find(place)
    if args.fresh:
        if found is not None:
            found.stop()
        shutil.rmtree(place, ignore_errors=True)
        found = None
    resumed = (place / "world.json").exists()
    if (
        resumed
        and args.world is not None
        and _world_of(place) != world_document(args.world, seed=args.seed)["id"]
    ):
        raise Problem(
            f"sandbox {name} holds another world, {_world_of(place)}",
            "give this one its own name, or throw that one away with --fresh",
            status=Exit.USAGE,
        )
    if found is None:
        world = (
            None
            if resumed
            else world_document(args.world or PLAYGROUND, seed=args.seed, any_key=args.any_key)
        )
        places.made(places.playgrounds_dir())
        with Waiting(opening(place)):
            found = Sandbox.start(place, world, port=args.port, rate=args.rate, keep=True)
    if args.json:
        print(json.dumps(about(found.directory)))
        return Exit.GOOD
    given = "" if args.name is None and name == PLAYGROUND else f" {name}"
    print(f"sandbox {name} runs at {found.url}" + (", as you left it" if resumed else ""))
    print(f'  use it in this shell   eval "$(ecslab sandbox env{given})"')
    print(f"  stop it                ecslab sandbox stop{given}")
    return Exit.GOOD


def stop(args: argparse.Namespace) -> int:
    names = [place.name for place in all_directories()] if args.all else [args.name]
    for name in names:
        place = directory_of(name) if name else _only_one()
        found = Sandbox.find(place)
        if found is not None:
            found.stop()
        if args.delete:
            shutil.rmtree(place, ignore_errors=True)
        was = "stopped" if found is not None else "was not running"
        print(f"sandbox {place.name} {was}" + (" and is deleted" if args.delete else ""))
    return Exit.GOOD


def _world_of(place: Path) -> str:
    try:
        return str(json.loads((place / "world.json").read_text()).get("id", ""))
    except (OSError, ValueError):
        return ""


# --- asking ------------------------------------------------------------------------------------


def about(place: Path) -> JSON:
    """One sandbox as `list` shows it."""
    found = Sandbox.find(place)
    row: JSON = {
        "name": place.name,
        "world": _world_of(place),
        "directory": str(place),
        "running": found is not None,
    }
    if found is not None:
        row |= {"url": found.url, "control_url": found.control_url, "port": found.port, "pid": found.pid}
        row["now"] = found.clock()["now"]
    return row


def list_all(args: argparse.Namespace) -> int:
    rows = [about(place) for place in all_directories()]
    if args.json:
        print(json.dumps(rows))
        return Exit.GOOD
    if not rows:
        print("no sandboxes; start one: ecslab sandbox start")
    for row in rows:
        print(
            f"{row['name']:<16} {'running' if row['running'] else 'stopped':<8} {row.get('url', ''):<24} {row['world']}"
        )
    return Exit.GOOD


def env(args: argparse.Namespace) -> int:
    from ecslab.shell.environment import environment, without_aws

    wanted = environment(running(args.name), aws=args.aws)
    changed = {name: value for name, value in wanted.items() if os.environ.get(name) != value}
    if args.json:
        print(json.dumps(changed))
        return Exit.GOOD
    for name in sorted(set(os.environ) - set(without_aws(os.environ)) - set(wanted)):
        print(f"unset {name}")
    for name, value in sorted(changed.items()):
        print(f"export {name}={shlex.quote(value)}")
    return Exit.GOOD


def status(args: argparse.Namespace) -> int:
    state = running(args.name).state()
    if args.json:
        print(json.dumps(state))
        return Exit.GOOD
    print("\n".join(status_lines(state)))
    return Exit.GOOD


def events(args: argparse.Namespace) -> int:
    sandbox = running(args.name)
    state = sandbox.state()
    shown = _print_events(state["events"], -1, args)
    while args.follow:
        newer = sandbox.state(since=state["n"], wait=_WAIT)
        if not newer.get("unchanged"):
            state = newer
            shown = _print_events(state["events"], shown, args)
    return Exit.GOOD


def _print_events(listed: list[JSON], shown: int, args: argparse.Namespace) -> int:
    """Prints the events after number `shown`; returns the number of the last one."""
    fresh = [event for event in listed if event["n"] > shown]
    if listed and listed[-1]["n"] < shown:  # an undo or a reset took some back
        fresh = []
        shown = listed[-1]["n"]
    if args.json and not args.follow:
        print(json.dumps(fresh))
    else:
        for event in fresh:
            print(json.dumps(event) if args.json else event_line(event), flush=True)
    return fresh[-1]["n"] if fresh else shown


def clock(args: argparse.Namespace) -> int:
    changes: JSON = {}
    if args.pause or args.resume:
        changes["paused"] = args.pause
    if args.rate is not None:
        changes["rate"] = args.rate if args.rate == "max" else float(args.rate)
    if args.advance is not None:
        changes["advance"] = args.advance
    if args.until is not None:
        changes |= {"until": args.until} | ({"limit": args.limit} if args.limit else {})
    reading = running(args.name).clock(**changes)
    print(json.dumps(reading) if args.json else clock_line(reading))
    return Exit.NEGATIVE if reading.get("reached") is False else Exit.GOOD
