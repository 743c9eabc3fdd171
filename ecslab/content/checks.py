"""A check as an author writes it: what it looks at, what it expects, what it says when that fails.

Shape and consistency only: what a call means is `calls`' matter, the verdict is grading's.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ecslab.content.expectations import (
    WORDS,
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
from ecslab.content.variables import NAME
from ecslab.content.worlds import World
from ecslab.terms.words import CHECK_WORDS, COMPOUNDS

ID = r"^[a-z0-9][a-z0-9.-]*$"
Id = Annotated[str, Field(pattern=ID)]
_ROLE = re.compile(r"(arn:aws:iam::\d{12}:role/)?[\w+=,.@/-]+|\$\{[A-Z][A-Z0-9_]*\}")
_ACTION = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]*")
_OPERATION = re.compile(r"([a-z0-9-]+:)?[A-Z][A-Za-z0-9]+")
Text = Annotated[str, Field(min_length=1)]


class State(Condition):
    """What one read operation answers now; an AWS error is the value `{"Error": code}`."""

    call: Text
    query: Query | None = None
    save: Annotated[str, Field(pattern=f"^{NAME.pattern}$")] | None = None
    """A name for the value: `${NAME}` in the calls and expectations of later checks."""

    @model_validator(mode="before")
    @classmethod
    def _saves_something(cls, value: Any) -> Any:
        """With nothing else asked for, there must be something to save."""
        if isinstance(value, dict) and "save" in value and not WORDS & set(value):
            return {**value, "absent": False}
        return value


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


def _role(value: Any) -> Any:
    if isinstance(value, str) and not _ROLE.fullmatch(value):
        raise complaint(f"{value!r} is not a role", "write a role's name or its ARN")
    return value


def _action(value: Any) -> Any:
    if isinstance(value, str) and not _ACTION.fullmatch(value):
        raise complaint(f"{value!r} is not one action of IAM", "write it like s3:GetObject")
    return value


class Allowed(Strict):
    """What IAM would say if the role asked: its policies and its boundary, as a policy simulation."""

    role: Annotated[str, BeforeValidator(_role)]
    action: Annotated[str, BeforeValidator(_action)]
    resource: Text = "*"
    is_: bool = Field(alias="is")


def _workspace_path(value: Any) -> Any:
    if isinstance(value, str):
        path = PurePosixPath(value)
        if not value.strip() or path.is_absolute() or ".." in path.parts or "\\" in value:
            raise complaint(f"{value!r} is not a file of the workspace", "write it like task-def.json")
    return value


class Read(Condition):
    """A text: all of it, or one value in it."""

    json_: Query | None = Field(None, alias="json")
    """A JMESPath expression over the JSON in it."""
    text: Regex | None = None
    """A regular expression; what its first group found, or all that it found."""

    @model_validator(mode="after")
    def _one_reading(self) -> Self:
        if self.json_ is not None and self.text is not None:
            raise complaint("a text is read as `json` or as `text`", "remove one of them")
        return self


class File(Read):
    """A file in the learner's workspace. No such file: nothing there."""

    path: Annotated[str, BeforeValidator(_workspace_path)]


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
        if self.state is not None and self.state.save:
            raise complaint("nothing is saved of a copy of the world", "remove `save`")
        return self


class Whatif(Strict):
    do: Many[Fault] = ()
    advance: Duration = 0
    expect: Expect


class Prints(Read):
    """What a program has printed to its standard output."""


class Ending(Strict):
    """What is expected once the learner's program has ended in the world of a case; everything written must hold."""

    exit: Status | None = None
    """Its exit status; left out: 0."""
    prints: Many[Prints] = ()
    state: Many[State] = ()
    """With `unchanged`: as it was just before the program began."""
    http: Many[Http] = ()
    called: Many[Called] = ()
    """What the program called, and nobody else."""
    calls: Ceiling | None = None
    """How many calls of AWS it made, those that were refused among them."""
    changes: Ceiling | None = None
    """How many of its calls changed something."""

    @model_validator(mode="after")
    def _asks_something(self) -> "Ending":
        if not self.model_fields_set:
            raise complaint("no expectation: nothing can be judged", "add `prints:`, `state:` or another one")
        if any(state.save for state in self.state):
            raise complaint("nothing is saved of the world of a case", "remove `save`")
        if any(map(compares_with_the_beginning, self.prints)):
            raise complaint(
                "what a program prints has no beginning to compare with", "expect a value instead"
            )
        if any(http.status is None for http in self.http):
            raise complaint("the world of a case counts no failed requests", "expect a `status`")
        return self


