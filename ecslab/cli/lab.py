"""`ecslab lab`: list, show, start, and everything that is done in a lab from any terminal.

It parses and prints; what a lab is and where it stands is `ecslab.lab`'s business.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.lab.session import Session

IN_A_LAB = {
    "check": "where every goal stands",
    "hint": "take the next hint",
    "undo": "take the last command that changed something back",
    "reset": "put the world back to where the attempt began",
    "stop": "let time stand still until the lab is started again",
    "shell": "another shell in the lab, or one command: shell -- CMD",
    "debrief": "what you did and what it changed; the solution once it is due",
    "answer": "answer a question of the lab",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, purpose: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=purpose, description=purpose)
        made.add_argument("--json", action="store_true", help="print JSON")
        return made

    action("list", "the labs, and how far you got")
    action("show", "the story and the goals of a lab").add_argument("id", metavar="ID")
    start = actions.add_parser(
        "start", help="start a lab, or go on with it", description="start a lab, or go on with it"
    )
    start.add_argument("id", metavar="ID")
    start.add_argument("--plain", action="store_true", help="a shell in this terminal instead of the app")
    start.add_argument("--fresh", action="store_true", help="begin anew; the attempt so far is kept aside")
    start.add_argument("--seed", type=int, metavar="N", help="what chance brings, for the same attempt again")
    made = {name: action(name, purpose) for name, purpose in IN_A_LAB.items()}
    for each in made.values():
        each.add_argument(
            "--lab", metavar="ID", help="which lab, if not the one of this shell or the last one"
        )
    made["undo"].add_argument("--preview", action="store_true", help="only say what would be taken back")
    for name in ("hint", "undo", "reset"):
        made[name].add_argument("-y", "--yes", action="store_true", help="do not ask")
    made["debrief"].add_argument(
        "--give-up",
        action="store_true",
        help="end the attempt: show the solution before the goals are reached",
    )
    made["shell"].add_argument("cmd", nargs=argparse.REMAINDER, metavar="-- CMD")
    made["answer"].add_argument("question", nargs="?", metavar="QUESTION", help="without one: all of them")
    made["answer"].add_argument(
        "value",
        nargs="?",
        metavar="VALUE",
        help="of a choice its text or its number; without one you are asked",
    )
    from ecslab.cli.submit import add_options

    submitted = action("submit", "one file to hand in: what you did, for your instructor to grade")
    submitted.add_argument(
        "id", nargs="?", metavar="ID", help="which lab, if not the one of this shell or the last"
    )
    add_options(submitted)


def run(args: argparse.Namespace) -> int:
    return ACTIONS[args.action](args)


# --- without a session -------------------------------------------------------------------------------


def list_labs(args: argparse.Namespace) -> int:
    from ecslab.content.packs import known
    from ecslab.progress.store import Store

    with Store.open() as store:
        best = store.best_labs()
    rows = []
    for lab in (lab for pack in known() for lab in pack.labs()):
        result = best.get(lab.id)
        rows.append(
            {
                "id": lab.id, "title": lab.title, "kind": lab.kind, "minutes": lab.minutes, "points": lab.points,
                "objectives": list(lab.objectives), "passed": bool(result and result.passed),
                "best": result.points if result else None,
            }
        )  # fmt: skip
    if args.json:
        return _json(rows)
    for row in rows:
        best_text = (
            "" if row["best"] is None else f"{'passed, ' if row['passed'] else ''}best {row['best']:g}"
        )
        line = f"{row['id']:<16} {row['kind']:<10} {row['minutes']:>3} min  {row['points']:>3g} points  {best_text}"
        print(line.rstrip())
        print(f"    {row['title']}")
    return Exit.GOOD


def show(args: argparse.Namespace) -> int:
    from ecslab.cli.lab_text import Paint, paragraphs, points, wrapped
    from ecslab.content.packs import with_lab

    lab = with_lab(args.id).lab(args.id)
    shown = [check for check in lab.checks if not check.hidden]
    if args.json:
        goals = [
            {"id": check.id, "goal": check.goal, "points": check.points, "optional": check.optional}
            for check in shown
        ]
        return _json(
            {
                "id": lab.id, "title": lab.title, "kind": lab.kind, "minutes": lab.minutes,
                "objectives": list(lab.objectives), "story": lab.story, "points": lab.max_points, "hints": len(lab.hints),
                "checks": goals,
            }
        )  # fmt: skip
    paint = Paint()
    print(paint(lab.title, "strong"))
    print(paint(f"{lab.kind}, about {lab.minutes} minutes, {lab.max_points:g} points", "quiet"), end="\n\n")
    print("\n".join(paragraphs(lab.story, paint=paint)), end="\n\n")
    for check in shown:
        extra = ", an extra" if check.optional else ""
        print("\n".join(wrapped(f"{check.goal} ({points(check.points)}{extra})", "  ", first="- ")))
    print(f"\nStart it with: ecslab lab start {lab.id}")
    return Exit.GOOD


def start(args: argparse.Namespace) -> int:
    if args.plain:
        from ecslab.cli import lab_shell

        return lab_shell.start(args.id, seed=args.seed, fresh=args.fresh)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem(
            "the app needs a terminal",
            f"without one there is: ecslab lab start {args.id} --plain",
            status=Exit.USAGE,
        )
    from ecslab.cli import app

    return app.open_app("lab", args.id, seed=args.seed, fresh=args.fresh)


# --- in a session ------------------------------------------------------------------------------------


def _session(args: argparse.Namespace) -> "Session":
    from ecslab.lab.session import Session

    return Session.resume(args.lab) if args.lab else Session.current()


def check(args: argparse.Namespace) -> int:
    from ecslab.cli.lab_text import Paint, goals, standing
    from ecslab.cli.waiting import Waiting, attached

    session = _session(args)
    program = session.lab.script.file if session.lab.runs_program and session.lab.script else ""
    step = f"running {program} in worlds of its own" if program else "judging the goals"
    with attached(session), Waiting(step):
        verdicts = session.shown(session.verdicts(run=True))
    score = session.score(verdicts)
    if args.json:
        _json(score.as_json(verdicts))
    else:
        paint = Paint()
        print("\n".join([*goals(verdicts, paint, questions=session.questions), "", standing(score, paint)]))
    return Exit.GOOD if score.passed else Exit.NEGATIVE


def hint(args: argparse.Namespace) -> int:
    from ecslab.cli.lab_text import Paint, hint_cost
    from ecslab.cli.lab_text import hint as lines

    session = _session(args)
    coming, count = session.hints.next, len(session.lab.hints)
    if coming and coming.cost:
        question = f"Hint {coming.number} of {count} {hint_cost(coming)}. Take it?"
        if not _agreed(args, question):
            return Exit.NEGATIVE
    taken = session.take_hint()
    if args.json:
        return _json({"number": taken.number, "of": count, "cost": taken.cost, "text": taken.text})
    print("\n".join(lines(taken, count, Paint())))
    return Exit.GOOD


def undo(args: argparse.Namespace) -> int:
    from ecslab.cli.lab_text import Paint, undone
    from ecslab.cli.waiting import Waiting, attached

    session = _session(args)
    with attached(session):
        with Waiting("looking what undo takes back"):
            preview = session.undo(preview=True)
        if not args.json:
            print("Undo takes this back:" if args.preview else "Taking back:")
            print("\n".join(undone(preview, Paint())))
            print(f"and everything since {preview['to'][11:19]}. Files in the workspace stay as they are.")
        if args.preview:
            return _json(preview) if args.json else Exit.GOOD
        if not _agreed(args, "Take it back?"):
            return Exit.NEGATIVE
        with Waiting("taking it back"):
            answer = session.undo()
    if args.json:
        return _json(answer)
    print("Done: the world is as it was just before.")
    return Exit.GOOD


def reset(args: argparse.Namespace) -> int:
    from ecslab.cli.waiting import Waiting, attached

    session = _session(args)
    if not _agreed(
        args, "Put the world back to where the attempt began? Hints stay taken, the workspace stays."
    ):
        return Exit.NEGATIVE
    with attached(session), Waiting("putting the world back"):
        session.reset()
    if args.json:
        return _json({"reset": True})
    print("Done: the world is as it was when the attempt began.")
    return Exit.GOOD


def _agreed(args: argparse.Namespace, question: str) -> bool:
    """Asks a person; without a terminal, or with --yes or --json, nobody is asked."""
    if args.yes or args.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    try:
        return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
    except EOFError:
        print()
        return False


def stop(args: argparse.Namespace) -> int:
    session = _session(args)
    session.stop()
    if args.json:
        return _json({"lab": session.lab.id, "stopped": True})
    print(f"Stopped: time stands still. `exit` leaves the shell; go on with: {session.again}")
    return Exit.GOOD


def shell(args: argparse.Namespace) -> int:
    from ecslab.cli import lab_shell

    command = args.cmd[1:] if args.cmd[:1] == ["--"] else args.cmd
    return lab_shell.run_command(_session(args), command) if command else lab_shell.shell(_session(args))


def debrief(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from ecslab.cli.lab_text import Paint, debriefing
    from ecslab.cli.waiting import Waiting, attached

    session = _session(args)
    if args.give_up:
        session.give_up()
    with attached(session), Waiting("looking back"):
        found = session.debrief()
    if args.json:
        fields = asdict(found)
        fields["verdicts"] = [verdict.as_json() for verdict in found.verdicts]
        return _json(fields)
    print("\n".join(debriefing(found, Paint())))
    return Exit.GOOD


def answer(args: argparse.Namespace) -> int:
    from ecslab.cli.lab_text import Paint, chosen, question

    session = _session(args)
    asked = {check.id: check.answer for check in session.lab.checks if check.answer and not check.hidden}
    named, value = asked.get(args.question), args.value
    if value is None and (named or not args.question):
        shown = {args.question: named} if named else asked
        if args.json:
            return _json(
                {name: one.model_dump(include={"prompt", "kind", "options"}) for name, one in shown.items()}
            )
        print("\n".join(line for name, one in shown.items() for line in question(name, one, Paint())))
        if not (named and sys.stdin.isatty()):
            print("Answer with: ecslab lab answer QUESTION VALUE" if shown else "This lab asks nothing.")
            return Exit.GOOD
        value = input("Your answer: ").strip()
    value = chosen(named, value) if named else value
    session.answer(args.question, value)
    if args.json:
        return _json({"question": args.question, "value": value})
    print("Noted. `ecslab lab check` judges it.")
    return Exit.GOOD


def submit(args: argparse.Namespace) -> int:
    from ecslab.cli.submit import lab

    return lab(args)


def _json(value: Any) -> int:
    print(json.dumps(value, indent=1, ensure_ascii=False, default=str))
    return Exit.GOOD


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": list_labs, "show": show, "start": start, "check": check, "hint": hint, "undo": undo, "reset": reset,
    "stop": stop, "shell": shell, "debrief": debrief, "answer": answer,
    "submit": submit,
}  # fmt: skip
