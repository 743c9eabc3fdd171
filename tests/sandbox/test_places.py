"""Where ecslab keeps things."""

import os
import stat
from pathlib import Path

import pytest

from ecslab.sandbox import places
from ecslab.terms.problems import Problem


def test_one_variable_moves_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path))
    for place in (
        places.sessions_dir(),
        places.playgrounds_dir(),
        places.cache_dir(),
        places.database_path(),
    ):
        assert place.is_relative_to(tmp_path)


def test_without_it_the_platform_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECSLAB_HOME", raising=False)
    assert places.data_dir().name == "ecslab"


def test_the_runtime_directory_is_private_and_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/" + "x" * 200)
    place = places.runtime_dir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert len(str(place)) < 60


def test_a_runtime_directory_that_others_could_read_is_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(places, "_SOCKET_LIMIT", 300)
    (tmp_path / "ecslab").mkdir(mode=0o755)
    assert stat.S_IMODE(places.runtime_dir().stat().st_mode) == 0o700


def test_a_directory_prepared_by_somebody_else_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(places, "_SOCKET_LIMIT", 300)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ecslab").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problem, match="belongs to somebody else"):
        places.runtime_dir()


def test_what_earlier_versions_left_is_pruned(tmp_path: Path) -> None:
    for name in ("warm-old.sock", "warm-new.sock", "other-old", "bin-old/aws"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    for name in ("warm-old.sock", "other-old", "bin-old"):
        os.utime(tmp_path / name, (0, 0))
    places.prune(tmp_path, "warm-*", "bin-*", days=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other-old", "warm-new.sock"]


def test_what_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match=r"cannot create .*; make it writable or set ECSLAB_HOME"):
        places.made(tmp_path / "file" / "below")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_directory_is_said_in_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Problem, match="cannot write to"):
        places.made(tmp_path)
