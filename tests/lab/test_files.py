"""The workspace's files for an editor: listed, read, saved whole or not at all, and never outside."""

import os
from pathlib import Path

import pytest

from ecslab.lab import files
from ecslab.terms.problems import Problem


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = tmp_path / "workspace"
    (made / "app").mkdir(parents=True)
    (made / "task.json").write_text("{}\n")
    (made / "app" / "main.py").write_text("print()\n")
    return made


def test_files_are_listed_without_what_is_hidden(workspace: Path) -> None:
    for hidden in (".cache/one", "__pycache__/two.pyc", ".task.json.7.draft"):
        path = workspace / hidden
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert files.listed(workspace) == ["app/main.py", "task.json"]


def test_a_large_tree_is_listed_in_part(workspace: Path) -> None:
    for number in range(files.MOST_LISTED + 20):
        (workspace / f"{number}.txt").write_text("")
    assert len(files.listed(workspace)) == files.MOST_LISTED


@pytest.mark.parametrize("name", ["../elsewhere", "/etc/passwd", "app/../../x", "out/passwd"])
def test_no_name_leads_out_of_the_workspace(workspace: Path, name: str) -> None:
    (workspace / "out").symlink_to("/etc")
    with pytest.raises(Problem, match="not in the workspace"):
        files.place(workspace, name)


def test_a_directory_is_no_file(workspace: Path) -> None:
    with pytest.raises(Problem, match="app is a directory"):
        files.place(workspace, "app")


@pytest.mark.parametrize(
    ("variables", "command"),
    [
        ({"VISUAL": "sh -u", "EDITOR": "cat"}, ["sh", "-u"]),
        ({"EDITOR": "cat"}, ["cat"]),
        ({"VISUAL": "no-such-editor --wait", "EDITOR": "cat"}, ["cat"]),
        ({"VISUAL": "sh 'unclosed", "EDITOR": ""}, []),
        ({}, []),
    ],
)
def test_the_learners_own_editor_is_found_if_it_is_there(
    variables: dict[str, str], command: list[str]
) -> None:
    assert files.own_editor({"PATH": os.environ["PATH"], **variables}) == command


def test_a_file_is_read_with_the_stamp_it_has(workspace: Path) -> None:
    opened = files.read(workspace / "task.json")
    assert opened.text == "{}\n" and opened.stamp == files.stamp(workspace / "task.json")
    assert files.read(workspace / "new.txt") == files.Opened("", None)


@pytest.mark.parametrize(
    ("content", "said"), [(b"\xff\xfe\x00", "no text in UTF-8"), (b"x" * 1_000_001, "larger than 1 MB")]
)
def test_what_cannot_be_edited_is_refused(workspace: Path, content: bytes, said: str) -> None:
    (workspace / "it").write_bytes(content)
    with pytest.raises(Problem, match=said):
        files.read(workspace / "it")


def test_saving_keeps_the_mode_and_leaves_nothing_beside(workspace: Path) -> None:
    script = workspace / "app" / "main.py"
    script.chmod(0o755)
    seen = files.save(script, "ü\r\nb\r\n")
    assert script.read_bytes() == "ü\r\nb\r\n".encode()
    assert script.stat().st_mode & 0o777 == 0o755
    assert seen == files.stamp(script)
    assert [path.name for path in script.parent.iterdir()] == ["main.py"]


def test_a_new_file_brings_its_directory(workspace: Path) -> None:
    files.save(workspace / "deep" / "down" / "new.txt", "a")
    assert (workspace / "deep" / "down" / "new.txt").read_text() == "a"


def test_what_cannot_be_saved_leaves_what_was_there(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Problem, match=r"task\.json cannot be saved: No space left on device"):
        files.save(workspace / "task.json", "new")
    assert (workspace / "task.json").read_text() == "{}\n"
    assert files.listed(workspace) == ["app/main.py", "task.json"]
