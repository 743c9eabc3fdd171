"""`ecslab pack preview`: a lab of a pack as a learner gets it, in a shell, with the solution at hand.

It plays in data of its own, so that trying a lab out is no attempt of anybody. The scripts of the pack are
shown, never run.
"""

import argparse
from shlex import quote
from typing import TYPE_CHECKING

from ecslab.cli.lab_text import Paint, goals, paragraphs
from ecslab.cli.waiting import Waiting
from ecslab.terms.problems import Exit, Problem

if TYPE_CHECKING:
    from ecslab.content.labs import Lab
    from ecslab.content.packs import Pack
    from ecslab.lab.session import Session


def preview(args: argparse.Namespace) -> int:
    from ecslab.cli import lab_shell
    from ecslab.content.packs import load
    from ecslab.lab.session import Session
    from ecslab.sandbox.warm import Warm
    from ecslab.workbench.homes import own_home
    from ecslab.workbench.reloading import Reloading

    pack = load(args.dir)
    lab_id = args.lab or _first(pack)
    pack.lab(lab_id, args.seed or 0)  # what is wrong with it is said before anything is set up
    with own_home(), Warm() as warm:
        session = Session.start(lab_id, seed=args.seed, pack=pack, warm=warm)
        try:
            lab_shell.shell(
                session,
                opening=lambda: _opening(session, args.solution),
                beside=lambda say: Reloading(session, pack.root, say),
            )
        finally:
            session.stop()
    return Exit.GOOD


def _first(pack: "Pack") -> str:
    labs = pack.labs()
    if not labs:
        raise Problem("the pack has no lab to preview", "write labs/<id>/lab.yaml", status=Exit.USAGE)
    return labs[0].id


def _opening(session: "Session", with_solution: bool) -> None:
    with Waiting("judging the goals"):
        verdicts = session.verdicts()
    paint, lab = Paint(), session.lab
    drawn = ", ".join(f"{name}={value}" for name, value in lab.vars.items())
    lines = [
        paint(f"{lab.title} (a preview, seed {session.seed}{f', {drawn}' if drawn else ''})", "strong"),
        "",
        *paragraphs(lab.story, paint=paint),
        "",
        *goals(verdicts, paint),
        "",
        *(solution(lab, paint) if with_solution else []),
        "ecslab lab check, hint, undo, reset and debrief work as for a learner; exit ends the preview.",
        *_at_hand(lab),
        "What you save in the pack is read at once, and the lab begins again with it.",
        "",
    ]
    print("\n".join(lines), flush=True)


def _at_hand(lab: "Lab") -> list[str]:
    """The commands that play the lab's solutions."""
    played = (("bash", lab.solution.cli), ("python -P", lab.solution.boto3))
    return [f"To play its solution: {by} {quote(str(lab.root / name))}" for by, name in played if name]


def solution(lab: "Lab", paint: Paint) -> list[str]:
    """All that an author wants to see: hints, scripts, reasons, mistakes and what they give."""
    lines: list[str] = []
    for number, hint in enumerate(lab.hints, 1):
        lines += [paint(f"Hint {number}, {hint.cost} %", "strong"), *paragraphs(hint.text, "  ", paint), ""]
    for name in (lab.solution.cli, lab.solution.boto3):
        if name:
            script = (lab.root / name).read_text(encoding="utf-8")
            lines += [paint(name, "strong"), *(f"  {line}".rstrip() for line in script.splitlines()), ""]
    if lab.solution.why:
        lines += [paint("Why it works", "strong"), *paragraphs(lab.solution.why, "  ", paint), ""]
    for mistake in lab.mistakes:
        lines.append(paint(f"Mistake: {mistake.name}", "strong"))
        for check, outcome in mistake.expect.items():
            shown = outcome if isinstance(outcome, str) else f"fail, {outcome.fail}"
            lines.append(f"  {check}: {shown}")
    return [*lines, ""]
