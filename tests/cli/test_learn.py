"""`ecslab learn LESSON --plain` through a pipe: all of the lesson, its questions, and their answers at the end."""

import subprocess
import sys
from pathlib import Path


def test_through_a_pipe_questions_have_their_options_and_at_the_end_their_answers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ecslab.cli", "learn", "fargate-and-ec2", "--plain"],
        env={"ECSLAB_HOME": str(tmp_path), "PATH": ""}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    lesson, heading, answers = done.stdout.partition("\nAnswers ─")
    assert heading
    stem, options = "Why is Fargate probably cheaper?", ("the 40 minutes only", "registered instance")
    assert stem in lesson and stem in answers
    assert all(option in lesson and option in answers for option in options)
    assert "  a) It is billed" in lesson and "✓ a) It is billed" in answers
    assert (
        "Fargate bills from the image pull" not in lesson and "Fargate bills from the image pull" in answers
    )
    assert "Source: AWS Fargate pricing" in answers
    assert "← you" not in answers
