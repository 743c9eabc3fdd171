"""Lint: thirty broken packs, each with the one line that says where, what and what to do."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecslab.content.packs import builtin
from ecslab.workbench.lint import lint

LAB = "labs/keep-the-light-on/lab.yaml"
QUIZ = "quizzes/services.yaml"
LESSON = "lessons/services.md"
ROWS = yaml.safe_load((Path(__file__).parent / "broken.yaml").read_text())


@pytest.mark.parametrize("row", ROWS, ids=[row["said"][:80] for row in ROWS])
def test_a_broken_pack_gets_a_line_that_says_where_what_and_what_to_do(changed, row) -> None:
    lines = [str(finding) for finding in lint(changed(row["file"], row["old"], row["new"]))]
    assert any(row["said"] in line for line in lines), lines
    assert all("\n" not in line and line.count(": ") >= 2 for line in lines)


def test_the_starter_has_no_findings(starter) -> None:
    assert lint(starter) == []


def test_everything_is_found_at_once(starter, changed) -> None:
    changed("pack.yaml", "title:", "titel:")
    changed(QUIZ, "type: single", "type: singel")
    changed(LESSON, "quiz: services", "quiz: service")
    pack = changed(LAB, "needs: [two]", "needs: [tow]")
    files = {finding.flaw.file for finding in lint(pack) if finding.level == "error"}
    assert files == {"pack.yaml", QUIZ, LESSON, LAB}


def test_goals_without_feedback_and_worlds_without_use(example) -> None:
    said = [str(finding) for finding in lint(example)]
    assert any("the goal of 'count' has no feedback" in line for line in said)
    (example.root / "labs/worlds/lonely").mkdir()
    (example.root / "labs/worlds/lonely/template.yaml").write_text("Resources: {}\n")
    said = [str(finding) for finding in lint(example)]
    assert (
        "labs/worlds/lonely: warning: no lab, lesson or world uses the world 'lonely'; use it or remove it"
        in said
    )


def test_files_that_nothing_reads(starter) -> None:
    (starter.root / "quizzes/other.yml").write_text("format: 1\n")
    (starter.root / "labs/half").mkdir()
    (starter.root / "labs/link").symlink_to("/etc")
    said = [str(finding) for finding in lint(starter)]
    assert said == [
        "labs/half: warning: this folder is not read: it has no lab.yaml; add it, or remove the folder",
        "labs/link: error: this is a symbolic link; put the file itself into the pack",
        "quizzes/other.yml: warning: nothing reads this file; name it other.yaml",
    ]


def test_every_draw_of_the_variables_is_opened(changed) -> None:
    """A port that only some seeds draw is no port of a load balancer."""
    vars_ = "vars: {PORT: {pick: [80, 70000, 70001, 70002]}}\nworld:"
    changed(LAB, "world:\n", f"{vars_}\n")
    pack = changed(
        LAB,
        "http: {load_balancer: web-alb, path: /,",
        'http: {load_balancer: web-alb, port: "${PORT}", path: /,',
    )
    assert any("is out of range" in str(finding) for finding in lint(pack))


def test_the_command_ends_with_1_on_errors_and_on_warnings_if_asked(starter, changed, ecslab) -> None:
    assert ecslab("pack", "lint", starter.root)[0] == 0
    changed(LAB, "boto3: solution/boto3.py", "")
    assert ecslab("pack", "lint", starter.root)[0] == 0
    assert ecslab("pack", "lint", starter.root, "--strict")[0] == 1
    changed(LAB, "minutes: 5", "minutes: soon")
    status, out, _ = ecslab("pack", "lint", starter.root, "--json")
    report: dict[str, Any] = json.loads(out)
    assert status == 1
    assert report["errors"] == 1
    assert report["findings"][0] == {
        "file": LAB, "line": 6, "column": 10, "level": "error",
        "what": "'minutes': 'soon' is not a whole number", "todo": "write a whole number",
    }  # fmt: skip


def test_a_directory_that_is_no_pack(tmp_path, ecslab) -> None:
    status, _, err = ecslab("pack", "lint", tmp_path)
    assert status == 2
    assert err == f"ecslab: {tmp_path} is not a pack: it has no pack.yaml; name a pack's directory\n"


def test_the_built_in_pack_has_no_errors() -> None:
    assert [str(finding) for finding in lint(builtin()) if finding.level == "error"] == []
