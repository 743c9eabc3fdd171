"""Who may use the app in a browser: the names it is asked under, the origin that asks, and a secret.

A terminal with a shell in it stands behind this door, so a page of another origin, a name that merely
resolves to this machine, and a visitor without the secret are all turned away. Knows no web framework.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SESSIONS = 256
"""How many visitors are remembered; the oldest is forgotten first."""


@dataclass
class Door:
    secret: str
    """The token of the printed address, or the password that the one who serves has set."""
    port: int
    names: tuple[str, ...] = LOOPBACK
    """The names under which a browser may ask for us."""
    _sessions: dict[str, None] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        """Cookies are shared by all ports of a host: each server has its own name."""
        return f"ecslab-{self.port}"

    def knows(self, host: str | None) -> bool:
        """Whether a Host header names us. One that does not may be a name made to resolve to this machine."""
        return host in self._places(self.names)

    def same_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of ours asks; browsers say with every WebSocket and every form where they come from."""
        parts = urlsplit(origin or "")
        return parts.scheme in ("http", "https") and parts.netloc == host and self.knows(host)

    def admit(self, secret: str) -> str | None:
        """A new session for somebody who knows the secret."""
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return None
        session = secrets.token_urlsafe(32)
        self._sessions[session] = None
        while len(self._sessions) > SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return session

    def admitted(self, session: str | None) -> bool:
        return session is not None and session in self._sessions

    def _places(self, names: Iterable[str]) -> set[str]:
        usual = {80: "http", 443: "https"}
        bare = set(names) if self.port in usual else set()
        return bare | {f"{name}:{self.port}" for name in names}
