"""`ecslab pack`: write, check, prove and share lab packs. It parses and hands on; each action has its module."""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

SEEDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, purpose: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=purpose, description=purpose)

    new = action("new", "a working pack to start from: a lesson, a quiz and a lab")
    new.add_argument("dir", metavar="DIR", help="the directory to make")
    new.add_argument("--name", metavar="NAME", help="the pack's name (default: the directory's)")

    lint = _directory(action("lint", "everything that is wrong with a pack, in one go"))
    lint.add_argument("--strict", action="store_true", help="warnings fail too")
    _json(lint)

    test = _directory(action("test", "prove a pack: real commands in real sandboxes"))
    test.add_argument("--lab", metavar="ID", help="one lab only")
    test.add_argument(
        "--seeds", type=int, default=SEEDS, metavar="N", help=f"draws of chance to try (default: {SEEDS})"
    )
    test.add_argument("--jobs", type=int, metavar="N", help="processes at once (default: two a core)")
    test.add_argument(
        "--drills", action="store_true", help="the faults of drills too, in each of their worlds"
    )
    test.add_argument("--junit", metavar="FILE", help="write a report for CI")
    test.add_argument(
        "--run-code",
        action="store_true",
        help="run the solutions and mistakes of a pack that is not built in",
    )
    _json(test)

    record = _directory(action("record", "record the evidence of diagnose questions from their worlds"))
    record.add_argument("--quiz", metavar="ID", help="one quiz only")
    _json(record)

    mutate = _directory(
        action("mutate", "alter the solutions and see which checks notice: finds shallow checks")
    )
    mutate.add_argument("--lab", metavar="ID", help="one lab only")
    mutate.add_argument("--seed", type=int, default=1, metavar="N", help="what chance brings (default: 1)")
    mutate.add_argument(
        "--run-code", action="store_true", help="run the solution of a pack that is not built in, once"
    )
    _json(mutate)

    preview = action("preview", "a lab as a learner gets it, with the solution at hand")
    preview.add_argument("dir", metavar="DIR", help="the pack's directory")
    preview.add_argument("lab", nargs="?", metavar="LAB", help="which lab (default: the first one)")
    preview.add_argument("--seed", type=int, metavar="N", help="what chance brings")
    preview.add_argument("--solution", action="store_true", help="show hints, solution and mistakes first")

    schema = action("schema", "JSON Schema of a pack's files, for editors")
    schema.add_argument("kind", nargs="?", metavar="KIND", help="one file's only: pack, lab, quiz, …")
    schema.add_argument("--out", metavar="DIR", help="write one file for each kind there")

    build = _directory(action("build", "one checksummed file to hand out, the same bytes each time"))
    build.add_argument("--out", metavar="DIR", default=".", help="where to put it (default: here)")
    _json(build)

    install = action("install", "install a pack from where it is; nothing of it is run")
    install.add_argument(
        "source",
        metavar="SOURCE",
        help="a directory, an archive, git+URL[@TAG], or what a Python package brings",
    )
    _json(install)

    _exchange(action)

    _json(action("list", "the packs on this machine"))

    remove = action("remove", "remove an installed pack; what was learned with it stays")
    remove.add_argument("name", metavar="NAME")
    _json(remove)


def _exchange(action: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Questions to and from other systems."""
    export = _directory(action("export", "quizzes for Anki, Canvas (QTI 1.2) or Moodle, or as CSV"))
    export.add_argument(
        "--to", required=True, choices=("anki", "qti", "moodle", "csv"), help="the other system's form"
    )
    export.add_argument("--quiz", metavar="ID", help="one quiz only")
    export.add_argument("--out", metavar="DIR", default=".", help="where to put the files (default: here)")
    _json(export)

    imported = action("import", "questions from Markdown (text2qti) or CSV as a quiz of a pack")
    imported.add_argument("file", type=Path, metavar="FILE", help="a .csv file, or Markdown")
    _directory(imported)
    imported.add_argument("--id", metavar="ID", help="the quiz's id (default: the file's name)")
    imported.add_argument("--title", default="", help="the quiz's title (default: the file's)")
    imported.add_argument(
        "--objective", action="append", default=[], metavar="ID", help="for questions that name none"
    )
    imported.add_argument("--source", default="", metavar="TEXT", help="for questions that name none")
    imported.add_argument("--replace", action="store_true", help="write over a quiz that is there")
    imported.add_argument(
        "--stdout", action="store_true", help="print it instead of writing it into the pack"
    )


def _directory(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "dir", nargs="?", metavar="DIR", help="the pack's directory (default: here, or the built-in pack)"
    )
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


MODULES = {
    "new": "pack_write",
    "schema": "pack_write",
    "preview": "pack_preview",
    "lint": "pack_prove",
    "test": "pack_prove",
    "record": "pack_record",
    "mutate": "pack_mutate",
    "build": "pack_share",
    "install": "pack_share",
    "export": "pack_exchange",
    "import": "pack_exchange",
    "list": "pack_share",
    "remove": "pack_share",
}


FUNCTIONS = {"list": "list_packs", "import": "import_"}
"""Actions whose names are Python's own."""


def run(args: argparse.Namespace) -> int:
    module = import_module(f"ecslab.cli.{MODULES[args.action]}")
    return int(getattr(module, FUNCTIONS.get(args.action, args.action))(args))
