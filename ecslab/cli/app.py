"""`ecslab` without a command: the app. Other commands open it at a screen of their own with `open_app`.

Without a terminal it says so in one line and plays the demo instead.
"""

import argparse
import gc
import os
import sys
from importlib import import_module

from ecslab.terms.problems import Exit

NO_TERMINAL = "ecslab: there is no terminal here, so this is the demo; in a terminal `ecslab` opens the app"

GARBAGE = (5_000, 5, 200)
"""When Python looks for garbage. With its own numbers it goes through all there is, ten thousand lines of scrollback
included, several times a minute while a terminal prints: 150 ms in which no key is answered."""

DRIVER = "TEXTUAL_DRIVER"
"""Set where the app does not draw on a terminal of its own: by `ecslab serve` for each visitor."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The app takes none."""


def run(args: argparse.Namespace) -> int:
    """Opens the app at Home."""
    return open_app()


def open_at(screen: str, name: str) -> int:
    """Opens the app at a lesson, a quiz or a lab."""
    return open_app(screen, name)


def open_app(
    screen: str = "home",
    id: str = "",  # noqa: A002  (what callers name it)
    *,
    seed: int | None = None,
    fresh: bool = False,
    pack: str | None = None,
) -> int:
    """Opens the app.

    Args:
        screen: `home`, `lesson`, `quiz`, `exam`, `review` or `lab`.
        id: of the lesson, the quiz or the lab; of an exam its length.
        seed: of a lab or an exam that begins.
        fresh: begin a quiz, an exam or a lab anew.
        pack: which to study; the one chosen on Home if none is named.
    """
    in_browser = DRIVER in os.environ
    if not in_browser and not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        print(NO_TERMINAL, file=sys.stderr)
        return _demo()
    from ecslab.tui.app import EcslabApp, Start

    gc.set_threshold(*GARBAGE)
    gc.freeze()
    app = EcslabApp(start=Start(screen, id, seed, fresh, pack), tracebacks="--debug" in sys.argv)
    app.run()
    return Exit.GOOD if app.return_code in (0, None) else Exit.ENVIRONMENT


def _demo() -> int:
    demo = import_module("ecslab.cli.demo")
    parser = argparse.ArgumentParser(prog="ecslab demo")
    demo.add_arguments(parser)
    return int(demo.run(parser.parse_args([])))
