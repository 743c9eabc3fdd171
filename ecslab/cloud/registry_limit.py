"""Docker Hub's limit on pulls without credentials: so many in so long from one public address.

Source: Docker's manual, "Docker Hub pull usage and limits". It counts; what a refused pull says is not here.
"""

from dataclasses import dataclass, field


@dataclass
class PullLimit:
    pulls: int
    per: int
    """ms, a window that moves along."""
    _pulled: dict[str, list[int]] = field(default_factory=dict)
    """Address -> when something was pulled from there."""

    def admits(self, address: str, now: int) -> bool:
        """Whether one more pull is allowed; it is counted then."""
        recent = [t for t in self._pulled.get(address, ()) if t > now - self.per]
        allowed = len(recent) < self.pulls
        self._pulled[address] = [*recent, now] if allowed else recent
        return allowed
