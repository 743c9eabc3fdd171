"""Randomness that is keyed, not sequenced: the same (seed, key) always draws the same value.

An extra call or a read therefore never changes what anything else draws. It keeps no state.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """Draws of one world. A key is any tuple of strings and integers: `(kind, entity, what)`."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._prefix = f"{seed}\x1f"

    def bits(self, size: int, *key: object) -> int:
        """`size` bytes as an integer. Most keys are text alone, and every task draws dozens of times."""
        try:
            text = "\x1f".join(key)  # type: ignore[arg-type]
        except TypeError:
            text = "\x1f".join(map(str, key))
        return int.from_bytes(blake2b((self._prefix + text).encode(), digest_size=size).digest())

    def hex(self, length: int, *key: object) -> str:
        return f"{self.bits((length + 1) // 2, 'hex', *key):0{length}x}"[-length:]

    def digits(self, length: int, *key: object) -> str:
        """A number of exactly `length` decimal digits that does not begin with 0."""
        low = 10 ** (length - 1)
        return str(low + self.bits(32, "digits", *key) % (9 * low))

    def uuid(self, *key: object) -> str:
        h = self.hex(32, "uuid", *key)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def integer(self, low: int, high: int, *key: object) -> int:
        """An integer in [low, high]."""
        return low + self.bits(8, "integer", *key) % (high - low + 1)

    def uniform(self, low: float, high: float, *key: object) -> float:
        return low + (high - low) * self.bits(7, "uniform", *key) / float(1 << 56)

    def pick(self, options: Sequence[T], *key: object) -> T:
        return options[self.integer(0, len(options) - 1, "pick", *key)]
