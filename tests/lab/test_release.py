"""Hidden goals and the solution: a learner sees them when the lab's author releases them, and grading always does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecslab.cli.main import main
from ecslab.content.checks import Check
from ecslab.content.packs import Pack, load
from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import judge
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm
from ecslab.workbench.scaffold import create

LAB = "keep-the-light-on"
HIDDEN = ["same-service"]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Pack]:
    """The starter's lab with a hidden goal, and its solution released as it is said."""

    def make(release: str) -> Pack:
        pack = load(create(tmp_path_factory.mktemp("packs") / "harbour"))
        path = pack.root / "labs" / LAB / "lab.yaml"
        text = path.read_text()
        text = text.replace("  - id: same-service\n", "  - id: same-service\n    hidden: true\n")
        text = text.replace("solution:\n", f"solution:\n  release: {release}\n")
        path.write_text(text)
        return load(pack.root)

    return make


@pytest.fixture
def start(released, warm: Warm) -> Iterator[Callable[[str], Session]]:
    sessions: list[Session] = []

    def begin(release: str) -> Session:
        session = Session.start(LAB, seed=3, fresh=True, pack=released(f"{release}"), warm=warm)
        session.hold()
        sessions.append(session)
        return session

    yield begin
    for session in sessions:
        session.stop()


def seen(session: Session) -> list[str]:
    return [verdict.id for verdict in session.shown(session.verdicts())]


@pytest.mark.parametrize(
    ("release", "after_giving_up"), [("on_give_up", True), ("on_pass", False), ("never", False)]
)
def test_giving_up_shows_what_the_author_releases_then(start, release: str, after_giving_up: bool) -> None:
    session = start(release)
    assert seen(session) == ["two", "survives"]
    assert [verdict.id for verdict in session.verdicts()] == ["two", "survives", *HIDDEN]
    before = session.debrief()
    assert (before.why, before.solution) == ("", "")
    assert HIDDEN[0] not in [verdict.id for verdict in before.verdicts]
    session.give_up()
    found = session.debrief()
    assert bool(found.why) is bool(found.solution) is found.released is after_giving_up
    assert (seen(session) == ["two", "survives", *HIDDEN]) is after_giving_up


@pytest.mark.parametrize(("release", "after_passing"), [("on_pass", True), ("never", False)])
def test_reaching_the_goals_that_can_be_seen_is_passing(start, release: str, after_passing: bool) -> None:
    session = start(release)
    session.verdicts()
    session.record.append("standing", verdicts={}, points=0, passed=False, finished=True)
    assert session.finished
    assert not session.passed
    assert (HIDDEN[0] in seen(session)) is after_passing


def test_commands_show_no_hidden_goal_and_no_points_for_it(start, capsys, monkeypatch) -> None:
    session = start("never")
    monkeypatch.setenv("ECSLAB_SESSION", str(session.directory))
    main(["lab", "check"])
    out = capsys.readouterr().out
    assert "Two tasks of beacon run" in out
    assert "The service is still the same one" not in out
    assert "0 of 3 points" in out
    main(["lab", "debrief", "--give-up"])
    out = capsys.readouterr().out
    assert "This lab does not show its solution; your instructor has it." in out
    assert "The service is still the same one" not in out


def test_a_goal_that_waits_for_a_hidden_one_does_not_tell_its_name() -> None:
    checks = [
        Check.model_validate({"id": "a", "goal": "A secret", "hidden": True, "state": STATE}),
        Check.model_validate({"id": "b", "goal": "B", "needs": ["a"], "state": STATE}),
    ]
    evidence = Evidence(probes={"a": [(0, 1)], "b": [(0, 1)]})
    assert judge(checks, evidence)[1].message == "Judged once another goal is met."


STATE = {"call": "ecs list-clusters", "is": 2}


def test_packs_say_when_in_one_of_three_words(tmp_path: Path, released) -> None:
    pack = released("on_pass")
    path = pack.root / "labs" / LAB / "lab.yaml"
    path.write_text(path.read_text().replace("release: on_pass", "release: tomorrow"))
    with pytest.raises(Exception, match="release"):
        load(pack.root).lab(LAB)
