"""YAML as packs use it, with the place of everything kept.

A small, safe dialect: keys are text and unique, only `true` and `false` are booleans (so that a key
or word `on` stays itself), no anchors, no aliases, no tags but CloudFormation's where a template is
read. Size and depth are bounded. It reads text into plain values; it knows no schema.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ecslab.content.problems import Flaw, PackProblem, one

MAX_BYTES = 1_000_000
MAX_DEPTH = 60

Path = tuple[str | int, ...]
Place = tuple[int, int]
Tagged = Callable[[str, Any], Any]
"""Gives the plain value of (tag, value); raises ValueError for a tag it does not know."""

_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_FLOAT = re.compile(
    r"[-+]?([0-9][0-9_]*)?\.[0-9]+([eE][-+]?[0-9]+)?|[-+]?[0-9]+\.|[-+]?[0-9]+[eE][-+]?[0-9]+"
)
_CORE = "tag:yaml.org,2002:"
_TEXT, _SEQUENCE, _MAPPING = f"{_CORE}str", f"{_CORE}seq", f"{_CORE}map"


@dataclass
class Document:
    """The value of a YAML file and where its parts are (lines and columns from 1)."""

    file: str
    value: Any
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value (or its key) at `path` is, or else what holds it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def flaw(self, path: Path, what: str, todo: str = "", *, key: bool = False) -> Flaw:
        line, column = self.place(path, key=key)
        return Flaw(self.file, line, column, what, todo)


def read_yaml(text: str, file: str, tags: Tagged | None = None) -> Document:
    """Raises PackProblem with every flaw of the text that can be told apart."""
    if len(text) > MAX_BYTES:
        raise one(file, f"the file is larger than {MAX_BYTES // 1_000_000} MB", "split it")
    reader = _Reader(text, file, tags)
    try:
        document = reader.document()
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"this is not YAML: {error.problem or error.context}"
        raise one(file, what, "check indentation, quotes and brackets", line=line, column=column) from None
    except yaml.YAMLError as error:
        raise one(file, f"this is not YAML: {str(error).splitlines()[0]}", "save it as UTF-8 text") from None
    if reader.flaws:
        raise PackProblem(reader.flaws)
    return document


class _Reader:
    def __init__(self, text: str, file: str, tags: Tagged | None) -> None:
        self._loader: Any = yaml.CSafeLoader(text)
        self._tags = tags
        self.flaws: list[Flaw] = []
        self._document = Document(file, None)

    def document(self) -> Document:
        loader = self._loader
        loader.get_event()  # the start of the stream
        if loader.check_event(yaml.StreamEndEvent):
            return self._document
        loader.get_event()
        self._document.value = self._node((), 0)
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            self._complain(loader.peek_event().start_mark, "a second document begins here", "keep one a file")
        return self._document

    def _complain(self, mark: Any, what: str, todo: str) -> None:
        self.flaws.append(Flaw(self._document.file, mark.line + 1, mark.column + 1, what, todo))

    def _node(self, path: Path, depth: int) -> Any:
        event = self._loader.get_event()
        self._document.places[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            self._complain(event.start_mark, f"an alias (*{event.anchor})", "write the value out")
            return None
        if event.anchor:
            self._complain(
                event.start_mark, f"an anchor (&{event.anchor})", "remove it; aliases are not read"
            )
        if depth > MAX_DEPTH:
            raise PackProblem([*self.flaws, self._too_deep(event.start_mark)])
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        value = (
            self._sequence(path, depth)
            if isinstance(event, yaml.SequenceStartEvent)
            else self._mapping(path, depth)
        )
        return self._tag(event, value) if event.tag not in (None, "!", _SEQUENCE, _MAPPING) else value

    def _too_deep(self, mark: Any) -> Flaw:
        file = self._document.file
        return Flaw(
            file, mark.line + 1, mark.column + 1, f"nested deeper than {MAX_DEPTH} levels", "flatten it"
        )

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            items.append(self._node((*path, len(items)), depth + 1))
        self._loader.get_event()
        return items

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            event = self._loader.peek_event()
            if not isinstance(event, yaml.ScalarEvent):
                self._complain(event.start_mark, "a key that is not text", "write the key as a word")
                self._node((*path, "?"), depth + 1)
                self._node((*path, "?"), depth + 1)
                continue
            self._loader.get_event()
            key = event.value
            mark: Any = event.start_mark
            if key in found:
                line = self._document.keys[(*path, key)][0]
                self._complain(
                    mark, f"the key {key!r} is here twice (first on line {line})", "keep one of them"
                )
            else:
                self._document.keys[(*path, key)] = (mark.line + 1, mark.column + 1)
            value = self._node((*path, key), depth + 1)
            found.setdefault(key, value)
        self._loader.get_event()
        return found

    def _scalar(self, event: Any) -> Any:
        if event.tag is not None and event.tag not in ("!", _TEXT):
            return self._tag(event, event.value)
        if event.tag is not None or event.style not in (None, ""):
            return event.value
        return plain_scalar(event.value)

    def _tag(self, event: Any, value: Any) -> Any:
        if self._tags is not None:
            try:
                return self._tags(event.tag, value)
            except ValueError as error:
                self._complain(event.start_mark, str(error), "write it in the long form")
                return None
        self._complain(event.start_mark, f"the tag {event.tag}", "write a plain value")
        return None


def plain_scalar(text: str) -> Any:
    """An unquoted word: null, true, false, a decimal number, or itself."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INT.fullmatch(text):
        return int(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return text


_INTRINSICS = {
    "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAZs", "If", "ImportValue", "Join", "Length",
    "Not", "Or", "Select", "Split", "Sub", "ToJsonString",
}  # fmt: skip


def intrinsic(tag: str, value: Any) -> Mapping[str, Any]:
    """CloudFormation's short forms in long form: `!Ref X`, `!GetAtt X.Arn`, `!Sub …`."""
    name = tag.removeprefix("!")
    if name in ("Ref", "Condition"):
        return {name: value}
    if name == "GetAtt":
        return {"Fn::GetAtt": value.split(".", 1) if isinstance(value, str) else value}
    if name in _INTRINSICS:
        return {f"Fn::{name}": value}
    raise ValueError(f"the tag {tag} is not one of CloudFormation's")


def peek(text: str) -> dict[str, Any]:
    """The plain mapping in a text, or when it is broken or unsafe."""
    if len(text) > MAX_BYTES:
        return {}
    try:
        document = _Reader(text, "", None).document()
    except (yaml.YAMLError, PackProblem):
        return {}
    return document.value if isinstance(document.value, dict) else {}
