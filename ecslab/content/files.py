"""The files of a pack, and nothing outside it: no `..`, no absolute paths, no links, bounded sizes.

Reading is all it does; what is in a file is somebody else's matter.
"""

from functools import cache
from pathlib import Path, PurePosixPath

from ecslab.content.problems import one
from ecslab.terms.problems import Exit, Problem

MAX_FILE = 1_000_000
MANIFEST = "pack.yaml"
PACKAGE = Path(__file__).resolve().parent.parent


class PackFiles:
    """Guarded access to one directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, relative: str, *, base: str = "") -> Path:
        """The absolute path of a file named in a pack, relative to the folder `base` of the pack.

        Raises PackProblem: it leads out of the pack, passes a link or is no file.
        """
        pure = PurePosixPath(base) / relative
        shown = str(pure)
        if (
            PurePosixPath(relative).is_absolute()
            or ".." in pure.parts
            or "\\" in relative
            or "\0" in relative
        ):
            raise one(shown, "this file is outside the pack", "keep it in the pack and name it without `..`")
        try:
            return self._inside(pure)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise one(shown, f"it cannot be read ({reason})", "choose another name") from None

    def _inside(self, pure: PurePosixPath) -> Path:
        current = self.root
        for part in pure.parts:
            current = current / part
            if current.is_symlink():
                raise one(str(pure), "this is a symbolic link", "put the file itself into the pack")
        if not current.exists():
            raise one(str(pure), "there is no such file in the pack", "check the name, or write the file")
        if not current.is_file():
            raise one(str(pure), "this is not a file", "name a file")
        return current

    def has(self, relative: str) -> bool:
        return (self.root / relative).exists()

    def text(self, relative: str, *, base: str = "") -> str:
        """The text of a file. Raises PackProblem."""
        path = self.path(relative, base=base)
        shown = str(PurePosixPath(base) / relative)
        size = path.stat().st_size
        if size > MAX_FILE:
            raise one(shown, f"the file has {size / 1e6:.1f} MB", f"keep it under {MAX_FILE // 1_000_000} MB")
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise one(shown, "this is not UTF-8 text", "save it as UTF-8") from None
        except OSError as error:
            raise one(shown, f"it cannot be read ({error.strerror})", "check its permissions") from None

    def folders(self, relative: str, holding: str) -> list[str]:
        """Names of the folders below `relative` that hold a file `holding`, in order."""
        base = self.root / relative
        if not base.is_dir() or base.is_symlink():
            return []
        return sorted(p.name for p in base.iterdir() if not p.is_symlink() and (p / holding).is_file())

    def stems(self, relative: str, suffix: str) -> list[str]:
        """Names without suffix of the files directly in `relative`, in order."""
        base = self.root / relative
        if not base.is_dir() or base.is_symlink():
            return []
        return sorted(
            p.stem for p in base.iterdir() if p.suffix == suffix and p.is_file() and not p.is_symlink()
        )


@cache
def builtin_files() -> PackFiles:
    """The pack that ecslab brings: inside an installed package, at the repository's root in a checkout."""
    for root in (PACKAGE / "builtin", PACKAGE.parent):
        if (root / MANIFEST).is_file():
            return PackFiles(root)
    raise Problem("the built-in pack is missing", "install ecslab again", status=Exit.ENVIRONMENT)
