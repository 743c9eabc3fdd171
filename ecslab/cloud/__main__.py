"""`python -m ecslab.cloud serve DIR` and `python -m ecslab.cloud warm SOCKET`: the mock AWS as a process."""

import argparse
import gc
import os
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ecslab.cloud")
    modes = parser.add_subparsers(dest="mode", required=True)
    one = modes.add_parser("serve", help="serve the world of a directory in the foreground")
    one.add_argument("directory", type=Path)
    one.add_argument("--port", type=int, default=0)
    one.add_argument("--rate")
    one.add_argument("--keep", action="store_true", help="live on without a lease")
    warm = modes.add_parser("warm", help="stay ready and fork a sandbox for each request")
    warm.add_argument("socket", type=Path)
    args = parser.parse_args()
    _steady_process()
    if args.mode == "warm":
        from ecslab.cloud.warm import run

        run(args.socket)
        return 0
    return _serve(args)


def _serve(args: argparse.Namespace) -> int:
    from ecslab.cloud.clock import parse_rate
    from ecslab.cloud.server import serve
    from ecslab.cloud.warm import failure

    gc.freeze()  # What is imported stays: collections need not look at it again, which takes tenths of a second.
    try:
        serve(args.directory, port=args.port, rate=parse_rate(args.rate), keep=args.keep)
    except Exception as error:
        print(failure(args.directory, args.port, error), file=sys.stderr)
        return 3
    return 0


def _steady_process() -> None:
    """Hash order and time zone are part of what replay must find unchanged."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "ecslab.cloud", *sys.argv[1:]])
    os.environ["TZ"] = "UTC"
    time.tzset()


if __name__ == "__main__":
    sys.exit(main())
