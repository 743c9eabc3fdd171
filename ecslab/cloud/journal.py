"""The append-only journal of a world: JSON lines, written before the client is answered.

The first line is the header; then inputs (`request`, `balancer`, `control`), reads kept for the
debrief, `mark`s ("time had got this far") and `undo` records, which name what they take back. A torn last line
(power cut, kill) is dropped on load. It knows nothing of what an entry means to the world.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

FORMAT = 1

NOT_KEPT = {
    "connection", "proxy-connection", "content-length", "content-type", "transfer-encoding", "authorization",
    "proxy-authorization",
}  # fmt: skip
"""Headers that are of the connection, are kept elsewhere, or are nobody's business."""

Kind = Literal["request", "balancer", "control"]


@dataclass
class Entry:
    """One input or read. `t` is its stamp; `n` its number in the file, from 1."""

    n: int
    t: int
    kind: Kind
    changes: bool
    """Whether replay plays it."""
    method: str = ""
    path: str = ""
    body: str = ""
    """Latin-1 text, so that any bytes survive."""
    host: str = ""
    content_type: str = ""
    target: str = ""
    scope: str = ""
    """The credential scope `key/date/region/service/aws4_request`."""
    service: str = ""
    operation: str = ""
    client: str = ""
    command: str = ""
    """The shell command it belongs to, as the prompt numbers them; empty when unknown."""
    status: int = 0
    error: str = ""
    digest: str = ""
    """Of the answer: what replay must give again."""
    detail: dict[str, Any] = field(default_factory=dict)
    undone: bool = field(default=False)


@dataclass(frozen=True)
class History:
    """What a journal file says: the entries with undone ones marked, and where time had got."""

    header: dict[str, Any]
    entries: list[Entry]
    marked: int | None


class JournalDamaged(Exception):
    """The file is not a journal of this format."""


class Journal:
    """An open journal file. `write` returns once the line is with the operating system; `sync` makes
    it survive a power cut."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab")
        self._dirty = False

    def write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        self._dirty = True

    def entry(self, entry: Entry) -> None:
        kept = {k: v for k, v in asdict(entry).items() if v is not False and v not in ("", {})}
        self.write({**kept, "changes": entry.changes})

    def mark(self, t: int) -> None:
        self.write({"mark": t})

    def undo(self, numbers: list[int], t: int, why: str) -> None:
        """Entries `numbers` are taken back and the clock is set to `t`."""
        self.write({"undo": numbers, "t": t, "why": why})

    def sync(self) -> None:
        if self._dirty:
            os.fsync(self._file.fileno())
            self._dirty = False

    def close(self) -> None:
        self.sync()
        self._file.close()


def load(path: Path) -> History | None:
    """Reads a journal, or None when there is none yet. Cuts a torn last line off the file.

    Raises:
        JournalDamaged: a line other than the last is not JSON, or the format is another.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    lines = list(_lines(path))
    if not lines:
        return None
    header = lines[0]
    if header.get("format") != FORMAT:
        raise JournalDamaged(f"{path}: format {header.get('format')!r}, this version reads {FORMAT}")
    entries: list[Entry] = []
    marked: int | None = None
    for line in lines[1:]:
        if "mark" in line:
            marked = line["mark"]
        elif "undo" in line:
            gone = set(line["undo"])
            for entry in entries:
                entry.undone = entry.undone or entry.n in gone
            marked = line["t"]
        else:
            entries.append(Entry(**line))
            marked = None
    return History(header, entries, marked)


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What of a request's headers can decide where a load balancer sends it: cookies and all that rules read."""
    return {name: value for name, value in headers.items() if name not in NOT_KEPT}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    complete = raw.rfind(b"\n") + 1
    if complete != len(raw):
        with path.open("r+b") as file:
            file.truncate(complete)
    for number, text in enumerate(raw[:complete].splitlines(), 1):
        try:
            line = json.loads(text)
        except ValueError:
            raise JournalDamaged(f"{path}, line {number}: not JSON") from None
        yield line
