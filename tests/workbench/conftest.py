"""Packs to work on, in a data directory of their own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ecslab.cli.main import main
from ecslab.content.packs import Pack, load
from ecslab.workbench.scaffold import create


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data of a learner who has nothing yet."""
    directory = tmp_path / "home"
    monkeypatch.setenv("ECSLAB_HOME", str(directory))
    monkeypatch.delenv("ECSLAB_SESSION", raising=False)
    return directory


@pytest.fixture
def starter(tmp_path: Path) -> Pack:
    """What `pack new` makes."""
    return load(create(tmp_path / "harbour"))


@pytest.fixture
def changed(starter: Pack) -> Callable[[str, str, str], Pack]:
    """The starter with a part of one file replaced."""

    def change(file: str, old: str, new: str) -> Pack:
        path = starter.root / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))
        return load(starter.root)

    return change


@pytest.fixture
def ecslab(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command line: `ecslab("pack", "list") -> (status, stdout, stderr)`."""

    def run(*words: object) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def example(tmp_path: Path) -> Pack:
    """The worked example of the content tests."""
    source = Path(__file__).parents[1] / "content" / "packs" / "example"
    return load(shutil.copytree(source, tmp_path / "example"))
