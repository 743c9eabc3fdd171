"""`ecslab drill` without a world: the catalogue, and what is refused in one line."""

import json
from pathlib import Path

import pytest

from ecslab.cli.main import main
from ecslab.content.packs import builtin


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path))


def test_the_list_has_the_whole_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drill", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == builtin().fault_ids
    assert len(rows) >= 14
    assert all(row["worlds"] and row["best"] is None and not row["due"] for row in rows)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["name", "1"], "no drill is under way"),
        (["causes"], "no drill is under way"),
        (["debrief"], "no drill is under way"),
        (["list", "crash"], "list takes no cause"),
        (["--plain", "--fault", "gremlins"], "there is no fault 'gremlins'"),
        (["--plain", "--world", "moon"], "no drill fits the world 'moon'"),
        (["--plain", "--fault", "task-role", "--world", "shop-web"], "does not fit the world 'shop-web'"),
        ([], "the app needs a terminal"),
    ],
)
def test_what_cannot_be_is_one_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECSLAB_SESSION", raising=False)
    assert main(["drill", *words]) in (1, 2)
    out, err = capsys.readouterr()
    assert says in err
    assert len(err.splitlines()) == 1
    assert out == ""
