"""`ecslab import FILE`: merge an export into your record; the short form of `progress import`."""

import argparse
from pathlib import Path

from ecslab.cli import progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="an export written by `ecslab export`")


def run(args: argparse.Namespace) -> int:
    return progress.read(args.file)
