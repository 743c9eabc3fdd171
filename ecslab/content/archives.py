"""A pack as one file: packed with the same bytes each time, unpacked without trusting a byte of it.

An archive is a `.tar.gz` of one folder, `NAME-VERSION/`, with plain files, and in it `CHECKSUMS`: the
SHA-256 of every other file. What is no plain file, leads elsewhere, is too large or does not match is
refused before anything of it is used. Nothing is run.
"""

import gzip
import hashlib
import io
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from ecslab.content.files import MANIFEST
from ecslab.content.packs import Pack
from ecslab.terms.problems import Exit, Problem

CHECKSUMS = "CHECKSUMS"
MOST_FILES = 2_000
MOST_FILE = 5_000_000
MOST_BYTES = 50_000_000
MOST_DEPTH = 12
LONGEST_NAME = 200
_OVERHEAD = 5_000_000
"""Bytes of a stream that are headers and padding, at most."""
PARTS = (MANIFEST, "lessons", "quizzes", "labs", "README.md", "LICENSE")
"""What belongs to a pack in its directory; all else stays at home."""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_SKIPPED = {"__pycache__"}


class ArchiveProblem(Problem):
    """An archive that is refused."""

    def __init__(self, what: str, todo: str = "ask whoever made it for another one") -> None:
        super().__init__(what, todo, status=Exit.NEGATIVE)


# --- packing -----------------------------------------------------------------------------------------


def pack_up(pack: Pack) -> tuple[str, bytes]:
    """The archive's file name and its bytes; the same pack gives the same bytes.

    Raises:
        Problem: something in it cannot be handed out.
    """
    folder = f"{pack.manifest.name}-{pack.manifest.version}"
    files = dict(_to_pack(pack.root))
    listed = "".join(f"{_digest(content)}  {name}\n" for name, (content, _) in sorted(files.items()))
    files[CHECKSUMS] = (listed.encode(), 0o644)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, (content, mode) in sorted(files.items()):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as out:
        out.write(raw.getvalue())
    return f"{folder}.tar.gz", packed.getvalue()


def _to_pack(root: Path) -> Iterator[tuple[str, tuple[bytes, int]]]:
    """Name, content and mode of every file of a pack; hidden files stay at home."""
    total = 0
    for path in contents(root):
        name = path.relative_to(root).as_posix()
        size = path.stat().st_size
        total += size
        if size > MOST_FILE or total > MOST_BYTES:
            what = f"{name} makes the pack too large"
            raise ArchiveProblem(
                what, f"a file has {MOST_FILE // 10**6} MB, a pack {MOST_BYTES // 10**6} MB at most"
            )
        yield name, (path.read_bytes(), 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def inside(root: Path) -> list[Path]:
    """Everything below a pack's directory that belongs to it, folders too."""
    top = [root / name for name in PARTS if (root / name).exists() or (root / name).is_symlink()]
    folders = [path for path in top if path.is_dir() and not path.is_symlink()]
    return sorted([*top, *(path for folder in folders for path in folder.rglob("*"))])


def contents(root: Path) -> list[Path]:
    """The files that belong to the pack in a directory, in order.

    Raises:
        ArchiveProblem: a link or a special file is among them.
    """
    found = []
    for path in inside(root):
        relative = path.relative_to(root)
        if any(part.startswith(".") or part in _SKIPPED for part in relative.parts):
            continue
        if path.is_symlink():
            raise ArchiveProblem(f"{relative} is a symbolic link", "put the file itself into the pack")
        if path.is_dir() or str(relative) == CHECKSUMS:
            continue
        if not path.is_file():
            raise ArchiveProblem(f"{relative} is not a plain file", "remove it from the pack")
        if flaw := _name_flaw(relative.as_posix()):
            raise ArchiveProblem(f"{relative.as_posix()!r} {flaw}", "rename it")
        found.append(path)
    if len(found) > MOST_FILES:
        raise ArchiveProblem(f"the pack has {len(found)} files", f"{MOST_FILES} at most")
    return found


# --- unpacking ---------------------------------------------------------------------------------------


def unpack(archive: Path, target: Path) -> None:
    """Puts the files of an archive into an empty directory.

    Raises:
        ArchiveProblem: it is refused; what it had written so far is the caller's to throw away.
    """
    seen: dict[str, str] = {}
    written: dict[str, str] = {}
    listed: dict[str, str] | None = None
    try:
        with archive.open("rb") as packed, gzip.GzipFile(fileobj=packed, mode="rb") as plain:
            stream: IO[bytes] = _Bounded(plain)  # type: ignore[assignment]
            with tarfile.open(fileobj=stream, mode="r|", errors="strict") as tar:
                for member in tar:
                    name = _accepted(member, seen)
                    if name is None:
                        continue
                    content = _content(tar, member, name)
                    if name == CHECKSUMS:
                        listed = _listed(content)
                        continue
                    written[name] = _digest(content)
                    _write(target, name, content, member.mode)
    except ArchiveProblem:
        raise
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, ValueError) as error:
        raise ArchiveProblem(f"{archive.name} is not a whole .tar.gz archive ({_first(error)})") from None
    except OSError as error:
        raise ArchiveProblem(f"{archive.name} cannot be unpacked ({error.strerror or error})") from None
    _compare(listed, written)


