"""Waiters of boto3 that state a delay of their own sleep as shortly as the others.

A program may say `waiter.wait(WaiterConfig={"Delay": 15})`; the world moves on at each poll all the same, so that
sleep would be time lost too. Used when the learner's `python` starts: it imports next to nothing and touches
botocore only if the program does.
"""

import sys
import time
from importlib.machinery import ModuleSpec, PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

DELAY = 0.2
"""Real seconds between two polls."""
MODULE = "botocore.waiter"


class ShortTime:
    """The `time` module as botocore's waiters see it."""

    def __getattr__(self, name: str) -> "Any":
        return getattr(time, name)

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(min(seconds, DELAY))


class _Finder:
    """Finds botocore's waiters where they are, and gives them the shorter sleep when they are loaded."""

    @staticmethod
    def find_spec(
        name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == MODULE else None
        if spec is None or spec.loader is None:
            return None
        plain = spec.loader.exec_module

        def exec_module(module: "ModuleType") -> None:
            plain(module)
            module.time = ShortTime()  # type: ignore[attr-defined]

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def shorten() -> None:
    """For botocore's waiters, when they are imported or if they are already."""
    if MODULE in sys.modules:
        sys.modules[MODULE].time = ShortTime()  # type: ignore[attr-defined]
    else:
        sys.meta_path.insert(0, _Finder)
