"""Random screenfuls of the sequences in daily use, side by side with the tmux of this machine.

What is left out, tmux does differently from xterm (see recipes.py), or keeps a wrap waiting over a movement.
"""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

from ecslab.terminal.emulator import Emulator

COLUMNS, ROWS = 20, 6
TEXTS = ["abc", "hello world", "0123456789", "x", "long text that wraps around", "漢字", "é", "─│┌", "日"]
FIXED = ["\r\n", "\n", "\r", "\t", "\x1b[r", "\r\x1bM", "\r\x1bD", "\x1bE", "\x1bH", "\x1b[Z"]


def piece(draw: random.Random) -> str:
    number = draw.choice(["", "1", "2", "3", "5", "9"])
    return draw.choice(
        [
            draw.choice(TEXTS),
            draw.choice(TEXTS),
            draw.choice(FIXED),
            f"\x1b[{draw.randint(1, ROWS)};{draw.randint(1, COLUMNS)}H",
            f"\x1b[{number}{draw.choice('ABCDEFGSTXP@d')}",
            f"\x1b[{draw.choice(['', '0', '1', '2'])}{draw.choice('JK')}",
            f"\x1b[r\x1b[3H\x1b[{number}{draw.choice('LM')}",
            f"\x1b[{draw.randint(1, 3)};{draw.randint(4, ROWS)}r",
            draw.choice(["\x1b[?1049h", "\x1b[?1049l"]),
        ]
    )


@pytest.fixture(scope="module")
def tmux() -> ModuleType:
    path = Path(__file__).parent / "tmux_replay.py"
    specification = importlib.util.spec_from_file_location("tmux_replay", path)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    if not module.available():
        pytest.skip("tmux is not installed")
    return module


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_random_output_looks_as_in_tmux(seed: int, tmux: ModuleType) -> None:
    draw = random.Random(seed)
    pieces = [piece(draw) for _ in range(60)]
    emulator = Emulator(COLUMNS, ROWS)
    seen = tmux.replay([text.encode() for text in pieces], COLUMNS, ROWS)
    for number, (text, look) in enumerate(zip(pieces, seen, strict=True)):
        emulator.feed(text)
        assert [row.rstrip() for row in emulator.text().split("\n")] == look.screen, (number, text)
        assert (emulator.cursor.x, emulator.cursor.y) == look.cursor, (number, text)
