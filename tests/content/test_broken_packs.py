"""A broken pack: every flaw is one line that names file, line, column, what is wrong and what to do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ecslab.content.packs import Pack, load
from ecslab.content.problems import PackProblem
from ecslab.content.resolve import resolve_lab

LAB = """\
format: 1
id: broken
title: A lab
kind: build
objectives: [a.b]
minutes: 5
world: {base: small}
story: Do it.
checks:
"""
CHECK = """\
  - {id: one, goal: One, state: {call: ecs list-clusters, absent: true}}
"""

FILES = {
    "lab": "labs/broken/lab.yaml",
    "template": "labs/worlds/small/template.yaml",
    "images": "labs/worlds/small/images.yaml",
    "quiz": "quizzes/q.yaml",
    "lesson": "lessons/l.md",
    "manifest": "pack.yaml",
}
OPEN = {
    "lab": lambda pack: resolve_lab(pack, "broken", 1),
    "template": lambda pack: pack.world("small"),
    "images": lambda pack: pack.world("small"),
    "quiz": lambda pack: pack.quiz("q"),
    "lesson": lambda pack: pack.lesson("l"),
    "manifest": lambda pack: pack.manifest,
}


def pack_with(root: Path, kind: str, text: str) -> Pack:
    files = {
        "pack.yaml": "format: 1\n",
        FILES["template"]: "Resources: {}\n",
        "labs/broken/notes": "",
        FILES[kind]: text,
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    (root / "labs/broken/link.sh").symlink_to("/etc/hosts")
    return load(root)


def complaint(root: Path, kind: str, text: str) -> str:
    with pytest.raises(PackProblem) as caught:
        OPEN[kind](pack_with(root, kind, text))
    return str(caught.value)


ROWS = yaml.safe_load((Path(__file__).parent / "broken.yaml").read_text())


def rows(part: str) -> Any:
    return pytest.mark.parametrize("row", ROWS[part], ids=[row["name"] for row in ROWS[part]])


@rows("heads")
def test_the_head_of_a_lab(tmp_path, row):
    text = LAB.replace(row["old"], row["new"]) + ("" if "[]" in row["new"] else CHECK)
    assert complaint(tmp_path, "lab", text) == f"labs/broken/lab.yaml:{row['said']}"


@rows("checks")
def test_the_checks_of_a_lab(tmp_path, row):
    assert complaint(tmp_path, "lab", LAB + row["text"]) == f"labs/broken/lab.yaml:{row['said']}"


@rows("rest")
def test_the_rest_of_a_lab(tmp_path, row):
    assert complaint(tmp_path, "lab", LAB + CHECK + row["text"]) == f"labs/broken/lab.yaml:{row['said']}"


@rows("others")
def test_other_files(tmp_path, row):
    assert complaint(tmp_path, row["kind"], row["text"]) == row["said"]


def test_all_flaws_of_a_file_are_found_at_once(tmp_path):
    text = (
        LAB.replace("minutes: 5", "minutes: five")
        + CHECK
        + CHECK
        + "hint: []\nmistakes: [{name: a, expect: {on: fail}}]\n"
    )
    with pytest.raises(PackProblem) as caught:
        pack_with(tmp_path, "lab", text).lab("broken")
    assert [str(flaw) for flaw in caught.value.flaws] == [
        "labs/broken/lab.yaml:6:10: 'minutes': 'five' is not a whole number; write a whole number",
        "labs/broken/lab.yaml:11:10: the check id 'one' is here twice (first on line 10); give each its own",
        "labs/broken/lab.yaml:12:1: unknown key 'hint'; did you mean 'hints'?",
        "labs/broken/lab.yaml:13:31: there is no check 'on'; did you mean 'one'?",
    ]
    assert str(caught.value).endswith("(and 3 more in this file)")


def test_a_file_that_is_too_large(tmp_path):
    said = complaint(tmp_path, "lab", LAB + CHECK + "# " + "x" * 1_100_000)
    assert said == "labs/broken/lab.yaml: the file has 1.1 MB; keep it under 1 MB"


def test_a_file_that_is_not_text(tmp_path):
    pack = pack_with(tmp_path, "lab", "")
    (tmp_path / FILES["lab"]).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PackProblem) as caught:
        pack.lab("broken")
    assert str(caught.value) == "labs/broken/lab.yaml: this is not UTF-8 text; save it as UTF-8"


def test_a_file_nested_without_end(tmp_path):
    said = complaint(tmp_path, "lab", "a: " + "[" * 500)
    assert said == "labs/broken/lab.yaml:1:64: nested deeper than 60 levels; flatten it"


def test_a_linked_lab_is_not_listed(tmp_path):
    pack = pack_with(tmp_path / "pack", "lab", LAB + CHECK)
    (tmp_path / "pack" / "labs" / "linked").symlink_to(tmp_path / "pack" / "labs" / "broken")
    assert pack.lab_ids == ["broken"]
