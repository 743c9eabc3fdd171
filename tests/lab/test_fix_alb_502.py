"""The lab fix-alb-502: it fails before, both solutions pass, and every typical mistake gets its own message."""

from collections.abc import Callable
from typing import Any

import pytest

from ecslab.content.labs import Mistake
from ecslab.content.packs import builtin
from ecslab.lab import rehearsal
from ecslab.lab.session import Session

LAB = "fix-alb-502"
LONG = {
    "repairs the shop but leaves the minimum healthy percent at 0",
    "gives the service a longer grace period",
    "scales down to stop the errors",
}
"""Mistakes that are played by `make test-all` only."""
Begin = Callable[..., Session]


def mistakes() -> list[Any]:
    found = builtin().lab(LAB, 3).mistakes
    assert {mistake.name for mistake in found} >= LONG
    return [
        pytest.param(mistake, id=mistake.name, marks=pytest.mark.slow if mistake.name in LONG else ())
        for mistake in found
    ]


def test_it_fails_before(begin: Begin, proof: Any) -> None:
    proof.unsolved(begin(LAB))


def test_the_solution_by_cli_passes_and_running_it_again_changes_nothing(begin: Begin, proof: Any) -> None:
    session = begin(LAB)
    rehearsal.solve_by_cli(session)
    rehearsal.settle(session)
    proof.solved(session)
    changes = sum(entry["changes"] for entry in session.sandbox.journal())
    rehearsal.solve_by_cli(session)
    assert sum(entry["changes"] for entry in session.sandbox.journal()) - changes <= 1
    proof.solved(session)


def test_the_solution_by_boto3_passes(begin: Begin, proof: Any) -> None:
    session = begin(LAB)
    rehearsal.solve_by_boto3(session)
    rehearsal.settle(session)
    proof.solved(session)


@pytest.mark.parametrize("mistake", mistakes())
def test_a_typical_mistake_gets_the_message_written_for_it(
    begin: Begin, proof: Any, mistake: Mistake
) -> None:
    proof.mistake(begin(LAB), mistake)
