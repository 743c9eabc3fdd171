"""Cuts a stream of text into what a terminal acts on: text, controls and escape sequences.

One regular expression does it. It knows the shape of every sequence, not its meaning: a sequence nobody
knows is recognised as a whole and never spills onto the screen. What is cut off at the end of a read stays
here until the next one, so the result does not depend on how the stream was divided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST = 65_535
"""A title, colour or clipboard string longer than this is thrown away as a whole."""

_TOKEN = re.compile(
    rf"""
      (?P<ascii>[\x20-\x7e]+)
    | (?P<newline>\r\n)
    | (?P<text>[^\x00-\x9f]+)
    | (?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])
    | \x1b (?:
        \[ (?P<csi>[\x00-\x17\x19\x1c-\x3f\x7f]{{0,256}}[\x40-\x7e])
      | \] (?P<osc>[^\x07\x18\x1a\x1b]{{0,{LONGEST}}})(?:(?P<bell>\x07)|\x1b\\)
      | (?P<dcs>P[^\x18\x1a\x1b]{{0,{LONGEST}}})\x1b\\
      | [X^_][^\x18\x1a\x1b]{{0,{LONGEST}}}(?P<ignored>\x1b\\)
      | (?P<tail>(?:\[[\x00-\x17\x19\x1c-\x3f\x7f]{{0,256}}
                 |\][^\x07\x18\x1a\x1b]{{0,{LONGEST}}}\x1b?
                 |[PX^_][^\x18\x1a\x1b]{{0,{LONGEST}}}\x1b?
                 |[\x20-\x2f]{{0,4}})\Z)
      | (?P<escape>[\x20-\x2f]{{0,4}}[\x30-\x4f\x51-\x57\x59\x5a\x5c\x60-\x7e])
      | (?P<overlong>\[[\x00-\x17\x19\x1c-\x3f\x7f]{{257}}
                    |\][^\x07\x18\x1a\x1b]{{{LONGEST + 1}}}
                    |[PX^_][^\x18\x1a\x1b]{{{LONGEST + 1}}})
      | (?P<broken>\[[\x00-\x17\x19\x1c-\x3f\x7f]*
                  |\][^\x07\x18\x1a\x1b]*
                  |[PX^_][^\x18\x1a\x1b]*
                  |[\x20-\x2f]{{0,5}})
      )
    """,
    re.VERBOSE | re.DOTALL,
)

_OVERLONG_END = {
    "[": re.compile(r"(?=[^\x00-\x17\x19\x1c-\x3f\x7f])[\x40-\x7e]?"),
    "]": re.compile(r"\x07|(?=[\x18\x1a])|\x1b\\|(?=\x1b[^\\])"),
    "P": re.compile(r"(?=[\x18\x1a])|\x1b\\|(?=\x1b[^\\])"),
}

_SEQUENCE = re.compile(r"([<-?]?)([0-9:;]*)([\x20-\x2f]*)([\x40-\x7e])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_LARGEST = 65_535


class Sequence(NamedTuple):
    """A control sequence taken apart."""

    key: str
    """Prefix, intermediates and final character: `H`, `?h`, ` q`. Empty when malformed."""
    numbers: tuple[int, ...]
    """The parameters; a missing one is 0. Never empty."""
    parameters: str
    """The parameters as written, for SGR."""
    controls: str
    """Control characters in the midst of the sequence, which act before it."""


@lru_cache(maxsize=4096)
def sequence(body: str) -> Sequence:
    """Take apart what followed `CSI`."""
    controls = "".join(_CONTROLS.findall(body))
    match = _SEQUENCE.fullmatch(_CONTROLS.sub("", body) if controls else body)
    if match is None:
        return Sequence("", (0,), "", controls)
    prefix, parameters, intermediates, final = match.groups()
    numbers = tuple(_number(part) for part in parameters.split(";"))
    return Sequence(prefix + intermediates + final, numbers, parameters, controls)


def _number(text: str) -> int:
    digits = text.partition(":")[0]
    return min(int(digits[:9]), _LARGEST) if digits else 0


class Parser:
    """Turns pieces of text into tokens; keeps the incomplete end of a piece."""

    def __init__(self) -> None:
        self._rest = ""
        self._skipping: re.Pattern[str] | None = None

    def tokens(self, text: str) -> Iterator[re.Match[str]]:
        """The complete tokens; `lastgroup` names their kind.

        Kinds: ascii, newline, text, control, csi, osc (or bell: an OSC that ended with BEL), dcs,
        escape; ignored and broken have no effect.
        """
        text, self._rest = self._rest + text, ""
        start = 0
        while True:
            if self._skipping is not None:
                end = self._skipping.search(text, start)
                if end is None:
                    self._rest = "\x1b" if text.endswith("\x1b") else ""
                    return
                self._skipping, start = None, end.end()
            for match in _TOKEN.finditer(text, start):
                kind = match.lastgroup
                if kind == "tail":
                    self._rest = match.group()
                elif kind == "overlong":
                    self._skipping = _OVERLONG_END.get(match["overlong"][0], _OVERLONG_END["P"])
                    start = match.end()
                    break
                else:
                    yield match
            else:
                return
