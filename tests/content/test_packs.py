"""Packs: found, listed cheaply, opened in full."""

import subprocess
import sys

import pytest

from ecslab.content import files
from ecslab.content.packs import builtin, find, load
from ecslab.terms.problems import Problem


def test_the_built_in_pack_is_found_in_a_checkout():
    pack = builtin()
    assert pack.name == "amazon-ecs"
    assert find() is pack and find("amazon-ecs") is pack


def test_the_built_in_pack_is_found_in_an_installed_package(tmp_path, monkeypatch):
    (tmp_path / "ecslab" / "builtin").mkdir(parents=True)
    (tmp_path / "ecslab" / "builtin" / "pack.yaml").write_text("format: 1\n")
    monkeypatch.setattr(files, "PACKAGE", tmp_path / "ecslab")
    assert files.builtin_files.__wrapped__().root == tmp_path / "ecslab" / "builtin"


def test_without_a_built_in_pack_the_installation_is_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PACKAGE", tmp_path / "ecslab")
    with pytest.raises(Problem, match="the built-in pack is missing; install ecslab again"):
        files.builtin_files.__wrapped__()


def test_a_pack_is_found_by_its_directory(example):
    assert find(str(example.root)).manifest.title == "A worked example"


def test_an_unknown_pack_says_what_there_is():
    with pytest.raises(Problem, match="no pack 'nowhere'; it is amazon-ecs or a directory"):
        find("nowhere")


def test_a_directory_without_a_manifest_is_no_pack(tmp_path):
    with pytest.raises(Problem, match=r"is not a pack: it has no pack\.yaml"):
        load(tmp_path)


def test_labs_are_listed_with_what_they_are_worth(example):
    (lab,) = example.labs()
    assert (lab.id, lab.kind, lab.minutes, lab.points, lab.checks) == ("two-doors", "break-fix", 12, 9, 7)


def test_lessons_are_listed_in_their_order(example):
    assert [(lesson.id, lesson.title) for lesson in example.lessons()] == [
        ("keys", "Keys"),
        ("doors", "Doors and ports"),
    ]


def test_quizzes_are_listed_with_the_objectives_of_their_items(example):
    (quiz,) = example.quizzes()
    assert (quiz.id, quiz.module, quiz.items, quiz.objectives) == (
        "doors",
        "alb",
        6,
        ("doors.ports", "doors.keys"),
    )


def test_listing_needs_neither_the_schema_library_nor_boto():
    code = (
        "import sys; from ecslab.content.packs import builtin; p = builtin(); p.labs(); p.lessons(); p.quizzes();"
        "assert not {'pydantic', 'botocore', 'boto3', 'moto', 'textual'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_broken_file_is_still_listed_under_its_name(tmp_path):
    (tmp_path / "pack.yaml").write_text("format: 1\n")
    (tmp_path / "labs" / "bad").mkdir(parents=True)
    (tmp_path / "labs" / "bad" / "lab.yaml").write_text("title: [\n")
    assert [lab.title for lab in load(tmp_path).labs()] == ["bad"]


def test_an_unknown_lab_names_the_nearest(example):
    with pytest.raises(Problem, match="no lab 'two-door' in this pack; did you mean 'two-doors'"):
        example.lab("two-door")


def test_a_lesson_is_its_front_matter_and_its_body(example):
    lesson = example.lesson("doors")
    assert (lesson.module, lesson.minutes, lesson.quiz) == ("alb", 5, "doors")
    assert lesson.body.strip().startswith("# Doors and ports")
    text = (example.root / "lessons" / "doors.md").read_text().splitlines()
    assert text[lesson.line - 1] == lesson.body.splitlines()[0]


def test_a_quiz_has_typed_items(example):
    items = {item.id: item for item in example.quiz("doors").items}
    assert [option.right for option in items["both"].options] == [True, True, False]
    assert [step.text for step in items["order"].order] == ["PROVISIONING", "PENDING", "RUNNING"]
    assert items["pairs"].pairs[1].right == "503"
    assert (items["number"].answer, items["number"].tolerance) == (2.5, 0.1)
    assert items["word"].accept == ("sig ?term",)
    assert items["both"].source.url.startswith("https://")


def test_a_lab_has_typed_parts(example):
    lab = example.lab("two-doors", seed=3)
    assert [check.word for check in lab.checks] == [
        "http", "state", "gone", "event", "called", "whatif", "answer",
    ]  # fmt: skip
    assert [hint.cost for hint in lab.hints] == [0, 10]
    assert lab.checks[0].for_ == 120_000
    assert lab.checks[2].optional and lab.max_points == 9
    assert lab.files is not None and (lab.files / "README.md").is_file()
    assert lab.root / lab.solution.cli == example.root / "labs/two-doors/solution/cli.sh"
    assert lab.mistakes[0].expect["count"] == "not judged"


@pytest.mark.parametrize("lab_id", builtin().lab_ids)
def test_every_lab_of_the_built_in_pack_opens(lab_id):
    assert builtin().lab(lab_id).id == lab_id


@pytest.mark.parametrize("quiz", [quiz.id for quiz in builtin().quizzes()])
def test_every_quiz_of_the_built_in_pack_opens(quiz):
    assert builtin().quiz(quiz).id == quiz


@pytest.mark.parametrize("lesson", [lesson.id for lesson in builtin().lessons()])
def test_every_lesson_of_the_built_in_pack_opens(lesson):
    assert builtin().lesson(lesson).id == lesson
