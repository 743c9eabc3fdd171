"""The switches a program sets on its terminal, by the numbers that xterm gave them.

Plain state: the emulator sets it, keys and mouse are encoded by it, the painter reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Modes:
    """What is switched on. Defaults are those after a reset."""

    application_cursor: bool = False
    application_keypad: bool = False
    reverse_screen: bool = False
    origin: bool = False
    autowrap: bool = True
    insert: bool = False
    newline: bool = False
    cursor_visible: bool = True
    cursor_blink: bool = True
    mouse: int = 0
    """What the program wants to hear of: 0 nothing, 9 presses, 1000 clicks, 1002 drags too, 1003 all."""
    mouse_sgr: bool = False
    alternate_scroll: bool = True
    focus: bool = False
    bracketed_paste: bool = False
    synchronized: bool = False
    """Between the two, the screen is half drawn: a painter waits, but not for ever."""

    def reset(self) -> None:
        """Everything as at the start, in place, because others hold on to this object."""
        for field in fields(self):
            setattr(self, field.name, field.default)


ANSI_MODES = {4: "insert", 20: "newline"}

PRIVATE_MODES = {
    1: "application_cursor",
    5: "reverse_screen",
    6: "origin",
    7: "autowrap",
    12: "cursor_blink",
    25: "cursor_visible",
    66: "application_keypad",
    1004: "focus",
    1006: "mouse_sgr",
    1007: "alternate_scroll",
    2004: "bracketed_paste",
    2026: "synchronized",
}

MOUSE_MODES = frozenset({9, 1000, 1002, 1003})

SCREEN_MODES = frozenset({47, 1047, 1049})
"""Modes that switch to the alternate screen."""
