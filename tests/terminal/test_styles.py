"""SGR: how cells look."""

from __future__ import annotations

import pytest

from ecslab.terminal.emulator import Emulator
from ecslab.terminal.styles import PLAIN, Style


def style(parameters: str) -> Style:
    emulator = Emulator(10, 2)
    emulator.feed(f"\x1b[{parameters}mx")
    return emulator.rows[0].styles[0]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("", PLAIN),
        ("1", Style(bold=True)),
        ("2;3;9", Style(dim=True, italic=True, strike=True)),
        ("4", Style(underline=1)),
        ("21", Style(underline=2)),
        ("4:3", Style(underline=3)),
        ("4:3;4:0", PLAIN),
        ("5;7;8", Style(blink=True, reverse=True, conceal=True)),
        ("53", Style(overline=True)),
        ("1;2;22", PLAIN),
        ("3;4;5;7;8;9;23;24;25;27;28;29", PLAIN),
        ("31", Style(foreground=1)),
        ("44", Style(background=4)),
        ("91;102", Style(foreground=9, background=10)),
        ("38;5;208", Style(foreground=208)),
        ("48;5;17;1", Style(background=17, bold=True)),
        ("38;2;1;2;3", Style(foreground=(1, 2, 3))),
        ("38:5:208", Style(foreground=208)),
        ("38:2:1:2:3", Style(foreground=(1, 2, 3))),
        ("48:2::1:2:3", Style(background=(1, 2, 3))),
        ("58;5;3", Style(underline_colour=3)),
        ("31;44;39;49", PLAIN),
        ("1;31;0;4", Style(underline=1)),
        ("1;;4", Style(underline=1)),
        ("38;5;999", PLAIN),
        ("38;2;1", PLAIN),
        ("38", PLAIN),
        ("777;1", Style(bold=True)),
        ("1:2:3:::", Style(bold=True)),
    ],
)
def test_styles(parameters: str, expected: Style) -> None:
    assert style(parameters) == expected


def test_styles_add_up_until_reset() -> None:
    emulator = Emulator(10, 2)
    emulator.feed("\x1b[1ma\x1b[31mb\x1b[mc")
    assert emulator.rows[0].styles[:3] == [Style(bold=True), Style(bold=True, foreground=1), PLAIN]
