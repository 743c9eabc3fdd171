"""quizzes/<id>.yaml as typed items. How they are asked and judged is the quiz room's matter."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from ecslab.content.checks import CheckList, Id, Text
from ecslab.content.documents import Document, read_yaml
from ecslab.content.expectations import Regex
from ecslab.content.files import PackFiles
from ecslab.content.problems import Flaw, PackProblem
from ecslab.content.quiz_parts import (
    QUIZZES,
    Bug,
    Cause,
    Evidence,
    ItemMistake,
    Lines,
    Place,
    Proof,
    WorldOrName,
    marked_line,
    recorded_evidence,
    world_flaws,
)
from ecslab.content.validate import Duration, Many, Strict, complaint, validate
from ecslab.content.worlds import World, known_worlds

BROKEN_WORLD = "broken-world"
"""The family whose variants are recorded from worlds, and not computed."""

NEEDS = {
    "single": ("options",),
    "multiple": ("options",),
    "ordering": ("order",),
    "matching": ("pairs",),
    "numeric": ("answer",),
    "short": ("answer",),
    "command": ("checks", "solution"),
    "spot": ("document", "bugs"),
    "diagnose": ("evidence", "options"),
    "generated": ("family",),
}
"""What an item of each type must have beyond what all have."""
MAY = {
    "numeric": ("tolerance", "unit"),
    "short": ("accept",),
    "command": ("world", "advance", "mistakes"),
    "spot": ("others", "proof"),
    "diagnose": ("world", "shows"),
    "generated": ("params", "world", "evidence", "causes"),
}
"""What it may have."""


class Option(Strict):
    text: Text
    right: bool
    why: Text
    """Why it is right or wrong: every option has a reason."""


class Step(Strict):
    text: Text
    why: str = ""
    id: str | None = None
    after: Many[str] | None = None
    """Ids of the steps that must come before; left out everywhere: the order as written."""


class Pair(Strict):
    left: Text
    right: Text
    why: str = ""


class Source(Strict):
    title: Text
    url: str = ""


def _source(value: Any) -> Any:
    return {"title": value} if isinstance(value, str) else value


def _step(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class Item(Strict):
    id: Id
    type: Literal[
        "single", "multiple", "ordering", "matching", "numeric", "short",
        "command", "spot", "diagnose", "generated",
    ]  # fmt: skip
    objectives: Annotated[Many[Id], Field(min_length=1)]
    stem: str = ""
    """What is asked; only a generated question makes its own."""
    source: Annotated[Source, BeforeValidator(_source)]
    """Where the answer can be read up."""
    why: str = ""
    options: Many[Option] = ()
    order: Many[Annotated[Step, BeforeValidator(_step)]] = ()
    pairs: Many[Pair] = ()
    answer: int | float | str | None = None
    tolerance: Annotated[float, Field(ge=0)] = 0
    unit: str = ""
    accept: Many[Regex] = ()
    world: WorldOrName = World(base="playground")
    """Where a command is run or evidence comes from."""
    checks: CheckList = ()
    solution: Lines = ()
    """Shell lines that do it."""
    advance: Duration = 0
    """How long the world goes on after the command; 0: until it is steady."""
    mistakes: Many[ItemMistake] = ()
    document: str = ""
    """What the bug is in; its lines are numbered from 1."""
    bugs: Many[Bug] = ()
    others: Many[Bug] = ()
    """Lines that look suspicious and are not, each with its reason."""
    proof: Proof | None = None
    evidence: Many[Evidence] = ()
    shows: str = ""
    """Text of the evidence's lines that show the cause; the learner is asked for one of them."""
    family: Id | None = None
    params: dict[str, Any] = {}
    causes: Many[Cause] = ()
    _place: Place | None = PrivateAttr(default=None)

    @property
    def place(self) -> Place | None:
        """Where in which pack it stands; None for an item that came from no quiz file."""
        return self._place

    @property
    def recorded(self) -> dict[str, list[dict[str, Any]]]:
        """What `pack record` wrote down: for each cause ("" where there is one) the exhibits."""
        return recorded_evidence(self._place, self.id) if self._place else {}

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Item":
        needs = NEEDS[self.type]
        for key in needs:
            if key not in self.model_fields_set:
                raise complaint(f"the {self.type} question {self.id!r} has no `{key}`", f"add `{key}:`")
        every = {key for keys in (*NEEDS.values(), *MAY.values()) for key in keys}
        others = every - {*needs, *MAY.get(self.type, ())}
        if wrong := sorted(others & self.model_fields_set):
            raise complaint(f"a {self.type} question has no `{wrong[0]}`", "remove it or change the type")
        if not self.stem.strip() and self.type != "generated":
            raise complaint(f"the question {self.id!r} asks nothing", "add `stem:`")
        if flaw := self._unanswerable():
            raise complaint(f"the question {self.id!r} {flaw}", "nobody could answer it as it is")
        return self

    def _unanswerable(self) -> str:
        right = sum(option.right for option in self.options)
        match self.type:
            case "single" | "diagnose" if right != 1 or len(self.options) < 2:
                return f"has {right} right options of {len(self.options)}, and needs one of two or more"
            case "multiple" if right < 2 or right == len(self.options):
                return (
                    f"has {right} right options of {len(self.options)}, and needs two or more and a wrong one"
                )
            case "ordering" if len(self.order) < 2:
                return "has fewer than two steps"
            case "matching" if len({pair.left for pair in self.pairs}) < max(2, len(self.pairs)):
                return "needs two pairs or more, each with a left side of its own"
            case "numeric" if isinstance(self.answer, str):
                return "has an answer that is not a number"
            case "short" if not isinstance(self.answer, str) or not self.answer:
                return "has an answer that is not text"
            case "command" if not self.checks or not self.solution:
                return "needs a check that judges the command, and a solution"
            case "command" if any(check.answer for check in self.checks):
                return "has a check `answer`, and nobody is asked for one"
            case "command" if any(check.program for check in self.checks):
                return "has a check `program`, and nobody writes one"
            case "spot":
                return self._unspottable()
            case "diagnose" if not self.evidence:
                return "shows no evidence"
            case "generated" if (self.family == BROKEN_WORLD) != bool(self.causes):
                return f"has `causes` only, and always, with the family {BROKEN_WORLD}"
            case "generated" if self.causes and (len(self.causes) < 2 or not self.evidence):
                return "needs two causes or more, and evidence that tells them apart"
            case "generated" if len({bool(cause.shows) for cause in self.causes}) > 1:
                return "has `shows` for some causes only, which gives them away"
            case "generated" if len({cause.id for cause in self.causes}) < len(self.causes):
                return "has two causes with one id"
        return ""

    def _unspottable(self) -> str:
        lines = self.document.splitlines()
        if not 2 <= len(lines) <= MOST_LINES:
            return f"needs a document of 2 to {MOST_LINES} lines"
        if not self.bugs:
            return "has no bug"
        places = [marked_line(mark, lines) for mark in (*self.bugs, *self.others)]
        if unknown := [
            mark for mark, at in zip((*self.bugs, *self.others), places, strict=True) if at is None
        ]:
            mark = unknown[0]
            named = f"line {mark.line}" if mark.line else f"the text {mark.text!r}"
            return f"names {named}, which is not exactly one line of its document"
        return "" if len(set(places)) == len(places) else "marks a line twice"


