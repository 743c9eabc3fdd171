"""`make screenshots`: pictures of every screen, for the documentation, taken from the real app with the built-in pack.

Each picture is a journey of keys from Home; a text says when the screen is there.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from ecslab.tui.app import EcslabApp, Start

DOCS = Path(__file__).parents[2] / "docs" / "screens"
PATIENCE = 90.0
"""Real seconds for one screen."""
SIZE = (120, 36)

HOME = Start()
Step = tuple[str, ...] | str
"""Keys to press, or a text to wait for."""


@dataclass(frozen=True)
class Picture:
    name: str
    steps: tuple[Step, ...]
    start: Start = HOME
    size: tuple[int, int] = SIZE


ANSWERED: tuple[Step, ...] = ("Question 1 of ", ("1", "enter"), "How sure are you?", ("2",), "Enter Next")
PICTURES = (
    Picture("home", ("▶ Continue",)),
    Picture("home-small", ("▶ Continue",), size=(80, 24)),
    Picture("help", ("▶ Continue", ("question_mark",), "Help · Home")),
    Picture("progress", ("▶ Continue", ("p",), "Readiness")),
    Picture("lesson", ("page 2 of ",), Start("lesson", "what-ecs-is#1")),
    Picture("watch", ("Watch.", ("w",), "10s on", ("w",), "PROVISIONING"), Start("lesson", "what-ecs-is#3")),
    Picture(
        "search",
        ("page 1 of ", ("slash",), "Search all lessons", tuple("service"), "·"),
        Start("lesson", "what-ecs-is"),
    ),
    Picture("quiz", ANSWERED, Start("quiz", "what-ecs-is")),
    Picture("exam", ("In the shape of the AWS associate exams",), Start("exam")),
    Picture("lab", ("502 Bad Gateway", "✘ fail"), Start("lab", "fix-alb-502"), size=(160, 45)),
    Picture("lab-small", ("F6", ("f6",), "Esc Home"), Start("lab", "fix-alb-502"), size=(80, 24)),
)


def text(app: EcslabApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def _there(pilot: Pilot[int], wanted: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while wanted not in text(pilot.app):  # type: ignore[arg-type]
        if time.monotonic() > deadline:
            sys.exit(f"{wanted!r} never came:\n{text(pilot.app)}")  # type: ignore[arg-type]
        await pilot.pause(0.05)


async def take(picture: Picture, to: Path) -> None:
    app = EcslabApp(start=picture.start)
    async with app.run_test(size=picture.size) as pilot:
        for step in picture.steps:
            if isinstance(step, str):
                await _there(pilot, step)
            else:
                await pilot.press(*step)
        await pilot.pause(0.3)
        svg = app.export_screenshot(title="ecslab")
    # Without it, browsers fold the spaces between words of one line.
    (to / f"{picture.name}.svg").write_text(re.sub(r"<text ", '<text xml:space="preserve" ', svg))


def main(names: list[str]) -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    for picture in PICTURES:
        if not names or picture.name in names:
            with tempfile.TemporaryDirectory(prefix="ecslab-screens-", ignore_cleanup_errors=True) as home:
                os.environ["ECSLAB_HOME"] = home
                asyncio.run(take(picture, DOCS))
            print(DOCS / f"{picture.name}.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
