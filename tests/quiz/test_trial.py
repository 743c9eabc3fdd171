"""A learner's line in a scratch world: judged by its effect, whatever its spelling, and for a while only."""

import os
import time
from pathlib import Path

import pytest

from ecslab.quiz import trial
from ecslab.quiz.items import Item
from ecslab.quiz.judge import judge
from ecslab.quiz.trial import Bench, attempt, scratch
from ecslab.sandbox.warm import Warm

pytestmark = pytest.mark.slow

BY_BOTO3 = (
    'python -c "import boto3; '
    "boto3.client('ecs').update_service(cluster='shop', service='web-app', desiredCount=3)\""
)


@pytest.fixture(scope="module")
def warm():
    held = Warm()
    yield held
    held.close()


@pytest.mark.parametrize(
    "line",
    [
        "aws ecs update-service --cluster shop --service web-app --desired-count 3",
        "aws ecs update-service --desired-count=3 --service=web-app --cluster=shop > /dev/null && echo done",
        BY_BOTO3,
    ],
    ids=["as written", "otherwise", "boto3"],
)
def test_whatever_has_the_effect_is_right(every_type: dict[str, Item], warm: Warm, line: str) -> None:
    item = every_type["scale"]
    done = Bench(warm)(item, line)
    assert (done["command"], done["status"]) == (line, 0)
    assert judge(item, done).right


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "aws ecs update-service --cluster shop --service web-ap --desired-count 3",
            "ServiceNotFoundException",
        ),
        ("aws ecs update-servce --cluster shop", "update-servce"),
        ("nonsense", "command not found"),
    ],
)
def test_what_has_none_is_wrong_and_shows_what_it_printed(
    every_type: dict[str, Item], warm: Warm, line: str, says: str
) -> None:
    item = every_type["scale"]
    done = Bench(warm)(item, line)
    judgement = judge(item, done)
    assert not judgement.right
    assert says in judgement.output
    assert judgement.reasons[0].why.startswith("web-app still runs two tasks.")


def test_no_try_knows_another_and_nothing_is_left(
    every_type: dict[str, Item], warm: Warm, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    task = every_type["scale"].task
    assert task is not None
    tried, _ = attempt(task, task.solution, warm)
    assert tried.status == 0
    tried, verdicts = attempt(
        task,
        [
            "ls; aws ecs describe-services --cluster shop --services web-app --query 'services[0].desiredCount'"
        ],
        warm,
    )
    assert (tried.output, verdicts[0].passed) == ("2", False)
    assert list(tmp_path.iterdir()) == []


def test_no_account_of_the_learners_is_in_reach(every_type: dict[str, Item], warm: Warm, monkeypatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    task = every_type["scale"].task
    assert task is not None
    tried, _ = attempt(
        task, ["env | grep ^AWS_; aws sts get-caller-identity --query Arn --output text"], warm
    )
    assert "AKIAREAL" not in tried.output
    assert "AWS_PROFILE" not in tried.output
    assert "AWS_ENDPOINT_URL=http://127.0.0.1" in tried.output
    assert tried.output.endswith("arn:aws:iam::123456789012:user/learner")


def test_a_line_that_does_not_end_is_ended_with_all_that_it_started(
    every_type: dict[str, Item], warm: Warm
) -> None:
    task = every_type["scale"].task
    assert task is not None
    with scratch(task.world(), task.checks, warm) as bench:
        begun = time.monotonic()
        tried = bench.run("sleep 300 & echo $!; wait", patience=1.0)
        assert time.monotonic() - begun < 30
        assert tried.status is None
        child = int(tried.output)
        deadline = time.monotonic() + 30
        while Path(f"/proc/{child}/stat").exists() and " Z " not in Path(f"/proc/{child}/stat").read_text():
            assert time.monotonic() < deadline, "the child lives on"
            os.sched_yield()


def test_a_flood_is_cut(every_type: dict[str, Item], warm: Warm) -> None:
    task = every_type["scale"].task
    assert task is not None
    with scratch(task.world(), task.checks, warm) as bench:
        tried = bench.run("yes", patience=20.0)
    assert len(tried.output) == trial.MOST_OUTPUT
    assert tried.status != 0


def test_a_world_that_stands_still_shows_the_same_however_long_one_asks(
    every_type: dict[str, Item], warm: Warm
) -> None:
    task = every_type["scale"].task
    assert task is not None
    moments = []
    for calls in (1, 3):
        with scratch(task.world(), warm=warm, still=True) as bench:
            for _ in range(calls):
                bench.run("aws ecs list-clusters")
            moments.append(bench.sandbox.clock()["t"])
    assert moments[0] == moments[1]
