"""Packs: finding them, listing what is in them cheaply, opening one thing in full.

Reading a pack runs nothing of it. Listings peek at plain YAML; what is opened is validated whole.
"""

from functools import cache, cached_property
from pathlib import Path

from ecslab.content.files import PackFiles
from ecslab.terms.problems import Exit, Problem

PACKAGE = Path(__file__).resolve().parent.parent


class Pack:
    """One pack: a directory with a pack.yaml."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = PackFiles(root)

    @cached_property
    def worlds(self) -> list[str]:
        from ecslab.content.worlds import world_ids

        return world_ids(self.files)


@cache
def builtin() -> Pack:
    """The pack that ecslab brings: inside an installed package, at the repository's root in a checkout."""
    for root in (PACKAGE / "builtin", PACKAGE.parent):
        if (root / "pack.yaml").is_file():
            return Pack(root)
    raise Problem("the built-in pack is missing", "install ecslab again", status=Exit.ENVIRONMENT)
