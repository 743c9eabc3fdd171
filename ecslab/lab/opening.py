"""What opening a session takes, in words for whoever waits: a new world starts, or an earlier one is played again."""

from pathlib import Path

JOURNAL = "journal.jsonl"
NEW = "starting the world"


def opening(directory: Path) -> str:
    """What the sandbox of this session is about to do."""
    calls = _calls(directory / JOURNAL)
    return f"bringing the world back: {calls} calls are played again" if calls else NEW


def _calls(journal: Path) -> int:
    """How many calls a journal holds; lines of marks alone are the passing of time."""
    try:
        with journal.open("rb") as lines:
            return sum(not line.startswith((b'{"format"', b'{"mark"')) for line in lines)
    except OSError:
        return 0
