"""Every lab: it fails before, both solutions pass, and every typical mistake gets its own message."""

from collections.abc import Callable
from typing import Any

import pytest

from ecslab.content.labs import Mistake
from ecslab.content.packs import builtin
from ecslab.lab import rehearsal
from ecslab.lab.session import Session

LONG = {
    "first-service": {
        "mixes the two roles up",
        "names no security group",
        "uses the public subnets without a public address",
        "checks a path that the application does not have",
        "gives the tasks public addresses",
        "leaves the log configuration out",
        "writes the role ARN without the account",
    },
    "fix-alb-502": {
        "repairs the shop but leaves the minimum healthy percent at 0",
        "gives the service a longer grace period",
        "scales down to stop the errors",
    },
    "roll-out": {
        "forgets the secret in the new revision",
        "forces a new deployment of the old revision",
        "rolls out a tag that does not exist, with the settings it found",
    },
}
"""The labs, and of each the mistakes that are played by `make test-all` only."""
Begin = Callable[..., Session]


def mistakes() -> list[Any]:
    made = []
    for lab, long in LONG.items():
        found = builtin().lab(lab, 3).mistakes
        assert {mistake.name for mistake in found} >= long
        for mistake in found:
            marks = pytest.mark.slow if mistake.name in long else ()
            made.append(pytest.param(lab, mistake, id=f"{lab}: {mistake.name}", marks=marks))
    return made


each_lab = pytest.mark.parametrize("lab", LONG)


@each_lab
def test_it_fails_before(begin: Begin, proof: Any, lab: str) -> None:
    proof.unsolved(begin(lab))


@each_lab
def test_the_solution_by_cli_passes_and_running_it_again_changes_nothing(
    begin: Begin, proof: Any, lab: str
) -> None:
    session = begin(lab)
    rehearsal.solve_by_cli(session)
    rehearsal.settle(session)
    proof.solved(session)
    changes = sum(entry["changes"] for entry in session.sandbox.journal())
    rehearsal.solve_by_cli(session)
    assert sum(entry["changes"] for entry in session.sandbox.journal()) - changes <= 1
    proof.solved(session)


@each_lab
def test_the_solution_by_boto3_passes(begin: Begin, proof: Any, lab: str) -> None:
    session = begin(lab)
    rehearsal.solve_by_boto3(session)
    rehearsal.settle(session)
    proof.solved(session)


@pytest.mark.parametrize(("lab", "mistake"), mistakes())
def test_a_typical_mistake_gets_the_message_written_for_it(
    begin: Begin, proof: Any, lab: str, mistake: Mistake
) -> None:
    proof.mistake(begin(lab), mistake)
