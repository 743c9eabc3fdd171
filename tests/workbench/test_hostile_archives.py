"""Archives that somebody could hand out to do harm: each is refused in one line, and nothing is left of it."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ecslab.content import archives, installed
from ecslab.workbench.sharing import install

MANIFEST = b"format: 1\nname: evil\nversion: 0.1.0\ntitle: T\nauthors: [A]\nlicense: MIT\n"
Member = tuple[str, bytes]
Make = Callable[[Path], None]


def member(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.size = len(content)
    for key, value in fields.items():
        setattr(made, key, value)
    return made, content


def tar(*members: tuple[tarfile.TarInfo, bytes], fmt: int = tarfile.PAX_FORMAT) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=fmt) as out:
        for info, content in members:
            out.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return raw.getvalue()


def sums(files: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items()).encode()


def packed(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


def with_extra(*extra: tuple[tarfile.TarInfo, bytes], fmt: int = tarfile.PAX_FORMAT) -> bytes:
    """A good pack, and something more in the same archive."""
    good = [
        member("evil-0.1.0/pack.yaml", MANIFEST),
        member("evil-0.1.0/CHECKSUMS", sums({"pack.yaml": MANIFEST})),
    ]
    return packed(tar(*good, *extra, fmt=fmt))


def only(files: dict[str, bytes], checksums: bytes | None) -> bytes:
    members = [member(f"evil-0.1.0/{name}", body) for name, body in files.items()]
    return packed(
        tar(*members, *([member("evil-0.1.0/CHECKSUMS", checksums)] if checksums is not None else []))
    )


def bomb() -> bytes:
    return packed(tar(member("evil-0.1.0/zeros", b"\0" * 4_999_999), *_zeros(14)))


def _zeros(count: int) -> list[tuple[tarfile.TarInfo, bytes]]:
    return [member(f"evil-0.1.0/zeros-{number}", b"\0" * 4_999_999) for number in range(count)]


def header_bomb() -> bytes:
    """A pax header that claims, and has, more bytes than a whole pack may."""
    head = tarfile.TarInfo("evil-0.1.0/x")
    head.type, head.size = tarfile.XHDTYPE, 80_000_000
    return packed(head.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 80_000_000)


GOOD = {"pack.yaml": MANIFEST}
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a symbolic link": (
        lambda: with_extra(member("evil-0.1.0/labs", type=tarfile.SYMTYPE, linkname="/etc")),
        "is a link",
    ),
    "a hard link": (
        lambda: with_extra(member("evil-0.1.0/p", type=tarfile.LNKTYPE, linkname="/etc/passwd")),
        "is a link",
    ),
    "a link to its own file": (
        lambda: with_extra(member("evil-0.1.0/p", type=tarfile.LNKTYPE, linkname="evil-0.1.0/pack.yaml")),
        "is a link",
    ),
    "a pipe": (
        lambda: with_extra(member("evil-0.1.0/p", type=tarfile.FIFOTYPE)),
        "neither a file nor a folder",
    ),
    "a character device": (
        lambda: with_extra(member("evil-0.1.0/p", type=tarfile.CHRTYPE, devmajor=1, devminor=3)),
        "neither a file nor a folder",
    ),
    "a block device": (
        lambda: with_extra(member("evil-0.1.0/p", type=tarfile.BLKTYPE)),
        "neither a file nor a folder",
    ),
    "an absolute path": (lambda: with_extra(member("/etc/cron.d/x", b"x")), "from the root"),
    "a parent": (lambda: with_extra(member("evil-0.1.0/../../x", b"x")), "leads out of the pack"),
    "a parent at the beginning": (lambda: with_extra(member("../x", b"x")), "leads out of the pack"),
    "a parent at the end": (lambda: with_extra(member("evil-0.1.0/labs/..", b"x")), "leads out of the pack"),
    "a folder outside": (
        lambda: with_extra(member("evil-0.1.0/../x", type=tarfile.DIRTYPE)),
        "leads out of the pack",
    ),
    "a drive": (lambda: with_extra(member("C:/x", b"x")), "another system"),
    "backslashes": (lambda: with_extra(member("evil-0.1.0\\..\\x", b"x")), "another system"),
    "a second folder": (lambda: with_extra(member("other/x", b"x")), "more than one folder"),
    "a file outside its folder": (lambda: with_extra(member("evil-0.1.0", b"x")), "lies outside its folder"),
    "the same file twice": (lambda: with_extra(member("evil-0.1.0/pack.yaml", MANIFEST)), "twice"),
    "the same file in other letters": (lambda: with_extra(member("evil-0.1.0/PACK.yaml", b"x")), "twice"),
    "a hidden file": (lambda: with_extra(member("evil-0.1.0/.git/hooks/post-checkout", b"x")), "is hidden"),
    "a name like an option": (lambda: with_extra(member("evil-0.1.0/-rf", b"x")), "odd name"),
    "a control character": (lambda: with_extra(member("evil-0.1.0/a\x1b[2Jb", b"x")), "control characters"),
    "a line break": (lambda: with_extra(member("evil-0.1.0/a\nb", b"x")), "control characters"),
    "a long name": (lambda: with_extra(member("evil-0.1.0/" + "a" * 300, b"x")), "too long a path"),
    "a deep folder": (lambda: with_extra(member("evil-0.1.0/" + "a/" * 40 + "b", b"x")), "too long a path"),
    "a file that is a folder": (
        lambda: with_extra(member("evil-0.1.0/a", b"x"), member("evil-0.1.0/a/b", b"x")),
        "is a file and a folder",
    ),
    "a large file": (lambda: with_extra(member("evil-0.1.0/big", b"\0" * 5_000_001)), "more than 5 MB"),
    "many large files": (bomb, "unpacks to more than 50 MB"),
    "a large header": (header_bomb, "unpacks to more than 50 MB"),
    "many files": (
        lambda: with_extra(*(member(f"evil-0.1.0/f{number}") for number in range(2_100))),
        "more than 2000 files",
    ),
    "nothing": (lambda: packed(tar()), "the archive is empty"),
    "no bytes": (lambda: b"", "is not a whole .tar.gz archive"),
    "another kind of file": (lambda: b"PK\x03\x04 a zip", "is not a whole .tar.gz archive"),
    "compressed noise": (lambda: packed(b"noise" * 1000), "is not a whole .tar.gz archive"),
    "half an archive": (lambda: with_extra()[:120], "is not a whole .tar.gz archive"),
    "a broken byte": (
        lambda: with_extra()[:60] + b"\xff\xff\xff" + with_extra()[63:],
        "is not a whole .tar.gz archive",
    ),
    "no checksums": (lambda: only(GOOD, None), "has no CHECKSUMS"),
    "no manifest": (lambda: only({"x": b"x"}, sums({"x": b"x"})), "has no pack.yaml"),
    "checksums that are none": (lambda: only(GOOD, b"trust me\n"), "not a list of checksums"),
    "a file that is not listed": (lambda: only({**GOOD, "x": b"x"}, sums(GOOD)), "is not in its CHECKSUMS"),
    "a listed file that is missing": (
        lambda: only(GOOD, sums({**GOOD, "x": b"x"})),
        "is missing from the archive",
    ),
    "a changed file": (lambda: only(GOOD, sums({"pack.yaml": b"other"})), "does not match its checksum"),
    "a manifest that is no manifest": (
        lambda: only({"pack.yaml": b"name: ../x\n"}, sums({"pack.yaml": b"name: ../x\n"})),
        "the pack cannot be read: pack.yaml:1",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_one_line_and_leaves_nothing(tmp_path: Path, ecslab, name: str) -> None:
    make, said = HOSTILE[name]
    archive = tmp_path / "evil.tar.gz"
    archive.write_bytes(make())
    before = sorted(tmp_path.rglob("*"))
    status, out, err = ecslab("pack", "install", archive)
    assert status == 1
    assert out == ""
    assert said in err
    assert err.startswith("ecslab: ") and err.count("\n") == 1 and err.strip().isprintable()
    assert installed.names() == []
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before] == [
        tmp_path / "home",
        installed.directory(),
    ]


def test_there_are_thirty_of_them() -> None:
    assert len(HOSTILE) >= 30


def test_what_is_harmless_in_the_same_form_is_installed(tmp_path: Path) -> None:
    archive = tmp_path / "good.tar.gz"
    archive.write_bytes(with_extra(member("evil-0.1.0/labs/", type=tarfile.DIRTYPE)))
    assert install(archive).pack.name == "evil"


def test_modes_are_never_more_than_a_file_needs(tmp_path: Path) -> None:
    archive = tmp_path / "good.tar.gz"
    members = [
        member("evil-0.1.0/pack.yaml", MANIFEST, mode=0o6777),
        member("evil-0.1.0/CHECKSUMS", sums({"pack.yaml": MANIFEST})),
    ]
    archive.write_bytes(packed(tar(*members)))
    assert (install(archive).pack.root / "pack.yaml").stat().st_mode & 0o7777 == 0o755


def test_an_archive_that_is_not_the_announced_one(tmp_path: Path, ecslab) -> None:
    archive = tmp_path / "evil.tar.gz"
    archive.write_bytes(with_extra())
    archive.with_name("evil.tar.gz.sha256").write_text("0" * 64 + "  evil.tar.gz\n")
    status, _, err = ecslab("pack", "install", archive)
    assert status == 1
    assert err == "ecslab: evil.tar.gz is not the file that evil.tar.gz.sha256 describes; fetch both again\n"


def test_the_limits_of_packing_are_those_of_unpacking(starter) -> None:
    (starter.root / "labs/keep-the-light-on/files/big").write_bytes(b"\0" * (archives.MOST_FILE + 1))
    with pytest.raises(archives.ArchiveProblem, match="makes the pack too large; a file has 5 MB"):
        archives.pack_up(starter)
