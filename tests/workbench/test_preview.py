"""`pack preview`: a lab of a pack in a shell, as a learner gets it, and nobody's attempt."""

import os
import subprocess
import sys
from collections.abc import Iterator
from shutil import which

import pytest

from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm
from ecslab.workbench.reloading import Reloading


def preview(*words: object, typed: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ecslab", "pack", "preview", *map(str, words)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120, check=False)


def test_it_opens_the_lab_with_its_solution_and_leaves_nothing(starter, home) -> None:
    done = preview(starter.root, "--solution", "--seed", 4, typed="ecslab lab check\nexit\n")
    assert done.returncode == 0, done.stderr
    assert "Keep the light on (a preview, seed 4)" in done.stdout
    assert "aws ecs update-service --cluster harbour --service beacon --desired-count 2" in done.stdout
    assert "1 of 4 points." in done.stdout
    assert not home.exists()


@pytest.mark.slow
def test_without_the_solution_it_tells_no_more_than_a_learner_reads(starter) -> None:
    done = preview(starter.root, "keep-the-light-on", typed="exit\n")
    assert done.returncode == 0, done.stderr
    assert "One task of beacon runs" in done.stdout
    assert "--desired-count 2" not in done.stdout
    assert "Hint" not in done.stdout


def test_a_lab_that_cannot_be_read_is_said_at_once(starter, changed) -> None:
    changed("labs/keep-the-light-on/lab.yaml", "minutes: 5", "minutes: soon")
    done = preview(starter.root, typed="exit\n")
    assert done.returncode == 1
    assert done.stderr.startswith("ecslab: labs/keep-the-light-on/lab.yaml:6:10: 'minutes': 'soon'")
    assert done.stderr.count("\n") == 1


def test_no_such_lab(starter) -> None:
    done = preview(starter.root, "keep-the-light", typed=os.linesep)
    assert done.returncode == 2
    assert "did you mean 'keep-the-light-on'?" in done.stderr


@pytest.mark.slow
def test_the_solutions_are_at_hand(starter) -> None:
    typed = f"bash {starter.root}/labs/keep-the-light-on/solution/cli.sh\necslab lab check\nexit\n"
    done = preview(starter.root, typed=typed)
    assert f"To play its solution: bash {starter.root}/labs/keep-the-light-on/solution/cli.sh" in done.stdout
    assert "Every goal is reached" in done.stdout


@pytest.fixture
def open_lab(starter, home) -> Iterator[Session]:
    with Warm() as warm:
        session = Session.start("keep-the-light-on", seed=1, pack=starter, warm=warm)
        with session.attached():
            yield session
        session.stop()


def desired(session: Session) -> str:
    command = "ecs describe-services --cluster harbour --services beacon --query services[0].desiredCount"
    return aws(session, command)


def aws(session: Session, command: str) -> str:
    env = session.environment()
    path = str(which("aws", path=env["PATH"]))
    return subprocess.run(
        [path, *command.split()], env=env, capture_output=True, text=True, check=True
    ).stdout


def test_what_is_saved_is_read_and_the_lab_begins_again_with_it(starter, changed, open_lab) -> None:
    said: list[str] = []
    reloading = Reloading(open_lab, starter.root, said.extend)
    keys = open_lab.environment()["AWS_SECRET_ACCESS_KEY"]
    aws(open_lab, "ecs update-service --cluster harbour --service beacon --desired-count 2")
    assert (desired(open_lab), reloading.look()) == ("2\n", False)
    changed("labs/keep-the-light-on/lab.yaml", 'goal: "Two tasks of', 'goal: "A pair of tasks of')
    assert reloading.look()
    assert said == ["Keep the light on: read again, and begun again with the same seed."]
    assert open_lab.verdicts()[0].goal == "A pair of tasks of beacon run"
    assert desired(open_lab) == "1\n"
    assert open_lab.environment()["AWS_SECRET_ACCESS_KEY"] == keys


def test_what_cannot_be_read_is_said_and_leaves_the_lab_as_it_was(starter, changed, open_lab) -> None:
    said: list[str] = []
    reloading = Reloading(open_lab, starter.root, said.extend)
    aws(open_lab, "ecs update-service --cluster harbour --service beacon --desired-count 2")
    changed("labs/keep-the-light-on/lab.yaml", "minutes: 5", "minutes: soon")
    assert reloading.look()
    assert said[0] == "Not read again, the lab is as it was:"
    assert said[1].startswith("labs/keep-the-light-on/lab.yaml:6:10: 'minutes': 'soon'")
    assert desired(open_lab) == "2\n"
