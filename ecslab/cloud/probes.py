"""Reading what a check looks at, without a trace: no journal entry, no draw, no metric."""

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathTypeError

from ecslab.cloud.ports import JSON
from ecslab.cloud.seam import calls

if TYPE_CHECKING:
    from ecslab.cloud.world import World


def read(world: "World", probe: JSON) -> Any:
    """The value of a probe now.

    `state`: the JMESPath result over the answer as boto3 gives it, times as ISO text; an AWS error is
    the value `{"Error": code}`. `http`: see `ports.Elb.probe`.
    """
    if probe["kind"] == "http":
        return world.elb.probe(probe["load_balancer"], probe.get("port", 80), probe.get("path", "/"))
    answer = calls.read(world, probe["service"], probe["operation"], probe.get("params", {}))
    if set(answer) == {"Error"}:
        return answer
    return _searched(probe.get("query"), plain(answer))


def _searched(query: str | None, answer: Any) -> Any:
    """A query that meets a missing value where it wants a list or a number (`length(null)`) gives null."""
    if not query:
        return answer
    try:
        return plain(jmespath.search(query, answer))
    except JMESPathTypeError:
        return None


def plain(value: Any) -> Any:
    """JSON all the way down."""
    return json.loads(json.dumps(value, default=_text))


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
