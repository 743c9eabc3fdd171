"""`make screenshots`: takes the pictures of `pictures.py` from the real app, and writes the page that shows them."""

import asyncio
import os
import re
import shlex
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import cast

from textual.pilot import Pilot

from ecslab.quiz import course
from ecslab.quiz.sitting import Sitting
from ecslab.quiz.trial import Bench
from ecslab.tui.app import EcslabApp
from ecslab.tui.screens.lab import LabPage
from ecslab.tui.screens.quiz import QuizPage
from ecslab.tui.widgets.panes import WIDE
from tests.tui.learner import studied
from tests.tui.pictures import CHAPTERS, Picture

DOCS = Path(__file__).parents[2] / "docs"
SCREENS = DOCS / "screens"
PATIENCE = 120.0
"""Real seconds for one screen."""


class NeverCame(Exception):
    """A screen did not show what it should."""


def text(app: EcslabApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def _there(pilot: Pilot[int], wanted: str) -> None:
    app = cast(EcslabApp, pilot.app)
    deadline = time.monotonic() + PATIENCE
    while wanted not in text(app):
        if time.monotonic() > deadline:
            raise NeverCame(f"{wanted!r} never came:\n{text(app)}")
        await pilot.pause(0.05)


async def _ask(pilot: Pilot[int], key: str) -> None:
    app = cast(EcslabApp, pilot.app)
    await _there(pilot, "▶ Continue")
    item = course.items(app.study.pack)[key]
    app.push_screen(QuizPage("check", sitting=Sitting([item], seed=3, run=Bench(app.study.warm))))
    await _there(pilot, "Question 1 of 1")


async def _type(pilot: Pilot[int], typed: str) -> None:
    """Into the lab's shell; `SOLUTION` plays the lab's own."""
    app = cast(EcslabApp, pilot.app)
    await _there(pilot, "e Edit" if app.size.width < WIDE else "✘ fail")
    page = app.screen
    assert isinstance(page, LabPage)
    while page.session is None:
        await pilot.pause(0.1)
    if not page.typing:
        await pilot.press("1")
    lab = page.session.lab
    if typed == "SOLUTION":
        typed = f"bash {shlex.quote(str(lab.root / str(lab.solution.cli)))} > /dev/null"
    await _there(pilot, f"ecslab:{lab.id}$")
    page.type_into_shell(f"{typed}; echo\r")
    await pilot.pause(0.2)
    while page.shell_text.rstrip().count(f"ecslab:{lab.id}$") < 2:
        await pilot.pause(0.1)


async def take(picture: Picture) -> str:
    """The picture as SVG."""
    app = EcslabApp(start=picture.start)
    async with app.run_test(size=picture.size) as pilot:
        if picture.question:
            await _ask(pilot, picture.question)
        if picture.typed:
            await _type(pilot, picture.typed)
        for step in picture.steps:
            if isinstance(step, str):
                await _there(pilot, step)
            else:
                await pilot.press(*step)
        await pilot.pause(0.4)
        return slim(app.export_screenshot(title="ecslab"))


def slim(svg: str) -> str:
    """The same picture in half of the bytes: short names, no clipping line by line.

    Without `xml:space`, browsers fold the spaces between words of one line.
    """
    svg = re.sub(r"terminal-\d+-", "t", svg)
    svg = re.sub(r'<clipPath id="tline-.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#tline-\d+\)"', "", svg)
    svg = re.sub(r' shape-rendering="crispEdges"', "", svg).replace("&#160;", " ")
    return svg.replace('<g class="tmatrix">', '<g class="tmatrix" xml:space="preserve">')


def page() -> str:
    """docs/screens.md: every picture under what it shows."""
    lines = ["# The screens", "", "Taken from the app by `make screenshots`.", ""]
    for title, pictures in CHAPTERS:
        lines += [f"## {title}", ""]
        for picture in pictures:
            lines += [f"**{picture.shows}**", "", f"![{picture.shows}](screens/{picture.name}.svg)", ""]
    return "\n".join(lines[:-1]) + "\n"


def main(names: list[str]) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    for variable in ("VISUAL", "EDITOR", "NO_COLOR"):
        os.environ.pop(variable, None)
    missing: list[str] = []
    pictures = list(chain.from_iterable(taken for _, taken in CHAPTERS))
    for picture in pictures:
        if not names or picture.name in names:
            with tempfile.TemporaryDirectory(prefix="ecslab-screens-", ignore_cleanup_errors=True) as home:
                os.environ["ECSLAB_HOME"] = home
                if not picture.fresh:
                    studied(Path(home))
                try:
                    svg = asyncio.run(take(picture))
                except NeverCame as problem:
                    missing.append(picture.name)
                    print(f"{picture.name}: {problem}", file=sys.stderr)
                    continue
                (SCREENS / f"{picture.name}.svg").write_text(svg, encoding="utf-8")
            print(SCREENS / f"{picture.name}.svg", flush=True)
    kept = {picture.name for picture in pictures}
    for path in SCREENS.glob("*.svg"):
        if path.stem not in kept:
            path.unlink()
    (DOCS / "screens.md").write_text(page(), encoding="utf-8")
    if missing:
        sys.exit(f"not taken: {', '.join(missing)}")


if __name__ == "__main__":
    main(sys.argv[1:])
