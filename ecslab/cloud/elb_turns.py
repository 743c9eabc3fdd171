"""Whose turn it is: weights made into an order in which everybody comes as often as it weighs, spread evenly.

Pure. Real load balancers draw at random; an even spread has the same shares and can be replayed.
"""

from functools import lru_cache
from math import gcd

FULL = 10
"""The weight of a target that gets its whole share: a target in slow start has less, in tenths."""


@lru_cache(maxsize=256)
def turns(weights: tuple[int, ...]) -> tuple[int, ...]:
    """Indices into `weights`, each as often as its weight (reduced) says."""
    common = gcd(*weights) or 1
    places = [
        ((2 * number + 1) / (2 * (weight // common)), index)
        for index, weight in enumerate(weights)
        for number in range(weight // common)
    ]
    return tuple(index for _, index in sorted(places))


def warmth(since: int | None, now: int, duration: int) -> int:
    """The weight of a target that began to warm up `since` then and does so for `duration` ms: 1 to 10."""
    if since is None or not duration:
        return FULL
    return min(FULL, 1 + (now - since) * FULL // duration)


def next_warmth(since: int | None, now: int, duration: int) -> int | None:
    """When its weight changes next."""
    weight = warmth(since, now, duration)
    return None if since is None or weight >= FULL else since - (-weight * duration // FULL)
