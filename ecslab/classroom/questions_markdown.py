"""Questions written in Markdown, in the way of text2qti (https://github.com/gpoore/text2qti).

    1.  How many tasks does the service keep?
    ... Its desired count.
    a)  one
    ... That is the minimum.
    *b) two
    ... As it was told.

`a)` and `*b)` are options and the right one, `[ ]` and `[*]` options of which several are right, `= 5 +- 1` a number,
`*   text` a text, `...` the reason for what stands above it. A line that is set in goes on with the one before.
Lines that begin with `%` are comments; `% objectives: a b` and `% source: …` say what holds for the questions below.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from ecslab.classroom.questions_csv import numeric
from ecslab.content.problems import Flaw, PackProblem

NOT_HERE = {
    "___": "an essay, which no program judges",
    "^^^": "a file upload, which no program judges",
    "GROUP": "a group of questions",
}
_STARTS = (
    ("question", re.compile(r"\d+[.)]\s+(.*)")),
    ("right", re.compile(r"\*[a-zA-Z]\)\s+(.*)")),
    ("wrong", re.compile(r"[a-zA-Z]\)\s+(.*)")),
    ("picked", re.compile(r"\[\*\]\s+(.*)")),
    ("left", re.compile(r"\[ ?\]\s+(.*)")),
    ("number", re.compile(r"=\s+(.*)")),
    ("text", re.compile(r"\*\s+(.*)")),
    ("reason", re.compile(r"\.\.\.\s+(.*)")),
    ("quiz title", re.compile(r"[Qq]uiz title:\s+(.*)")),
    ("title", re.compile(r"[Tt]itle:\s+(.*)")),
    ("ignored", re.compile(r"(?:[Qq]uiz description|[Pp]oints|[Tt]ext title|[Ss]huffle answers):\s+(.*)")),
)
_SAID = re.compile(r"%+\s*(objectives|source):\s*(.*)")


@dataclass
class _Question:
    line: int
    stem: str
    title: str
    kept: dict[str, str]
    """What `%` lines above it say."""
    why: str = ""
    options: list[list[Any]] = field(default_factory=list)
    """[kind, text, reason]"""


@dataclass
class _Reader:
    file: str
    flaws: list[Flaw] = field(default_factory=list)
    questions: list[_Question] = field(default_factory=list)
    title: str = ""
    pending: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    last: str = ""
    """What an indented line goes on with."""


def items(text: str, file: str) -> tuple[str, list[dict[str, Any]]]:
    """The quiz's title, if it has one, and its questions as a quiz file has them.

    Raises:
        PackProblem: with every line that cannot be read.
    """
    reader = _Reader(file)
    comment = False
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        word = line.strip()
        if word in ("COMMENT", "END_COMMENT"):
            comment = word == "COMMENT"
        elif not comment:
            _line(reader, number, line.rstrip())
    found = []
    for question in reader.questions:
        try:
            found.append(_item(question))
        except ValueError as error:
            reader.flaws.append(Flaw(file, question.line, 1, str(error), "correct the question"))
    if not found and not reader.flaws:
        reader.flaws.append(Flaw(file, 0, 0, "there is no question in it", "a question begins with `1.  `"))
    if reader.flaws:
        raise PackProblem(reader.flaws)
    return reader.title, found


def _line(reader: _Reader, number: int, line: str) -> None:
    if line.startswith("%"):
        if said := _SAID.fullmatch(line):
            reader.kept = {**reader.kept, said[1]: said[2].strip()}
        return
    if not line or line[0] in " \t":
        _go_on(reader, number, line)
        return
    for kind, pattern in _STARTS:
        if found := pattern.fullmatch(line):
            _begin(reader, number, kind, found[1].strip())
            reader.last = kind
            return
    known = next((why for mark, why in NOT_HERE.items() if line.startswith(mark)), "")
    what = f"{known} cannot be imported" if known else f"{line[:40]!r} is no line of a question"
    reader.flaws.append(
        Flaw(reader.file, number, 1, what, "remove it" if known else "set it in, if it goes on")
    )


def _begin(reader: _Reader, number: int, kind: str, text: str) -> None:
    if kind == "quiz title":
        reader.title = text
    elif kind == "title":
        reader.pending = text
    elif kind == "question":
        reader.questions.append(_Question(number, text, reader.pending, dict(reader.kept)))
        reader.pending = ""
    elif kind != "ignored" and not reader.questions:
        reader.flaws.append(
            Flaw(reader.file, number, 1, "it belongs to no question", "begin one with `1.  `")
        )
    elif kind == "reason":
        question = reader.questions[-1]
        if question.options:
            question.options[-1][2] = text
        else:
            question.why = text
    elif kind != "ignored":
        reader.questions[-1].options.append([kind, text, ""])


def _go_on(reader: _Reader, number: int, line: str) -> None:
    """A line that is set in belongs to what stands above it."""
    question = reader.questions[-1] if reader.questions else None
    if question is None or reader.last in ("", "ignored", "quiz title", "title"):
        return
    more = "\n" + re.sub(r"^(?: {1,4}|\t)", "", line)
    if reader.last == "question":
        question.stem += more
    elif reader.last == "reason" and not question.options:
        question.why += more
    elif question.options:
        question.options[-1][2 if reader.last == "reason" else 1] += more


def _item(question: _Question) -> dict[str, Any]:
    """Raises ValueError with what is wrong with the question."""
    item: dict[str, Any] = {
        "id": _slug(question.title),
        "type": "",
        "objectives": [],
        "stem": question.stem.strip(),
    }
    item["objectives"] = question.kept.get("objectives", "").replace(",", " ").split()
    kinds = {option[0] for option in question.options}
    if kinds and kinds <= {"right", "wrong"}:
        item |= {"type": "single", "options": _options(question, "right")}
    elif kinds and kinds <= {"picked", "left"}:
        item |= {"type": "multiple", "options": _options(question, "picked")}
    elif kinds == {"number"} and len(question.options) == 1:
        item |= {"type": "numeric", **numeric(question.options[0][1])}
    elif kinds == {"text"}:
        first, *others = [option[1].strip() for option in question.options]
        item |= {"type": "short", "answer": first}
        item |= {"accept": [re.escape(other) for other in others]} if others else {}
    else:
        raise ValueError("its answers are of several kinds" if kinds else "it has no answer")
    why = question.why.strip() or (question.options[0][2].strip() if kinds <= {"number", "text"} else "")
    item |= {"why": why} if why else {}
    return item | ({"source": question.kept["source"]} if question.kept.get("source") else {})


def _options(question: _Question, right: str) -> list[dict[str, Any]]:
    general = question.why.strip()
    found = []
    for kind, text, why in question.options:
        if not (why or general).strip():
            raise ValueError(f"the option {text.strip()!r} has no reason; write one below it, after `... `")
        found.append({"text": text.strip(), "right": kind == right, "why": why.strip() or general})
    return found


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