class Case(Strict):
    """A world in which the learner's program is run."""

    name: Text
    """What feedback calls it: it must not tell the answer."""
    world: World | None = None
    """Keys that it leaves out are those of the lab's world."""
    then: Many[Fault] = ()
    """Faults, after the world's own."""
    settle: Duration | None = None
    """Instead of the world's own."""
    vars: dict[str, Any] = {}
    """Values of variables in this case and in the files of its world, instead of those that were drawn."""
    args: Many[str] | None = None
    """Instead of those of `script`."""
    after: Duration = 0
    """How long time goes on after the program has ended."""
    expect: Ending


class Program(Strict):
    """The learner's program (`script` of the lab), run in worlds that the learner has not seen."""

    cases: Annotated[Many[Case], Field(min_length=1)]

    @model_validator(mode="after")
    def _names(self) -> "Program":
        names = [case.name for case in self.cases]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise complaint(f"two cases are called {twice!r}", "give each its own name")
        return self


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
    """True over everything the check saw (for http: status, statuses, failed, requests; for program: case, part,
    number, actual, exit, calls, changes, printed, said)."""
    state: State | None = None
    """Something else in the world that tells causes apart."""
    part: Annotated[int, Field(ge=1)] | None = None
    """Of a check with `all`: it is this part, counted from 1, that is not met first."""


class Feedback(Strict):
    """A message written for a known mistake."""

    id: Id
    when: When = When()
    say: Text
    look: str = ""
    """A command that inspects, never the fix."""
    why: str = ""


class Part(Strict):
    """One thing that a check looks at."""

    state: State | None = None
    gone: Gone | None = None
    event: Event | None = None
    http: Http | None = None
    allowed: Allowed | None = None
    called: Called | None = None
    file: File | None = None

    @property
    def word(self) -> str:
        """What it looks at: a key of CHECK_WORDS or of COMPOUNDS."""
        return next(word for word in (*CHECK_WORDS, *COMPOUNDS) if getattr(self, word, None))

    @model_validator(mode="before")
    @classmethod
    def _looks_at_one_thing(cls, value: Any) -> Any:
        words = [word for word in (*CHECK_WORDS, *COMPOUNDS) if isinstance(value, dict) and word in value]
        if len(words) > 1:
            raise complaint(
                f"a check looks at one thing, this one at {' and '.join(words)}",
                "make it two checks, or parts of `all`",
            )
        return value

    @model_validator(mode="after")
    def _looks_at_something(self) -> "Part":
        words = [word for word in (*CHECK_WORDS, *COMPOUNDS) if word in type(self).model_fields]
        if not any(getattr(self, word) for word in words):
            name = f"the check {self.id!r}" if isinstance(self, Check) else "this part"
            raise complaint(f"{name} looks at nothing", f"add one of {', '.join(words)}")
        return self


Parts = Annotated[Many[Part], Field(min_length=2)]


class Check(Part):
    id: Id
    goal: Text
    needs: Many[str] = ()
    mode: Literal["hold", "latch"] = "hold"
    for_: Duration = Field(0, alias="for")
    points: Annotated[int | float, Field(ge=0)] = 1
    optional: bool = False
    hidden: bool = False
    feedback: Many[Feedback] = ()
    whatif: Whatif | None = None
    program: Program | None = None
    answer: Answer | None = None
    all: Parts | None = None
    any: Parts | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it looks at, one by one: itself unless it is made of several."""
        return self.all or self.any or (self,)

    def looks_at(self, word: str) -> bool:
        return word in [part.word for part in self.parts]

    @model_validator(mode="after")
    def _fits_together(self) -> "Check":
        for word in ("event", "called", "answer", "whatif", "gone", "file", "program"):
            if self.for_ and self.looks_at(word):
                raise complaint(f"`for` makes no sense with `{word}`", "use it with state or http")
        for feedback in self.feedback:
            if feedback.when.part is not None and feedback.when.part > len(self.all or ()):
                what = f"the feedback {feedback.id!r} is for part {feedback.when.part}"
                raise complaint(what, f"`all` has {len(self.all or ())} parts, counted from 1")
            if feedback.when.state is not None and feedback.when.state.save:
                raise complaint(f"the feedback {feedback.id!r} saves something", "let a check save it")
        return self


def with_dependents(checks: Sequence[Check], ids: Collection[str]) -> set[str]:
    """Checks, and those that wait for them."""
    found = set(ids)
    while more := {check.id for check in checks if check.id not in found and found & set(check.needs)}:
        found |= more
    return found


CheckList = Annotated[tuple[Check, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]
