"""`pack preview`: a lab of a pack in a shell, as a learner gets it, and nobody's attempt."""

import os
import subprocess
import sys


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
