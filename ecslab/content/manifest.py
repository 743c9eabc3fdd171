"""pack.yaml: what a pack is called, and which ecslab it needs."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ecslab import __version__
from ecslab.content.checks import Id, Text
from ecslab.content.documents import read_yaml
from ecslab.content.files import PackFiles
from ecslab.content.problems import PackProblem
from ecslab.content.validate import Many, Strict, complaint, validate

_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")


def _version(value: Any) -> Any:
    if isinstance(value, str) and _VERSION.fullmatch(value):
        return value
    raise complaint(f"{value!r} is not a version", 'write three numbers, such as "0.1.0"')


def _requires(value: Any) -> Any:
    """`>=0.1`: the oldest ecslab that can play the pack."""
    if not isinstance(value, str) or not value.startswith(">=") or not _VERSION.fullmatch(value[2:].strip()):
        raise complaint(f"{value!r} is not a requirement", 'write it like ">=0.1"')
    if _numbers(value[2:].strip()) > _numbers(__version__):
        raise complaint(f"this pack needs ecslab {value}, and this is {__version__}", "upgrade ecslab")
    return value


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


class Manifest(Strict):
    format: Literal[1]
    name: Id
    version: Annotated[str, BeforeValidator(_version)]
    title: Text
    authors: Annotated[Many[Text], Field(min_length=1)]
    license: Text
    description: str = ""
    requires: Annotated[str, BeforeValidator(_requires)] = ">=0.1"


def load_manifest(files: PackFiles) -> Manifest:
    """Raises PackProblem with every flaw of the file."""
    document = read_yaml(files.text("pack.yaml"), "pack.yaml")
    if not isinstance(document.value, dict):
        raise PackProblem(
            [document.flaw((), "this is not a pack", "write `format: 1`, `name:`, `version:` …")]
        )
    return validate(Manifest, document)
