"""A lesson's `try` is one AWS operation and nothing else."""

import pytest

from ecslab.lesson.pages import Try
from ecslab.lesson.scratch import Scratch, arguments
from ecslab.terms.problems import Problem


def test_a_call_is_split_as_a_shell_would_and_no_shell_reads_it():
    assert arguments("ecs run-task --overrides '{\"a\": 1}' --cluster $HOME") == [
        "ecs",
        "run-task",
        "--overrides",
        '{"a": 1}',
        "--cluster",
        "$HOME",
    ]


@pytest.mark.parametrize(
    "call",
    [
        "",
        "ecs",
        "s3 cp a b",
        "configure list",
        "--version ecs list-clusters",
        "ecs deploy --service x",
        "ecs execute-command --task x",
        "ecs wait services-stable",
        "ecs --debug list-clusters",
        "ecs list-clusters --debug",
        "ecs list-clusters --endpoint-url http://example.com",
        "ecs list-clusters --endpoint-url=http://example.com",
        "ecs register-task-definition --cli-input-json file:///etc/passwd",
        "ecs register-task-definition --cli-input-json=file://x",
        "logs put-log-events --log-events fileb://x",
        "ecs describe-clusters --clusters https://example.com/x",
        "ecs list-clusters 'unclosed",
        "ecs ../../x",
    ],
)
def test_what_is_no_plain_operation_is_refused(call):
    with pytest.raises(Problem, match="is not played"):
        arguments(call)


class Played(Scratch):
    """Answers instead of a sandbox."""

    def __init__(self, answers):
        super().__init__(lambda world: {})
        self.answers = answers
        self.calls: list[tuple[str, str]] = []

    def _run(self, world, call, place=""):
        self.calls.append((world, call))
        self._played.setdefault(world, set()).add(call)
        return self.answers[call]


def test_what_a_call_builds_on_is_played_first_but_only_once():
    scratch = Played({"ecs a": (0, ""), "ecs b": (0, "{}")})
    block = Try("ecs b", before=("ecs a",))
    scratch.play(block)
    scratch.play(block)
    assert [call for _, call in scratch.calls] == ["ecs a", "ecs b", "ecs b"]


def test_each_world_has_its_own_past():
    scratch = Played({"ecs a": (0, ""), "ecs b": (0, "{}")})
    scratch.play(Try("ecs b", before=("ecs a",)))
    scratch.play(Try("ecs b", world="other", before=("ecs a",)))
    assert scratch.calls.count(("other", "ecs a")) == 1


def test_an_error_may_be_the_point_of_a_try():
    scratch = Played({"ecs a": (254, "An error occurred: No Fargate configuration"), "ecs b": (254, "oops")})
    assert scratch.play(Try("ecs a", expect="No Fargate configuration")).as_expected
    assert not scratch.play(Try("ecs a")).as_expected
    assert not scratch.play(Try("ecs b", expect="No Fargate configuration")).as_expected
