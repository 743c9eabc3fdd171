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


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_golden_files_are_what_this_tmux_shows(name: str, tmux: ModuleType) -> None:
    recording = Recording(name)
    pieces = [look.piece.encode() for look in recording.looks]
    for look, seen in zip(
        recording.looks, tmux.replay(pieces, recording.columns, recording.rows), strict=True
    ):
        assert "\n".join(seen.screen).rstrip("\n").split("\n") == look.screen
        assert seen.cursor == look.cursor
