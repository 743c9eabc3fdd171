"""fault.yaml: every flaw is said with its line, and a drill fits the worlds it names."""

import shutil
from pathlib import Path

import pytest

from ecslab.content.packs import Pack, builtin
from ecslab.content.problems import PackProblem
from ecslab.content.resolve import resolve_lab


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A pack with two faults of the built-in one, to be broken."""
    shutil.copy(builtin().root / "pack.yaml", tmp_path)
    for name in ("health-path", "closed-port", "other-port", "crash", "memory-leak"):
        shutil.copytree(builtin().root / "labs" / "faults" / name, tmp_path / "labs" / "faults" / name)
    return Pack(tmp_path)


def change(pack: Pack, old: str, new: str) -> None:
    path = pack.root / "labs" / "faults" / "health-path" / "fault.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: health-path", "id: other", "not the folder's name"),
        ("crash, memory-leak]", "health-path, memory-leak]", "not mistaken for itself"),
        ("crash, memory-leak]", "crush, memory-leak]", "there is no fault 'crush'"),
        ("worlds: [shop-web,", "worlds: [shop-wob,", "there is no world 'shop-wob'"),
        ("boto3: boto3.py", "boto3: gone.py", "no such file"),
        ("boto3: boto3.py", "boto3: ../boto3.py", "outside the pack"),
        ('operation: "elbv2:DescribeTargetGroups"', 'operation: "look harder"', "look harder"),
        ("minutes: 10", "minutes: soon", "whole number"),
        ("      GROUP: {call", "      GROUP: {cell", "find"),
    ],
)
def test_a_flaw_is_said_with_its_line(pack: Pack, old: str, new: str, says: str) -> None:
    change(pack, old, new)
    with pytest.raises(PackProblem) as raised:
        pack.fault("health-path")
    flaws = [flaw for flaw in raised.value.flaws if says in f"{flaw.what} {flaw.todo}"]
    assert flaws, raised.value
    assert flaws[0].line > 1


def test_a_world_that_the_fault_does_not_fit_is_refused(pack: Pack) -> None:
    with pytest.raises(PackProblem, match="does not fit the world 'playground'"):
        resolve_lab(pack, "drill/health-path@playground")


def test_what_a_call_finds_first_is_read_when_the_fault_is_played() -> None:
    _, document = resolve_lab(builtin(), "drill/listener-answers", 1)
    call = document["then"][0]["call"]
    assert call["operation"] == "ModifyListener"
    assert list(call["find"]) == ["BALANCER", "LISTENER"]
    assert (document["id"], document["before"]) == ("drill", 20 * 60_000)


def test_the_seed_draws_the_values_of_a_fault() -> None:
    paths = {str(builtin().fault("health-path", seed).fault[0]) for seed in range(12)}
    assert len(paths) > 1
