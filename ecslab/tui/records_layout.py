"""The records of a lab as rows: the API calls of the learner, and what the containers logged.

Pure functions over `GET journal` and `GET logs`; both oldest first, the newest at the end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ecslab.tui.lab_layout import clock_time, since_begun
from ecslab.tui.rows import Piece, Row, fit, fit_row, paragraph, row, wrap

Record = Mapping[str, Any]

SHOWN = 500
"""Calls that the pane holds: the newest."""
NARROW = 60
"""Columns below which what is said starts on a line of its own."""


def journal(entries: Sequence[Record] | None, begun: int, width: int) -> list[Row]:
    """Every call to an AWS API since the attempt began; an undone one stays, marked."""
    if entries is None:
        return [row(("· reading the journal …", "quiet"))]
    calls = [entry for entry in entries if entry.get("service") and entry["t"] >= begun][-SHOWN:]
    if not calls:
        return paragraph(
            "No calls yet. Each call to an AWS API stands here: by aws, boto3 or whatever else you use.",
            width,
            role="quiet",
        )
    out: list[Row] = []
    for call in calls:
        lead = _when(call, begun)
        glyph, role = _verdict(call)
        what: list[Piece] = [
            (f"{glyph} ", role),
            (f"{call['client']:<7}", "quiet"),
            " ",
            (f"{call['service']} {call['operation']}", "quiet" if call["undone"] else "name"),
        ]
        if not call["changes"] and not call["error"]:
            what.append((" (reads)", "quiet"))
        if call["undone"]:
            what.append((" undone", "busy"))
        out.append(fit_row(row(*lead, *what), width))
        if call["error"]:
            out += paragraph(str(call["error"]), width, role="bad", indent=4)
    return out


def _verdict(call: Record) -> tuple[str, str]:
    if call["undone"]:
        return "↶", "busy"
    return ("✘", "bad") if call["error"] else ("✔", "good")


def logs(entries: Sequence[Record] | None, begun: int, width: int) -> list[Row]:
    """What containers wrote to CloudWatch Logs; each change of the stream is a line of its own."""
    if entries is None:
        return [row(("· reading the logs …", "quiet"))]
    if not entries:
        return paragraph(
            "Nothing is logged yet. What containers with the awslogs driver write stands here.",
            width,
            role="quiet",
        )
    out: list[Row] = []
    stream = ""
    for entry in entries:
        if entry["subject"] != stream:
            stream = entry["subject"]
            out.append(row((_named(stream, width), "title")))
        lead = row(*_when(entry, begun))
        out += _written(str(entry["message"]).expandtabs(4), lead, width)
    return out


def _written(message: str, lead: Row, width: int) -> list[Row]:
    """A log line as it was written: none of its marks is read as Markdown."""
    margin = lead.cells if width >= NARROW else 2
    lines = wrap(message, width - margin)
    indented = [row(" " * margin, line) for line in lines]
    return [row(*lead.spans, lines[0]), *indented[1:]] if width >= NARROW else [lead, *indented]


def _when(entry: Record, begun: int) -> list[tuple[str, str]]:
    return [
        (clock_time(entry["time"]), "name"),
        (f" {since_begun(int(entry['t']), begun):>8} ", "quiet"),
    ]


def _named(stream: str, width: int) -> str:
    """Group and stream; the task's id, at the end of the stream, as people say it."""
    place, _, task = stream.rpartition("/")
    return fit(f"{place}/{task[:8]}", width)
