"""The parts of items that live in worlds: commands, documents with bugs, recorded evidence.

What an author writes, and what was recorded for it; nothing is run here. An item's world is written as a
lab's, with files named from the folder `quizzes`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from ecslab.content.calls import CallError
from ecslab.content.checks import CheckList, Id, Text
from ecslab.content.documents import Document, Path
from ecslab.content.expectations import Query
from ecslab.content.faults import Fault
from ecslab.content.files import PackFiles
from ecslab.content.labs import Fails, Outcome
from ecslab.content.probes import Probe, client_probe, probes_in, read_probe
from ecslab.content.problems import Flaw, PackProblem, nearest
from ecslab.content.validate import Duration, Many, Strict, complaint
from ecslab.content.variables import NAME
from ecslab.content.worlds import World

QUIZZES = "quizzes"
EVIDENCE = f"{QUIZZES}/evidence"
"""Where `pack record` writes: one file for each quiz."""


def _world(value: Any) -> Any:
    return {"base": value} if isinstance(value, str) else value


def _lines(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


WorldOrName = Annotated[World, BeforeValidator(_world)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]
"""One shell line or several."""


class ItemMistake(Strict):
    """A typical wrong command, tested to give exactly these verdicts and messages."""

    name: Text
    command: Lines
    expect: dict[str, Outcome]


class Bug(Strict):
    """A line of a document, by its number or by text that no other line has."""

    line: int | None = None
    text: str | None = None
    why: Text

    @model_validator(mode="after")
    def _one(self) -> "Bug":
        if (self.line is None) == (self.text is None):
            raise complaint(
                "a line is named in one way", "write `line:` (a number) or `text:` (a part of it)"
            )
        return self


def marked_line(mark: Bug, lines: list[str]) -> int | None:
    """Which line is meant, from 0; None when it is not exactly one."""
    if mark.line is not None:
        return mark.line - 1 if 1 <= mark.line <= len(lines) else None
    found = [place for place, line in enumerate(lines) if mark.text is not None and mark.text in line]
    return found[0] if len(found) == 1 else None


class Proof(Strict):
    """That the bug is one: the document does not work in a world, and corrected it does.

    `run` finds the text in the file `document` of the directory it runs in.
    """

    world: WorldOrName = World(base="playground")
    run: Lines
    fixed: Text
    """The document without its bugs."""
    says: str = ""
    """Text in what the failing run prints."""
    checks: CheckList = ()
    """What only the corrected document reaches; left out: the run itself fails."""
    advance: Duration = 0


class Reading(Strict):
    """A read operation in AWS CLI spelling, and what of its answer is meant."""

    call: Text
    query: Query


class Client(Strict):
    """A request to a load balancer."""

    load_balancer: Text
    path: str = "/"
    port: Annotated[int, Field(ge=1, le=65535)] = 80


class Evidence(Strict):
    """One thing to look at: a read operation in AWS CLI spelling, or what a client is answered.

    A name in `with` stands for what another operation answers (an ARN, a list of tasks): `$NAME` in `call`.
    """

    call: str | None = None
    query: Query | None = None
    with_: dict[str, Reading] = Field({}, alias="with")
    http: Client | None = None

    @model_validator(mode="after")
    def _one(self) -> "Evidence":
        if (self.call is None) == (self.http is None):
            raise complaint("evidence is one `call` or one `http`", "write {call: …, query: …} or {http: …}")
        for name in self.with_:
            if not NAME.fullmatch(name) or f"${name}" not in (self.call or ""):
                raise complaint(f"{name!r} is not used", f"write ${name} in `call`, in capitals")
        return self

    def filled(self, values: Mapping[str, str]) -> str:
        """The call with its names replaced."""
        return re.sub(r"\$([A-Z][A-Z0-9_]*)", lambda found: values.get(found[1], found[0]), self.call or "")


class Cause(Strict):
    """A variant of a broken world: what was done to it, and how that is told."""

    id: Id
    text: Text
    """The cause as an option."""
    why: Text
    then: Many[Fault] = ()
    settle: Duration | None = None
    """Instead of the world's own."""
    shows: str = ""


@dataclass(frozen=True)
class Place:
    """Where an item stands."""

    files: PackFiles
    quiz: str
    document: Document
    index: int
    held: dict[str, Any] = field(default_factory=dict)
    """What was read for the quiz, once for all its items."""

    @property
    def at(self) -> Path:
        return ("items", self.index)


def evidence_probe(evidence: Evidence, values: Mapping[str, str]) -> Probe:
    """Raises CallError."""
    if (http := evidence.http) is not None:
        return client_probe("evidence", http.load_balancer, http.port, http.path)
    return read_probe("evidence", evidence.filled(values), evidence.query)


def recorded_evidence(place: Place, item: str) -> dict[str, list[dict[str, Any]]]:
    """cause -> exhibits (`command`, `lines`), as far as they were recorded."""
    if "evidence" not in place.held:
        name = f"{EVIDENCE}/{place.quiz}.json"
        try:
            place.held["evidence"] = (
                json.loads(place.files.text(name))["items"] if place.files.has(name) else {}
            )
        except (ValueError, KeyError, TypeError):
            flaw = Flaw(name, 1, 1, "this is not recorded evidence", "write it anew: `ecslab pack record`")
            raise PackProblem([flaw]) from None
    found = place.held["evidence"].get(item, {})
    return found if isinstance(found, dict) else {}


def world_flaws(worlds: Sequence[str], document: Document, index: int, item: Any) -> Iterator[Flaw]:
    """What an item says about worlds that cannot be: a name, an outcome of a check."""
    at: Path = ("items", index)
    for where, world in ((at, item.world), ((*at, "proof"), item.proof.world if item.proof else None)):
        if world is not None and world.base is not None and world.base not in worlds:
            what = f"there is no world {world.base!r}"
            yield document.flaw((*where, "world"), what, nearest(world.base, list(worlds)))
    yield from _outcomes(document, at, item)


def _outcomes(document: Document, at: Path, item: Any) -> Iterator[Flaw]:
    feedback = {check.id: [one.id for one in check.feedback] for check in item.checks}
    for number, mistake in enumerate(item.mistakes):
        for name, outcome in mistake.expect.items():
            where = (*at, "mistakes", number, "expect", name)
            if name not in feedback:
                todo = nearest(name, list(feedback))
                yield document.flaw(where, f"there is no check {name!r}", todo, key=True)
                continue
            shown = outcome.fail if isinstance(outcome, Fails) else True
            if isinstance(shown, str) and shown not in feedback[name]:
                what = f"the check {name!r} has no feedback {shown!r}"
                yield document.flaw(where, what, nearest(shown, feedback[name]) or "write it")


def call_flaws(document: Document, index: int, item: Any) -> Iterator[Flaw]:
    """Calls of an item that cannot be read. It takes botocore's models, so only lint and recording ask."""
    at: Path = ("items", index)
    for number, evidence in enumerate(item.evidence):
        try:
            for name, reading in evidence.with_.items():
                read_probe(name, reading.call, reading.query)
            evidence_probe(evidence, dict.fromkeys(evidence.with_, "any"))
        except CallError as error:
            yield document.flaw((*at, "evidence", number, "call"), error.what, error.todo)
    groups = [(at, item.checks, item.world.then), *(
        ((*at, "causes", n), (), cause.then) for n, cause in enumerate(item.causes)
    )]  # fmt: skip
    if item.proof is not None:
        groups.append(((*at, "proof"), item.proof.checks, item.proof.world.then))
    for where, checks, then in groups:
        try:
            probes_in(checks, then, document, where)
        except PackProblem as problem:
            yield from problem.flaws
