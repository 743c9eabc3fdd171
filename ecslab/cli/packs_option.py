"""`--pack NAME` of the commands that teach: which pack is studied."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecslab.content.packs import Pack


def add_pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pack",
        metavar="NAME",
        help="an installed pack, or a directory with one; the built-in one otherwise",
    )


def pack_of(args: argparse.Namespace) -> "Pack":
    """The pack that was named.

    Raises:
        Problem: there is none of this name.
    """
    from ecslab.content.packs import find

    return find(args.pack)
