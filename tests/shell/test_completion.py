"""TAB after `aws`: the CLI's words, the world's names, files."""

from pathlib import Path

import pytest

from ecslab.shell.completion import choices

STATE = {
    "clusters": [{"name": "prod"}, {"name": "test"}],
    "services": [{"name": "web-app"}],
    "tasks": [{"id": "aabb"}, {"id": "aacc"}],
    "task_definitions": [{"family": "web-app", "revision": 2}],
    "target_groups": [{"arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web-tg/1"}],
    "load_balancers": [],
}


def tab(line: str) -> list[str]:
    return choices(line, len(line), of_cli=lambda *_: ["<cli>"], of_world=lambda: STATE)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("aws ecs list-tasks --cluster ", ["prod", "test"]),
        ("aws ecs list-tasks --cluster t", ["test"]),
        ("aws ecs describe-clusters --clusters prod te", ["test"]),
        ("aws ecs list-tasks --service-name ", ["web-app"]),
        ("aws ecs describe-tasks --tasks aab", ["aabb"]),
    ],
)
def test_values_are_names_of_what_exists(line: str, offered: list[str]) -> None:
    assert tab(line) == offered


def test_only_what_bash_replaces_is_given_where_a_colon_breaks_the_word() -> None:
    assert tab("aws ecs update-service --task-definition web-app:") == ["2"]
    line = "aws elbv2 describe-target-health --target-group-arn arn:aws:elasticloadbalancing:us-east-1:1"
    assert tab(line) == ["123456789012:targetgroup/web-tg/1"]


@pytest.mark.parametrize(
    "line", ["aws ", "aws ecs lis", "aws ecs list-tasks --clus", "aws ecs list-tasks --cluster x"]
)
def test_the_rest_is_the_clis_own(line: str) -> None:
    assert tab(line) == ["<cli>"]


def test_files_complete_after_the_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "task-def.json").touch()
    (tmp_path / "tasks").mkdir()
    monkeypatch.chdir(tmp_path)
    assert tab("aws ecs register-task-definition --cli-input-json file://task") == [
        "//task-def.json",
        "//tasks/",
    ]
    assert tab(f"aws ecs run-task --overrides file://{tmp_path}/task-") == [f"//{tmp_path}/task-def.json"]


def test_an_empty_line_offers_nothing() -> None:
    assert tab("") == []
