"""What helps while writing: a pack to start from, and schemas for editors."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ecslab.content import schema_json
from ecslab.content.documents import read_yaml
from ecslab.content.packs import builtin

PLACES = {
    "pack": "pack.yaml",
    "lab": "labs/*/lab.yaml",
    "fault": "labs/faults/*/fault.yaml",
    "world": "labs/worlds/*/world.yaml",
    "images": "labs/**/images.yaml",
    "quiz": "quizzes/*.yaml",
    "objectives": "lessons/objectives.yaml",
}
TESTS = Path(__file__).parents[1]
EXAMPLE = TESTS / "content" / "packs" / "example"
EVERY_TYPE = TESTS / "fixtures" / "every-type"


def test_a_new_pack_is_named_after_its_directory(tmp_path, ecslab) -> None:
    status, out, _ = ecslab("pack", "new", tmp_path / "My Harbour")
    assert status == 0
    assert "name: my-harbour\n" in (tmp_path / "My Harbour/pack.yaml").read_text()
    assert "ecslab pack test" in out
    assert ecslab("pack", "lint", tmp_path / "My Harbour", "--strict") == (0, "0 errors, 0 warnings\n", "")


def test_a_new_pack_overwrites_nothing(tmp_path, ecslab) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/mine").write_text("x")
    status, _, err = ecslab("pack", "new", tmp_path / "there")
    assert (status, err) == (2, f"ecslab: {tmp_path}/there is not empty; name a new directory\n")
    status, _, err = ecslab("pack", "new", tmp_path / "new", "--name", "Über")
    assert (status, err) == (
        2,
        "ecslab: 'Über' is not a pack's name; use small letters, digits, dots and hyphens\n",
    )
    assert not (tmp_path / "new").exists()


def files(kind: str) -> list[Path]:
    return [
        path for root in (builtin().root, EXAMPLE, EVERY_TYPE) for path in sorted(root.glob(PLACES[kind]))
    ]


@pytest.mark.parametrize("kind", schema_json.KINDS)
def test_a_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(schema_json.schema(kind))


@pytest.mark.parametrize("kind", PLACES)
def test_every_file_that_the_loader_reads_fits_its_schema(kind: str) -> None:
    checker = Draft202012Validator(schema_json.schema(kind))
    every = Draft202012Validator(schema_json.schemas())
    for path in files(kind):
        value = read_yaml(path.read_text(), str(path)).value
        assert [f"{path}: {error.message}" for error in checker.iter_errors(value)] == []
        assert every.is_valid(value)


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("minutes",), "soon"),
        (("kind",), "biuld"),
        (("chekcs",), []),
        (("checks", 0, "for"), "two minutes"),
        (("checks", 0, "stat"), {"call": "ecs list-clusters"}),
        (("checks", 0, "state"), {"call": "ecs list-clusters", "is": 1}),
        (("world", "then"), [{"set_imag": {}}]),
        (("world", "traffic"), "20 a second"),
        (("mistakes", 0, "expect"), {"answers": 3}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_loader_refuses_does_not_fit(at: tuple[Any, ...], value: Any) -> None:
    lab = read_yaml((builtin().root / "labs/fix-alb-502/lab.yaml").read_text(), "").value
    part = lab
    for key in at[:-1]:
        part = part[key]
    part[at[-1]] = value
    assert not Draft202012Validator(schema_json.schema("lab")).is_valid(lab)


def test_the_words_are_explained_where_they_are_typed() -> None:
    check = schema_json.schema("lab")["$defs"]["Check"]["properties"]
    assert check["needs"]["description"] == "checks that must pass before this one is judged"
    assert check["whatif"]["description"] == "what happens on a copy of the world after a fault"


def test_the_command_prints_one_or_all_or_writes_files(tmp_path, ecslab) -> None:
    assert json.loads(ecslab("pack", "schema", "lab")[1]) == schema_json.schema("lab")
    assert set(json.loads(ecslab("pack", "schema")[1])["$defs"]) == set(schema_json.KINDS)
    assert ecslab("pack", "schema", "--out", tmp_path / "schemas")[0] == 0
    assert {path.stem for path in (tmp_path / "schemas").iterdir()} == set(schema_json.KINDS)
    assert ecslab("pack", "schema", "lav")[2] == (
        "ecslab: no file of a pack is of the kind 'lav'; did you mean 'lab'?\n"
    )
