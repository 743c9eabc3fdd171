"""A check as an author writes it: what it looks at, what it expects, what it says when that fails.

Shape and consistency only: what a call means is `calls`' matter, the verdict is grading's.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ecslab.content.expectations import (
    Actual,
    Ceiling,
    Condition,
    Floor,
    Query,
    Regex,
    Status,
    compares_with_the_beginning,
)
from ecslab.content.faults import Fault
from ecslab.content.validate import Duration, Many, Strict, complaint
from ecslab.terms.words import CHECK_WORDS, UNSUPPORTED_CHECK_WORDS

ID = r"^[a-z0-9][a-z0-9.-]*$"
Id = Annotated[str, Field(pattern=ID)]
_OPERATION = re.compile(r"([a-z0-9-]+:)?[A-Z][A-Za-z0-9]+")
Text = Annotated[str, Field(min_length=1)]


class State(Condition):
    """What one read operation answers now; an AWS error is the value `{"Error": code}`."""

    call: Text
    query: Query | None = None


class Gone(Strict):
    """Something that existed in this attempt does not exist any more."""

    call: Text
    query: Query | None = None


class Event(Strict):
    from_: Literal["service", "task", "log", "scaling", "target", "deployment"] = Field(alias="from")
    of: str | None = None
    match: Regex
    count: Floor | None = None


class Http(Strict):
    load_balancer: Text
    path: str = "/"
    port: Annotated[int, Field(ge=1, le=65535)] = 80
    status: Status | None = None
    failed: Ceiling | None = None
    """Requests of the world's own traffic that failed since the attempt began."""

    @model_validator(mode="after")
    def _asks_something(self) -> "Http":
        if self.status is None and self.failed is None:
            raise complaint("no expectation: nothing can be judged", "add `status: 200` or `failed: 0`")
        return self


def _operation(value: Any) -> Any:
    if isinstance(value, str) and not _OPERATION.fullmatch(value):
        raise complaint(f"{value!r} is not an operation", "write it like UpdateService or ecs:UpdateService")
    return value


class Called(Strict):
    operation: Annotated[str, BeforeValidator(_operation)]
    """`UpdateService` or `ecs:UpdateService`."""
    where: Query | None = None
    """A JMESPath expression over the call's parameters that must be true."""
    count: Floor | None = None
    error: bool | str | None = None
    """Left out: calls that succeeded. `true`: calls that failed. A code: calls that failed with it."""


class Expect(Strict):
    """What a `whatif` expects on the copy; everything written must hold."""

    state: State | None = None
    http: Http | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "Expect":
        if self.state is None and self.http is None:
            raise complaint("no expectation: nothing can be judged", "add `http:` or `state:`")
        if self.state is not None and compares_with_the_beginning(self.state):
            raise complaint("a copy of the world has no beginning to compare with", "expect a value instead")
        return self


class Whatif(Strict):
    do: Many[Fault] = ()
    advance: Duration = 0
    expect: Expect


class Answer(Condition):
    prompt: Text
    kind: Literal["text", "number", "choice"] = "text"
    options: Many[str] = ()

    @model_validator(mode="after")
    def _options(self) -> "Answer":
        if (self.kind == "choice") != bool(self.options):
            raise complaint(
                "`options` belong to the kind choice, and it needs them", "set kind: choice and options"
            )
        return self


class When(Strict):
    """When a feedback is the right one: everything written must be so; nothing written: always."""

    actual: Actual | None = None
    """Of the value that was judged."""
    match: Query | None = None
    """True over everything the check saw (for http: status, statuses, failed, requests)."""
    state: State | None = None
    """Something else in the world that tells causes apart."""


class Feedback(Strict):
    """A message written for a known mistake."""

    id: Id
    when: When = When()
    say: Text
    look: str = ""
    """A command that inspects, never the fix."""
    why: str = ""


def _one_word(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    words = [word for word in CHECK_WORDS if word in value]
    unsupported = [word for word in words if word in UNSUPPORTED_CHECK_WORDS]
    if unsupported:
        can = ", ".join(word for word in CHECK_WORDS if word not in UNSUPPORTED_CHECK_WORDS)
        raise complaint(f"this version of ecslab cannot judge `{unsupported[0]}`", f"use one of {can}")
    if len(words) > 1:
        raise complaint(
            f"a check looks at one thing, this one at {' and '.join(words)}", "make it two checks"
        )
    return value


class Check(Strict):
    id: Id
    goal: Text
    needs: Many[str] = ()
    mode: Literal["hold", "latch"] = "hold"
    for_: Duration = Field(0, alias="for")
    points: Annotated[int | float, Field(ge=0)] = 1
    optional: bool = False
    hidden: bool = False
    feedback: Many[Feedback] = ()
    state: State | None = None
    gone: Gone | None = None
    event: Event | None = None
    http: Http | None = None
    called: Called | None = None
    whatif: Whatif | None = None
    answer: Answer | None = None

    @property
    def word(self) -> str:
        """What it looks at: a key of CHECK_WORDS."""
        return next(word for word in CHECK_WORDS if getattr(self, word, None) is not None)

    @model_validator(mode="before")
    @classmethod
    def _looks_at_one_thing(cls, value: Any) -> Any:
        return _one_word(value)

    @model_validator(mode="after")
    def _looks_at_something(self) -> "Check":
        if all(getattr(self, word, None) is None for word in CHECK_WORDS):
            can = ", ".join(word for word in CHECK_WORDS if word not in UNSUPPORTED_CHECK_WORDS)
            raise complaint(f"the check {self.id!r} looks at nothing", f"add one of {can}")
        if self.for_ and self.word in ("event", "called", "answer", "whatif", "gone"):
            raise complaint(f"`for` makes no sense with `{self.word}`", "use it with state or http")
        return self


CheckList = Annotated[tuple[Check, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]
