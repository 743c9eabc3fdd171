"""`pack test --drills`: every fault in each of its worlds, and a fault that keeps no promise is refused."""

import shutil
from pathlib import Path

import pytest

from ecslab.content.packs import Pack, builtin, load
from ecslab.sandbox.warm import Warm
from ecslab.workbench.cases import Case, cases_of, drill_scripts
from ecslab.workbench.proof import prove

FAULT = "scaled-to-zero"


@pytest.fixture
def drills(tmp_path: Path) -> Pack:
    """A pack with the faults and worlds of the built-in one, and no labs."""
    for folder in ("faults", "worlds"):
        shutil.copytree(builtin().root / "labs" / folder, tmp_path / "drills" / "labs" / folder)
    (tmp_path / "drills" / "pack.yaml").write_text(
        "format: 1\nname: drills\nversion: 0.1.0\ntitle: Drills\nauthors: [Ada Writer]\n"
    )
    return load(tmp_path / "drills")


def cases(pack: Pack) -> list[Case]:
    return cases_of(pack, lab=None, seeds=2, drills=True)


def test_every_fault_is_a_case_in_each_of_its_worlds_and_seeds(drills: Pack) -> None:
    assert not [case for case in cases_of(drills, lab=None, seeds=2) if case.kind == "drill"]
    found = [(case.subject.removeprefix("drill/"), case.index, case.seed) for case in cases(drills)]
    wanted = [
        (fault.id, index, seed)
        for seed in (1, 2)
        for fault in drills.faults()
        for index in range(len(fault.worlds))
    ]
    assert found == wanted
    assert all(case.runs_code for case in cases(drills))


def test_their_solutions_are_named_before_they_run(drills: Pack, ecslab) -> None:
    status, out, err = ecslab("pack", "test", drills.root, "--drills", "--seeds", 1)
    assert status == 0
    assert f"· drill/{FAULT}: 0 of 2 proofs, 2 not run" in out
    assert [line.strip() for line in err.splitlines()[1:]] == drill_scripts(drills)
    assert f"labs/faults/{FAULT}/cli.sh" in err


def test_they_are_of_no_lab(drills: Pack, ecslab) -> None:
    status, _, err = ecslab("pack", "test", drills.root, "--drills", "--lab", "x")
    assert (status, err) == (2, "ecslab: --drills are of no lab; leave --lab or --drills out\n")


@pytest.mark.slow
def test_a_fault_that_breaks_nothing_and_a_solution_that_repairs_nothing(drills: Pack) -> None:
    fault = drills.root / "labs" / "faults" / FAULT
    case = next(case for case in cases(drills) if case.subject == f"drill/{FAULT}")
    with Warm() as warm:
        assert prove(case, drills, warm) == []
        (fault / "cli.sh").write_text("true\n")
        said = prove(case, load(drills.root), warm)
        assert said
        assert all(line.startswith("after cli: ") for line in said)
        text = (fault / "fault.yaml").read_text()
        assert "desired-count 0" in text
        (fault / "fault.yaml").write_text(text.replace("desired-count 0", "desired-count 2"))
        said = prove(case, load(drills.root), warm)
        assert "every check passes after five minutes" in said
