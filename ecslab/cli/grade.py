"""`ecslab grade PATH…`: replays what was handed in, judges it again, and reports."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecslab.classroom.executors import Executor
    from ecslab.classroom.grades import Graded
    from ecslab.classroom.roster import ClassTable

FORMATS = ("table", "json", "junit", "gradescope", "csv")
OF_A_CLASS = ("table", "json", "csv")
OF_ITEMS = ("table", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="submissions, or folders of them")
    parser.add_argument("--format", choices=FORMATS, default="table", help="how to report (default: table)")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write the report there")
    parser.add_argument(
        "--class", dest="roster", type=Path, metavar="FILE", help="who is in the class: a table of their work"
    )
    parser.add_argument("--analyze", action="store_true", help="which items are hard, and where people stop")
    parser.add_argument(
        "--pack", action="append", default=[], metavar="DIR", help="a pack that is not installed"
    )
    parser.add_argument(
        "--run-scripts",
        action="store_true",
        help="run the programs that learners wrote afresh: code of others, on this machine",
    )
    parser.add_argument("--jobs", type=int, metavar="N", help="processes at once (default: one a core)")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler (tcp://HOST:8786) whose workers grade"
    )


def run(args: argparse.Namespace) -> int:
    _consistent(args)
    from ecslab.classroom import reports
    from ecslab.classroom.folders import files_in, grade_files
    from ecslab.classroom.regrading import Rules
    from ecslab.classroom.roster import load_roster
    from ecslab.classroom.scripts import refuse_with_keys_at_hand
    from ecslab.cli.waiting import Waiting
    from ecslab.content.packs import load

    roster = load_roster(args.roster) if args.roster else None
    rules = Rules(tuple(str(load(name).root) for name in args.pack), args.run_scripts)
    if args.run_scripts and not args.scheduler:
        refuse_with_keys_at_hand()
    files = files_in(args.paths)
    with Waiting("grading", len(files)) as line:
        graded = grade_files(
            files, rules, executor=_executor(args), jobs=args.jobs, tell=lambda done, _: line.say(done=done)
        )
    if args.analyze:
        text = _analysis(args, graded)
    elif roster is not None:
        from ecslab.classroom.roster import in_class

        text = _class(args, in_class(roster, graded), graded)
    else:
        text = reports.FORMATS[args.format](graded)
    _out(args, text)
    return Exit.GOOD if reports.all_good(graded) else Exit.NEGATIVE


def _consistent(args: argparse.Namespace) -> None:
    """Refuses what does not go together before anything is graded."""
    if args.jobs is not None and args.jobs < 1:
        raise Problem("--jobs counts from 1", "leave it out for one a core", status=Exit.USAGE)
    if args.analyze and args.roster:
        raise Problem("--analyze and --class are two reports", "ask for one of them", status=Exit.USAGE)
    allowed = OF_ITEMS if args.analyze else OF_A_CLASS if args.roster else FORMATS
    if args.format not in allowed:
        what = "--analyze" if args.analyze else "--class"
        raise Problem(
            f"{what} has no {args.format} report", f"choose {' or '.join(allowed)}", status=Exit.USAGE
        )


def _executor(args: argparse.Namespace) -> "Executor | None":
    if not args.scheduler:
        return None
    from ecslab.classroom.executors import Cluster

    return Cluster(args.scheduler)


def _analysis(args: argparse.Namespace, graded: "Sequence[Graded]") -> str:
    from ecslab.classroom import analysis

    figures = analysis.analyse(graded)
    return (
        _json(analysis.as_json(figures))
        if args.format == "json"
        else analysis.table(figures) + _refused(graded)
    )


def _class(args: argparse.Namespace, found: "ClassTable", graded: "Sequence[Graded]") -> str:
    from ecslab.classroom import roster

    if args.format == "json":
        return _json(roster.as_json(found))
    return roster.as_csv(found) if args.format == "csv" else roster.table(found) + _refused(graded)


def _refused(graded: "Sequence[Graded]") -> str:
    from ecslab.classroom.grades import Refused
    from ecslab.classroom.reports import printable

    lines = [
        f"refused: {printable(each.file)}: {printable(each.why)}"
        for each in graded
        if isinstance(each, Refused)
    ]
    return "".join(f"{line}\n" for line in lines)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _out(args: argparse.Namespace, text: str) -> None:
    if args.out is None:
        print(text, end="")
        return
    args.out.write_text(text, encoding="utf-8")
