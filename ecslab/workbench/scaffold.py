"""`pack new`: a working pack to change, copied from the one in `starter/`. It overwrites nothing."""

import re
import shutil
from pathlib import Path

from ecslab.terms.problems import Exit, Problem

STARTER = Path(__file__).resolve().parent / "starter"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


def create(directory: Path, name: str | None = None) -> Path:
    """The directory with the starter in it, named after it.

    Raises:
        Problem: something is there already, or it cannot be written.
    """
    directory = directory.absolute()
    chosen = name or re.sub(r"[^a-z0-9.-]+", "-", directory.name.lower()).strip("-.")
    if not _NAME.fullmatch(chosen):
        raise Problem(
            f"{chosen!r} is not a pack's name",
            "use small letters, digits, dots and hyphens",
            status=Exit.USAGE,
        )
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Problem(f"{directory} is not empty", "name a new directory", status=Exit.USAGE)
    try:
        shutil.copytree(STARTER, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        manifest = directory / "pack.yaml"
        manifest.write_text(manifest.read_text(encoding="utf-8").replace("name: NAME", f"name: {chosen}"))
    except OSError as error:
        raise Problem(f"cannot write {directory} ({error.strerror})", "choose another directory") from None
    return directory
