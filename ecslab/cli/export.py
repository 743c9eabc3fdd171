"""`ecslab export FILE`: the whole record of progress as JSON; the short form of `progress export`."""

import argparse
from pathlib import Path

from ecslab.cli import progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it")


def run(args: argparse.Namespace) -> int:
    return progress.write(args.file)
