"""`ecslab drill`: a world that worked, one hidden fault, a clock; find it, repair it, name it.

It parses and prints; what a drill is and how it stands is `ecslab.lab.drill`'s business.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.lab.drill import Drill, Standing
    from ecslab.progress.drills import DrillResult

ACTIONS_HELP = (
    "list: the catalogue and your best; causes: what to choose from; name CAUSE: choose; give-up; debrief"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", default="start", choices=list(ACTIONS), help=ACTIONS_HELP)
    parser.add_argument("cause", nargs="?", metavar="CAUSE", help="its number or id, for `name`")
    parser.add_argument("--fault", metavar="ID", help="this fault; naming it counts for nothing then")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="what chance brings; with --fault, the same drill again"
    )
    parser.add_argument("--world", default="", metavar="ID", help="in this world")
    parser.add_argument(
        "--fresh", action="store_true", help="leave the drill that is under way and begin anew"
    )
    parser.add_argument("--plain", action="store_true", help="a shell in this terminal instead of the app")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    if args.cause is not None and args.action != "name":
        raise Problem(f"{args.action} takes no cause", "write: ecslab drill name CAUSE", status=Exit.USAGE)
    return ACTIONS[args.action](args)


def list_faults(args: argparse.Namespace) -> int:
    from ecslab.content.packs import builtin
    from ecslab.progress import drills
    from ecslab.progress.store import Store

    with Store.open() as store:
        best, tried, due = drills.best(store), drills.tried(store), drills.due(store)
    rows: list[dict[str, Any]] = [
        {
            "id": fault.id, "title": fault.title, "worlds": list(fault.worlds), "minutes": fault.minutes,
            "objectives": list(fault.objectives), "tried": tried.get(fault.id, 0), "due": fault.id in due,
            "best": _numbers(best[fault.id]) if fault.id in best else None,
        }
        for fault in builtin().faults()
    ]  # fmt: skip
    if args.json:
        return _json(rows)
    for row in rows:
        held = best.get(row["id"])
        print(f"{row['id']:<18} {', '.join(row['worlds'])}{', due' if row['due'] else ''}")
        print(f"    {row['title']}")
        if held is not None:
            print(f"    {_told(held)}")
    return Exit.GOOD


def start(args: argparse.Namespace) -> int:
    from ecslab.lab.drill import Drill

    if args.plain:
        return _plain(args)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem(
            "the app needs a terminal", "without one there is: ecslab drill --plain", status=Exit.USAGE
        )
    from ecslab.cli import app

    Drill.start(args.fault, seed=args.seed, world=args.world, fresh=args.fresh)
    return app.open_app("drill")


def _plain(args: argparse.Namespace) -> int:
    from ecslab.cli import lab_shell
    from ecslab.lab.drill import Drill
    from ecslab.sandbox.warm import Warm

    with Warm() as warm:
        drill = Drill.start(args.fault, seed=args.seed, world=args.world, fresh=args.fresh, warm=warm)
        status = lab_shell.shell(drill.session, opening=lambda: lab_shell.open_lab(drill.session))
        _say_standing(drill)
    return status


def causes(args: argparse.Namespace) -> int:
    drill = _drill()
    if args.json:
        return _json([asdict(cause) for cause in drill.causes])
    for number, cause in enumerate(drill.causes, 1):
        print(f"{number}. {cause.title}")
    print("\nChoose with: ecslab drill name NUMBER")
    return Exit.GOOD


def name(args: argparse.Namespace) -> int:
    if args.cause is None:
        return causes(args)
    from ecslab.cli.waiting import Waiting, attached

    drill = _drill()
    with attached(drill.session), Waiting("judging the goals"):
        drill.session.verdicts()
        right = drill.name(args.cause)
        drill.close()
        standing = drill.standing()
    if args.json:
        _json({"right": right, **_standing(standing)})
        return Exit.GOOD if right else Exit.NEGATIVE
    print(f"✔ That is it: {drill.fault.title}." if right else "✘ That is not it. Look again.")
    if right and not standing.repaired:
        print("Now repair it; `ecslab lab check` judges the goals.")
    if standing.over:
        _say_result(drill)
    return Exit.GOOD if right else Exit.NEGATIVE


def give_up(args: argparse.Namespace) -> int:
    drill = _drill()
    drill.session.give_up()
    return _debrief(drill, as_json=args.json)


def debrief(args: argparse.Namespace) -> int:
    return _debrief(_drill(), as_json=args.json)


def _debrief(drill: "Drill", *, as_json: bool) -> int:
    from ecslab.cli.lab_text import Paint, debriefing
    from ecslab.cli.waiting import Waiting, attached

    with attached(drill.session), Waiting("looking back"):
        found = drill.session.debrief()
        drill.close()
        standing = drill.standing()
    if as_json:
        fault = {"id": drill.fault.id, "title": drill.fault.title} if standing.over else None
        return _json({**_standing(standing), "fault": fault})
    print("\n".join(debriefing(found, Paint())), end="\n\n")
    if standing.over:
        print(f"It was: {drill.fault.title} ({drill.fault.id}).")
        for evidence in drill.fault.evidence:
            print(f"  {evidence.operation} shows it: {evidence.shows}.")
        _say_result(drill)
    else:
        print("What it was is told once it is repaired and named, or after: ecslab drill give-up")
    return Exit.GOOD


def _drill() -> "Drill":
    from ecslab.lab.drill import Drill

    return Drill.current()


def _say_standing(drill: "Drill") -> None:
    standing = drill.standing()
    if drill.close() is not None:
        _say_result(drill)
    elif standing.repaired:
        print("Repaired, but not named yet: ecslab drill name")


def _say_result(drill: "Drill") -> None:
    from ecslab.progress import drills
    from ecslab.progress.store import Store

    result = drill.close()
    if result is None:
        return
    print(_told(result))
    with Store.open() as store:
        best = drills.best(store).get(result.fault)
    if best is not None and best != result:
        print(f"Your best: {_told(best)}")
    elif best is not None:
        print("That is your best in this drill.")


def _told(result: "DrillResult") -> str:
    """`90 of 100 points; seen after 40s, repaired after 3m 20s (simulated), 95 s of yours`."""
    from ecslab.terms.durations import format_duration

    parts = [f"{result.points:g} of 100 points"]
    for what, ms in (("seen", result.detected_ms), ("repaired", result.repaired_ms)):
        if ms is not None:
            parts.append(f"{what} after {format_duration(ms // 1000 * 1000)} (simulated)")
    if result.seconds is not None:
        parts.append(f"{result.seconds:.0f} s of your time")
    return ", ".join(parts)


def _numbers(result: "DrillResult") -> dict[str, Any]:
    return {
        name: getattr(result, name)
        for name in ("points", "repaired", "named", "answers", "detected_ms", "repaired_ms", "seconds")
    }


def _standing(standing: "Standing") -> dict[str, Any]:
    return {**asdict(standing), "over": standing.over}


def _json(value: Any) -> int:
    print(json.dumps(value, indent=1, ensure_ascii=False, default=str))
    return Exit.GOOD


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "start": start, "list": list_faults, "causes": causes, "name": name, "give-up": give_up, "debrief": debrief,
}  # fmt: skip
