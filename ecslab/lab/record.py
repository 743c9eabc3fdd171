"""What an attempt at a lab writes down besides the sandbox's journal: hints taken, answers, standings.

Two files in the session's directory: `session.json` says which lab and seed this is and never changes;
`attempt.jsonl` only grows. A line is on the disk before `append` returns, so nothing that a screen has
shown can be lost. It knows no sandbox, no pack and no screen.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ecslab.terms.problems import Problem

FORMAT = 1
ABOUT = "session.json"
LINES = "attempt.jsonl"


@dataclass(frozen=True)
class About:
    """What a session is an attempt at."""

    lab: str
    seed: int
    started: float
    """Wall time, seconds since 1970."""
    pack: str = ""
    """The directory of the lab's pack; empty: the built-in pack."""
    attempt: int = 0
    """Its number in the record of progress; 0: none."""
    content: str = ""
    """The digest of the lab.yaml that it began with; empty: not known."""
    format: int = FORMAT

    @classmethod
    def read(cls, directory: Path) -> "About | None":
        """What the directory is a session of; None when it is not one.

        Raises:
            Problem: a newer ecslab wrote it.
        """
        try:
            fields = json.loads((directory / ABOUT).read_text())
            if fields["format"] > FORMAT:
                raise Problem(
                    f"the session in {directory} was written by a newer ecslab",
                    "update ecslab, or start the lab with --fresh",
                )
            return cls(**fields)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, directory: Path) -> None:
        draft = directory / f".{ABOUT}"
        with draft.open("w") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(directory / ABOUT)


class Record:
    """The lines of one attempt, oldest first."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / LINES

    def append(self, kind: str, **fields: Any) -> None:
        """Adds a line; it is on the disk when this returns."""
        line = json.dumps({"kind": kind, "at": time.time(), **fields}) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def lines(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        """The lines, or those of one kind. A line that a crash cut short is passed over."""
        try:
            text = self.path.read_text(errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                fields = json.loads(line)
            except ValueError:
                continue
            if isinstance(fields, dict) and kind in (None, fields.get("kind")):
                yield fields

    def last(self, kind: str) -> dict[str, Any] | None:
        """The newest line of a kind."""
        return next(reversed(list(self.lines(kind))), None)
