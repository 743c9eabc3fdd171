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


def role_styles(variables: Mapping[str, str], *, plain: bool = False) -> Mapping[str, Style]:
    """The styles by role, for `App.theme_variables`; a name that a theme lacks leaves the colour as it is.

    Args:
        variables: the theme's names.
        plain: no colours will be painted: the cursor has to be seen without them.
    """
    if plain:
        return _PLAIN
    return _made(tuple(variables.get(name, "") for name in _NAMES))


@lru_cache(maxsize=8)
def _made(colours: tuple[str, ...]) -> Mapping[str, Style]:
    named = dict(zip(_NAMES, colours, strict=True))
    return {
        role: _style(named.get(ink, ""), named.get(paper, ""), how)
        for role, (ink, paper, how) in LOOKS.items()
    }


_PLAIN = {
    role: Style(
        bold="bold" in how or role == "marked" or None,
        italic="italic" in how or None,
        reverse=role == "cursor" or None,
    )
    for role, (_, _, how) in LOOKS.items()
}


def _style(ink: str, paper: str, how: str) -> Style:
    background = Color.parse(paper) if paper else None
    if ink.startswith("auto"):
        # A theme that names no colour for the text on its cursor wants what can be read there.
        colour = background.get_contrast_text(1) if background else None
    else:
        colour = Color.parse(ink) if ink else None
    return Style(
        color=colour.rich_color if colour else None,
        bgcolor=background.rich_color if background else None,
        bold="bold" in how or None,
        italic="italic" in how or None,
    )
