"""The learner's workspace: a copy of the lab's files, theirs to change from then on.

Copied once, when the attempt begins; neither undo nor reset touches it. Checks look into it; nothing in it
is run here.
"""

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.sandbox.places import made

if TYPE_CHECKING:
    from ecslab.content.checks import File, Read

NAME = "workspace"
MOST_READ = 1_000_000
MOST_KEPT = 20_000
"""Characters of a file's value that the record of an attempt keeps."""


def lay_out(source: Path, directory: Path) -> Path:
    """The workspace of a session, with the lab's files in it if it is new."""
    workspace = directory / NAME
    if workspace.is_dir():
        return workspace
    draft = made(directory / f".{NAME}")
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_symlink():
                continue
            target = draft / path.relative_to(source)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                target.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    draft.rename(workspace)
    return workspace


@dataclass(frozen=True)
class Found:
    """What a check sees of a file, and the digest of the whole file."""

    value: Any
    """None: there is no such file, or nothing in it that was looked for; `{"Error": …}`: it cannot be read."""
    sha256: str | None = None


def look(workspace: Path, file: "File") -> Found:
    """Reads a file as a check asks for it; a link out of the workspace is not followed."""
    path = (workspace / file.path).resolve()
    if not path.is_relative_to(workspace.resolve()):
        return Found({"Error": "OutsideOfWorkspace"})
    try:
        if not path.is_file():
            return Found(None)
        with path.open("rb") as opened:
            content = opened.read(MOST_READ + 1)
    except OSError:
        return Found({"Error": "NotReadable"})
    if len(content) > MOST_READ:
        return Found({"Error": "TooLarge"})
    digest = hashlib.sha256(content).hexdigest()
    value = value_in(content.decode("utf-8", "replace"), file)
    return Found(value if len(json.dumps(value)) <= MOST_KEPT else {"Error": "TooLarge"}, digest)


def source(path: Path) -> str | None:
    """The learner's program; None when there is none. A link is not followed: what it names may lie outside."""
    try:
        if path.is_symlink() or not path.is_file():
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def digest(program: str | None) -> str | None:
    """Names a version of the learner's program."""
    return None if program is None else hashlib.sha256(program.encode()).hexdigest()


def value_in(text: str, file: "Read") -> Any:
    """What is asked for of a text."""
    if file.json_ is not None:
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            return jmespath.search(file.json_, json.loads(text))
        except ValueError as error:
            return None if isinstance(error, JMESPathError) else {"Error": "NotJSON"}
    if file.text is not None:
        match = re.search(file.text, text, re.MULTILINE)
        return (match[1] if match.re.groups else match[0]) if match else None
    return text
