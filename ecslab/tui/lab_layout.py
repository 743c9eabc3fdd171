"""The panes of a lab as rows of text: goals with their verdicts, one goal explained, events, the clock.

Pure functions over verdicts (`grading`) and the sandbox's state; they decide no verdict and know no Textual.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from ecslab.terms.durations import format_duration
from ecslab.tui.rows import Row, code, ends, fit, paragraph, prose, row


class Verdict(Protocol):
    """What the panes read of a verdict (`grading.judge.Verdict`)."""

    @property
    def id(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def goal(self) -> str: ...
    @property
    def points(self) -> float: ...
    @property
    def max(self) -> float: ...
    @property
    def message(self) -> str: ...
    @property
    def expected(self) -> Any: ...
    @property
    def actual(self) -> Any: ...
    @property
    def look(self) -> str | None: ...
    @property
    def why(self) -> str | None: ...
    @property
    def optional(self) -> bool: ...


LOOKS: dict[str, tuple[str, str, str]] = {
    "pass": ("✔", "pass", "good"),
    "fail": ("✘", "fail", "bad"),
    "not judged": ("·", "not judged", "quiet"),
}
"""Verdict -> glyph, word, role."""


def goals(verdicts: Sequence[Verdict], width: int, questions: Collection[str] = ()) -> list[Row]:
    """Every goal with its tick; a failing one with what is wrong, one of the `questions` with the key that answers."""
    if not verdicts:
        return [row(("· reading the world …", "quiet"))]
    out: list[Row] = []
    for verdict in verdicts:
        glyph, word, role = LOOKS.get(verdict.verdict, LOOKS["not judged"])
        first = [(f"{glyph} {word:<10} ", role)]
        points = f"{' extra' if verdict.optional else ''} {verdict.points:g}/{verdict.max:g}"
        lines = paragraph(verdict.goal, width - len(points), first=first, key=verdict.id)
        lines[0] = ends(lines[0].spans, [(points, role)], width, key=verdict.id)
        out += lines
        if verdict.verdict == "fail" and verdict.message:
            out += paragraph(verdict.message, width, role="quiet", indent=13, key=verdict.id)
        if verdict.id in questions and verdict.verdict != "pass":
            out.append(row(" " * 13, ("Enter", "key"), (" answers it", "quiet"), key=verdict.id))
    if all(verdict.verdict == "pass" for verdict in verdicts if not verdict.optional):
        out += [Row(), row(("All goals are reached. ", "good"), ("d", "key"), " shows how it went.")]
    return out


def explained(verdict: Verdict, width: int) -> list[Row]:
    """One goal in full: what was expected and found, where to look, why it matters."""
    glyph, word, role = LOOKS.get(verdict.verdict, LOOKS["not judged"])
    out = paragraph(verdict.goal, width, role="strong")
    extra = ", an extra: the lab is done without it" if verdict.optional else ""
    out += [
        row((f"{glyph} {word}", role), (f"   {verdict.points:g} of {verdict.max:g} points{extra}", "quiet"))
    ]
    if verdict.message:
        out += [Row(), *paragraph(verdict.message, width)]
    for label, value in (("expected", verdict.expected), ("actual", verdict.actual)):
        if value not in (None, "") and verdict.verdict != "not judged":
            out += paragraph(said(value), width, first=[(f"{label:<9} ", "quiet")])
    if verdict.look and verdict.verdict != "pass":
        out += [Row(), row(("where to look", "title")), *code(verdict.look, width)]
    if verdict.why:
        out += [Row(), row(("why it matters", "title")), *paragraph(verdict.why, width, indent=2)]
    return out


def story(text: str, hints: Sequence[Any], width: int) -> list[Row]:
    """The story, and under it the hints that were taken."""
    out = prose(text.strip(), width)
    for hint in hints:
        out += [Row(), row((f"Hint {hint.number}", "title")), *prose(hint.text.strip(), width)]
    return out


def said(value: object) -> str:
    """A value as a person reads it: text as it is, anything else as short JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def tally(verdicts: Iterable[Verdict]) -> list[tuple[str, str]]:
    """`✔ 2  ✘ 1  · 3` for the top of the screen."""
    counts = dict.fromkeys(LOOKS, 0)
    for verdict in verdicts:
        counts[verdict.verdict if verdict.verdict in counts else "not judged"] += 1
    pieces = []
    for name, (glyph, _, role) in LOOKS.items():
        pieces.append((f"{glyph} {counts[name]} ", role if counts[name] else "quiet"))
    return pieces


