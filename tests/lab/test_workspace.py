"""What a check sees of the learner's files, whatever is in them."""

from pathlib import Path
from typing import Any

import pytest

from ecslab.content.checks import File
from ecslab.lab import workspace


def seen(directory: Path, **fields: Any) -> Any:
    return workspace.look(directory, File.model_validate({"path": "it", "absent": False, **fields})).value


@pytest.mark.parametrize(
    ("content", "fields", "value"),
    [
        ('{"cpu": "256", "containers": [{"image": "a:1"}]}', {"json": "containers[0].image"}, "a:1"),
        ('{"cpu": "256"}', {"json": "memory"}, None),
        ('{"cpu": "256"}', {"json": "length(memory)"}, None),
        ("cpu: 256", {"json": "cpu"}, {"Error": "NotJSON"}),
        ("PORT=8080\nHOST=a\n", {"text": r"^PORT=(\d+)$"}, "8080"),
        ("PORT=8080\nHOST=a\n", {"text": r"^HOST=\w+"}, "HOST=a"),
        ("PORT=8080\n", {"text": "^HOST"}, None),
        ("grüß\n", {}, "grüß\n"),
        ("x" * 30_000, {}, {"Error": "TooLarge"}),
        ("x" * 1_100_000, {"text": "x"}, {"Error": "TooLarge"}),
    ],
)
def test_what_is_read(tmp_path: Path, content: str, fields: dict[str, str], value: Any) -> None:
    (tmp_path / "it").write_text(content, encoding="utf-8")
    assert seen(tmp_path, **fields) == value


def test_nothing_there_a_directory_and_a_way_out(tmp_path: Path) -> None:
    inside = tmp_path / "workspace"
    inside.mkdir()
    assert seen(inside) is None
    (inside / "it").mkdir()
    assert seen(inside) is None
    (tmp_path / "secret").write_text("a secret")
    (inside / "link").symlink_to(tmp_path / "secret")
    assert seen(inside, path="link") == {"Error": "OutsideOfWorkspace"}


def test_the_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "it").write_text("a\n")
    found = workspace.look(tmp_path, File.model_validate({"path": "it", "text": "b", "absent": True}))
    assert (found.value, found.sha256) == (
        None, "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"
    )  # fmt: skip
