"""The workspace's files as an editor needs them: which there are, reading one, saving it whole or not at all.

A name never leads out of the workspace. Which editor is used is the learner's choice, by `$VISUAL` and `$EDITOR`.
"""

import os
import shlex
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ecslab.terms.problems import Problem

MOST_LISTED = 500
MOST_EDITED = 1_000_000
"""Bytes of a file that the built-in editor opens."""
DRAFT = ".draft"
CHOICES = ("VISUAL", "EDITOR")

Stamp = tuple[int, int, int]
"""What changes when a file is written: its inode, its time, its size."""


@dataclass(frozen=True)
class Opened:
    """A file's text as it was read, and the stamp it had then; None where there is no file yet."""

    text: str
    stamp: Stamp | None


def listed(workspace: Path) -> list[str]:
    """The files, by their path in the workspace; nothing hidden, and no caches."""
    found: list[str] = []
    for folder, folders, names in os.walk(workspace):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in ("__pycache__", "node_modules")
        )
        here = Path(folder).relative_to(workspace)
        found += [str(here / name) for name in names if not name.startswith(".")]
        if len(found) > MOST_LISTED:
            break
    return sorted(found[:MOST_LISTED])


def place(workspace: Path, name: str) -> Path:
    """Where a file of this name is, or will be.

    Raises:
        Problem: the name leads out of the workspace, or to a directory.
    """
    path = (workspace / name).resolve()
    if not path.is_relative_to(workspace.resolve()):
        raise Problem(f"{name} is not in the workspace", f"files of the lab are in {workspace}")
    if path.is_dir():
        raise Problem(f"{name} is a directory", "add the name of a file to it")
    return path


def own_editor(environment: Mapping[str, str]) -> list[str]:
    """The command line of the learner's own editor; empty where none is named, or its program is not there."""
    for variable in CHOICES:
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError:
            continue
        if words and shutil.which(words[0], path=environment.get("PATH")):
            return words
    return []


def read(path: Path) -> Opened:
    """A file's text; of one that is not there yet: none.

    Raises:
        Problem: it cannot be read, or is no text to edit.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_EDITED + 1)
            seen = _stamp(os.fstat(file.fileno()))
    except FileNotFoundError:
        return Opened("", None)
    except OSError as error:
        raise Problem(f"{path.name} cannot be read: {error.strerror}", "open another file") from error
    if len(content) > MOST_EDITED:
        raise Problem(
            f"{path.name} is larger than {MOST_EDITED // 1_000_000} MB", "use an editor of your own for it"
        )
    try:
        return Opened(content.decode("utf-8"), seen)
    except UnicodeDecodeError as error:
        raise Problem(f"{path.name} is no text in UTF-8", "use an editor of your own for it") from error


def stamp(path: Path) -> Stamp | None:
    """The file's stamp now; None: it is not there."""
    try:
        return _stamp(path.stat())
    except OSError:
        return None


def save(path: Path, text: str) -> Stamp:
    """Writes the file, whole or not at all, and returns once it is on the disk.

    Raises:
        Problem: it cannot be written; what was there is still there.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(0, "it is read-only")
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            seen = _stamp(os.fstat(file.fileno()))
        draft.replace(path)
        _sync(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Problem(
            f"{path.name} cannot be saved: {error.strerror}", "what you wrote is still in the editor"
        ) from error
    return seen


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _sync(directory: Path) -> None:
    """The new name of a file is on the disk as well."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
