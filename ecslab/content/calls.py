"""`ecs describe-services --cluster shop --services web-app` as an operation and its parameters.

The spelling is the AWS CLI's, read with botocore's data models; nothing is run, no network, no files:
what a shell would do with the text (pipes, variables, `file://`) is refused. botocore is imported
when the first call is read.
"""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ecslab.content.problems import nearest
from ecslab.content.shorthand import ShorthandError, parse_shorthand

READS = ("Describe", "List", "Get", "BatchGet", "Filter", "Lookup", "Search", "Simulate", "Head")
"""Beginnings of the names of operations that change nothing."""

SERVICES = {"s3api": "s3", "deploy": "codedeploy", "configservice": "config"}
"""Where the CLI's name of a service is not botocore's."""

GLOBAL = {
    "--query", "--region", "--output", "--profile", "--endpoint-url", "--debug", "--no-paginate",
    "--no-cli-pager", "--no-sign-request", "--cli-input-json", "--cli-input-yaml",
    "--generate-cli-skeleton", "--ca-bundle", "--cli-read-timeout", "--cli-connect-timeout",
    "--max-items", "--page-size", "--starting-token", "--color", "--version", "--no-verify-ssl",
}  # fmt: skip
"""Options of the CLI itself."""
_SHELL = re.compile(r"[|&;<>`]|\$[({A-Za-z_]")
_SAVED = re.compile(r"\$\{[A-Z][A-Z0-9_]*\}")
"""A value that another check has saved: the sandbox puts it in."""
_URL = re.compile(r"(?:^|[=,])(fileb?|https?)://")


class CallError(ValueError):
    """A call that cannot be read, and what to do about it."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


@dataclass(frozen=True)
class Call:
    service: str
    """botocore's name."""
    operation: str
    """As the API spells it: `DescribeServices`."""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        return self.operation.startswith(READS)


def parse_read(text: str) -> Call:
    """A call that changes nothing. Raises CallError."""
    call = _parsed(text, _SAVED.sub("", text))
    if not call.reads:
        raise CallError(
            f"{call.operation} changes things, and a check only reads",
            "use a describe, get or list operation",
        )
    return call


def parse_call(text: str) -> Call:
    """Any one operation. Raises CallError."""
    return _parsed(text, text)


def _parsed(text: str, plain: str) -> Call:
    """Args: plain: the text without what is put in later."""
    words = _words(text, plain)
    if words[:1] == ["aws"]:
        words = words[1:]
    if len(words) < 2 or words[0].startswith("-"):
        raise CallError(f"{text!r} is not a call", "write it like: ecs describe-clusters --clusters prod")
    service, name = operation(words[0], words[1])
    return _read(service, name, words[2:])


def operation(service: str, word: str) -> tuple[str, str]:
    """botocore's names of an operation in the CLI's words: `("ecs", "DescribeServices")`. Raises CallError."""
    known = SERVICES.get(service, service)
    operations = _operations(known)
    if word not in operations:
        raise CallError(f"{service} has no operation {word!r}", nearest(word, sorted(operations)))
    return known, operations[word]


def _words(text: str, plain: str) -> list[str]:
    bare = re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", "", plain)
    found = _SHELL.search(bare) or re.search(r"\$\(|`", plain)
    if found:
        raise CallError(
            f"{found[0]!r} is for a shell, and a call is not run by one", "write one AWS operation, plainly"
        )
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise CallError(f"the quotes do not match ({error})", "close them") from None
    for word in words:
        if match := _URL.search(word):
            raise CallError(f"{match[1]}:// reads something from elsewhere", "write the value itself")
    return words


@cache
def _model(service: str) -> Any:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    try:
        return ServiceModel(loader.load_service_model(service, "service-2"), service)
    except UnknownServiceError:
        known = loader.list_available_services("service-2")
        raise CallError(f"AWS has no service {service!r}", nearest(service, known)) from None


@cache
def _operations(service: str) -> dict[str, str]:
    from botocore import xform_name

    return {xform_name(name, "-"): name for name in _model(service).operation_names}


