"""`ecslab sandbox`: a mock AWS for one command (`run`), or one that stays (`start` … `stop`)."""

import argparse

from ecslab.cli.sandbox_world import PLAYGROUND

DEFAULT_SEED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    run_ = actions.add_parser("run", help="run a command in a fresh sandbox, then throw it away")
    _add_world(run_)
    run_.add_argument(
        "--aws", choices=("bundled", "system"), default="bundled", help="which aws the command gets"
    )
    run_.add_argument("cmd", nargs=argparse.REMAINDER, metavar="-- CMD", help="the command")


def _add_world(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--world",
        default=PLAYGROUND,
        metavar="ID|DIR",
        help=f"the world to start from (default: {PLAYGROUND})",
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="N", help="what chance brings")
    parser.add_argument(
        "--rate", type=rate, metavar="R|max", help="simulated seconds in a real one (default: 60)"
    )
    parser.add_argument("--any-key", action="store_true", help="accept any access key")


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
