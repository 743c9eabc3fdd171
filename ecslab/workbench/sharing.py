"""Packs from hand to hand: built into one file, installed from it or from a directory. Nothing of them is run.

A pack is installed whole or not at all, and only if every part of it can be read. An upgrade takes the
place of the version before; what was learned is kept by ids elsewhere, so what did not change stays known.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecslab.content import installed
from ecslab.content.archives import contents, pack_up, unpack
from ecslab.content.packs import Pack, builtin, known, load
from ecslab.terms.problems import Exit, Problem
from ecslab.workbench.lint import unreadable


@dataclass(frozen=True)
class Built:
    path: Path
    sha256: str
    size: int


def build(pack: Pack, folder: Path) -> Built:
    """Writes the pack's archive, and beside it a file with its checksum.

    Raises:
        Problem: the pack has errors, or the file cannot be written.
    """
    _sound(pack)
    name, content = pack_up(pack)
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    path.with_name(f"{name}.sha256").write_text(f"{digest}  {name}\n", encoding="utf-8")
    return Built(path, digest, len(content))


@dataclass(frozen=True)
class Installed:
    pack: Pack
    before: str = ""
    """The version whose place it takes."""
    changed: tuple[str, ...] = ()
    """What is not as it was in that version: `labs/ID`, `quizzes/ID`, `lessons/ID`."""


def install(source: Path) -> Installed:
    """Installs the pack in a directory or an archive.

    Raises:
        Problem: it is refused; nothing has changed.
    """
    if not source.exists():
        raise Problem(f"there is no {source}", "name a pack's directory or archive", status=Exit.USAGE)
    draft = installed.drafts()
    try:
        if source.is_dir():
            _copy(load(source), draft)
        else:
            _same_as_announced(source)
            unpack(source, draft)
        pack = load(draft)
        _sound(pack)
        _of_its_own(pack)
        draft.chmod(0o755)
        before, changed = _compared(pack)
        return Installed(load(installed.put(draft, pack.name)), before, changed)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _compared(pack: Pack) -> tuple[str, tuple[str, ...]]:
    """The version that is installed, and what of it the new one has differently."""
    if pack.name not in installed.names():
        return "", ()
    old = load(installed.place(pack.name))
    now, then = _digests(pack), _digests(old)
    try:
        version = old.manifest.version
    except Problem:
        version = "a version that cannot be read"
    return version, tuple(sorted(name for name in now if then.get(name) != now[name]))


def _digests(pack: Pack) -> dict[str, str]:
    """A digest for each lab, quiz and lesson."""
    found: dict[str, Any] = {}
    for path in contents(pack.root):
        folder, _, rest = path.relative_to(pack.root).as_posix().partition("/")
        if folder in ("labs", "quizzes", "lessons") and not rest.startswith("worlds/"):
            name = f"{folder}/{rest.partition('/')[0] if '/' in rest else Path(rest).stem}"
            found.setdefault(name, hashlib.sha256()).update(f"{rest}\0".encode() + path.read_bytes())
    return {name: digest.hexdigest() for name, digest in found.items()}


def _copy(pack: Pack, draft: Path) -> None:
    for path in contents(pack.root):
        target = draft / path.relative_to(pack.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _same_as_announced(archive: Path) -> None:
    """The checksum beside an archive, where there is one, must be its own."""
    beside = archive.with_name(f"{archive.name}.sha256")
    if not beside.is_file():
        return
    announced = beside.read_text(encoding="utf-8", errors="replace").split()[:1]
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if announced != [found]:
        what = f"{archive.name} is not the file that {beside.name} describes"
        raise Problem(what, "fetch both again", status=Exit.NEGATIVE)


def _sound(pack: Pack) -> None:
    """Every part of it can be read."""
    flaws = unreadable(pack)
    if flaws:
        more = f" (and {len(flaws) - 1} more: ecslab pack lint)" if len(flaws) > 1 else ""
        flaw = flaws[0]
        where = f"{flaw.file}:{flaw.line}" if flaw.line else flaw.file
        raise Problem(
            f"the pack cannot be read: {where}: {flaw.what}", flaw.todo + more, status=Exit.NEGATIVE
        )


def _of_its_own(pack: Pack) -> None:
    """Neither its name nor its labs are another pack's: labs are started by their id alone."""
    if pack.name == builtin().name:
        raise Problem(f"{pack.name} is the built-in pack", "give yours another `name`", status=Exit.NEGATIVE)
    for other in known():
        shared = sorted(set(pack.lab_ids) & set(other.lab_ids)) if other.name != pack.name else []
        if shared:
            what = f"the lab {shared[0]!r} is in the pack {other.name} already"
            raise Problem(what, f"rename it, or remove {other.name}", status=Exit.NEGATIVE)
