"""`ecslab review`: answer what is due again, in the app or line by line: questions, recall, drills."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from ecslab.cli.packs_option import add_pack, pack_of
from ecslab.terms.problems import Exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="line by line, without the app")
    add_pack(parser)


def run(args: argparse.Namespace) -> int:
    pack = pack_of(args)
    if not args.plain and sys.stdin.isatty() and sys.stdout.isatty():
        from ecslab.cli.app import open_app

        return int(open_app(screen="review", pack=args.pack))
    from rich.console import Console

    from ecslab.progress.store import Store

    with Store.open() as store:
        _plain(pack, store, Console(highlight=False))
    return Exit.GOOD


def _plain(pack: Any, store: Any, console: Any) -> None:
    from ecslab.lesson import recalls
    from ecslab.quiz import course, desk, plain
    from ecslab.quiz.trial import Bench

    now = datetime.now(UTC)
    items = course.items(pack)
    questions, cards = desk.due_items(store, items, now), recalls.due(store, pack, now)
    drills = desk.due_drills(store, now)
    if not (questions or cards or drills):
        later = desk.next_due(store, course.curriculum(pack), now)
        when = f" The next thing is due on {later.astimezone():%d %B at %H:%M}." if later else ""
        console.print(f"Nothing is due.{when}")
        return
    console.print(
        f"Due now: questions {len(questions)}, recall {len(cards)}, drills {len(drills)}", style="bold"
    )
    sitting = desk.sit_review(store, items, now, run=Bench())
    if sitting is not None:
        if plain.play(sitting, console, flag=desk.flagger(store)) is plain.Ending.LEFT:
            console.print(f"{plain.kept(sitting)} The others stay due.")
            return
        plain.show_score(sitting.score(), console)
    if _recall(cards, store, console) and drills:
        console.print(f"Drills due again, with new values: {', '.join(drills)}. `ecslab drill` plays them.")


def _recall(cards: list[Any], store: Any, console: Any) -> bool:
    """Whether all of them were asked."""
    from ecslab.lesson import recalls
    from ecslab.lesson.plain import ask_recall

    for number, card in enumerate(cards, 1):
        console.rule(f"Recall {number} of {len(cards)} · {card.lesson}", align="left")
        try:
            held = recalls.rate(store, card, ask_recall(card, console, input))
        except (EOFError, KeyboardInterrupt):
            console.print("\nThe others stay due.")
            return False
        console.print(f"  back on {held.due.astimezone():%d %B at %H:%M}\n", style="dim")
    return True
