"""What real programs print looks the same here as in tmux: every row and the cursor.

`recordings/` holds the bytes and what tmux showed at several places in them (`record.py` makes both).
"""

from __future__ import annotations

import importlib.util
import json
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from ecslab.terminal.emulator import Emulator
from ecslab.terminal.styles import Style

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in (HERE / "recordings").glob("*.raw"))


class Look(NamedTuple):
    piece: str
    screen: list[str]
    cursor: tuple[int, int]


class Recording:
    def __init__(self, name: str) -> None:
        notes = json.loads((HERE / "recordings" / f"{name}.json").read_text(encoding="utf-8"))
        self.columns: int = notes["columns"]
        self.rows: int = notes["rows"]
        data = (HERE / "recordings" / f"{name}.raw").read_bytes()
        places = [0, *(look["at"] for look in notes["looks"])]
        self.looks = [
            Look(data[start:end].decode(), look["screen"], tuple(look["cursor"]))
            for (start, end), look in zip(pairwise(places), notes["looks"], strict=True)
        ]


def compare(recording: Recording, chunk: int | None) -> None:
    terminal = Emulator(recording.columns, recording.rows)
    for number, look in enumerate(recording.looks):
        step = chunk or max(1, len(look.piece))
        for start in range(0, len(look.piece), step):
            terminal.feed(look.piece[start : start + step])
        where = f"look {number}"
        assert terminal.text().rstrip("\n").split("\n") == look.screen, where
        assert (terminal.cursor.x, terminal.cursor.y) == look.cursor, where


def test_there_are_enough_programs() -> None:
    assert len(NAMES) >= 16


@pytest.mark.parametrize("name", NAMES)
def test_looks_as_in_tmux(name: str) -> None:
    compare(Recording(name), None)


@pytest.mark.parametrize("name", NAMES)
def test_looks_as_in_tmux_when_fed_seven_characters_at_a_time(name: str) -> None:
    compare(Recording(name), 7)


@pytest.fixture(scope="module")
def tmux() -> ModuleType:
    specification = importlib.util.spec_from_file_location("tmux_replay", HERE / "tmux_replay.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    if not module.available():
        pytest.skip("tmux is not installed; the golden files speak for it")
    return module


def visible_styles(emulator: Emulator, drawn: Emulator) -> list[list[Style]]:
    """The styles of the cells up to the end of the text that is drawn in each row."""
    ends = [max((x + 1 for x, char in enumerate(row.chars) if char != " "), default=0) for row in drawn.rows]
    return [row.styles[:end] for row, end in zip(emulator.rows, ends, strict=True)]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_this_tmux_shows_the_same_in_the_same_colours(name: str, tmux: ModuleType) -> None:
    recording = Recording(name)
    terminal = Emulator(recording.columns, recording.rows)
    seen = tmux.replay([look.piece.encode() for look in recording.looks], recording.columns, recording.rows)
    for number, (look, other) in enumerate(zip(recording.looks, seen, strict=True)):
        assert "\n".join(other.screen).rstrip("\n").split("\n") == look.screen, number
        assert other.cursor == look.cursor, number
        terminal.feed(look.piece)
        drawn = Emulator(recording.columns, recording.rows)
        drawn.feed("\x1b)0\x1b[?7l" + "\r\n".join(other.styled))
        assert visible_styles(terminal, drawn) == visible_styles(drawn, drawn), number
