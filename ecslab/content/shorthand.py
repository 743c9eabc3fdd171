"""The AWS CLI's shorthand: `Name=tag:Name,Values=a,b`, `a={b=1,c=[x,y]}`.

Syntax only: what the text means is up to the operation's model. The CLI's own parser is not used,
because it reads files (`Key@=file://…`); here a value is never more than its text.
"""

import re
from typing import Any

_KEY = re.compile(r"[A-Za-z0-9._#/:-]+")
_NEXT_PAIR = re.compile(r"\s*[^,=\"']*=")
_SINGLE = re.compile(r"'((?:\\'|[^'])*)'")
_DOUBLE = re.compile(r'"((?:\\"|[^"])*)"')
_BARE = re.compile(r"(?:\\,|[^,\"'])*")
_BARE_MORE = re.compile(r"(?:\\,|[^,\"'])+")
_BARE_INSIDE = re.compile(r"(?:\\,|[^,\"'\]}])*")


class ShorthandError(ValueError):
    """The text is not shorthand; says what was expected where."""


def parse_shorthand(text: str) -> dict[str, Any]:
    """Raises ShorthandError."""
    return _Parser(text).pairs()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def pairs(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            self._pair(found, self._values)
            if self._done():
                return found
            self._expect(",")

    def _pair(self, found: dict[str, Any], value: Any) -> None:
        key = self._match(_KEY, "a key")[0]
        if self._looking_at("@"):
            raise ShorthandError(f"{key}@= reads a file")
        self._expect("=")
        if key in found:
            raise ShorthandError(f"the key {key} is here twice")
        found[key] = value()

    def _values(self) -> Any:
        """A value of a pair: a list or mapping in brackets, one value, or several with commas between."""
        if self._looking_at("[") or self._looking_at("{"):
            return self._inside()
        values = [self._value(_BARE)]
        while self._looking_at(",") and not _NEXT_PAIR.match(self._text, self._at + 1):
            self._expect(",")
            values.append(self._value(_BARE_MORE))
        return values if len(values) > 1 else values[0]

    def _inside(self) -> Any:
        if self._looking_at("["):
            return self._list()
        return self._mapping() if self._looking_at("{") else self._value(_BARE_INSIDE)

    def _list(self) -> list[Any]:
        self._expect("[")
        items: list[Any] = []
        while not self._looking_at("]"):
            items.append(self._inside())
            if not self._looking_at("]"):
                self._expect(",")
        self._expect("]")
        return items

    def _mapping(self) -> dict[str, Any]:
        self._expect("{")
        found: dict[str, Any] = {}
        while not self._looking_at("}"):
            self._pair(found, self._inside)
            if not self._looking_at("}"):
                self._expect(",")
        self._expect("}")
        return found

    def _value(self, bare: re.Pattern[str]) -> str:
        for quoted, mark in ((_SINGLE, "'"), (_DOUBLE, '"')):
            if self._looking_at(mark):
                text = self._match(quoted, f"a closing {mark}")[1]
                return text.replace(f"\\{mark}", mark).replace("\\\\", "\\")
        return self._match(bare, "a value")[0].replace("\\,", ",").rstrip()

    def _match(self, pattern: re.Pattern[str], wanted: str) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ShorthandError(f"expected {wanted} at {self._rest()}")
        self._at = found.end()
        self._skip()
        return found

    def _expect(self, mark: str) -> None:
        if not self._looking_at(mark):
            raise ShorthandError(f"expected {mark!r} at {self._rest()}")
        self._at += 1
        self._skip()

    def _looking_at(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def _skip(self) -> None:
        while not self._done() and self._text[self._at].isspace():
            self._at += 1

    def _done(self) -> bool:
        return self._at >= len(self._text)

    def _rest(self) -> str:
        return "the end" if self._done() else repr(self._text[self._at : self._at + 20])
