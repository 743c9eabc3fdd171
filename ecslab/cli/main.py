"""The command line: finds the command, runs it, and turns a `Problem` into one line and a status.

A command is a module with `add_arguments(parser)` and `run(args) -> int`; it is imported when it is
the one that runs, so that `ecslab --help` stays quick. Nothing here knows what a command does.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import ecslab
from ecslab.terms.problems import Exit, Problem

COMMANDS = {
    "learn": ("ecslab.cli.learn", "read a lesson"),
    "quiz": ("ecslab.cli.quiz", "answer a quiz"),
    "exam": ("ecslab.cli.exam", "sit the exam"),
    "review": ("ecslab.cli.review", "answer what is due again today"),
    "lab": (
        "ecslab.cli.lab",
        "work on a lab: list, show, start, check, hint, answer, undo, reset, stop, shell, debrief, submit",
    ),
    "drill": ("ecslab.cli.drill", "find one hidden fault in a healthy world, against the clock"),
    "demo": ("ecslab.cli.demo", "watch a lab being solved with real commands, and graded"),
    "sandbox": (
        "ecslab.cli.sandbox",
        "a mock AWS of your own: run, start, stop, list, env, status, events, clock",
    ),
    "now": ("ecslab.cli.now", "print the world's time, for --start-time and the like"),
    "submit": ("ecslab.cli.submit", "one file to hand in, of a finished lab, quiz or exam"),
    "grade": ("ecslab.cli.grade", "replay submissions and grade them"),
    "pack": ("ecslab.cli.pack", "write, check and install lab packs"),
    "progress": ("ecslab.cli.progress", "what you did and know"),
    "export": ("ecslab.cli.export", "write your progress to a file"),
    "import": ("ecslab.cli.import_", "read progress from a file"),
    "serve": ("ecslab.cli.serve", "open the app in a browser"),
    "doctor": ("ecslab.cli.doctor", "what works on this machine, and what to do about what does not"),
}
"""Command -> module and what it is for, in the order of the help."""

APP = "ecslab.cli.app"
INTERRUPTED = 128 + signal.SIGINT


def entry() -> NoReturn:
    """The `ecslab` program."""
    status = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(status)


def main(argv: Sequence[str]) -> int:
    """Runs one command line and returns its exit status."""
    cut = argv.index("--") if "--" in argv else len(argv)
    debug = "--debug" in argv[:cut]
    words = [word for word in argv[:cut] if word != "--debug"] + list(argv[cut:])
    try:
        return _run(words)
    except BrokenPipeError:
        return Exit.GOOD
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            raise
        return _told(error)


def _told(error: BaseException) -> int:
    """Says in one line what went wrong; the exit status."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, Problem):
        line, status = str(error), error.status
    elif isinstance(error, OSError) and error.filename is not None:
        line, status = f"{error.filename}: {error.strerror}", Exit.ENVIRONMENT
    else:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        line, status = f"a bug in ecslab, {what}; --debug shows where", Exit.ENVIRONMENT
    print(f"ecslab: {line}", file=sys.stderr)
    return int(status)


def _run(words: list[str]) -> int:
    name = next((word for word in words if not word.startswith("-")), None)
    parser = _parser(name)
    args = parser.parse_args(words)
    if args.command is None:
        return _app()
    module = import_module(COMMANDS[args.command][0])
    return int(module.run(args))


def _app() -> int:
    """Opens the app; without a terminal it plays the demo."""
    app = import_module(APP)
    parser = Parser(prog="ecslab")
    app.add_arguments(parser)
    return int(app.run(parser.parse_args([])))


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        raise Problem(message, f"see {self.prog} --help", status=Exit.USAGE)


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of this command line: the arguments of the chosen command, the names of the others."""
    parser = Parser(
        prog="ecslab",
        description="Learn Amazon ECS in a terminal: lessons, quizzes and graded labs against a mock AWS.",
        epilog="Without a command the app opens, at your next step. `ecslab COMMAND --help` says more.",
    )
    parser.add_argument("--version", action="version", version=f"ecslab {ecslab.__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (module, purpose) in COMMANDS.items():
        if find_spec(module) is not None:
            command = commands.add_parser(name, help=purpose, description=purpose)
            if name == chosen:
                import_module(module).add_arguments(command)
    return parser
