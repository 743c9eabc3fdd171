"""How a cell looks, and what SGR sequences make of it.

Styles are small immutable tuples, shared by all cells that look the same, so that a row can be a plain
list of them and a painter can group equal neighbours by identity. This module knows no screen library:
colours stay as the program named them (palette number or red, green, blue).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

Colour = int | tuple[int, int, int] | None
"""A palette number (0-255), red-green-blue, or None for the terminal's own colour."""


class Style(NamedTuple):
    """The look of one cell."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: int = 0
    """0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed."""
    underline_colour: Colour = None
    blink: bool = False
    reverse: bool = False
    conceal: bool = False
    strike: bool = False
    overline: bool = False


PLAIN = Style()

_SWITCHES: dict[int, dict[str, bool | int]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": 1},
    5: {"blink": True},
    6: {"blink": True},
    7: {"reverse": True},
    8: {"conceal": True},
    9: {"strike": True},
    21: {"underline": 2},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": 0},
    25: {"blink": False},
    27: {"reverse": False},
    28: {"conceal": False},
    29: {"strike": False},
    53: {"overline": True},
    55: {"overline": False},
}

_EXTENDED = {38: "foreground", 48: "background", 58: "underline_colour"}
_DEFAULTS = {39: "foreground", 49: "background", 59: "underline_colour"}


@lru_cache(maxsize=256)
def blank(style: Style) -> Style:
    """What erasing leaves behind under `style`: its background and nothing else (xterm's `bce`)."""
    return PLAIN if style.background is None else Style(background=style.background)


@lru_cache(maxsize=4096)
def restyled(style: Style, parameters: str) -> Style:
    """`style` after `CSI parameters m`. Unknown attributes are skipped, one by one."""
    groups = parameters.split(";")
    changes: dict[str, object] = {}
    position = 0
    while position < len(groups):
        group = groups[position]
        position += 1
        head, *sub = group.split(":")
        code = _number(head)
        if code == 0:
            style, changes = PLAIN, {}
        elif code in _EXTENDED:
            if not sub:
                sub, used = _following(groups[position:])
                position += used
            elif sub[0] == "2" and len(sub) > 4:
                sub = ["2", *sub[2:]]  # 38:2:COLOURSPACE:R:G:B
            colour = _colour(sub)
            if colour is not None:
                changes[_EXTENDED[code]] = colour
        elif code in _DEFAULTS:
            changes[_DEFAULTS[code]] = None
        elif code == 4 and sub:
            changes["underline"] = min(_number(sub[0]), 5)
        elif code in _SWITCHES:
            changes.update(_SWITCHES[code])
        else:
            changes.update(_basic_colour(code))
    return style._replace(**changes) if changes else style  # type: ignore[arg-type]


def _number(text: str) -> int:
    return int(text[:6]) if text.isascii() and text.isdigit() else (0 if not text else -1)


def _following(groups: list[str]) -> tuple[list[str], int]:
    """The parts of a colour written with semicolons, and how many groups they took."""
    kind = groups[0] if groups else ""
    used = {"5": 2, "2": 4}.get(kind, 1)
    return groups[:used], used


def _colour(parts: list[str]) -> Colour:
    numbers = [_number(part) for part in parts]
    if any(not 0 <= number <= 255 for number in numbers):
        return None
    match numbers:
        case [5, index, *_]:
            return index
        case [2, red, green, blue, *_]:
            return (red, green, blue)
    return None


def _basic_colour(code: int) -> dict[str, object]:
    if 30 <= code <= 37:
        return {"foreground": code - 30}
    if 40 <= code <= 47:
        return {"background": code - 40}
    if 90 <= code <= 97:
        return {"foreground": code - 82}
    if 100 <= code <= 107:
        return {"background": code - 92}
    return {}
