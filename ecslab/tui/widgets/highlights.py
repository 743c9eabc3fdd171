"""The colours of a text in its language: for each line, which columns have which role."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from textual.highlight import HighlightTheme, guess_language, highlight

MOST = 60_000
"""Characters of a text that is coloured: beyond it typing would be felt to be slow."""
ROLES = {
    "Token.Comment": "comment",
    "Token.Keyword": "word",
    "Token.Keyword.Constant": "number",
    "Token.Operator.Word": "word",
    "Token.Literal.Number": "number",
    "Token.Literal.String": "text",
    "Token.Name.Tag": "name",
    "Token.Name.Attribute": "name",
    "Token.Name.Builtin": "name",
    "Token.Name.Function": "name",
    "Token.Name.Variable": "name",
}
"""What Pygments calls a part of a text -> its role; a part of a part has the role of the whole."""
Part = tuple[int, int, str]
"""From column, to column, role."""


class _Roles(HighlightTheme):
    STYLES = {token: ROLES[str(token)] for token in HighlightTheme.STYLES if str(token) in ROLES}


class Highlighter:
    """Colours one text; it is read again only when it changed."""

    def __init__(self, name: str, text: str) -> None:
        self._language = guess_language(text, name) if PurePath(name).suffix else "text"
        self._lines: Sequence[str] = ()
        self._parts: list[list[Part]] = []

    def line(self, lines: Sequence[str], number: int) -> list[Part]:
        """The coloured parts of one of the lines."""
        if self._lines != lines:
            self._lines = list(lines)
            short = sum(map(len, lines)) <= MOST
            self._parts = list(_coloured(self._language, lines)) if short else []
        return self._parts[number] if number < len(self._parts) else []


def _coloured(language: str, lines: Sequence[str]) -> Iterator[list[Part]]:
    coloured = highlight("\n".join(lines), language=language, theme=_Roles, tab_size=0)
    roles = set(ROLES.values())
    for line in coloured.split("\n", allow_blank=True):
        yield [(part.start, part.end, str(part.style)) for part in line.spans if part.style in roles]
