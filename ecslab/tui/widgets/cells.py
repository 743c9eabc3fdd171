"""Paints a terminal's row of cells as a Textual strip, in the colours of the theme. Knows no process and no keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from ecslab.terminal.styles import Colour, Style
from ecslab.tui.themes import PALETTES


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours that a terminal paints with: its own two, and whether it is dark."""

    foreground: str
    background: str
    dark: bool
    ansi: bool = False
    """The real terminal's own sixteen colours are used, as with NO_COLOR."""


@lru_cache(maxsize=4096)
def rich_style(style: Style, ink: Ink) -> RichStyle:
    """A cell's look, as Rich takes it."""
    foreground = _colour(style.foreground, ink) or _own(ink.foreground)
    background = _colour(style.background, ink) or _own(ink.background)
    if style.reverse and not ink.ansi:
        foreground, background = background, foreground
    if style.conceal:
        foreground = background
    return RichStyle(
        color=foreground,
        bgcolor=background,
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        reverse=(style.reverse and ink.ansi) or None,
        underline=bool(style.underline) or None,
        strike=style.strike or None,
        overline=style.overline or None,
    )


def strip_of(chars: Sequence[str], styles: Sequence[Style], ink: Ink) -> Strip:
    """One row; equal neighbours share a segment."""
    segments: list[Segment] = []
    start, count = 0, len(chars)
    while start < count:
        style = styles[start]
        end = start + 1
        while end < count and (styles[end] is style or styles[end] == style):
            end += 1
        segments.append(Segment("".join(chars[start:end]), rich_style(style, ink)))
        start = end
    return Strip(segments, count)


def cursor_style(shape: str, focused: bool, under: RichStyle, ink: Ink) -> RichStyle:
    """How the cell under the cursor looks: a block is reversed, a line underlined, an idle one only outlined."""
    if not focused:
        return under + RichStyle(underline=True)
    if shape == "underline":
        return under + RichStyle(underline=True, bold=True)
    if ink.ansi:
        return under + RichStyle(reverse=not under.reverse)
    if shape == "bar":
        return under + RichStyle(bgcolor=Color.parse("#52657a" if ink.dark else "#b9d6f5"))
    return RichStyle(color=under.bgcolor, bgcolor=under.color, bold=under.bold)


def _own(name: str) -> Color | None:
    return None if not name else Color.parse(name)


@lru_cache(maxsize=1024)
def _colour(colour: Colour, ink: Ink) -> Color | None:
    if colour is None:
        return None
    if isinstance(colour, tuple):
        return Color.from_triplet(ColorTriplet(*colour))
    if colour < 16 and not ink.ansi:
        return Color.parse(PALETTES[ink.dark][colour])
    return Color.from_ansi(colour)
