"""Reading what a check looks at, without a trace: no journal entry, no draw, no metric."""

import datetime as dt
import json
import re
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathTypeError

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import calls, iam
from ecslab.cloud.seam.dispatch import AnsweringWorld

SAVED = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
NOTHING_SAVED = {"Error": "NothingSaved"}
"""The value of a probe that needs what another one has not found."""


STANDING = frozenset(
    {
        ("ec2", "DescribeSecurityGroups"), ("elbv2", "DescribeTargetGroups"), ("iam", "GetRole"),
        ("iam", "GetRolePolicy"), ("iam", "ListAttachedRolePolicies"), ("iam", "ListRolePolicies"),
    }
)  # fmt: skip
"""Reads whose answer only a call changes, whatever else happens in the world; each costs milliseconds."""


class Seen:
    """What was made of the last answers of ECS, which differ seldom from one look to the next."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, Any]] = {}
        self._found: dict[tuple[str, str], tuple[Any, Any]] = {}

    def answer(self, key: str, operation: str, answer: JSON) -> Any:
        """An answer of ECS, plain; the same object as long as ECS answers the same."""
        told = json.dumps(answer, default=str)
        if self._told.get(key, ("",))[0] != told:
            self._told[key] = told, plain(calls.shaped(operation, answer))
        return self._told[key][1]

    def searched(self, key: str, query: str, answer: Any) -> Any:
        """What a query finds in an answer; searched once for the same object."""
        known = self._found.get((key, query))
        if known is None or known[0] is not answer:
            known = self._found[key, query] = answer, _searched(query, answer)
        return known[1]


class Look:
    """One look at the world by all probes: what several of them ask is read once, what one saves others use."""

    def __init__(self, world: AnsweringWorld, seen: Seen | None = None) -> None:
        self._world = world
        self._seen = seen or Seen()
        self._answers: dict[str, Any] = {}
        self._saved: dict[str, Any] = {}

    def read(self, probe: JSON) -> Any:
        """The value of a probe now.

        `state`: the JMESPath result over the answer as boto3 gives it, times as ISO text; an AWS error is
        the value `{"Error": code}`. `http`: see `Elb.probe`. `allowed`: whether IAM permits it.
        """
        try:
            value = self._value(probe)
        except KeyError:
            return NOTHING_SAVED
        if "save" in probe and value is not None and not _is_error(value):
            self._saved[probe["save"]] = value
        return value

    def _value(self, probe: JSON) -> Any:
        world = self._world
        if probe["kind"] == "http":
            return world.elb.probe(probe["load_balancer"], probe.get("port", 80), probe.get("path", "/"))
        if probe["kind"] == "allowed":
            role, action, resource = (self._filled(probe[key]) for key in ("role", "action", "resource"))
            arn = role if role.startswith("arn:") else iam.arn_of_role(role)
            if arn is None or iam.role(arn) is None:
                return {"Error": "NoSuchEntity"}
            return world.iam.allows(arn, action, resource)
        call = probe["service"], probe["operation"], self._filled(probe.get("params", {}))
        key = json.dumps(call, sort_keys=True)
        answer, query = self._answered(key, call), probe.get("query")
        return answer if not query or _is_error(answer) else self._seen.searched(key, query, answer)

    def _answered(self, key: str, call: tuple[str, str, JSON]) -> Any:
        if key not in self._answers:
            self._answers[key] = self._asked(key, call)
        return self._answers[key]

    def _asked(self, key: str, call: tuple[str, str, JSON]) -> Any:
        service, operation, params = call
        if calls.is_direct(self._world, service, operation):
            try:
                return self._seen.answer(key, operation, calls.direct(self._world, operation, params))
            except ApiError as error:
                return {"Error": error.code}

        def ask() -> Any:
            return plain(calls.read(self._world, *call))

        return self._world.decisions.read(("read", key), ask) if call[:2] in STANDING else ask()

    def _filled(self, value: Any) -> Any:
        """With saved values put in. Raises KeyError for one that is not there."""
        if isinstance(value, str):
            whole = SAVED.fullmatch(value)
            return self._saved[whole[1]] if whole else SAVED.sub(lambda m: str(self._saved[m[1]]), value)
        if isinstance(value, dict):
            return {key: self._filled(part) for key, part in value.items()}
        if isinstance(value, list):
            return [one for part in value for one in self._items(part)]
        return value

    def _items(self, part: Any) -> list[Any]:
        """An item of a list; `${NAME}` of a saved list is all of its items."""
        filled = self._filled(part)
        return filled if isinstance(part, str) and isinstance(filled, list) else [filled]


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"Error"}


def _searched(query: str, answer: Any) -> Any:
    """A query that meets a missing value where it wants a list or a number (`length(null)`) gives null."""
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
