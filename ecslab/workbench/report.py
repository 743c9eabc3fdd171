"""What a test of a pack found, for people, for programs (JSON) and for CI (JUnit)."""

from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent, tostring

from ecslab.workbench.cases import Outcome


def passed(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.verdict != "fail" for outcome in outcomes)


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts = {name: sum(o.verdict == name for o in outcomes) for name in ("pass", "fail", "skipped")}
    return {
        "passed": passed(outcomes),
        "proofs": len(outcomes),
        "failed": counts["fail"],
        "skipped": counts["skipped"],
        "results": [outcome.as_json() for outcome in outcomes],
    }


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """One line for each subject, and one for each problem."""
    shown: list[str] = []
    for subject, group in _by_subject(outcomes).items():
        failed = [outcome for outcome in group if outcome.verdict == "fail"]
        skipped = sum(outcome.verdict == "skipped" for outcome in group)
        good = len(group) - len(failed) - skipped
        mark = "✘" if failed else "✔" if good else "·"
        shown.append(
            f"{mark} {subject}: {good} of {len(group)} proofs" + (f", {skipped} not run" if skipped else "")
        )
        shown += [f"    {outcome.case.title}: {said}" for outcome in failed for said in outcome.problems]
    return shown


def junit(outcomes: Sequence[Outcome]) -> str:
    """The report as CI systems read it."""
    root = Element("testsuites")
    for subject, group in _by_subject(outcomes).items():
        counts = {name: str(sum(o.verdict == name for o in group)) for name in ("fail", "skipped")}
        suite = SubElement(
            root,
            "testsuite",
            name=subject,
            tests=str(len(group)),
            failures=counts["fail"],
            errors="0",
            skipped=counts["skipped"],
            time=f"{sum(o.seconds for o in group):.2f}",
        )
        for outcome in group:
            _testcase(suite, subject, outcome)
    indent(ElementTree(root))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _testcase(suite: Element, subject: str, outcome: Outcome) -> None:
    case = SubElement(
        suite, "testcase", classname=subject, name=outcome.case.title, time=f"{outcome.seconds:.2f}"
    )
    if outcome.verdict == "skipped":
        SubElement(case, "skipped", message="code of the pack; run it with --run-code")
    if outcome.verdict == "fail":
        failure = SubElement(case, "failure", message=_printable(outcome.problems[0]))
        failure.text = _printable("\n".join(outcome.problems))


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _by_subject(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.case.subject, []).append(outcome)
    return found
