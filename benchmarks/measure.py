"""Timing that can be compared: each figure next to its baseline, in turn, in the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Two values that were measured in the same run: medians over the same number of turns where nothing else is said."""

    name: str
    ours: float
    baseline: float
    against: str
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline

    def line(self) -> str:
        return (
            f"{self.name:34} {self.ours:9.1f} {self.unit} {self.baseline:9.1f} {self.unit} "
            f"{self.ratio:7.2f} x  {self.against}"
        )


HEADER = f"{'what':34} {'ecslab':>12} {'baseline':>12} {'ratio':>9}  baseline is"


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def compare(
    name: str, ours: Callable[[], object], baseline: Callable[[], object], against: str, *, turns: int
) -> Figure:
    """Alternates the two, so that what else the machine does meets both; one turn of each is thrown away."""
    ours(), baseline()
    pairs = [(milliseconds(ours), milliseconds(baseline)) for _ in range(turns)]
    return Figure(
        name, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), against
    )
