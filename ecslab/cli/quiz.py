"""`ecslab quiz [ID]`: answer a quiz, in the app or line by line."""

import argparse
import json
import sys
from typing import Any

from ecslab.cli.packs_option import add_pack, pack_of
from ecslab.terms.problems import Exit, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", nargs="?", metavar="ID", help="which quiz; without it the app opens, or they are listed"
    )
    parser.add_argument("--plain", action="store_true", help="line by line, without the app")
    parser.add_argument(
        "--fresh", action="store_true", help="from the first question, not from where you left"
    )
    parser.add_argument("--json", action="store_true", help="list the quizzes as JSON")
    add_pack(parser)


def run(args: argparse.Namespace) -> int:
    pack = pack_of(args)
    if args.json or (args.id is None and (args.plain or not sys.stdout.isatty())):
        return _list(pack, as_json=args.json)
    if not args.plain and sys.stdin.isatty() and sys.stdout.isatty():
        from ecslab.cli.app import open_app

        return int(open_app("quiz" if args.id else "home", args.id or "", fresh=args.fresh, pack=args.pack))
    return _plain(pack, args.id, fresh=args.fresh)


def _list(pack: Any, *, as_json: bool) -> int:
    listed = [{"id": quiz.id, "title": quiz.title, "items": quiz.items} for quiz in pack.quizzes()]
    if as_json:
        print(json.dumps(listed, indent=2))
    else:
        for quiz in listed:
            print(f"{quiz['id']:32} {quiz['items']:3} questions  {quiz['title']}")
    return Exit.GOOD


def _plain(pack: Any, name: str | None, *, fresh: bool) -> int:
    from rich.console import Console

    from ecslab.progress.store import Store
    from ecslab.quiz import plain
    from ecslab.quiz.course import load_quiz
    from ecslab.quiz.desk import flagger, sit
    from ecslab.quiz.trial import Bench

    if name is None:
        raise Problem("there is no quiz to ask", "name one: `ecslab quiz` lists them", status=Exit.USAGE)
    quiz = load_quiz(pack, name)
    console = Console(highlight=False)
    with Store.open() as store:
        sitting = sit(store, quiz, fresh=fresh, run=Bench())
        console.print(f"{quiz.title}: {len(quiz.items)} questions", style="bold")
        if sitting.answers:
            console.print(f"You go on at question {sitting.position}; `--fresh` begins again.")
        ending = plain.play(sitting, console, flag=flagger(store))
        if ending is plain.Ending.LEFT:
            console.print(f"{plain.kept(sitting)} `ecslab quiz {name} --plain` goes on.")
        else:
            plain.show_score(sitting.score(), console)
    return Exit.GOOD
