"""quizzes/<id>.yaml as typed items. How they are asked and judged is the quiz room's matter."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ecslab.content.checks import Id, Text
from ecslab.content.documents import Document, read_yaml
from ecslab.content.expectations import Regex
from ecslab.content.files import PackFiles
from ecslab.content.problems import Flaw, PackProblem
from ecslab.content.validate import Many, Strict, complaint, validate

QUIZZES = "quizzes"

BODIES = {
    "single": ("options",),
    "multiple": ("options",),
    "ordering": ("order",),
    "matching": ("pairs",),
    "numeric": ("answer", "tolerance", "unit"),
    "short": ("answer", "accept"),
}
"""What each type of item has beyond what all have; the first one is a must."""


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
    type: Literal["single", "multiple", "ordering", "matching", "numeric", "short"]
    objectives: Annotated[Many[Id], Field(min_length=1)]
    stem: Text
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

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Item":
        body = BODIES[self.type]
        if body[0] not in self.model_fields_set:
            raise complaint(f"the {self.type} question {self.id!r} has no `{body[0]}`", f"add `{body[0]}:`")
        others = {key for keys in BODIES.values() for key in keys} - set(body)
        if wrong := sorted(others & self.model_fields_set):
            raise complaint(f"a {self.type} question has no `{wrong[0]}`", "remove it or change the type")
        if flaw := self._unanswerable():
            raise complaint(f"the question {self.id!r} {flaw}", "nobody could answer it as it is")
        return self

    def _unanswerable(self) -> str:
        right = sum(option.right for option in self.options)
        match self.type:
            case "single" if right != 1 or len(self.options) < 2:
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
        return ""


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
    if flaws:
        raise PackProblem(flaws)
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
