"""Policy documents, evaluated: statements against a request, as values.

The rules of IAM's policy evaluation for identity policies and for trust policies: an explicit Deny
wins, otherwise any Allow, otherwise no. It knows no role and no state.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from ecslab.cloud.ports.api import JSON

Decision = Literal["allow", "deny", "none"]
Context = Mapping[str, str]


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


@lru_cache(maxsize=4096)
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    text = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(text, (re.IGNORECASE if ignore_case else 0) | re.DOTALL)


def like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """`*` and `?` match as IAM has them."""
    return pattern == "*" or _pattern(pattern, ignore_case).fullmatch(value) is not None


def arn_like(pattern: str, value: str) -> bool:
    """As `like`, but the first five parts of an ARN are matched one by one."""
    ours, theirs = pattern.split(":", 5), value.split(":", 5)
    return len(ours) == len(theirs) and all(like(p, v) for p, v in zip(ours, theirs, strict=True))


def _numeric(compare: str, wanted: str, value: str) -> bool:
    try:
        left, right = float(value), float(wanted)
    except ValueError:
        return False
    return {
        "Equals": left == right,
        "NotEquals": left != right,
        "LessThan": left < right,
        "LessThanEquals": left <= right,
        "GreaterThan": left > right,
        "GreaterThanEquals": left >= right,
    }[compare]


def _in_network(wanted: str, value: str) -> bool:
    try:
        return ip_address(value) in ip_network(wanted, strict=False)
    except ValueError:
        return False


_OPERATORS: dict[str, Any] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
    "IpAddress": _in_network,
    **{
        f"Numeric{name}": lambda wanted, value, name=name: _numeric(name, wanted, value)
        for name in ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    },
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _condition(operator: str, key: str, wanted: Any, context: Context) -> bool:
    name = operator.rpartition(":")[2]
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    folded = {k.lower(): v for k, v in context.items()}
    value = folded.get(key.lower())
    if name == "Null":
        return any((value is None) == (_text(w) == "true") for w in as_list(wanted))
    if value is None:
        return if_exists or name in _NEGATED or operator.startswith("ForAllValues:")
    if name in _NEGATED:
        return not any(_OPERATORS[_NEGATED[name]](_text(w), value) for w in as_list(wanted))
    test = _OPERATORS.get(name)
    return test is not None and any(test(_text(w), value) for w in as_list(wanted))


def _conditions_hold(statement: JSON, context: Context) -> bool:
    conditions = statement.get("Condition")
    return not conditions or all(
        _condition(operator, key, wanted, context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


@lru_cache(maxsize=4096)
def _names(pattern: str, action: str) -> bool:
    """There are few actions, and the same ones are asked for again and again."""
    return like(pattern, action, ignore_case=True)


def _covers_action(statement: JSON, action: str) -> bool:
    if "NotAction" in statement:
        return not any(_names(str(p), action) for p in as_list(statement["NotAction"]))
    return any(_names(str(p), action) for p in as_list(statement.get("Action")))


def _covers_resource(statement: JSON, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(like(str(p), resource) for p in as_list(statement["NotResource"]))
    return any(like(str(p), resource) for p in as_list(statement.get("Resource")))


def about(documents: Iterable[JSON], action: str) -> list[JSON]:
    """The statements of the policies that speak of this action."""
    return [
        statement
        for document in documents
        for statement in as_list(document.get("Statement"))
        if _covers_action(statement, action)
    ]


def _decide(statements: Iterable[JSON], resource: str, context: Context) -> Decision:
    decision: Decision = "none"
    for statement in statements:
        if not (_covers_resource(statement, resource) and _conditions_hold(statement, context)):
            continue
        if statement.get("Effect") == "Deny":
            return "deny"
        if statement.get("Effect") == "Allow":
            decision = "allow"
    return decision


def evaluate(documents: Iterable[JSON], action: str, resource: str, context: Context) -> Decision:
    """What identity policies say to `action` on `resource`."""
    return _decide(about(documents, action), resource, context)


@dataclass(frozen=True)
class Permissions:
    """What is said of one action: all statements on it of one principal."""

    action: str
    policies: Sequence[JSON]
    boundary: Sequence[JSON] | None = None
    """None: there is no permissions boundary."""

    @classmethod
    def of(cls, action: str, policies: Iterable[JSON], boundary: JSON | None = None) -> "Permissions":
        within = None if boundary is None else about([boundary], action)
        return cls(action, about(policies, action), within)

    def refusal(self, resource: str, context: Context) -> str:
        """Why the action on `resource` is refused, as AWS ends its sentence; empty when it is allowed.

        Source: IAM user guide, "Troubleshoot access denied error messages".
        """
        for kind, statements in (
            ("an identity-based policy", self.policies), ("a permissions boundary", self.boundary),
        ):  # fmt: skip
            decision = "allow" if statements is None else _decide(statements, resource, context)
            if decision == "deny":
                return f"with an explicit deny in {kind}"
            if decision == "none":
                return f"because no {kind.split(' ', 1)[1]} allows the {self.action} action"
        return ""


def not_authorized(user: str, action: str, resource: str, why: str) -> str:
    return f"User: {user} is not authorized to perform: {action} on resource: {resource} {why}"


def trusts(document: JSON, service: str, context: Context) -> bool:
    """Whether a trust policy lets a service principal assume the role."""
    allowed = False
    for statement in as_list(document.get("Statement")):
        if not _covers_action(statement, "sts:AssumeRole") or not _conditions_hold(statement, context):
            continue
        principal = statement.get("Principal")
        named = as_list(principal.get("Service")) if isinstance(principal, dict) else []
        if service not in named and principal != "*":
            continue
        if statement.get("Effect") == "Deny":
            return False
        allowed = allowed or statement.get("Effect") == "Allow"
    return allowed
