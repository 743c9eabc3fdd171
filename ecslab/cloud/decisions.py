"""Answers about the network, permissions and images that hold until somebody changes the account.

Every task asks the same questions on its way up, and what ECS does by itself changes none of the answers. They are
kept while the clock plays events of that kind only; an input, a stack's step or an alarm's action ends all of them.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

LIMIT = 4096

KEEPING = frozenset(
    {
        "ecs-task", "ecs-forget", "ecs-service", "ecs-container-exit", "ecs-container-health", "ecs-container-change",
        "ecs-container-log", "ecs-container-restart", "elb-flip", "elb-gone", "elb-look",
    }
)  # fmt: skip
"""Kinds of events that leave subnets, security groups, roles and repositories as they are."""


class Decisions:
    def __init__(self) -> None:
        self._keeping = False
        self._known: dict[Hashable, Any] = {}

    def get(self, key: Hashable, decide: Callable[[], T]) -> T:
        if not self._keeping:
            return decide()
        try:
            found: T = self._known[key]
        except KeyError:
            if len(self._known) >= LIMIT:
                self._known.clear()
            found = self._known[key] = decide()
        return found

    def before(self, kind: str) -> None:
        """An event of this kind is about to be played."""
        self._keeping = kind in KEEPING
        if not self._keeping:
            self._known.clear()

    def end(self) -> None:
        """Whatever follows may change anything."""
        self._keeping = False
        self._known.clear()
