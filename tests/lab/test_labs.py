"""Every lab: it fails before, both solutions pass, and every typical mistake gets its own message."""

from collections.abc import Callable
from typing import Any

import pytest

from ecslab.content.labs import Mistake
from ecslab.content.packs import builtin
from ecslab.lab import rehearsal
from ecslab.lab.session import Session

QUICK = "fix-alb-502"
"""The lab that `make test` proves; `make test-all` proves every one."""
QUICK_MISTAKES = {
    "loosens the health check",
    "goes back to the old release",
    "leaves the security group closed",
}
AGAIN = {
    "auto-scale-cpu": 2,  # puts the same target and the same policy
    "first-cluster": 5,  # its one-off task is run, and everything removed, once more
    "scale-to-five": 2,  # goes to five and back
}
"""The calls that change something when a solution is played again, where that cannot be none or one."""
Begin = Callable[..., Session]
each_lab = pytest.mark.parametrize(
    "lab", [pytest.param(lab, marks=() if lab == QUICK else pytest.mark.slow) for lab in builtin().lab_ids]
)


def mistakes() -> list[Any]:
    made = []
    for lab in builtin().lab_ids:
        for mistake in builtin().lab(lab, 3).mistakes:
            quick = lab == QUICK and mistake.name in QUICK_MISTAKES
            marks = () if quick else pytest.mark.slow
            made.append(pytest.param(lab, mistake, id=f"{lab}: {mistake.name}", marks=marks))
    return made


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
    again = sum(entry["changes"] for entry in session.sandbox.journal()) - changes
    assert again <= AGAIN.get(lab, 1)
    rehearsal.settle(session)
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
