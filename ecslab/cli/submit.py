"""`ecslab submit [ID]`: one file to hand in, of a finished lab, quiz or exam.

`ecslab lab submit` is the same for the lab of this shell.
"""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.classroom.submission import Learner, Submission

EXAM = "exam"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id",
        nargs="?",
        metavar="ID",
        help=f"a lab, a quiz or {EXAM!r} (default: the lab of this shell or the last one)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="where to write it; .gz packs it")
    parser.add_argument("--name", help="your name, if your instructor wants it in the file")
    parser.add_argument("--student-id", metavar="ID", help="the id under which your class knows you")


def run(args: argparse.Namespace) -> int:
    from ecslab.content.packs import known

    if args.id == EXAM or (args.id and args.id in [quiz.id for pack in known() for quiz in pack.quizzes()]):
        return _written(args, _of_sitting(args))
    return lab(args)


def lab(args: argparse.Namespace) -> int:
    """The lab that is named, or the one of this shell."""
    from ecslab.classroom.handing_in import of_lab
    from ecslab.cli.waiting import Waiting
    from ecslab.lab.session import Session

    session = Session.resume(args.id) if args.id else Session.current()
    with Waiting("reading what you did"):
        submission = of_lab(session, _learner(args))
    return _written(args, submission)


def _of_sitting(args: argparse.Namespace) -> "Submission":
    from ecslab.classroom.handing_in import of_sitting
    from ecslab.content.packs import known
    from ecslab.progress import exams
    from ecslab.progress.records import Kind
    from ecslab.progress.store import Store

    exam = args.id == EXAM
    kind = Kind.EXAM if exam else Kind.QUIZ
    packs = {
        pack.key(args.id): pack for pack in known() if exam or args.id in [quiz.id for quiz in pack.quizzes()]
    }
    with Store.open() as store:
        found = [sitting for sitting in store.sittings() if sitting.kind is kind and sitting.quiz in packs]
        if not found:
            how = EXAM if exam else f"quiz {args.id}"
            raise Problem(f"the {how} has not been answered yet", f"ecslab {how}", status=Exit.USAGE)
        record = ([sitting for sitting in found if sitting.finished is not None] or found)[-1]
        sat = exams.exam(store, record.id) if exam else None
    pack = packs[record.quiz]
    unscored = [item.item for item in sat.items if not item.scored] if sat else []
    return of_sitting(record, pack, _learner(args), unscored=unscored)


def _learner(args: argparse.Namespace) -> "Learner":
    """Who hands it in; what was said once is kept for the next time."""
    from ecslab.classroom.submission import Learner
    from ecslab.progress.store import Store

    with Store.open() as store:
        kept = store.preference("learner", {})
        name = kept.get("name", "") if args.name is None else args.name
        number = kept.get("id", "") if args.student_id is None else args.student_id
        try:
            learner = Learner(name=name.strip(), id=number.strip())
        except ValueError:
            raise Problem(
                "a name or an id has 200 characters at most, and only printable ones",
                "say --name and --student-id again",
                status=Exit.USAGE,
            ) from None
        if (args.name, args.student_id) != (None, None):
            store.set_preference("learner", {"name": learner.name, "id": learner.id})
    return learner


def _written(args: argparse.Namespace, submission: "Submission") -> int:
    from ecslab.classroom.handing_in import write

    path = args.out or Path(f"ecslab-{submission.subject}.json")
    size = write(submission, path)
    claims = submission.claims
    if args.json:
        shown = {"file": str(path), "size": size, "points": claims.points, "max": claims.max}
        print(json.dumps({**shown, "kind": submission.kind, "subject": submission.subject}, indent=1))
        return Exit.GOOD
    who = submission.learner.name or submission.learner.id
    print(
        f"{path} ({max(1, round(size / 1000))} kB): {submission.subject}, {claims.points:g} of {claims.max:g} points"
        f"{f', of {who}' if who else ''}."
    )
    open_goals = [name for name, verdict in claims.verdicts.items() if verdict != "pass"]
    if submission.kind == "lab" and claims.passed is False and open_goals:
        print("Not every goal holds as things stand now; it is graded as it stands.")
    if not who:
        print("Nobody's name is in it: --name and --student-id put yours there.")
    return Exit.GOOD
