"""Durations as people write them (`5s`, `15m`, `3h`, `1d`, `250ms`) and as the simulation counts them (ms)."""

import re

from ecslab.terms.problems import Exit, Problem

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def parse_duration(text: str | int | float) -> int:
    """`"1h30m"` -> 5_400_000 ms. A bare number is seconds.

    Raises:
        Problem: the text is not a duration.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return round(text * 1000)
    stripped = str(text).strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", stripped):
        return round(float(stripped) * 1000)
    parts = _PART.findall(stripped)
    if not parts or "".join(n + u for n, u in parts) != stripped:
        raise Problem(f"{text!r} is not a duration", "write it like 5s, 15m, 3h or 1d", status=Exit.USAGE)
    return round(sum(float(number) * UNITS[unit] for number, unit in parts))


def format_duration(ms: int) -> str:
    """5_400_000 -> `"1h30m"`; 0 -> `"0s"`. Milliseconds are shown only below one second."""
    if ms < 0:
        return "-" + format_duration(-ms)
    if ms < 1000:
        return f"{ms}ms" if ms else "0s"
    seconds = ms // 1000
    out = ""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            out += f"{count}{unit}"
    return out
