"""Pages of list operations: `maxResults` and `nextToken`."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ports.api import ApiError

T = TypeVar("T")


def page(
    items: Sequence[T], params: JSON, *, default: int = 100, limit: int = 100
) -> tuple[list[T], str | None]:
    """The items of the page that the request asks for, and the token of the next one."""
    size = params.get("maxResults")
    size = default if size is None else size
    if not 1 <= size <= limit:
        raise ApiError("InvalidParameterException", f"maxResults must be between 1 and {limit}.")
    start = _decode(params["nextToken"]) if params.get("nextToken") else 0
    end = start + size
    return list(items[start:end]), _encode(end) if end < len(items) else None


def with_token(answer: JSON, token: str | None) -> JSON:
    return answer if token is None else {**answer, "nextToken": token}


def _encode(start: int) -> str:
    return base64.urlsafe_b64encode(f"ecs:{start}".encode()).decode()


def _decode(token: str) -> int:
    try:
        kind, _, start = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if kind == "ecs" and start.isdecimal():
            return int(start)
    except (ValueError, binascii.Error):
        pass
    raise ApiError("InvalidParameterException", "Invalid token")
