"""The directories of attempts: made whole or not at all, set aside, found again."""

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ecslab.lab import workspace
from ecslab.lab.record import About
from ecslab.sandbox import places
from ecslab.sandbox.client import Sandbox

if TYPE_CHECKING:
    from ecslab.content.labs import Lab

EARLIER = "earlier"
"""Where attempts go that were started afresh, below the sessions."""


def content(lab: "Lab") -> str:
    """Names what the lab asks for: checks that an attempt's world was not made for cannot be judged in it."""
    written = lab.root / ("fault.yaml" if lab.kind == "drill" and lab.id == "drill" else "lab.yaml")
    return hashlib.sha256(written.read_bytes()).hexdigest()[:16]


def prepare(directory: Path, lab: "Lab", about: About) -> None:
    """Makes the session's directory, whole or not at all."""
    draft = directory.with_name(f".{directory.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    places.made(draft)
    workspace.lay_out(lab.root / "files", draft)
    about.write(draft)
    draft.rename(directory)


def set_aside(directory: Path, lab_id: str) -> None:
    """Moves what is in the way among the earlier attempts."""
    if not directory.exists():
        return
    running = Sandbox.find(directory)
    if running is not None:
        running.stop()
    earlier = places.made(directory.parent / EARLIER)
    stamp = time.strftime("%Y%m%dT%H%M%S")
    number = 0
    while (target := earlier / f"{lab_id}-{stamp}{f'-{number}' if number else ''}").exists():
        number += 1
    directory.rename(target)


def latest() -> Path | None:
    """The session that somebody worked on last: one that runs before any that does not."""
    try:
        found = [path.parent for path in places.sessions_dir().glob("*/session.json")]
    except OSError:
        return None
    ordered = sorted(found, key=_worked_on, reverse=True)
    return next((path for path in ordered if Sandbox.find(path)), ordered[0] if ordered else None)


def _worked_on(directory: Path) -> float:
    times = [path.stat().st_mtime for path in directory.iterdir() if path.suffix in (".json", ".jsonl")]
    return max(times, default=0.0)
