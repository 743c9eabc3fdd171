"""Drills: every fault of the catalogue keeps its promise; a drill is seen, repaired, named, and kept."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecslab.content.packs import builtin
from ecslab.lab import drill as drills_room
from ecslab.lab import rehearsal
from ecslab.lab.drill import Drill
from ecslab.progress import drills
from ecslab.progress.store import Store
from ecslab.sandbox.warm import Warm
from ecslab.terms.problems import Problem
from ecslab.workbench.drill_proof import prove

SEED = 3
QUICK = ("scaled-to-zero", "shop-web")
WRONG = "listener-answers"


def catalogue() -> list[object]:
    return [
        pytest.param(fault.id, world, marks=() if (fault.id, world) == QUICK else pytest.mark.slow)
        for fault in builtin().faults()
        for world in fault.worlds
    ]


@pytest.mark.parametrize(("fault", "world"), catalogue())
def test_a_fault_breaks_a_healthy_world_and_both_solutions_repair_it(
    warm: Warm, fault: str, world: str
) -> None:
    assert prove(builtin(), fault, world, SEED, warm) == []


@pytest.fixture
def drill(warm: Warm) -> Iterator[Drill]:
    """A drill on scaled-to-zero, attached, of which the learner does not know what it hides."""
    begun = Drill.start(QUICK[0], seed=SEED, fresh=True, warm=warm)
    begun.session.record.append("drill", told=False)
    begun.session.go()
    begun.session.hold()
    yield begun
    begun.session.stop()


def look(drill: Drill) -> None:
    command = ["aws", "ecs", "describe-services", "--cluster", "shop", "--services", "web-app"]
    env = drill.session.environment()
    subprocess.run(command, env=env, check=True, capture_output=True, cwd=drill.session.workspace)


def repair(drill: Drill) -> None:
    rehearsal.solve_by_cli(drill.session)
    drill.session.sandbox.clock(advance="5m")
    assert all(verdict.passed for verdict in drill.session.verdicts())


def test_nothing_that_the_learner_sees_tells_the_fault(drill: Drill) -> None:
    session = drill.session
    shown = [session.lab.id, session.lab.title, session.lab.story, str(session.directory), session.again]
    assert not any("scaled" in text or "zero" in text or "wants no tasks" in text for text in shown)
    found = session.debrief()
    assert (found.why, found.solution, found.alternatives, found.review) == ("", "", (), ())
    assert not any(entry["service"] for entry in session.sandbox.journal())


def test_the_causes_hold_the_right_one_among_others_in_the_order_of_the_seed(drill: Drill) -> None:
    listed = [cause.id for cause in drill.causes]
    assert "scaled-to-zero" in listed
    assert len(set(listed)) == len(listed) >= 4
    assert listed == [cause.id for cause in Drill(drill.session).causes]


def test_seen_named_and_repaired_is_worth_everything_and_is_kept_once(drill: Drill) -> None:
    assert drill.standing().times.detected is None
    look(drill)
    seen = drill.standing().times.detected
    assert seen is not None
    assert drill.name("scaled-to-zero")
    assert drill.close() is None, "it is named, and not repaired yet"
    repair(drill)
    result = drill.close()
    assert result is not None
    assert (result.points, result.repaired, result.named, result.answers) == (100, True, True, 1)
    assert result.detected_ms == seen <= (result.repaired_ms or 0)
    assert result.seconds is not None
    assert drill.close() == result
    with Store.open() as store:
        assert drills.results(store, "scaled-to-zero")[-1] == result
        assert "drill/scaled-to-zero" in [card.item for card in store.cards()]
    found = drill.session.debrief()
    assert found.why
    assert [how for how, _ in found.alternatives] == ["boto3"]
    assert found.review == ()


def test_a_repair_that_was_not_named_keeps_the_solution_back(drill: Drill) -> None:
    repair(drill)
    assert not drill.session.released
    assert not drill.name(WRONG)
    assert not drill.session.released
    assert drill.name("scaled-to-zero")
    standing = drill.standing()
    assert (standing.over, standing.points, standing.answers) == (True, 80, (WRONG, "scaled-to-zero"))


def test_points_do_not_depend_on_the_clock(drill: Drill) -> None:
    drill.session.sandbox.clock(advance="2h")
    drill.name("scaled-to-zero")
    repair(drill)
    assert drill.standing().points == 100


def test_giving_up_ends_it_and_brings_it_back_soon(drill: Drill) -> None:
    drill.session.give_up()
    result = drill.close()
    assert result is not None
    assert (result.points, result.rating) == (0, 1)
    with Store.open() as store:
        card = next(card for card in store.cards() if card.item == "drill/scaled-to-zero")
        assert card.due - datetime.now(UTC) < timedelta(days=1)
        assert drills.due(store, datetime.now(UTC) + timedelta(days=1))[0:] != []
    assert Drill.current().fault.id == "scaled-to-zero"


def test_a_cause_that_is_not_on_the_list_is_one_line(drill: Drill) -> None:
    with pytest.raises(Problem, match="not on the list"):
        drill.name("gremlins")
    assert drill.standing().answers == ()


def test_another_drill_is_refused_while_one_is_under_way(drill: Drill) -> None:
    with pytest.raises(Problem, match="under way"):
        Drill.start("crash")
    assert Drill.start().session.seed == SEED


def test_what_is_due_comes_first_then_what_was_tried_least(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(home / "chosen.sqlite3") as store:
        monkeypatch.setattr(drills_room, "_store", lambda: Store.open(home / "chosen.sqlite3"))
        every = [fault.id for fault in builtin().faults()]
        for name in every[1:]:
            drills.keep(store, result(name), "v1")
        assert drills_room.choose(builtin()) == every[0]
        drills.keep(store, result(every[2], repaired=False), "v1", datetime.now(UTC) - timedelta(days=2))
        assert drills_room.choose(builtin()) == every[2]
    assert drills_room.choose(builtin(), "shop-fargate") in every
    with pytest.raises(Problem, match="no drill fits"):
        drills_room.choose(builtin(), "moon")


def result(
    fault: str, *, repaired: bool = True, points: float = 100, took: int = 60_000
) -> drills.DrillResult:
    return drills.DrillResult(
        fault, "shop-web", 1, ("ecs.logs",), repaired, repaired, 1, False, points, 1, took, 9.5
    )


def test_the_best_is_more_points_first_and_then_the_quicker_repair(tmp_path: Path) -> None:
    with Store(tmp_path / "a.sqlite3") as store:
        for points, took in ((60, 10_000), (100, 90_000), (100, 80_000), (100, 95_000)):
            drills.keep(store, result("crash", points=points, took=took), "v1")
        best = drills.best(store)["crash"]
        assert (best.points, best.repaired_ms) == (100, 80_000)
        assert drills.tried(store) == {"crash": 4}
