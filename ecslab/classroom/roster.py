"""A class: who is in it, what is due when, and what came of it: each one's work, what is late and what is missing.

A file's date is what the learner's clock said when it was written, not when it arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ecslab.classroom.grades import Grade, Graded
from ecslab.classroom.reports import columns, csv_text
from ecslab.content.checks import Text
from ecslab.content.documents import read_yaml
from ecslab.content.problems import one
from ecslab.content.validate import Many, Strict, complaint, validate
from ecslab.terms.problems import Exit, Problem

MISSING, LATE = "–", "late"


def _moment(value: Any) -> Any:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise complaint(f"{value!r} is not a date and time", "write it like 2026-12-01T18:00+01:00") from None
    if found.tzinfo is None:
        raise complaint(f"{value!r} has no time zone", f"write {value}Z, or {value}+01:00") from None
    return found


class Student(Strict):
    id: Text
    name: str = ""


class Work(Strict):
    id: Text
    """Of a lab or a quiz; `exam`."""
    kind: Literal["lab", "quiz", "exam"] = "lab"
    due: Annotated[datetime, BeforeValidator(_moment)] | None = None


class Roster(Strict):
    format: Literal[1]
    title: Text
    students: Annotated[Many[Student], Field(min_length=1)]
    work: Annotated[Many[Work], Field(min_length=1)]


def load_roster(path: Path) -> Roster:
    """The class in a YAML file.

    Raises:
        PackProblem: everything that is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise Problem(f"cannot read {path} ({reason})", "name a class file", status=Exit.USAGE) from None
    document = read_yaml(text, str(path))
    if not isinstance(document.value, dict):
        raise one(str(path), "this is not a class", "write `format: 1`, `title:`, `students:`, `work:`")
    roster = validate(Roster, document)
    for place, name in (("students", "id"), ("work", "id")):
        ids = [getattr(each, name).casefold() for each in getattr(roster, place)]
        for index, found in enumerate(ids):
            if found in ids[:index]:
                line, column = document.place((place, index, name))
                raise one(str(path), f"{ids[index]!r} is here twice", "keep one", line=line, column=column)
    return roster


@dataclass(frozen=True)
class Cell:
    """One piece of work of one student."""

    grade: Grade | None
    late: bool = False
    handed_in: int = 0
    """How many files there are of it; the best one in time counts."""

    @property
    def shown(self) -> str:
        if self.grade is None:
            return MISSING
        text = f"{self.grade.points:g}/{self.grade.max:g}"
        return f"{text} {LATE}" if self.late else text


@dataclass(frozen=True)
class ClassTable:
    roster: Roster
    rows: tuple[tuple[Cell, ...], ...]
    """One a student, one cell a piece of work, in the order of the class file."""
    strangers: tuple[Grade, ...]
    """Grades of nobody in the class, or of work that it does not have."""

    @property
    def missing(self) -> int:
        return sum(cell.grade is None for row in self.rows for cell in row)


def in_class(roster: Roster, graded: Sequence[Graded]) -> ClassTable:
    grades = [each for each in graded if isinstance(each, Grade)]
    placed: dict[tuple[int, int], list[Grade]] = {}
    strangers = []
    for grade in grades:
        at = _student(roster, grade), _work(roster, grade)
        if at[0] is None or at[1] is None:
            strangers.append(grade)
        else:
            placed.setdefault((at[0], at[1]), []).append(grade)
    rows = tuple(
        tuple(_cell(work, placed.get((row, column), [])) for column, work in enumerate(roster.work))
        for row in range(len(roster.students))
    )
    return ClassTable(roster, rows, tuple(strangers))


def _student(roster: Roster, grade: Grade) -> int | None:
    """By id; by name only for a file without one."""
    wanted = (grade.learner_id or grade.learner).casefold()
    if not wanted:
        return None
    named = [(s.id if grade.learner_id else s.name).casefold() for s in roster.students]
    return named.index(wanted) if named.count(wanted) == 1 else None


def _work(roster: Roster, grade: Grade) -> int | None:
    wanted = (grade.kind, grade.subject)
    return next((at for at, work in enumerate(roster.work) if (work.kind, work.id) == wanted), None)


def _cell(work: Work, grades: Sequence[Grade]) -> Cell:
    if not grades:
        return Cell(None)
    in_time = [grade for grade in grades if not _late(work, grade)]
    best = max(in_time or grades, key=lambda grade: (grade.share, grade.made))
    return Cell(best, late=not in_time, handed_in=len(grades))


def _late(work: Work, grade: Grade) -> bool:
    if work.due is None:
        return False
    try:
        made = datetime.fromisoformat(grade.made)
    except ValueError:
        return True
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) > work.due


def table(found: ClassTable) -> str:
    head = ["student", "", *(work.id for work in found.roster.work)]
    rows = [
        [student.id, student.name, *(cell.shown for cell in row)]
        for student, row in zip(found.roster.students, found.rows, strict=True)
    ]
    lines = [found.roster.title, "", *columns([head, *rows])]
    count = len(found.roster.students)
    lines += ["", f"{count} student{'' if count == 1 else 's'}, {found.missing} missing"]
    lines += [f"not of this class: {grade.who}, {grade.subject} ({grade.file})" for grade in found.strangers]
    return "\n".join(lines) + "\n"


def as_csv(found: ClassTable) -> str:
    head: list[str] = ["id", "name"]
    for work in found.roster.work:
        head += [work.id, f"{work.id} max", f"{work.id} remark"]
    rows: list[list[Any]] = [head]
    for student, row in zip(found.roster.students, found.rows, strict=True):
        cells: list[Any] = []
        for cell in row:
            grade = cell.grade
            remark = "missing" if grade is None else LATE if cell.late else ""
            cells += ["", "", remark] if grade is None else [f"{grade.points:g}", f"{grade.max:g}", remark]
        rows.append([student.id, student.name, *cells])
    return csv_text(rows)


def as_json(found: ClassTable) -> dict[str, Any]:
    students = [
        {
            "id": student.id,
            "name": student.name,
            "work": [_cell_json(work, cell) for work, cell in zip(found.roster.work, row, strict=True)],
        }
        for student, row in zip(found.roster.students, found.rows, strict=True)
    ]
    return {
        "title": found.roster.title,
        "missing": found.missing,
        "students": students,
        "strangers": [grade.as_json() for grade in found.strangers],
    }


def _cell_json(work: Work, cell: Cell) -> dict[str, Any]:
    grade = cell.grade.as_json() if cell.grade else None
    return {"id": work.id, "handed_in": cell.handed_in, "late": cell.late, "grade": grade}
