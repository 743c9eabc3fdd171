"""`ecslab review`: answer what is due again, in the app or line by line."""

import argparse
import sys
from datetime import UTC, datetime

from ecslab.terms.problems import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="line by line, without the app")


def run(args: argparse.Namespace) -> int:
    if not args.plain and sys.stdin.isatty() and sys.stdout.isatty():
        from ecslab.cli.app import open_app

        return int(open_app(screen="review"))
    from rich.console import Console

    from ecslab.content import packs
    from ecslab.progress.store import Store
    from ecslab.quiz import plain
    from ecslab.quiz.course import items
    from ecslab.quiz.desk import flagger, next_due, sit_review
    from ecslab.quiz.trial import Bench

    console = Console(highlight=False)
    with Store.open() as store:
        known = items(packs.builtin())
        now = datetime.now(UTC)
        sitting = sit_review(store, known, now, run=Bench())
        if sitting is None:
            later = next_due(store, known)
            when = f" The next question is due on {later.astimezone():%d %B at %H:%M}." if later else ""
            console.print(f"Nothing is due.{when}")
            return Exit.GOOD
        console.print(f"Due now: {len(sitting.items)}", style="bold")
        if plain.play(sitting, console, flag=flagger(store)) is plain.Ending.LEFT:
            console.print(f"{plain.kept(sitting)} The others stay due.")
        else:
            plain.show_score(sitting.score(), console)
    return Exit.GOOD
