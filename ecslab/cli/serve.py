"""`ecslab serve`: the app in a browser, on this machine unless one says otherwise and sets a password."""

import argparse
import getpass
import os
import secrets
import sys

from ecslab.terms.problems import Exit, Problem

PASSWORD = "ECSLAB_PASSWORD"
SHORTEST = 8
EVERYWHERE = ("0.0.0.0", "::")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8422, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--public",
        metavar="ADDRESS",
        help=f"listen on this address of the machine, for others too; asks for a password (or takes {PASSWORD})",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        help="with --public: a name under which browsers may ask, such as lab.example.org; can be repeated",
    )
    parser.add_argument(
        "--visitors", type=int, default=8, help="how many at the same time (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Serves until Ctrl-C."""
    try:
        from ecslab.web.server import Server, listen, local
    except ModuleNotFoundError as error:
        raise Problem(
            f"the browser needs {error.name}, which is not installed", "pip install 'ecslab[web]'"
        ) from error
    from ecslab.web.door import LOOPBACK, Door

    host = args.public or LOOPBACK[0]
    outside = args.public is not None and not local(args.public)
    if args.name and not outside:
        raise Problem("--name goes with --public", "leave it out", status=Exit.USAGE)
    if args.public in EVERYWHERE and not args.name:
        raise Problem(
            f"{args.public} is every address of this machine, and none of them is a name",
            "say with --name under which one browsers ask",
            status=Exit.USAGE,
        )
    if args.visitors < 1:
        raise Problem(f"--visitors {args.visitors} lets nobody in", "name 1 or more", status=Exit.USAGE)
    secret = _password() if outside else secrets.token_urlsafe(24)
    listening = listen(host, args.port)
    names = (*args.name, host, *LOOPBACK) if outside else LOOPBACK
    door = Door(secret, listening.getsockname()[1], names)
    if outside:
        print("ecslab: what passes is not encrypted; put a proxy with TLS in front of it", file=sys.stderr)
    Server(listening, door, asks=outside, visitors=args.visitors).serve()
    return Exit.GOOD


def _password() -> str:
    """From the environment or the keyboard, never from the command line, which others can read."""
    given = os.environ.pop(PASSWORD, None)
    if given is None:
        if not sys.stdin.isatty():
            raise Problem(
                "others can reach that address, and there is no password",
                f"set {PASSWORD}",
                status=Exit.USAGE,
            )
        given = getpass.getpass("Password for visitors: ")
    if len(given) < SHORTEST:
        raise Problem(
            f"a password needs {SHORTEST} characters or more", "choose a longer one", status=Exit.USAGE
        )
    return given
