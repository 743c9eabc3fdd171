"""Answers about the network, permissions and images that hold until somebody changes the account.

Every task asks the same questions on its way up, and every look of the checks too; what ECS does by itself changes
none of the answers. A call that changes something, a fault, a stack's step or an alarm's action ends all of them.
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
    def __init__(self, changes: Callable[[], int] = lambda: 0) -> None:
        """`changes`: how many calls may have changed something so far."""
        self._changes = changes
        self._counted = 0
        self._keeping = False
        self._known: dict[Hashable, Any] = {}

    def get(self, key: Hashable, decide: Callable[[], T]) -> T:
        """For what plays: kept only while it is the clock that plays, since a call asks amid its own changes."""
        return self._known_or(key, decide) if self._keeping else decide()

    def read(self, key: Hashable, decide: Callable[[], T]) -> T:
        """For what looks at the world between two changes."""
        self.catch_up()
        return self._known_or(key, decide)

    def _known_or(self, key: Hashable, decide: Callable[[], T]) -> T:
        try:
            found: T = self._known[key]
        except KeyError:
            if len(self._known) >= LIMIT:
                self._known.clear()
            found = self._known[key] = decide()
        return found

    def catch_up(self) -> None:
        """The clock is about to play, or somebody to look: calls may have been made since."""
        if self._changes() != self._counted:
            self._counted = self._changes()
            self.forget()

    def before(self, kind: str) -> None:
        """An event of this kind is about to be played."""
        self._keeping = kind in KEEPING
        if not self._keeping:
            self.forget()

    def end(self) -> None:
        """The clock plays no more: whatever follows may change anything."""
        self._keeping = False

    def forget(self) -> None:
        self._known.clear()
