"""The learner's clock: it turns real seconds into the simulated stamp the next input gets.

Nothing in the world reads it and replay never does. It knows no event and no AWS; the server asks it
for a stamp, the world goes there.
"""

from collections.abc import Callable
from typing import Literal

Rate = float | Literal["max"]

FAST = 60.0
"""Simulated seconds a real second while the learner's last change plays out."""


def parse_rate(text: str | float | None) -> Rate | None:
    """`"max"`, a number above 0 or its text, or None. Raises ValueError."""
    if text is None or text == "max":
        return None if text is None else "max"
    rate = float(text)
    if not 0 < rate <= 100_000:
        raise ValueError('rate is a number above 0, or "max"')
    return rate


class Clock:
    """Simulated time in ms since the world's epoch.

    `rate` None is the ordinary clock: 60 until `fast_until`, then 1. A number holds that rate always;
    `"max"` jumps (see `Server`) and ticks at 1 otherwise.
    """

    def __init__(self, now: int, monotonic: Callable[[], float], rate: Rate | None = None) -> None:
        self._base = float(now)
        self._real = monotonic()
        self._monotonic = monotonic
        self.setting: Rate | None = rate
        self.paused = False
        self.running = False
        """False while nobody is attached: time stands still."""
        self.fast_until = now

    def now(self) -> int:
        """The stamp of this moment."""
        self._settle()
        return int(self._base)

    def jump(self, to: int) -> None:
        """Sets the stamp; may go back (undo, reset)."""
        self._base = float(to)
        self._real = self._monotonic()

    def changed(self, allowance: int) -> None:
        """A changing input arrived now: time runs fast for `allowance` ms."""
        self.fast_until = self.now() + allowance

    def set_running(self, running: bool) -> None:
        self._settle()
        self.running = running

    def set_paused(self, paused: bool) -> None:
        self._settle()
        self.paused = paused

    def set_rate(self, rate: Rate | None) -> None:
        self._settle()
        self.setting = rate

    def rate(self) -> Rate:
        """The rate in force at this moment."""
        if self.setting is not None:
            return self.setting
        return FAST if self.now() < self.fast_until else 1.0

    def real_seconds_until(self, t: int) -> float | None:
        """Real seconds until the clock shows `t`; None while it stands still."""
        if self.paused or not self.running:
            return None
        left = t - self.now()
        if left <= 0:
            return 0.0
        fast, pace = self._fast_part(self._base), self._pace()
        if left <= fast:
            return left / 1000 / pace
        return fast / 1000 / pace + (left - fast) / 1000 / (1.0 if self.setting is None else pace)

    def _pace(self) -> float:
        if self.setting is None:
            return FAST
        return 1.0 if self.setting == "max" else float(self.setting)

    def _fast_part(self, base: float) -> float:
        """Simulated ms from `base` during which the fast pace holds."""
        if self.setting is not None:
            return float("inf")
        return max(0.0, self.fast_until - base)

    def _settle(self) -> None:
        real = self._monotonic()
        elapsed, self._real = real - self._real, real
        if self.paused or not self.running or elapsed <= 0:
            return
        fast, pace = self._fast_part(self._base), self._pace()
        at_pace = elapsed * 1000 * pace
        if at_pace <= fast:
            self._base += at_pace
        else:
            self._base += fast + (elapsed * 1000 - fast / pace)