SOURCES = {"service": "busy", "task": "name", "log": "note", "scaling": "key", "deployment": "busy"}
_LONG = re.compile(r"arn:aws:[\w-]+:[\w-]*:\d*:(?P<tail>[^\s)(,]+)|\b(?P<hex>[0-9a-f]{32})\b")


def events(entries: Sequence[Mapping[str, Any]], begun: int, width: int) -> list[Row]:
    """The event feed, oldest first, with simulated time and the time since the attempt began."""
    if not entries:
        return paragraph(
            "Nothing has happened yet. What ECS does appears here as it happens.", width, role="quiet"
        )
    out: list[Row] = []
    for entry in entries:
        lead = [(clock_time(entry["time"]), "name"), (f" {since_begun(int(entry['t']), begun):>8} ", "quiet")]
        message = shortened(str(entry.get("message") or ""))
        subject = shortened(str(entry.get("subject") or "")).rsplit("/", 1)[-1]
        source = str(entry.get("source") or "")
        if subject and subject not in message:
            lead.append(
                (
                    fit(f"{'task ' if source == 'task' else ''}{subject}", 22) + " ",
                    SOURCES.get(source, "quiet"),
                )
            )
        if width < 60:
            out += [row(*lead), *paragraph(message, width, indent=2)]
        else:
            rows = paragraph(message, width, first=lead, indent=0)
            margin = row(*lead[:2]).cells
            out += [rows[0], *(row(" " * margin, line.text.strip()) for line in rows[1:])]
    return out


def shortened(text: str) -> str:
    """The text with task ids as people say them and ARNs without what is the same in all of them."""

    def short_form(found: re.Match[str]) -> str:
        if found["hex"]:
            return found["hex"][:8]
        parts = [part for part in found["tail"].split("/") if not re.fullmatch(r"[0-9a-f]{12,}", part)]
        return "/".join(parts[:2])

    return _LONG.sub(short_form, text)


def since_begun(t: int, begun: int) -> str:
    """`+4m12s` after the beginning of the attempt, `-3m` before it."""
    seconds = (t - begun) // 1000 * 1000
    return f"+{format_duration(seconds)}" if seconds >= 0 else format_duration(seconds)


def clock_time(iso: str) -> str:
    """`2026-11-23T12:04:31Z` -> `12:04:31`."""
    return iso[11:19] if len(iso) >= 19 else iso


def advanced(iso: str, ms: int) -> str:
    """An ISO time some milliseconds on, for the clock between two answers of the sandbox."""
    when = datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp() + ms / 1000
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(state: Mapping[str, Any] | None, elapsed_ms: int = 0, *, busy: str = "") -> list[tuple[str, str]]:
    """The clock for the top of the screen: time, how far into the attempt, how fast it runs.

    Args:
        state: the `clock` of the sandbox's state.
        elapsed_ms: real time since that state was read; the clock shows where time has got to since.
        busy: what is being done for the learner just now, e.g. "▶▶ until steady".
    """
    if state is None:
        return [(busy or "⋯ opening the lab", "busy")]
    t, ahead = int(state["t"]), 0
    paused, rate = bool(state.get("paused")), state.get("rate", 1)
    if not paused and isinstance(rate, int | float):
        fast = max(0, int(state.get("fast_until") or 0) - t)
        ahead = round(elapsed_ms * rate)
        if state.get("setting") is None and rate > 1:
            ahead = min(fast, ahead)
    now = clock_time(advanced(str(state["now"]), ahead))
    since = since_begun(t + ahead, int(state.get("begun") or 0))
    if busy:
        pace = (busy, "busy")
    elif paused:
        pace = ("⏸ paused", "busy")
    elif rate == "max":
        pace = ("▶▶ max", "good")
    elif state.get("setting") is not None:
        pace = (f"▶ {rate:g}× always", "good")
    elif rate > 1:
        pace = (f"▶▶ {rate:g}×", "good")
    else:
        pace = ("▶ real time", "quiet")
    return [(now, "name"), (f" {since} ", "quiet"), pace]
