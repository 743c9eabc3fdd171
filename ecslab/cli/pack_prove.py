"""`ecslab pack lint` and `pack test`: what is wrong with a pack, and whether it keeps its promises."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.cli.waiting import Waiting
    from ecslab.content.packs import Pack
    from ecslab.workbench.cases import Outcome


def chosen(directory: str | None) -> "Pack":
    """The pack that a command is about: named, the one we stand in, or the built-in one."""
    from ecslab.content.files import MANIFEST
    from ecslab.content.packs import builtin, find, load

    if directory is not None:
        return load(directory) if Path(directory).is_dir() else find(directory)
    return load(Path()) if Path(MANIFEST).is_file() else builtin()


def lint(args: argparse.Namespace) -> int:
    from ecslab.workbench.lint import lint as findings_of

    findings = findings_of(chosen(args.dir))
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    if args.json:
        found = [finding.as_json() for finding in findings]
        print(json.dumps({"errors": errors, "warnings": warnings, "findings": found}, indent=1))
    else:
        print("\n".join([*map(str, findings), f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"]))
    return Exit.NEGATIVE if errors or (args.strict and warnings) else Exit.GOOD


def test(args: argparse.Namespace) -> int:
    from ecslab.cli.waiting import Waiting
    from ecslab.workbench import report
    from ecslab.workbench.bench import run_cases
    from ecslab.workbench.cases import cases_of

    if args.seeds < 1 or (args.jobs is not None and args.jobs < 1):
        raise Problem("--seeds and --jobs count from 1", "leave them out for the usual", status=Exit.USAGE)
    pack = chosen(args.dir)
    if args.lab and args.drills:
        raise Problem("--drills are of no lab", "leave --lab or --drills out", status=Exit.USAGE)
    cases = cases_of(pack, lab=args.lab, seeds=args.seeds, drills=args.drills)
    labs = [args.lab] if args.lab else pack.lab_ids
    allowed = may_run(pack, labs, args.run_code, questions=args.lab is None, drills=args.drills)
    with Waiting("starting", len(cases)) as line:
        outcomes = run_cases(cases, run_code=allowed, jobs=args.jobs, tell=Progress(line))
    if args.junit:
        Path(args.junit).write_text(report.junit(outcomes), encoding="utf-8")
    print(json.dumps(report.as_json(outcomes), indent=1) if args.json else "\n".join(report.lines(outcomes)))
    return Exit.GOOD if report.passed(outcomes) else Exit.NEGATIVE


def may_run(
    pack: "Pack", labs: Sequence[str], agreed: bool, *, questions: bool = False, drills: bool = False
) -> bool:
    """Whether the pack's scripts run: the built-in pack's do, others once somebody has agreed.

    They are named before they run, on stderr so that a report stays a report.
    """
    from ecslab.content.packs import builtin
    from ecslab.workbench.cases import drill_scripts, item_scripts, scripts

    if pack.root == builtin().root:
        return True
    named = scripts(pack, labs) + (drill_scripts(pack) if drills else [])
    named += item_scripts(pack) if questions else []
    if named:
        run = "These scripts of the pack run on this machine, as you:"
        kept = "Not run, because they are code of the pack; read them, then add --run-code:"
        print("\n    ".join([run if agreed else kept, *named]), file=sys.stderr, flush=True)
    return agreed


class Progress:
    """Tells how far a test is, and how much of it failed."""

    def __init__(self, line: "Waiting") -> None:
        self._line = line
        self._done = 0
        self._failed = 0

    def __call__(self, outcome: "Outcome") -> None:
        self._done += 1
        self._failed += outcome.verdict == "fail"
        failed = f"{self._failed} failed; " if self._failed else ""
        self._line.say(f"{failed}{outcome.case.subject}, {outcome.case.title}", done=self._done)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
