"""The looks of the app: dark, light, high contrast; and the sixteen colours the shell paints with on dark and light.

Text keeps at least 4.5:1 against its background, with high contrast 7:1 (tested); a state is never told by colour
alone.
"""

import os

from textual.theme import Theme

DARK = Theme(
    name="ecslab-dark",
    primary="#6cb6ff",
    secondary="#96a7bd",
    accent="#ffb454",
    success="#5fd38d",
    warning="#f2c14e",
    error="#ff8080",
    foreground="#e6edf3",
    background="#0f141a",
    surface="#151c24",
    panel="#222c38",
    dark=True,
    variables={
        "quiet": "#95a3b3",
        "line": "#4a5a6b",
        "block-cursor-background": "#2b4a6f",
        "block-cursor-foreground": "#ffffff",
        "footer-key-foreground": "#ffb454",
        "border": "#6cb6ff",
        "input-selection-background": "#6cb6ff 35%",
        "screen-selection-background": "#2f5d8a",
        "screen-selection-foreground": "#ffffff",
        "scrollbar": "#3a4857",
        "scrollbar-hover": "#52657a",
        "scrollbar-active": "#6cb6ff",
        "scrollbar-background": "#151c24",
    },
)
LIGHT = Theme(
    name="ecslab-light",
    primary="#0b5cad",
    secondary="#4d5b6a",
    accent="#8a4b00",
    success="#11652f",
    warning="#7a4f00",
    error="#a8142b",
    foreground="#1b2430",
    background="#ffffff",
    surface="#f4f6f9",
    panel="#e3e9f0",
    dark=False,
    variables={
        "quiet": "#56636f",
        "line": "#a9b4c0",
        "block-cursor-background": "#cfe2f7",
        "block-cursor-foreground": "#0b1826",
        "footer-key-foreground": "#8a4b00",
        "border": "#0b5cad",
        "input-selection-background": "#0b5cad 25%",
        "screen-selection-background": "#b9d6f5",
        "screen-selection-foreground": "#0b1826",
        "scrollbar": "#c3ccd6",
        "scrollbar-hover": "#9fb0c0",
        "scrollbar-active": "#0b5cad",
        "scrollbar-background": "#f4f6f9",
    },
)
CONTRAST = Theme(
    name="ecslab-contrast",
    primary="#8cd0ff",
    secondary="#ffffff",
    accent="#ffe600",
    success="#5cff8d",
    warning="#ffe600",
    error="#ffb0a8",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={
        "quiet": "#e0e0e0",
        "line": "#ffffff",
        "block-cursor-background": "#ffe600",
        "block-cursor-foreground": "#000000",
        "footer-key-foreground": "#ffe600",
        "border": "#ffffff",
        "input-selection-background": "#8cd0ff 50%",
        "screen-selection-background": "#ffe600",
        "screen-selection-foreground": "#000000",
        "scrollbar": "#b0b0b0",
        "scrollbar-hover": "#ffffff",
        "scrollbar-active": "#ffe600",
        "scrollbar-background": "#000000",
    },
)
ALL = (DARK, LIGHT, CONTRAST)
"""In the order in which one key goes through them."""
_ON_DARK = (
    "#3b4754 #ff8080 #5fd38d #f2c14e #6cb6ff #d79bff #4fd0d6 #d3dce6 "
    "#8b99a8 #ff9e9e #86e5aa #ffd675 #93caff #e4b8ff #7ee3e8 #ffffff"
)
_ON_LIGHT = (
    "#1b2430 #a8142b #11652f #7a4f00 #0b5cad #7a2a99 #0b6470 #56636f "
    "#5d6a77 #c21f3a #14773a #8f5d00 #1769c0 #8f3cb0 #0f7480 #2b3642"
)
PALETTES: dict[bool, tuple[str, ...]] = {
    dark: tuple(colours.split(" ")) for dark, colours in ((True, _ON_DARK), (False, _ON_LIGHT))
}
"""The sixteen terminal colours, for dark (True) and light (False); all are readable on the app's background."""


def plain() -> bool:
    """Whether the learner wants no colours but the terminal's own two (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def first(wanted: str) -> str:
    """The theme to open with: the learner's choice, plain with NO_COLOR, light on a terminal that says it is."""
    if plain():
        return "ansi-dark"
    if any(wanted == theme.name for theme in ALL):
        return wanted
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name


def following(name: str) -> str:
    """The theme after this one."""
    names = [theme.name for theme in ALL]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
