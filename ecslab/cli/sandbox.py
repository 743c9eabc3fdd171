"""`ecslab sandbox`: a mock AWS for one command (`run`), or one that stays (`start` … `stop`)."""

import argparse

from ecslab.cli.sandbox_world import PLAYGROUND

DEFAULT_SEED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    one = actions.add_parser("run", help="run a command in a fresh sandbox, then throw it away")
    _add_world(one, PLAYGROUND)
    _add_aws(one)
    one.add_argument("cmd", nargs=argparse.REMAINDER, metavar="-- CMD", help="the command")

    start = _named(actions.add_parser("start", help="start a sandbox that stays, or resume it"))
    _add_world(start, None)
    start.add_argument("--port", type=int, default=0, metavar="N", help="the port (default: a free one)")
    start.add_argument(
        "--fresh", action="store_true", help="throw away what an earlier one of this name held"
    )
    _add_json(start)

    stop = _named(actions.add_parser("stop", help="stop it; `start` resumes it"))
    stop.add_argument("--all", action="store_true", help="all of them")
    stop.add_argument("--delete", action="store_true", help="and delete what it held")

    _add_json(actions.add_parser("list", help="the sandboxes that stay"))

    env = _named(actions.add_parser("env", help='its environment: eval "$(ecslab sandbox env)"'))
    _add_aws(env)
    _add_json(env)

    _add_json(_named(actions.add_parser("status", help="what runs in it")))

    events = _named(actions.add_parser("events", help="what happened in it"))
    events.add_argument("--follow", action="store_true", help="and what happens from now on")
    _add_json(events)

    _add_clock(_named(actions.add_parser("clock", help="its time: read it, stop it, let it run")))


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"which one (default: {PLAYGROUND})")
    return parser


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def _add_aws(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--aws", choices=("bundled", "system"), default="bundled", help="which aws it gets")


def _add_world(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--world", default=default, metavar="ID|DIR", help=f"the world to start from (default: {PLAYGROUND})"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="N", help="what chance brings")
    parser.add_argument(
        "--rate", type=rate, metavar="R|max", help="simulated seconds in a real one (default: 60)"
    )
    parser.add_argument("--any-key", action="store_true", help="accept any access key")


def _add_clock(parser: argparse.ArgumentParser) -> None:
    halt = parser.add_mutually_exclusive_group()
    halt.add_argument("--pause", action="store_true", help="let it stand still")
    halt.add_argument("--resume", action="store_true", help="let it run again")
    parser.add_argument("--rate", type=rate, metavar="R|max", help="simulated seconds in a real one")
    parser.add_argument("--advance", metavar="D", help="let this much pass at once: 5s, 15m, 3h, 1d")
    parser.add_argument("--until", choices=("steady",), help="let it pass until nothing is in transition")
    parser.add_argument("--limit", metavar="D", help="but no more than this (default: 1h)")
    _add_json(parser)


def rate(text: str) -> str:
    """A rate as the sandbox reads it."""
    if text != "max" and not float(text) > 0:
        raise ValueError(text)
    return text


def run(args: argparse.Namespace) -> int:
    if args.action == "run":
        from ecslab.cli import sandbox_run

        return sandbox_run.run(args)
    from ecslab.cli import sandbox_kept

    return sandbox_kept.run(args)
