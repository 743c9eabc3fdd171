"""`ecslab exam`: sit an exam, in the app or line by line; go on with one; look at earlier ones."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from ecslab.cli.packs_option import add_pack, pack_of
from ecslab.terms.problems import Exit, Problem

LENGTHS = ("full", "half", "short")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--length",
        choices=LENGTHS,
        help="full: 65 questions in 130 minutes; half: 30 in 60; short: 15 in 30",
    )
    parser.add_argument("--plain", action="store_true", help="line by line, without the app")
    parser.add_argument(
        "--fresh", action="store_true", help="hand in what was begun, as it is, and begin a new one"
    )
    parser.add_argument("--seed", type=int, help="draw the questions of a new exam with this number")
    parser.add_argument("--history", action="store_true", help="list the exams that were handed in")
    parser.add_argument("--show", type=int, metavar="N", help="the report of an exam, question by question")
    parser.add_argument("--json", action="store_true", help="the history as JSON")
    add_pack(parser)


def run(args: argparse.Namespace) -> int:
    pack = pack_of(args)
    if args.history or args.json:
        return _history(pack, as_json=args.json)
    if args.show is not None:
        return _show(pack, args.show)
    if not args.plain and sys.stdin.isatty() and sys.stdout.isatty():
        from ecslab.cli.app import open_app

        return int(
            open_app(screen="exam", id=args.length or "", seed=args.seed, fresh=args.fresh, pack=args.pack)
        )
    return _plain(pack, args)


def _plain(pack: Any, args: argparse.Namespace) -> int:
    from rich.console import Console

    from ecslab.progress.exams import EXAM
    from ecslab.progress.store import Store
    from ecslab.quiz import course, exam, exam_plain, exam_report

    console = Console(highlight=False)
    items, curriculum = course.items(pack), course.curriculum(pack)
    with Store.open() as store:
        held = exam.go_on(store, pack.key(EXAM), items)
        if held and args.fresh:
            held.hand_in()
            held = None
        if held and args.length not in (None, held.record.form):
            raise Problem(
                f"an exam of the length {held.record.form!r} is under way",
                "go on with it without --length, or begin anew with --fresh",
                status=Exit.USAGE,
            )
        sitting = held or exam.begin(
            store,
            pack.key(EXAM),
            items,
            {objective.id: objective.weight for objective in curriculum.objectives},
            length=args.length or "full",
            seed=args.seed,
        )
        _announce(sitting, console, begun=held is None)
        if not exam_plain.play(sitting, console):
            console.print(
                f"The exam is paused with {exam_plain.clock(sitting.left)} left. `ecslab exam --plain` goes on."
            )
            return Exit.GOOD
        exam_plain.show_report(exam_report.report(sitting.record, items, curriculum), console, walk=True)
    return Exit.GOOD


def _announce(sitting: Any, console: Any, *, begun: bool) -> None:
    from ecslab.quiz.exam import FORMS
    from ecslab.quiz.exam_plain import clock

    count = len(sitting.questions)
    console.print(f"Exam: {count} questions, {clock(sitting.left)} left.", style="bold")
    if begun:
        form = FORMS[sitting.record.form]
        if count < form.items:
            console.print(
                f"The pack has {count} questions that suit an exam, not {form.items}: "
                "all are asked, in proportionate time."
            )
        console.print(
            "No answer is judged before the end. Not all questions are scored; a guess costs nothing."
        )
    else:
        console.print("You go on where you were; the time stood still meanwhile.")


def _show(pack: Any, number: int) -> int:
    from rich.console import Console

    from ecslab.progress import exams
    from ecslab.progress.exams import EXAM
    from ecslab.progress.store import Store
    from ecslab.quiz import course, exam_plain, exam_report

    with Store.open() as store:
        record = exams.exam(store, number)
        if record is None or record.sitting.finished is None or record.sitting.quiz != pack.key(EXAM):
            raise Problem(
                f"no exam {number} was handed in", "`ecslab exam --history` lists them", status=Exit.USAGE
            )
        report = exam_report.report(record, course.items(pack), course.curriculum(pack))
        exam_plain.show_report(report, Console(highlight=False), walk=True)
    return Exit.GOOD


def _history(pack: Any, *, as_json: bool) -> int:
    from ecslab.progress import exams
    from ecslab.progress.exams import EXAM
    from ecslab.progress.store import Store
    from ecslab.quiz.exam_report import result

    with Store.open() as store:
        results = [result(record) for record in exams.finished(store, pack.key(EXAM))]
    if as_json:
        print(json.dumps([{**asdict(one), "passed": one.passed} for one in results], indent=2, default=str))
    else:
        from rich.console import Console

        from ecslab.quiz.exam_plain import show_history

        show_history(results, Console(highlight=False))
    return Exit.GOOD
