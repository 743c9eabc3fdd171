"""What the terminal answers when a program asks: where the cursor is, what is switched on, which colours.

Only questions with harmless answers are answered. Nothing a program printed before (a title, the clipboard,
text from the screen) ever comes back as input, because it would be typed into the learner's shell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecslab.terminal.modes import ANSI_MODES, MOUSE_MODES, PRIVATE_MODES, SCREEN_MODES

if TYPE_CHECKING:
    from ecslab.terminal.emulator import Emulator

_FIXED = {
    ("c", 0): "\x1b[?62;22c",
    (">c", 0): "\x1b[>0;280;0c",
    ("=c", 0): "\x1bP!|00000000\x1b\\",
    ("n", 5): "\x1b[0n",
    (">q", 0): "\x1bP>|ecslab\x1b\\",
}
"""A terminal of class VT220 with colours, of an age at which programs expect xterm's modern mouse."""


def report(terminal: Emulator, key: str, numbers: tuple[int, ...]) -> list[str]:
    """The answer to a control sequence, none for those that are no question."""
    number = numbers[0]
    if (key, number) in _FIXED:
        return [_FIXED[key, number]]
    if key in ("n", "?n") and number == 6:
        screen = terminal.screen
        row = screen.y + 1 - (screen.top if terminal.modes.origin else 0)
        return [f"\x1b[{key[:-1]}{row};{screen.x + 1}R"]
    if key in ("$p", "?$p"):
        private = key[0] == "?"
        return [f"\x1b[{'?' if private else ''}{number};{_mode(terminal, number, private)}$y"]
    if key == "t" and number in (18, 19):
        return [f"\x1b[{number - 10};{terminal.height};{terminal.columns}t"]
    return []


def _mode(terminal: Emulator, number: int, private: bool) -> int:
    """1 on, 2 off, 0 unknown."""
    name = (PRIVATE_MODES if private else ANSI_MODES).get(number)
    if name is not None:
        on = bool(getattr(terminal.modes, name))
    elif private and number in MOUSE_MODES:
        on = terminal.modes.mouse == number
    elif private and number in SCREEN_MODES:
        on = terminal.alternate
    else:
        return 0
    return 1 if on else 2


def colours(terminal: Emulator, number: str, rest: str, end: str) -> list[str]:
    """The answer to `OSC 10;?` and its like: the colours of text, background and cursor."""
    known = {"10": terminal.foreground, "11": terminal.background, "12": terminal.foreground}
    if rest != "?" or number not in known:
        return []
    value = "/".join(f"{part:02x}{part:02x}" for part in known[number])
    return [f"\x1b]{number};rgb:{value}{end}"]


def request(terminal: Emulator, body: str) -> list[str]:
    """The answer to a device control string: settings (DECRQSS); capabilities stay unanswered."""
    if not body.startswith("P$q"):
        return []
    screen = terminal.screen
    shape = {"block": 2, "underline": 4, "bar": 6}[terminal.shape] - int(terminal.modes.cursor_blink)
    known = {" q": f"{shape} q", "r": f"{screen.top + 1};{screen.bottom + 1}r"}
    setting = known.get(body[3:])
    return [f"\x1bP1$r{setting}\x1b\\" if setting else "\x1bP0$r\x1b\\"]
