"""lessons/<id>.md: front matter as a typed head, the Markdown below it as it is.

What the Markdown means (pages, live blocks) is the lesson room's matter.
"""

import re
from typing import Annotated, Literal

from pydantic import Field

from ecslab.content.checks import Id, Text
from ecslab.content.documents import Document, read_yaml
from ecslab.content.files import PackFiles
from ecslab.content.problems import PackProblem, one
from ecslab.content.validate import Many, Strict, validate

LESSONS = "lessons"
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(\n|\Z)", re.DOTALL)


class Lesson(Strict):
    format: Literal[1] = 1
    id: Id
    title: Text
    module: str = ""
    order: int = 1000
    minutes: Annotated[int, Field(ge=0)] = 0
    objectives: Annotated[Many[Id], Field(min_length=1)]
    sources: Many[str] = ()
    quiz: str | None = None
    """The quiz that goes with it."""
    labs: Many[str] = ()
    body: str = ""
    """The Markdown below the front matter."""
    line: int = 1
    """The line of the file on which the body begins."""


def front_matter(files: PackFiles, lesson_id: str) -> tuple[Document, str, int]:
    """The head of a lesson, its body and the line the body begins on. Raises PackProblem."""
    name = f"{LESSONS}/{lesson_id}.md"
    text = files.text(name)
    found = _FRONT.match(text)
    if found is None:
        raise one(
            name,
            "the lesson has no front matter",
            "begin it with ---, id:, title:, objectives:, ---",
            line=1,
            column=1,
        )
    head = read_yaml("\n" + found[1], name)
    if not isinstance(head.value, dict):
        raise PackProblem(
            [head.flaw((), "the front matter is not a mapping", "write id:, title:, objectives:")]
        )
    return head, text[found.end() :], text[: found.end()].count("\n") + 1


def load_lesson(files: PackFiles, lesson_id: str) -> Lesson:
    head, body, line = front_matter(files, lesson_id)
    for key in ("body", "line"):
        if key in head.value:
            raise PackProblem([head.flaw((key,), f"unknown key {key!r}", "remove it", key=True)])
    if isinstance(head.value.get("id"), str) and head.value["id"] != lesson_id:
        what = f"the id {head.value['id']!r} is not the file's name"
        raise PackProblem([head.flaw(("id",), what, f"write `id: {lesson_id}`")])
    return validate(Lesson, head).model_copy(update={"body": body, "line": line})
