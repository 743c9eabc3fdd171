"""Expectations as an author writes them: `is: 3`, `at_least: 2`, `all: [...]`. Judging is grading's."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from ecslab.content.validate import Many, Strict, complaint
from ecslab.terms.words import COMBINATIONS, EXPECTATIONS

WORDS = frozenset({*EXPECTATIONS, *COMBINATIONS})


def compiled(pattern: Any) -> Any:
    if isinstance(pattern, str):
        try:
            re.compile(pattern)
        except re.error as error:
            what = f"{pattern!r} is not a regular expression ({error})"
            raise complaint(what, "escape brackets and dots") from None
    return pattern


def searchable(query: Any) -> Any:
    if isinstance(query, str):
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            jmespath.compile(query)
        except JMESPathError:
            what = f"{query!r} is not a JMESPath expression"
            raise complaint(what, "check its brackets and quotes") from None
    return query


Regex = Annotated[str, BeforeValidator(compiled)]
Query = Annotated[str, BeforeValidator(searchable)]


class But(Strict):
    """What may have changed."""

    except_: Annotated[Many[str], Field(min_length=1)] = Field(alias="except")
    """Keys, wherever they are; `outer.inner` is the one directly below `outer` (or an item of it)."""


class Expectation(Strict):
    """One or more conditions on a value; all of them must hold."""

    is_: Any = Field(None, alias="is")
    in_: Many[Any] = Field((), alias="in")
    not_: Any = Field(None, alias="not")
    matches: Regex | None = None
    at_least: int | float | None = None
    at_most: int | float | None = None
    contains: Any = None
    absent: bool | None = None
    unchanged: bool | But | None = None
    all: "Many[Expectation]" = ()
    any: "Many[Expectation]" = ()

    @property
    def conditions(self) -> dict[str, Any]:
        """The words that were written, with what they ask for."""
        found: dict[str, Any] = {}
        for name in type(self).model_fields:
            word = name.rstrip("_")
            if word in WORDS and name in self.model_fields_set:
                found[word] = getattr(self, name)
        return found


class Condition(Expectation):
    """An expectation that says something."""

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        if not self.conditions:
            words = ", ".join(EXPECTATIONS)
            raise complaint("no expectation: nothing can be judged", f"add one of {words}")
        return self


def compares_with_the_beginning(expectation: Expectation) -> bool:
    """Whether `unchanged` is asked for anywhere in it."""
    found = expectation.conditions
    nested = [*found.get("all", ()), *found.get("any", ())]
    return (
        found.get("is") == "unchanged"
        or "unchanged" in found
        or any(map(compares_with_the_beginning, nested))
    )


def as_condition(value: Any) -> Any:
    """A plain value is what it must be, a list what it must be one of."""
    if isinstance(value, dict):
        return value if value and set(value) <= WORDS else {"is": value}
    return {"in": value} if isinstance(value, list) else {"is": value}


def _status(value: Any) -> Any:
    return value if isinstance(value, dict) else as_condition(value)


def _ceiling(value: Any) -> Any:
    return {"at_most": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _floor(value: Any) -> Any:
    if value == 0 and not isinstance(value, bool):
        raise complaint("a count of 0 or more is always true", "write {at_most: 0}")
    return {"at_least": value} if isinstance(value, int) and not isinstance(value, bool) else value


Status = Annotated[Condition, BeforeValidator(_status)]
"""`200`, `[200, 301]` or an expectation."""
Ceiling = Annotated[Condition, BeforeValidator(_ceiling)]
"""A number is a maximum."""
Floor = Annotated[Condition, BeforeValidator(_floor)]
"""A number is a minimum."""
Actual = Annotated[Condition, BeforeValidator(as_condition)]
"""A value, or an expectation when all its keys are words of one."""
