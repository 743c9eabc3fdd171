"""JSON Schema of the files of a pack, made from the models that read them. For editors: completion and squiggles.

What a validator of ours accepts beyond its model (a duration as text, a number for a route) is added from
one table; what only the loader can know (that a name exists) is not in a schema.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ecslab import __version__
from ecslab.content import (
    checks,
    drills,
    expectations,
    faults,
    images,
    labs,
    manifest,
    quiz_parts,
    quizzes,
    validate,
    worlds,
)
from ecslab.content.lessons import Lesson
from ecslab.content.objectives import Objectives
from ecslab.terms.words import CHECK_WORDS, COMPOUNDS, EXPECTATIONS, FAULT_WORDS, SHARED_KEYS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
VARIABLE: Schema = {"type": "string", "pattern": r"^\$\{[A-Z][A-Z0-9_]*\}$"}
"""What may stand for a number or a fault in a lab."""
DURATION: Schema = {"anyOf": [NUMBER, {"type": "string", "pattern": r"^([0-9.]+(ms|s|m|h|d)?)+$|^\$\{"}]}
RATE: Schema = {"type": "string", "pattern": r"^[0-9.]+/(s|m|h)$|^\$\{"}
FAULT: Schema = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {word: {"description": text} for word, text in FAULT_WORDS.items()},
}

INSTEAD: dict[Callable[..., Any], Schema] = {
    validate._duration: DURATION,
    worlds._rate: RATE,
    faults.checked: FAULT,
    images._port: {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 65535}, TEXT]},
    expectations._status: {},
    expectations.as_condition: {},
}
"""What a validator takes instead of what its model says."""
BESIDES: dict[Callable[..., Any], list[Schema]] = {
    expectations._ceiling: [{"type": "integer"}],
    expectations._floor: [{"type": "integer", "minimum": 1}],
    images._route: [{"type": "integer"}],
    quizzes._source: [TEXT],
    quizzes._step: [TEXT],
    quiz_parts._world: [TEXT],
    quiz_parts._lines: [TEXT],
    worlds._traffic: [RATE],
    worlds._hook: [{"enum": ["SUCCEEDED", "FAILED", "IN_PROGRESS", "ERROR"]}, {"type": "null"}],
}
"""What a validator takes besides."""


class Images(BaseModel):
    """images.yaml: what each image does when it runs; an empty entry removes one."""

    model_config = {"extra": "allow"}
    __pydantic_extra__: dict[str, images.Image | None] = Field(init=False)


class LabFile(labs.Lab):
    """lab.yaml, with its variables as rules."""

    vars: dict[str, labs.Rule] = {}


class FaultFile(drills.Fault):
    """fault.yaml of the drills' catalogue, with its variables as rules."""

    vars: dict[str, labs.Rule] = {}


class WorldFile(worlds.World):
    """world.yaml of a world's folder."""


KINDS: dict[str, tuple[type[BaseModel], str]] = {
    "pack": (manifest.Manifest, "pack.yaml"),
    "lab": (LabFile, "labs/<id>/lab.yaml"),
    "fault": (FaultFile, "labs/faults/<id>/fault.yaml"),
    "world": (WorldFile, "labs/worlds/<id>/world.yaml"),
    "images": (Images, "images.yaml"),
    "quiz": (quizzes.Quiz, "quizzes/<id>.yaml"),
    "lesson": (Lesson, "the front matter of lessons/<id>.md"),
    "objectives": (Objectives, "lessons/objectives.yaml"),
}
WITH_VARIABLES = frozenset({"lab", "fault", "world", "images"})


def schema(kind: str) -> Schema:
    """The schema of one kind of file."""
    model, file = KINDS[kind]
    made = model.model_json_schema(by_alias=True, schema_generator=_Generator, mode="validation")
    if kind == "lesson":
        for key in ("body", "line"):
            made["properties"].pop(key)
    if kind in ("lab", "fault"):
        _explain(made)
    if kind in WITH_VARIABLES:
        made = _with_variables(made)
    return {
        "$schema": DIALECT,
        "title": f"ecslab {__version__}: {file}",
        **{k: v for k, v in made.items() if k != "title"},
    }


def schemas() -> Schema:
    """All of them in one document, each under `$defs`; a file is one of them."""
    return {
        "$schema": DIALECT,
        "title": f"ecslab {__version__}: the files of a pack",
        "anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in KINDS],
        "$defs": {kind: {"$id": f"ecslab-{kind}.json", **schema(kind)} for kind in KINDS},
    }


class _Generator(GenerateJsonSchema):
    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        function: Any = schema["function"]["function"]
        if function in INSTEAD:
            return dict(INSTEAD[function])
        inner = super().function_before_schema(schema)
        if function not in BESIDES:
            return inner
        single = [inner["items"]] if "items" in inner else []
        return {"anyOf": [*BESIDES[function], *single, inner]}


def _explain(made: Schema) -> None:
    """Words of a check and of an expectation with their line of help; a check has exactly one word, and so has
    each part of one."""
    definitions = made["$defs"]
    for model in (checks.Check, checks.Part):
        check = definitions[model.__name__]
        for name, text in {**CHECK_WORDS, **COMPOUNDS, **SHARED_KEYS}.items():
            if name in check["properties"]:
                check["properties"][name] = {**check["properties"][name], "description": text}
        words = [word for word in (*CHECK_WORDS, *COMPOUNDS) if word in check["properties"]]
        check["oneOf"] = [{"required": [word]} for word in words]
    for definition in definitions.values():
        for name, text in EXPECTATIONS.items():
            if "at_least" in definition.get("properties", {}):
                definition["properties"][name] = {**definition["properties"][name], "description": text}


def _with_variables(value: Any) -> Any:
    """Wherever a number, a boolean or a fault is wanted, a variable may stand."""
    if isinstance(value, list):
        return [_with_variables(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in ("integer", "number", "boolean") or value == FAULT:
        rest = {key: value[key] for key in ("default", "title", "description") if key in value}
        bare = {key: part for key, part in value.items() if key not in rest}
        return {**rest, "anyOf": [bare, VARIABLE]}
    return {key: part if key == "default" else _with_variables(part) for key, part in value.items()}
