"""The lab first-service: it fails before, both solutions pass, and every typical mistake gets its own message."""

from collections.abc import Callable

import pytest

from ecslab.content.labs import Mistake
from ecslab.content.packs import builtin
from ecslab.lab import rehearsal
from ecslab.lab.session import Session

LAB = "first-service"
Begin = Callable[..., Session]


def test_it_fails_before(begin: Begin, proof) -> None:
    proof.unsolved(begin(LAB))


def test_the_solution_by_cli_passes_and_running_it_again_changes_nothing(begin: Begin, proof) -> None:
    session = begin(LAB)
    rehearsal.solve_by_cli(session)
    rehearsal.settle(session)
    proof.solved(session)
    changes = sum(entry["changes"] for entry in session.sandbox.journal())
    rehearsal.solve_by_cli(session)
    assert sum(entry["changes"] for entry in session.sandbox.journal()) - changes <= 1
    proof.solved(session)


def test_the_solution_by_boto3_passes(begin: Begin, proof) -> None:
    session = begin(LAB)
    rehearsal.solve_by_boto3(session)
    rehearsal.settle(session)
    proof.solved(session)


@pytest.mark.parametrize("mistake", [pytest.param(m, id=m.name) for m in builtin().lab(LAB, 3).mistakes])
def test_a_typical_mistake_gets_the_message_written_for_it(begin: Begin, proof, mistake: Mistake) -> None:
    proof.mistake(begin(LAB), mistake)
