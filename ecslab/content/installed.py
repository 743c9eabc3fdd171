"""The packs that were installed on this machine: one directory each, below the learner's data.

It knows where they are and moves whole directories into and out of place. It reads nothing in them but
what the loader reads, and runs nothing.
"""

import os
import shutil
from pathlib import Path

from ecslab.content.files import MANIFEST
from ecslab.terms.problems import Exit, Problem


def directory() -> Path:
    """Where installed packs are: below `ECSLAB_HOME`, otherwise where the platform keeps data."""
    home = os.environ.get("ECSLAB_HOME")
    if home:
        return Path(home).expanduser().absolute() / "packs"
    import platformdirs

    return Path(platformdirs.user_data_dir("ecslab", appauthor=False)) / "packs"


def names() -> list[str]:
    """The installed packs, in order."""
    try:
        return sorted(path.name for path in directory().iterdir() if (path / MANIFEST).is_file())
    except OSError:
        return []


def place(name: str) -> Path:
    """Where the pack of this name is, or would be."""
    return directory() / name


def put(draft: Path, name: str) -> Path:
    """Moves a directory to be the installed pack of this name, in place of an earlier one.

    Raises:
        Problem: it cannot be written.
    """
    target, old = place(name), directory() / f".old-{name}-{os.getpid()}"
    try:
        if target.exists():
            target.rename(old)
        draft.rename(target)
    except OSError as error:
        if old.exists() and not target.exists():
            old.rename(target)
        raise _cannot(error) from None
    shutil.rmtree(old, ignore_errors=True)
    return target


def drafts() -> Path:
    """A new directory beside the installed packs, to put one together in.

    Raises:
        Problem: it cannot be made.
    """
    import tempfile

    try:
        directory().mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".draft-", dir=directory()))
    except OSError as error:
        raise _cannot(error) from None


def remove(name: str) -> None:
    """Takes an installed pack away.

    Raises:
        Problem: there is none of this name.
    """
    if name not in names():
        listed = ", ".join(names())
        raise Problem(
            f"no pack {name!r} is installed",
            f"installed are {listed}" if listed else "none is",
            status=Exit.USAGE,
        )
    try:
        shutil.rmtree(place(name))
    except OSError as error:
        raise _cannot(error) from None


def _cannot(error: OSError) -> Problem:
    return Problem(
        f"cannot write {error.filename or directory()} ({error.strerror})",
        "make it writable or set ECSLAB_HOME to a directory that is",
    )
