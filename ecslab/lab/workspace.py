"""The learner's workspace: a copy of the lab's files, theirs to change from then on.

Copied once, when the attempt begins; neither undo nor reset touches it. Nothing in it is run here.
"""

import shutil
from pathlib import Path

from ecslab.sandbox.places import made

NAME = "workspace"


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
