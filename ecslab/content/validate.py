"""From a plain document to a typed one, and from what pydantic complains about to lines for an author.

It knows nothing of any particular file: models come from their own modules.
"""

import types
import typing
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from ecslab.content.documents import Document, Path
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.terms.durations import parse_duration
from ecslab.terms.problems import Problem

M = TypeVar("M", bound="Strict")


class Strict(BaseModel):
    """What every part of a pack is: frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def complaint(what: str, todo: str = "") -> PydanticCustomError:
    """An error of our own for a validator to raise: said as it is."""
    escaped = what.replace("{", "{{").replace("}", "}}")
    return PydanticCustomError("said", escaped, {"todo": todo, "said": what})


def _duration(value: Any) -> int:
    try:
        return parse_duration(value)
    except Problem as problem:
        raise complaint(problem.what, problem.todo) from None


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Duration = Annotated[int, BeforeValidator(_duration)]
"""Written `3s` or `2m`; kept in simulated ms."""

T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(_tuple)]
"""A list in the file, a tuple in the model."""


def validate(model: type[M], document: Document, at: Path = (), value: Any = None) -> M:
    """The typed form of a document, or of what stands in it at `at`. Raises PackProblem with all flaws."""
    plain = document.value if value is None else value
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        raise PackProblem([_flaw(model, document, at, plain, e) for e in _distinct(error)]) from None


def _distinct(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False)


def _flaw(model: type[BaseModel], document: Document, at: Path, value: Any, error: ErrorDetails) -> Flaw:
    path, name = _locate(value, error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "said":
        return document.flaw((*at, *path), context["said"], context["todo"])
    if kind == "extra_forbidden":
        valid = _keys(model, path[:-1])
        what = f"unknown key {path[-1]!r}{_inside(path)}"
        return document.flaw((*at, *path), what, nearest(str(path[-1]), valid), key=True)
    if kind == "missing":
        return document.flaw(
            (*at, *path), f"{name!r} is missing{_inside((*path, name))}", f"add `{name}:`", key=True
        )
    shown = f"{str(path[-1])!r}: " if path and isinstance(path[-1], str) else ""
    what, todo = _said(kind, context, error)
    return document.flaw((*at, *path), f"{shown}{what}", todo)


def _inside(path: Path) -> str:
    """Where a key is, for people: ` in checks[2].http`."""
    text = ""
    for part in path[:-1]:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return f" in {text}" if text else ""


def _locate(value: Any, loc: tuple[int | str, ...]) -> tuple[Path, str]:
    """The part of an error's location that exists in the file, and the name at its end.

    pydantic puts names of its own (of a union's members) between the keys; those are skipped.
    """
    path: list[int | str] = []
    for part in loc:
        in_mapping = isinstance(value, dict) and part in value
        if in_mapping or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            value = value[part]
            path.append(part)
    return tuple(path), str(loc[-1]) if loc else ""


TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def _said(kind: str, context: dict[str, Any], error: ErrorDetails) -> tuple[str, str]:
    given = error["input"]
    if kind in TYPES:
        shown = "empty" if given is None else _short(given)
        return f"{shown} is not {TYPES[kind]}", f"write {TYPES[kind]}"
    if kind == "literal_error":
        names = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"{_short(given)} is not known here", nearest(str(given), names)
    if kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        limit = context.get("ge", context.get("le", context.get("gt")))
        word = {"greater_than_equal": "at least", "less_than_equal": "at most", "greater_than": "more than"}[
            kind
        ]
        return f"{_short(given)} is out of range", f"write {word} {limit}"
    if kind == "too_short" and context["actual_length"]:
        return f"{context['actual_length']} is too few", f"write at least {context['min_length']}"
    if kind in ("string_too_short", "too_short"):
        return "this is empty", "write something here or remove the key"
    if kind == "string_pattern_mismatch":
        return f"{_short(given)} is not an id", "use small letters, digits, dots and hyphens"
    return error["msg"][:1].lower() + error["msg"][1:], ""


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that are valid at a place of the file."""
    models: list[Any] = [model]
    for part in path:
        step: list[Any] = []
        for one in models:
            fields = {field.alias or name: field for name, field in one.model_fields.items()}
            if part in fields:
                step += _models(fields[part].annotation)
            else:
                step.append(one)
        models = step
    return sorted({field.alias or name for one in models for name, field in one.model_fields.items()})


def _models(annotation: Any) -> list[type[BaseModel]]:
    origin = get_origin(annotation)
    if origin is None:
        return [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []
    if origin in (Union, types.UnionType, tuple, list, dict, typing.Annotated):
        return [model for part in get_args(annotation) for model in _models(part)]
    return []