MOST_LINES = 60
"""Lines of a document: what one can read through in a quiz."""


class Quiz(Strict):
    format: Literal[1]
    id: Id
    title: Text
    module: str = ""
    order: int = 1000
    items: Annotated[Many[Item], Field(min_length=1)]


def load_quiz(files: PackFiles, quiz_id: str) -> Quiz:
    """Raises PackProblem with every flaw of the file."""
    name = f"{QUIZZES}/{quiz_id}.yaml"
    document = read_yaml(files.text(name), name)
    if not isinstance(document.value, dict):
        raise PackProblem(
            [document.flaw((), "this is not a quiz", "write `format: 1`, `id:`, `title:`, `items:`")]
        )
    flaws = list(_across(document, quiz_id))
    try:
        quiz = validate(Quiz, document)
    except PackProblem as problem:
        raise PackProblem([*flaws, *problem.flaws]) from None
    worlds = known_worlds(files)
    flaws += [flaw for n, item in enumerate(quiz.items) for flaw in world_flaws(worlds, document, n, item)]
    if flaws:
        raise PackProblem(flaws)
    held: dict[str, Any] = {}
    for index, item in enumerate(quiz.items):
        item._place = Place(files, quiz_id, document, index, held)
    return quiz


def _across(document: Document, quiz_id: str) -> Iterable[Flaw]:
    value = document.value
    if isinstance(value.get("id"), str) and value["id"] != quiz_id:
        yield document.flaw(
            ("id",), f"the id {value['id']!r} is not the file's name", f"write `id: {quiz_id}`"
        )
    seen: dict[str, int] = {}
    items = value.get("items")
    for index, item in enumerate(items if isinstance(items, list) else []):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str) and name in seen:
            what = f"the item id {name!r} is here twice (first on line {seen[name]})"
            yield document.flaw(("items", index, "id"), what, "give each its own")
        elif isinstance(name, str):
            seen[name] = document.place(("items", index, "id"))[0]
