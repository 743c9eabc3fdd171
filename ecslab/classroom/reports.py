"""Grades for people (a table), for spreadsheets (CSV), for CI (JUnit) and for Gradescope. Pure."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent, tostring

from ecslab.classroom.grades import Grade, Graded, Part, Refused, good
from ecslab.terms.problems import Exit, Problem

GLYPHS = {"pass": "✔", "fail": "✘", "not judged": "·"}
LONGEST_CELL = 40


def printable(text: str) -> str:
    """Without what a terminal or XML would take for more than text: a file may be called anything."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Rows as lines in which the columns stand below each other."""
    cut = [[_cut(printable(cell)) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in cut) for place in range(len(cut[0]))]
    lines = []
    for row in cut:
        cells = [
            cell.rjust(widths[place]) if place in right else cell.ljust(widths[place])
            for place, cell in enumerate(row)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _standing(grade: Grade) -> str:
    verdict = {True: "passed", False: "not passed", None: ""}[grade.passed]
    return f"{verdict}, gave up" if grade.gave_up else verdict  # then they may have seen the solution


def _remarks(grade: Grade) -> list[str]:
    """All that whoever grades should look at."""
    found = [f"disagrees: {said}" for said in grade.disagreements] + [f"note: {said}" for said in grade.notes]
    if grade.rerun is not None and not grade.rerun.passed:
        found.append(f"script: {rerun_said(grade)}")
    return found


def rerun_said(grade: Grade) -> str:
    """How the learner's program did, in one line."""
    rerun = grade.rerun
    if rerun is None:
        return ""
    if rerun.passed:
        return f"{rerun.file} reaches every goal in a fresh world"
    if rerun.status is None:
        return f"{rerun.file}: {rerun.output.splitlines()[-1] if rerun.output else 'ended'}"
    missed = f" and does not reach {', '.join(rerun.missed)}" if rerun.missed else ""
    return f"{rerun.file} ends with {rerun.status} in a fresh world{missed}"


def table(graded: Sequence[Graded]) -> str:
    """One line a file, and below it what should be looked at."""
    grades = [each for each in graded if isinstance(each, Grade)]
    lines: list[str] = []
    if grades:
        rows = [["learner", "what", "points", "", "file"]]
        rows += [
            [grade.who, grade.subject, f"{grade.points:g}/{grade.max:g}", _standing(grade), ""]
            for grade in grades
        ]
        shown = columns(rows, right=(2,))
        width = max(len(line) for line in shown[1:])
        lines.append(f"{shown[0].removesuffix('file').rstrip():{width}}  file")
        for line, grade in zip(shown[1:], grades, strict=True):
            lines.append(f"{line:{width}}  {printable(grade.file)}")
            lines += [f"    {printable(said)}" for said in _remarks(grade)]
    refused = [each for each in graded if isinstance(each, Refused)]
    lines += [f"refused: {printable(each.file)}: {printable(each.why)}" for each in refused]
    return "\n".join([*lines, summary(graded)]) + "\n"


def summary(graded: Sequence[Graded]) -> str:
    counts = _counts(graded)
    return f"{counts['graded']} graded, {counts['refused']} refused, {counts['disagree']} disagree with their replay"


def _counts(graded: Sequence[Graded]) -> dict[str, int]:
    grades = [each for each in graded if isinstance(each, Grade)]
    disagree = sum(bool(grade.disagreements) for grade in grades)
    return {"graded": len(grades), "refused": len(graded) - len(grades), "disagree": disagree}


def as_json(graded: Sequence[Graded]) -> str:
    value = {
        **_counts(graded),
        "submissions": [each.as_json() for each in graded if isinstance(each, Grade)],
        "refusals": [each.as_json() for each in graded if isinstance(each, Refused)],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


CSV_HEAD = (
    "file", "learner", "id", "kind", "what", "points", "max", "passed", "gave_up", "hints", "minutes", "made",
    "disagreements", "notes", "refused",
)  # fmt: skip


def as_csv(graded: Sequence[Graded]) -> str:
    rows: list[Sequence[Any]] = [CSV_HEAD]
    for each in graded:
        if isinstance(each, Refused):
            rows.append([each.file, *[""] * (len(CSV_HEAD) - 2), each.why])
            continue
        passed = "" if each.passed is None else "yes" if each.passed else "no"
        rows.append(
            [
                each.file, each.learner, each.learner_id, each.kind, each.subject, f"{each.points:g}", f"{each.max:g}",
                passed, "yes" if each.gave_up else "no", each.hints, f"{each.minutes:g}", each.made,
                "; ".join(each.disagreements), "; ".join(each.notes), "",
            ]
        )  # fmt: skip
    return csv_text(rows)


def csv_text(rows: Sequence[Sequence[Any]]) -> str:
    """CSV that no spreadsheet takes for formulas: names come from strangers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([f"'{cell}" if str(cell)[:1] in ("=", "+", "-", "@", "\t") else cell for cell in row])
    return out.getvalue()


def junit(graded: Sequence[Graded]) -> str:
    """A suite for each submission, a case for each goal or question."""
    root = Element("testsuites")
    for each in graded:
        if isinstance(each, Refused):
            suite = SubElement(
                root, "testsuite", name=printable(each.file), tests="1", failures="0", errors="1"
            )
            case = SubElement(suite, "testcase", classname=printable(each.file), name="can be graded")
            SubElement(case, "error", message=printable(each.why))
            continue
        _suite(root, each)
    indent(ElementTree(root))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, grade: Grade) -> None:
    counted = [part for part in grade.parts if not part.optional]
    failed = sum(part.verdict == "fail" for part in counted) + bool(grade.disagreements)
    skipped = sum(part.verdict == "not judged" for part in counted)
    suite = SubElement(
        root,
        "testsuite",
        name=printable(f"{grade.who}: {grade.subject}"),
        tests=str(len(counted) + 1),
        failures=str(failed),
        errors="0",
        skipped=str(skipped),
        time=f"{grade.seconds:.2f}",
    )
    for part in counted:
        case = SubElement(suite, "testcase", classname=printable(grade.subject), name=printable(part.title))
        if part.verdict == "fail":
            SubElement(case, "failure", message=printable(part.message or "wrong"))
        if part.verdict == "not judged":
            SubElement(case, "skipped", message=printable(part.message))
    case = SubElement(
        suite, "testcase", classname=printable(grade.subject), name="the file agrees with its replay"
    )
    if grade.disagreements:
        failure = SubElement(case, "failure", message=printable(grade.disagreements[0]))
        failure.text = printable("\n".join(grade.disagreements))


def gradescope(graded: Sequence[Graded]) -> str:
    """`results.json` of Gradescope, which grades one submission at a time.

    The keys are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/.
    """
    if len(graded) != 1:
        todo = "name one submission, or choose another --format"
        raise Problem(f"Gradescope takes one submission, and here are {len(graded)}", todo, status=Exit.USAGE)
    (each,) = graded
    if isinstance(each, Refused):
        value: dict[str, Any] = {"score": 0, "output": f"This could not be graded: {each.why}", "tests": []}
    else:
        value = {
            "score": each.points,
            "execution_time": round(each.seconds, 2),
            "visibility": "visible",
            "output": "\n".join(_told(each)),
            "extra_data": {"disagreements": list(each.disagreements), "notes": list(each.notes)},
            "tests": [_test(part) for part in each.parts],
        }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _told(grade: Grade) -> list[str]:
    """What the learner reads above the tests."""
    lines = [f"{grade.points:g} of {grade.max:g} points for {grade.subject}."]
    if grade.hint_cost:
        lines.append(f"Hints cost {grade.hint_cost} % of the points.")
    lines += [f"Your file does not agree with its replay: {said}." for said in grade.disagreements]
    if grade.rerun is not None:
        lines.append(f"{rerun_said(grade)}.")
    return lines


def _test(part: Part) -> dict[str, Any]:
    # A hidden goal stays hidden until the grades are published.
    visibility = "after_published" if part.hidden else "visible"
    test = {"name": part.title, "score": part.points, "max_score": part.max, "visibility": visibility}
    if part.verdict != "not judged":
        test["status"] = "passed" if part.verdict == "pass" else "failed"
    return {**test, "output": part.message} if part.message else test


FORMATS: dict[str, Callable[[Sequence[Graded]], str]] = {
    "table": table,
    "json": as_json,
    "junit": junit,
    "gradescope": gradescope,
    "csv": as_csv,
}


def all_good(graded: Sequence[Graded]) -> bool:
    return all(good(each) for each in graded)
