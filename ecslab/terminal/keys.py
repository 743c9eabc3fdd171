"""Keys, pastes and the mouse, as the bytes that programs expect of an xterm.

Keys have Textual's names ("up", "ctrl+c", "alt+b", "shift+tab", "question_mark", "x"), but Textual itself is
not needed here.
"""

from __future__ import annotations

import re
import unicodedata

from ecslab.terminal.modes import Modes

_SHIFT, _ALT, _CTRL = 1, 2, 4
_MODIFIERS = {"shift": _SHIFT, "alt": _ALT, "meta": _ALT, "ctrl": _CTRL}

_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
_FUNCTION = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
_TILDE = {
    "insert": 2, "delete": 3, "pageup": 5, "pagedown": 6,
    "f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24,
}  # fmt: skip
_SHIFTED = {f"f{number + 12}": f"f{number}" for number in range(1, 13)}
"""xterm has twelve function keys, and calls them thirteen to twenty-four when shifted."""
_PLAIN = {"enter": "\r", "return": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "space": " "}

_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def _name(character: str) -> str:
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


_NAMED = {_name(char): char for char in map(chr, range(0x21, 0x7F)) if not char.isalnum()}
_CONTROLS = {chr(code + 0x60): chr(code) for code in range(1, 27)} | dict(
    zip(
        "@ 2[3\\4]5^6_7/-8?\x7f\r\t\x1b",
        "\0\0\0\x1b\x1b\x1c\x1c\x1d\x1d\x1e\x1e\x1f\x1f\x1f\x1f\x7f\x7f\x08\r\t\x1b",
        strict=True,
    )
)


def encode(key: str, modes: Modes, character: str | None = None) -> str:
    """What a key sends; an unknown one sends nothing.

    `character` is the text that the key stands for, where the caller knows it: it settles names that no
    table here has.
    """
    *prefixes, name = key.split("+") if len(key) > 1 else [key]
    if key.endswith("++"):
        prefixes, name = prefixes[:-1], "+"
    if any(prefix not in _MODIFIERS for prefix in prefixes):
        return ""
    held = 0
    for prefix in prefixes:
        held |= _MODIFIERS[prefix]
    if name in _SHIFTED:
        name, held = _SHIFTED[name], held | _SHIFT
    if name in _CURSOR:
        if held:
            return f"\x1b[1;{held + 1}{_CURSOR[name]}"
        return f"\x1b{'O' if modes.application_cursor else '['}{_CURSOR[name]}"
    if name in _FUNCTION:
        return f"\x1b[1;{held + 1}{_FUNCTION[name]}" if held else f"\x1bO{_FUNCTION[name]}"
    if name in _TILDE:
        return f"\x1b[{_TILDE[name]};{held + 1}~" if held else f"\x1b[{_TILDE[name]}~"
    if name == "tab" and held & _SHIFT:
        return ("\x1b" if held & _ALT else "") + "\x1b[Z"
    return _character(name, held, modes, character)


def _character(name: str, held: int, modes: Modes, character: str | None) -> str:
    text = _PLAIN.get(name) or _NAMED.get(name) or (name if len(name) == 1 else None)
    if text is None:
        text = character if not held or held == _SHIFT else None
        return text or ""
    if held & _CTRL:
        text = _CONTROLS.get(text.lower(), text if text in "019" else "")
    elif held & _SHIFT:
        text = text.upper()
    if text == "\r" and modes.newline:
        text = "\r\n"
    return "\x1b" + text if held & _ALT and text else text


_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")


def paste(text: str, modes: Modes) -> str:
    """What pasting a text sends. Control characters are left out, so that a text cannot end the paste early."""
    text = _FORBIDDEN.sub("", text).replace("\r\n", "\r").replace("\n", "\r")
    return f"\x1b[200~{text}\x1b[201~" if modes.bracketed_paste else text


def focus(gained: bool, modes: Modes) -> str:
    """What gaining or losing the focus sends."""
    return f"\x1b[{'I' if gained else 'O'}" if modes.focus else ""


_BUTTONS = {"left": 0, "middle": 1, "right": 2, "none": 3, "wheel_up": 64, "wheel_down": 65}
_LARGEST_LEGACY = 0x7F - 0x21


def mouse(kind: str, button: str, x: int, y: int, modes: Modes, held: frozenset[str] = frozenset()) -> str:
    """What the mouse sends: `kind` is press, release or move; `x` and `y` count from 0.

    Nothing when the program did not ask for it, so the caller may use the event for itself.
    """
    wheel = button.startswith("wheel")
    wanted = {
        "press": modes.mouse != 0,
        "release": modes.mouse in (1000, 1002, 1003) and not wheel,
        "move": modes.mouse == 1003 or (modes.mouse == 1002 and button != "none"),
    }
    if not wanted.get(kind) or button not in _BUTTONS:
        return ""
    code = _BUTTONS[button] + (32 if kind == "move" else 0)
    if modes.mouse != 9:
        code += 4 * ("shift" in held) + 8 * bool(held & {"alt", "meta"}) + 16 * ("ctrl" in held)
    if modes.mouse_sgr:
        return f"\x1b[<{code};{x + 1};{y + 1}{'m' if kind == 'release' else 'M'}"
    if kind == "release":
        code = code & ~3 | 3
    if max(x, y) > _LARGEST_LEGACY:
        return ""
    return "\x1b[M" + chr(code + 0x20) + chr(x + 0x21) + chr(y + 0x21)


def wheel(up: bool, x: int, y: int, modes: Modes, alternate: bool, lines: int = 3) -> str:
    """What a turn of the wheel sends: to a program that wants the mouse, or as arrow keys to one on the
    alternate screen; otherwise nothing, and the wheel scrolls back."""
    if modes.mouse:
        return mouse("press", "wheel_up" if up else "wheel_down", x, y, modes)
    if alternate and modes.alternate_scroll:
        return encode("up" if up else "down", modes) * lines
    return ""