class _Bounded:
    """A stream that refuses to become longer than any pack is, whatever the archive claims."""

    def __init__(self, plain: gzip.GzipFile) -> None:
        self._plain = plain
        self._left = MOST_BYTES + _OVERHEAD

    def read(self, size: int = -1) -> bytes:
        block = self._plain.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(block)
        if self._left < 0:
            raise ArchiveProblem(f"the archive unpacks to more than {MOST_BYTES // 10**6} MB")
        return block


def _accepted(member: tarfile.TarInfo, seen: dict[str, str]) -> str | None:
    """The name of a file below the archive's folder; None for a folder. `seen` grows with it."""
    shown = repr(member.name)[:80]
    if member.issym() or member.islnk():
        raise ArchiveProblem(f"{shown} in the archive is a link")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise ArchiveProblem(f"{shown} in the archive is neither a file nor a folder")
    if flaw := _name_flaw(member.name):
        raise ArchiveProblem(f"{shown} in the archive {flaw}")
    parts = PurePosixPath(member.name).parts
    folder = parts[0]
    if seen.setdefault("", folder) != folder:
        raise ArchiveProblem(f"the archive has more than one folder, {seen['']!r} and {folder!r}")
    if member.isdir():
        return None
    if len(parts) < 2:
        raise ArchiveProblem(f"{shown} in the archive lies outside its folder")
    name = "/".join(parts[1:])
    if name.casefold() in seen:
        raise ArchiveProblem(f"{shown} is in the archive twice")
    seen[name.casefold()] = folder
    if len(seen) > MOST_FILES + 2:
        raise ArchiveProblem(f"the archive has more than {MOST_FILES} files")
    if member.size > MOST_FILE:
        raise ArchiveProblem(f"{shown} in the archive has more than {MOST_FILE // 10**6} MB")
    return name


def _name_flaw(name: str) -> str:
    """Why a name cannot be a file's in every place where packs are unpacked, or nothing."""
    parts = name.split("/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or "\\" in name:
        return "has a path of another system or from the root"
    if ".." in parts or "." in parts or "" in parts[:-1] or not name:
        return "leads out of the pack"
    if len(parts) > MOST_DEPTH or len(name) > LONGEST_NAME:
        return "has too long a path"
    if not name.isprintable():
        return "has control characters in its name"
    if any(part.startswith((".", "-")) or part.endswith((" ", ".")) for part in parts if part):
        return "is hidden or has an odd name"
    return ""


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> bytes:
    file = tar.extractfile(member)
    content = file.read() if file is not None else b""
    if len(content) != member.size:
        raise ArchiveProblem(f"{name!r} in the archive is cut short")
    return content


def _write(target: Path, name: str, content: bytes, mode: int) -> None:
    path = target / name
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with path.open("xb") as out:
            out.write(content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise ArchiveProblem(f"{name!r} in the archive is a file and a folder") from None
    path.chmod(0o755 if mode & stat.S_IXUSR else 0o644)


def _listed(content: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in content.decode(errors="replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found:
            raise ArchiveProblem(f"{CHECKSUMS} in the archive is not a list of checksums")
        found[match[2]] = match[1]
    return found


def _compare(listed: dict[str, str] | None, written: dict[str, str]) -> None:
    if not written:
        raise ArchiveProblem("the archive is empty")
    if listed is None:
        raise ArchiveProblem(f"the archive has no {CHECKSUMS}", "make it with `ecslab pack build`")
    if MANIFEST not in written:
        raise ArchiveProblem(f"the archive is not a pack: it has no {MANIFEST}")
    if unlisted := sorted(set(written) - set(listed)):
        raise ArchiveProblem(f"{unlisted[0]!r} in the archive is not in its {CHECKSUMS}")
    if missing := sorted(set(listed) - set(written)):
        raise ArchiveProblem(f"{missing[0]!r} is missing from the archive")
    if changed := sorted(name for name in written if written[name] != listed[name]):
        raise ArchiveProblem(f"{changed[0]!r} in the archive does not match its checksum")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _first(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
