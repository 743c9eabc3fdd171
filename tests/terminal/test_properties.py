"""Whatever a program prints: no error, a cursor on the screen, whole rows, and no matter how it was cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecslab.terminal.emulator import Emulator
from ecslab.terminal.rows import cells_of

NUMBERS = st.sampled_from(
    ["", "0", "1", "2", "3", "5", "7", "10", "38", "48", "1049", "65535", "99999999999"]
)
PARAMETERS = st.lists(NUMBERS, max_size=4).map(";".join)
SWITCHES = st.sampled_from(["1", "5", "6", "7", "25", "47", "1000", "1047", "1048", "1049", "2004"])
ESCAPES = st.sampled_from([*"78DEMHc=>[]PX^_\\(\x1b", "(0", "(B", ")0", "#8", ""])
COMMANDS = st.sampled_from(["0", "2", "8", "10", "11", "52", "133"])
SEQUENCES = st.one_of(
    st.builds(
        "\x1b[{}{}{}{}".format,
        st.sampled_from(["", "", "", "?", ">", "="]),
        PARAMETERS,
        st.sampled_from(["", "", "", " ", "!", "$"]),
        st.sampled_from([chr(code) for code in range(0x40, 0x7F)]),
    ),
    st.builds("\x1b[?{}{}".format, SWITCHES, st.sampled_from("hl")),
    st.builds("\x1b[{}{}".format, NUMBERS, st.sampled_from("ABCDEFGHIJKLMPSTXZ@`abdefghlmnprsu")),
    st.builds("\x1b{}".format, ESCAPES),
    st.builds("\x1b]{};{}{}".format, COMMANDS, st.text(max_size=8), st.sampled_from(["\x07", "\x1b\\", ""])),
    st.builds("\x1b{}{}\x1b\\".format, st.sampled_from("P_^X"), st.text(max_size=8)),
)
TEXTS = st.one_of(
    st.text("abc xyz", max_size=30),
    st.text("漢字👩💻한é─\u0301\u200d\ufe0f\u00ad", max_size=12),
    st.text("\r\n\b\t\x07\x0b\x0e\x0f\x18\x1a\x00\x7f\x85\x9b", max_size=6),
    st.text(max_size=10),
)
EDITS = st.sampled_from(
    [
        "漢",
        "字",
        "x",
        "漢字漢字漢字漢字",
        "0123456789",
        "👩\u200d",
        "é",
        "\u0301",
        "\r",
        "\n",
        "\r\n",
        "\b",
        "\t",
    ]
    + [f"\x1b[{number}{final}" for number in ("", 2, 3) for final in "@ABCDEFGIJKLMPSTXZabd"]
    + [f"\x1b[?{mode}{way}" for mode in (6, 7, 1049) for way in "hl"]
    + [
        "\x1b[4h",
        "\x1b[4l",
        "\x1b7",
        "\x1b8",
        "\x1bM",
        "\x1b[2;3r",
        "\x1b[r",
        "\x1b[44m",
        "\x1b[1;99H",
        "\x1b[2;4H",
    ]
)
STREAMS = st.one_of(
    st.lists(EDITS, max_size=60).map("".join),
    st.lists(st.one_of(TEXTS, SEQUENCES), max_size=40).map("".join),
)
SIZES = st.tuples(st.integers(1, 30), st.integers(1, 12))


def check(emulator: Emulator) -> None:
    """What always holds."""
    cursor = emulator.cursor
    assert 0 <= cursor.x < emulator.columns
    assert 0 <= cursor.y < emulator.height
    assert len(emulator.rows) == emulator.height
    for row in emulator.rows:
        assert len(row.chars) == len(row.styles) == emulator.columns
        for x, char in enumerate(row.chars):
            wide = char != "" and cells_of(char[0]) == 2
            follows = row.chars[x + 1] if x + 1 < emulator.columns else None
            assert wide == (follows == ""), row.chars
        assert row.chars[0] != ""


def state(emulator: Emulator) -> object:
    lines = [emulator.line(index) for index in range(emulator.total)]
    return (
        [(line.chars, line.styles, line.wrapped) for line in lines],
        emulator.cursor,
        emulator.modes,
        emulator.title,
        emulator.replies,
        emulator.bells,
        emulator.oldest,
    )


@given(STREAMS, SIZES)
@settings(max_examples=250, deadline=None)
def test_nothing_breaks_the_terminal(stream: str, size: tuple[int, int]) -> None:
    emulator = Emulator(*size, scrollback=20)
    emulator.feed(stream)
    check(emulator)


def cut(stream: str, size: tuple[int, int], step: int) -> None:
    whole, pieces = Emulator(*size, scrollback=20), Emulator(*size, scrollback=20)
    whole.feed(stream)
    for start in range(0, len(stream), step):
        pieces.feed(stream[start : start + step])
    assert state(whole) == state(pieces)


@given(STREAMS, SIZES, st.integers(1, 7))
@settings(max_examples=150, deadline=None)
def test_cutting_the_stream_changes_nothing(stream: str, size: tuple[int, int], step: int) -> None:
    cut(stream, size, step)


def play(changes: list[tuple[str, tuple[int, int]]]) -> None:
    emulator = Emulator(20, 5, scrollback=20)
    for stream, size in changes:
        emulator.feed(stream)
        emulator.resize(*size)
        check(emulator)


@given(st.lists(st.tuples(STREAMS, SIZES), max_size=4))
@settings(max_examples=50, deadline=None)
def test_nothing_breaks_while_the_window_changes(changes: list[tuple[str, tuple[int, int]]]) -> None:
    play(changes)


@pytest.mark.slow
@given(st.lists(st.tuples(STREAMS, SIZES), max_size=6), st.integers(1, 7))
@settings(max_examples=2000, deadline=None)
def test_nothing_breaks_in_the_long_run(changes: list[tuple[str, tuple[int, int]]], step: int) -> None:
    play(changes)
    for stream, size in changes:
        cut(stream, size, step)


@given(st.text("abcdefg 漢字", max_size=200), st.lists(st.integers(2, 40), max_size=5))
@settings(max_examples=80, deadline=None)
def test_rewrapping_loses_no_text(text: str, widths: list[int]) -> None:
    emulator = Emulator(20, 5)
    emulator.feed(text)
    for columns in widths:
        emulator.resize(columns, 5)
    assert emulator.history_text().replace(" ", "").replace("\n", "") == text.replace(" ", "")
