"""Where ecslab keeps the learner's things, and the short private directory of its sockets.

Everything that asks "which directory?" asks here, so that one variable, `ECSLAB_HOME`, moves all of
it. It creates directories and says clearly when it cannot; it never reads or writes their files.
"""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from ecslab.terms.problems import Problem

ELSEWHERE = "make it writable or set ECSLAB_HOME to a directory that is"
"""What to do when the learner's data cannot be written."""
_SOCKET_LIMIT = 100
"""Characters that fit into a unix socket's address on every system we run on (104 on macOS)."""


def data_dir() -> Path:
    """The learner's data: `ECSLAB_HOME`, otherwise what the platform says."""
    home = os.environ.get("ECSLAB_HOME")
    if home:
        return Path(home).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("ecslab", appauthor=False))


def sessions_dir() -> Path:
    """One directory for each lab session."""
    return data_dir() / "sessions"


def playgrounds_dir() -> Path:
    """The long-lived sandboxes of `ecslab sandbox start`."""
    return data_dir() / "sandboxes"


def cache_dir() -> Path:
    """Files that can be made again at any time."""
    return data_dir() / "cache"


def database_path() -> Path:
    """The learner's progress."""
    return data_dir() / "progress.sqlite3"


def made(path: Path) -> Path:
    """`path` as an existing directory of the learner's own.

    Raises:
        Problem: it cannot be created or written to.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"cannot create {path} ({error.strerror})", ELSEWHERE) from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise Problem(f"cannot write to {path}", ELSEWHERE)
    return path


def prune(directory: Path, *patterns: str, days: float) -> None:
    """Removes what earlier versions left in a directory of things that can be made again."""
    oldest = time.time() - days * 86_400
    for path in (path for pattern in patterns for path in directory.glob(pattern)):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def runtime_dir() -> Path:
    """A private directory (mode 0700) with a path short enough for unix sockets."""
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    if base and len(base) < _SOCKET_LIMIT - 40 and os.access(base, os.W_OK | os.X_OK):
        return _private(Path(base) / "ecslab")
    temporary = tempfile.gettempdir()
    if len(temporary) >= _SOCKET_LIMIT - 40:
        temporary = "/tmp"
    return _private(Path(temporary) / f"ecslab-{os.getuid()}")


def _private(path: Path) -> Path:
    """Creates `path`, and refuses one that somebody else could have prepared."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise Problem(f"cannot create {path} ({error.strerror})", "free the name or set TMPDIR") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Problem(
            f"{path} belongs to somebody else", "set TMPDIR or XDG_RUNTIME_DIR to a directory of yours"
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path