def _read(service: str, operation: str, words: Sequence[str]) -> Call:
    from botocore import xform_name
    from botocore.validate import ParamValidator

    shape = _model(service).operation_model(operation).input_shape
    members = dict(shape.members) if shape else {}
    flags = {f"--{xform_name(name, '-')}": name for name in members}
    params: dict[str, Any] = {}
    for flag, values in _grouped(words):
        name = flags.get(flag)
        negated = flags.get("--" + flag.removeprefix("--no-")) if flag.startswith("--no-") else None
        if name is None and negated is not None and members[negated].type_name == "boolean":
            params[negated] = False
        elif name is None:
            raise _unknown(flag, operation, list(flags))
        elif name in params:
            raise CallError(f"{flag} is here twice", "write it once")
        else:
            params[name] = _value(members[name], flag, values)
    missing = [name for name in (shape.required_members if shape else []) if name not in params]
    if missing:
        raise CallError(f"{operation} needs --{xform_name(missing[0], '-')}", "add it")
    report = ParamValidator().validate(params, shape) if shape else None
    if report is not None and report.has_errors():
        raise CallError(report.generate_report().splitlines()[0].rstrip("."), "see the operation's reference")
    return Call(service, operation, params)


def _unknown(flag: str, operation: str, flags: list[str]) -> CallError:
    if flag == "--query":
        return CallError("--query stands in a key of its own here", "write it as `query:`")
    if flag in GLOBAL:
        return CallError(f"{flag} has no meaning here", "remove it")
    return CallError(f"{operation} has no option {flag}", nearest(flag, sorted(flags)))


def _grouped(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """`--a 1 2 --b` -> [("--a", ["1", "2"]), ("--b", [])]."""
    groups: list[tuple[str, list[str]]] = []
    for word in words:
        if word.startswith("--"):
            flag, equals, value = word.partition("=")
            groups.append((flag, [value] if equals else []))
        elif groups:
            groups[-1][1].append(word)
        else:
            raise CallError(f"{word!r} stands alone", "every value belongs to an option")
    return groups


def _value(shape: Any, flag: str, values: list[str]) -> Any:
    kind = shape.type_name
    if kind == "boolean":
        if values:
            raise CallError(f"{flag} takes no value", f"write {flag} or --no-{flag[2:]}")
        return True
    if not values:
        raise CallError(f"{flag} has no value", "add one")
    if kind == "list":
        if len(values) == 1 and values[0].lstrip().startswith("["):
            return _json(flag, values[0])
        return [_item(shape.member, flag, value) for value in values]
    if len(values) > 1:
        raise CallError(f"{flag} takes one value, not {len(values)}", "quote a value with spaces")
    return _item(shape, flag, values[0])


def _item(shape: Any, flag: str, text: str) -> Any:
    kind = shape.type_name
    if kind in ("structure", "map", "list"):
        if text.lstrip()[:1] in ("{", "["):
            return _json(flag, text)
        return _shorthand(shape, flag, text)
    return _scalar(kind, flag, text)


def _scalar(kind: str, flag: str, text: str) -> Any:
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError:
        raise CallError(f"{flag} takes a number, not {text!r}", "write a number") from None
    if kind == "boolean":
        return text.lower() == "true"
    return text


def _json(flag: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CallError(f"{flag} is not JSON ({error})", "check quotes and brackets") from None


def _shorthand(shape: Any, flag: str, text: str) -> Any:
    """`Name=tag:Name,Values=a,b`, by the CLI's own grammar."""
    try:
        parsed = parse_shorthand(text)
    except ShorthandError as error:
        raise CallError(f"{flag}: {error}", "write Key=Value,Key2=Value2 or JSON") from None
    return _shaped(shape, flag, parsed)


def _shaped(shape: Any, flag: str, value: Any) -> Any:
    """Shorthand's text in the types of the model; a single value where a list belongs becomes one."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        known = shape.members
        return {k: _shaped(known[k], flag, v) if k in known else v for k, v in value.items()}
    if kind == "map" and isinstance(value, dict):
        return {key: _shaped(shape.value, flag, item) for key, item in value.items()}
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [_shaped(shape.member, flag, item) for item in items]
    return _scalar(kind, flag, value) if isinstance(value, str) else value
