"""Takes quizzes out of a pack for other systems, and questions from other files into a quiz of a pack."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ecslab.classroom import export_anki, export_moodle, export_qti, questions_csv, questions_markdown
from ecslab.classroom.questions import Exported
from ecslab.content.documents import plain_scalar, read_yaml
from ecslab.content.files import MAX_FILE
from ecslab.content.packs import Pack
from ecslab.content.problems import Flaw, PackProblem
from ecslab.content.quizzes import Quiz as QuizFile
from ecslab.content.validate import validate
from ecslab.quiz.course import load_quiz
from ecslab.quiz.items import Quiz
from ecslab.terms.problems import Exit, Problem

ID = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True)
class Format:
    name: str
    suffix: str
    export: Callable[[Quiz], Exported]


FORMATS = {
    "anki": Format("Anki", ".anki.txt", export_anki.export),
    "qti": Format("QTI 1.2 (Canvas)", ".qti.zip", export_qti.export),
    "moodle": Format("Moodle XML", ".moodle.xml", export_moodle.export),
    "csv": Format("CSV", ".csv", questions_csv.export),
}


def export(pack: Pack, quiz_id: str, to: str) -> Exported:
    """A quiz in another system's form. Raises PackProblem."""
    return FORMATS[to].export(load_quiz(pack, quiz_id))


@dataclass(frozen=True)
class Defaults:
    """What questions get that do not say it themselves."""

    title: str = ""
    objectives: tuple[str, ...] = ()
    source: str = ""


def quiz_text(path: Path, quiz_id: str, defaults: Defaults) -> tuple[str, int]:
    """A file's questions as a quiz of a pack (YAML), and how many they are.

    Raises:
        PackProblem: with everything that keeps it from being one.
    """
    if not ID.fullmatch(quiz_id):
        raise Problem(
            f"{quiz_id!r} is not an id", "use small letters, digits, dots and hyphens", status=Exit.USAGE
        )
    text = _text(path)
    title, found = "", []
    if path.suffix.lower() == ".csv":
        found = questions_csv.items(text, str(path))
    else:
        title, found = questions_markdown.items(text, str(path))
    items = _completed(found, defaults)
    value = {"format": 1, "id": quiz_id, "title": defaults.title or title or quiz_id, "items": items}
    written = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    try:
        validate(QuizFile, read_yaml(written, str(path)))
    except PackProblem as problem:
        raise PackProblem([_in_the_source(flaw, written) for flaw in problem.flaws]) from None
    return written, len(items)


def _in_the_source(flaw: Flaw, written: str) -> Flaw:
    """A flaw of the quiz as one of the question that it came from."""
    above = written.splitlines()[: flaw.line]
    number = sum(line.startswith("  - id: ") for line in above)
    return Flaw(flaw.file, 0, 0, f"question {number}: {flaw.what}" if number else flaw.what, flaw.todo)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE:
            raise Problem(f"{path} is too large", f"{MAX_FILE // 1_000_000} MB at most", status=Exit.NEGATIVE)
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Problem(f"{path} is not UTF-8 text", "save it as UTF-8", status=Exit.NEGATIVE) from None
    except OSError as error:
        raise Problem(
            f"cannot read {path} ({error.strerror})", "name another file", status=Exit.USAGE
        ) from None


def _completed(found: Sequence[dict[str, Any]], defaults: Defaults) -> list[dict[str, Any]]:
    """With ids, objectives and sources for the questions that have none."""
    taken = {item["id"] for item in found if item["id"]}
    items = []
    for number, item in enumerate(found, 1):
        name = item["id"] or next(n for n in _names(number) if n not in taken)
        taken.add(name)
        objectives = item.get("objectives") or list(defaults.objectives)
        source = item.get("source") or defaults.source
        for value, what, flag in (
            (objectives, "objectives", "--objective ID"),
            (source, "source", "--source TEXT"),
        ):
            if not value:
                raise Problem(
                    f"question {number} has no {what}", f"name it there, or give {flag}", status=Exit.USAGE
                )
        items.append({**item, "id": name, "objectives": objectives, "source": source})
    return items


def _names(number: int) -> "Sequence[str]":
    return [f"q{number}", *(f"q{number}-{more}" for more in range(2, 1000))]


class _Dumper(yaml.SafeDumper):
    """Writes what our own reader reads back unchanged."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if style is None and plain_scalar(text) != text:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)
