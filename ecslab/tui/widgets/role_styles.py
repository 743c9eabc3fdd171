"""What each role of a row looks like in the colours of the theme.

A table, and not a component class for each role: Textual matches those anew with every change of the focus, a dozen
of them for each list on the screen.
"""

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.color import Color

LOOKS: dict[str, tuple[str, str, str]] = {
    "": ("", "", ""),
    "good": ("success", "", ""),
    "bad": ("error", "", ""),
    "busy": ("warning", "", ""),
    "quiet": ("quiet", "", ""),
    "title": ("primary", "", "bold"),
    "name": ("foreground", "", "bold"),
    "strong": ("", "", "bold"),
    "key": ("accent", "", "bold"),
    "note": ("foreground", "", "italic"),
    "line": ("line", "", ""),
    "marked": ("", "panel", ""),
    "cursor": ("block-cursor-foreground", "block-cursor-background", ""),
}
"""Role -> the theme's names for its colour and its background, and how it is set.

Besides the roles of `tui.rows`: `marked` and `cursor`, the row under the cursor without and with the focus.
"""
_NAMES = sorted({name for look in LOOKS.values() for name in look[:2] if name})


def role_styles(variables: Mapping[str, str]) -> Mapping[str, Style]:
    """The styles by role, for `App.theme_variables`; a name that a theme lacks leaves the colour as it is."""
    return _made(tuple(variables.get(name, "") for name in _NAMES))


@lru_cache(maxsize=8)
def _made(colours: tuple[str, ...]) -> Mapping[str, Style]:
    found = {
        name: Color.parse(colour).rich_color for name, colour in zip(_NAMES, colours, strict=True) if colour
    }
    return {
        role: Style(
            color=found.get(ink),
            bgcolor=found.get(paper),
            bold="bold" in how or None,
            italic="italic" in how or None,
        )
        for role, (ink, paper, how) in LOOKS.items()
    }
