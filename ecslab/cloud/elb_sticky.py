"""Sticky sessions: the cookies with which an Application Load Balancer finds a client's target group and target.

A cookie's value says nothing to a client: a digest of whom it stands for, and when it ends. Pure.
Source: Elastic Load Balancing user guide, "sticky-sessions"; that stickiness of target groups comes before
weights, 0 among them, and before health: AWS re:Post QUugYm4uzWSI2af5mnmMjlZQ.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from hashlib import blake2b
from http.cookies import CookieError, SimpleCookie
from typing import Protocol, TypeVar

from ecslab.cloud.ports.api import JSON

GROUP, TARGET, APPLICATION = "AWSALBTG", "AWSALB", "AWSALBAPP-0"
LONGEST = 604_800
"""Seconds: 7 days."""
T = TypeVar("T")


def sent(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request, whose header names are in lower case."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _digest(seed: int, kind: str, key: str) -> bytes:
    return blake2b(f"{seed}\x1f{kind}\x1f{key}".encode(), digest_size=24).digest()


def value(seed: int, kind: str, key: str, ends: int) -> str:
    """What a cookie of this kind carries for `key` until the world time `ends`."""
    return b64encode(_digest(seed, kind, key) + ends.to_bytes(8, "big")).decode()


def meant(seed: int, kind: str, cookie: str | None, keys: Mapping[str, T], now: int) -> T | None:
    """Whom a cookie stands for, if it is one of `keys` and has not ended."""
    try:
        raw = b64decode(cookie or "", validate=True)
    except (Error, ValueError):
        return None
    if len(raw) != 32 or int.from_bytes(raw[24:], "big") <= now:
        return None
    return next((held for key, held in keys.items() if _digest(seed, kind, key) == raw[:24]), None)


def group_duration(action: JSON) -> int:
    """ms for which a forward action keeps a client with its target group; 0: it does not."""
    config = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    if str(config.get("Enabled", "")).lower() != "true":
        return 0
    return int(config.get("DurationSeconds") or 0) * 1000


class Sticking(Protocol):
    """A target group, as far as stickiness goes."""

    @property
    def stickiness(self) -> str:
        """`lb_cookie` or `app_cookie`; empty: off."""
        ...

    @property
    def sticky_cookie(self) -> str: ...


def target_cookie(group: Sticking) -> str | None:
    """The cookie by which a target group knows a client's target."""
    return {"lb_cookie": TARGET, "app_cookie": APPLICATION}.get(group.stickiness)


def begins(group: Sticking, set_cookies: Iterable[str]) -> bool:
    """Whether a session starts or goes on with this answer: with `app_cookie`, when the application sets its own."""
    if group.stickiness != "app_cookie":
        return bool(group.stickiness)
    return any(line.partition("=")[0].strip() == group.sticky_cookie for line in set_cookies)


def headers(name: str, cookie: str, ends: float, *, secure: bool) -> list[tuple[str, str]]:
    """The cookie and its twin for requests from other sites, as `Set-Cookie` headers."""
    tail = f"Expires={formatdate(ends, usegmt=True)}; Path=/"
    found = [("Set-Cookie", f"{name}={cookie}; {tail}")]
    if name != APPLICATION:
        also = "; Secure" if secure else ""
        found.append(("Set-Cookie", f"{name}CORS={cookie}; {tail}; SameSite=None{also}"))
    return found
