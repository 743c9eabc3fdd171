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


Answers = dict[str, Any]
"""Answers of one look at the world, by call: several probes often ask the same."""


def read(world: "World", probe: JSON, answers: Answers | None = None) -> Any:
    """The value of a probe now.

    `state`: the JMESPath result over the answer as boto3 gives it, times as ISO text; an AWS error is
    the value `{"Error": code}`. `http`: see `ports.Elb.probe`.

    Args:
        answers: kept between the probes of one look.
    """
    if probe["kind"] == "http":
        return world.elb.probe(probe["load_balancer"], probe.get("port", 80), probe.get("path", "/"))
    answer = _answered(world, probe, {} if answers is None else answers)
    if set(answer) == {"Error"}:
        return answer
    return _searched(probe.get("query"), answer)


def _answered(world: "World", probe: JSON, answers: Answers) -> Any:
    call = probe["service"], probe["operation"], probe.get("params", {})
    key = json.dumps(call, sort_keys=True)
    if key not in answers:
        answers[key] = plain(calls.read(world, *call))
    return answers[key]


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
