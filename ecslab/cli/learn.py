"""`ecslab learn [LESSON]`: read a lesson, in the app or page by page in a plain terminal.

Through a pipe the whole lesson is printed at once and nothing is marked as read. In a terminal Enter
turns the page, and a page that was turned is read.
"""

import argparse
import json
import sys
from typing import Any

from ecslab.cli.packs_option import add_pack, pack_of
from ecslab.terms.problems import Exit, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lesson",
        nargs="?",
        metavar="LESSON",
        help="which lesson; without it the app opens, or they are listed",
    )
    parser.add_argument("--plain", action="store_true", help="page by page, without the app")
    parser.add_argument("--json", action="store_true", help="list the lessons as JSON")
    add_pack(parser)


def run(args: argparse.Namespace) -> int:
    pack = pack_of(args)
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if args.json or (args.lesson is None and (args.plain or not terminal)):
        return _list(pack, as_json=args.json)
    if terminal and not args.plain:
        from ecslab.cli.app import open_app

        return int(open_app("lesson" if args.lesson else "home", args.lesson or "", pack=args.pack))
    return _plain(pack, args.lesson, terminal=terminal)


def _list(pack: Any, *, as_json: bool) -> int:
    from ecslab.progress.store import Store

    with Store.open() as store:
        listed = [
            {
                "id": lesson.id,
                "title": lesson.title,
                "module": lesson.module,
                "minutes": lesson.minutes,
                "read": round(store.lesson_progress(pack.key(lesson.id)).share, 3),
            }
            for lesson in pack.lessons()
        ]
    if as_json:
        print(json.dumps(listed, indent=2))
    else:
        for lesson in listed:
            print(
                f"{lesson['id']:32} {lesson['minutes']:3} min  {lesson['read']:4.0%} read  {lesson['title']}"
            )
    return Exit.GOOD


def _plain(pack: Any, name: str | None, *, terminal: bool) -> int:
    from rich.console import Console

    from ecslab.lesson.pages import load_lesson
    from ecslab.lesson.reader import Reader
    from ecslab.progress.store import Store

    if name is None:
        raise Problem("there is no lesson to read", "name one: `ecslab learn` lists them", status=Exit.USAGE)
    lesson = load_lesson(pack, name)
    console = Console(highlight=False)
    console.print(f"{lesson.title} · {lesson.minutes} minutes · {len(lesson.pages)} pages", style="bold")
    if not terminal:
        _print_all(lesson, console)
        return Exit.GOOD
    with Store.open() as store:
        _read(Reader(lesson, store), pack, console)
    return Exit.GOOD


def _print_all(lesson: Any, console: Any) -> None:
    """No keyboard: every page, nothing asked; the answers to its questions at the end, where they are not in the way."""
    from rich.markdown import Markdown

    from ecslab.lesson.plain import show_answer, show_page, show_recall
    from ecslab.quiz.items import Item, item_of
    from ecslab.quiz.plain import show_item, show_solution

    asked: list[Item] = []

    def ask(block: Any) -> None:
        asked.append(item_of(block.item, lesson.id).variant(0))
        show_item(asked[-1], console)

    for number in range(len(lesson.pages)):
        show_page(
            lesson,
            number,
            console,
            recall=lambda block: show_recall(block, console, lambda prompt: None),
            check=ask,
            predicted=lambda block: show_answer(block, console),
        )
    if asked:
        console.rule("Answers", align="left")
    for item in asked:
        console.print()
        console.print(Markdown(item.stem))
        show_solution(item, console)


def _read(reader: Any, pack: Any, console: Any) -> None:
    """Page after page, from where reading was left off; `b` goes back, `q` leaves."""
    from ecslab.content.resolve import resolve_world
    from ecslab.lesson.plain import show_page, show_recall
    from ecslab.lesson.scratch import Scratch
    from ecslab.quiz.items import item_of
    from ecslab.quiz.plain import ask_once

    scratch = Scratch(lambda world: resolve_world(pack, world))
    try:
        while True:
            show_page(
                reader.lesson,
                reader.position,
                console,
                recall=lambda block: show_recall(block, console, input),
                check=lambda block: ask_once(item_of(block.item, reader.lesson.id), console),
                tried=lambda block: _offer(block, scratch, console),
                predicted=lambda block: _predict(block, scratch, console),
                watched=lambda block: _watch(block, scratch, console),
            )
            if not _turn(reader, console):
                return
    except (EOFError, KeyboardInterrupt):
        console.print()
    finally:
        scratch.close()


def _offer(block: Any, scratch: Any, console: Any) -> None:
    if input("  (Enter plays it in a scratch world, s skips) ").strip().casefold().startswith("s"):
        return
    _play(block, scratch, console)


def _play(block: Any, scratch: Any, console: Any) -> None:
    from ecslab.lesson.plain import show_outcome

    try:
        show_outcome(scratch.play(block), console)
    except Problem as problem:
        console.print(f"  {problem}", markup=False)


def _predict(block: Any, scratch: Any, console: Any) -> None:
    from ecslab.lesson.plain import show_answer

    number = input(f"  (1-{len(block.options)}, Enter only shows the answer) ").strip()
    if block.see is not None:
        console.print(f"  $ aws {block.see.call}", markup=False, soft_wrap=True)
        _play(block.see, scratch, console)
    show_answer(block, console, int(number) - 1 if number.isdecimal() else None)


def _watch(block: Any, scratch: Any, console: Any) -> None:
    from ecslab.lesson.plain import show_world

    step = None
    try:
        while True:
            show_world(scratch.watch(block, step), console)
            word = (
                input(f"  (Enter: {block.step} on, f: on until it is steady, n: enough) ").strip().casefold()
            )
            if word.startswith("n"):
                return
            step = "steady" if word.startswith("f") else block.step
    except Problem as problem:
        console.print(f"  {problem}", markup=False)


def _turn(reader: Any, console: Any) -> bool:
    last = reader.position + 1 == len(reader.lesson.pages)
    word = input(f"[Enter: {'done' if last else 'next page'}, b: back, q: leave] ").strip().casefold()
    if word.startswith("q"):
        return False
    if word.startswith("b"):
        reader.back()
        return True
    reader.turn()
    if last:
        quiz = reader.lesson.quiz
        console.print(f"The lesson is read.{f' What stuck? `ecslab quiz {quiz}` asks.' if quiz else ''}")
    return not last
