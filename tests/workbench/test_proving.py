"""`pack test` against real sandboxes: the starter proves itself, and a lab that only seems to work is refused."""

import json
from xml.etree import ElementTree

import pytest

from ecslab.content.checks import Check
from ecslab.workbench.proof import may_pass_before

DIR = "labs/keep-the-light-on"
LAB = f"{DIR}/lab.yaml"


@pytest.fixture
def proved(starter, ecslab):
    """Tests the starter with one seed: (status, report)."""

    def prove(*words: str) -> tuple[int, dict]:
        status, out, _ = ecslab(
            "pack", "test", starter.root, "--run-code", "--seeds", 1, "--jobs", 2, "--json", *words
        )
        return status, json.loads(out)

    return prove


def problems(report: dict) -> list[str]:
    return [said for result in report["results"] for said in result["problems"]]


def without_mistakes(changed) -> None:
    text = (changed("pack.yaml", "format: 1", "format: 1").root / LAB).read_text()
    changed(LAB, text[text.index("mistakes:") :], "")


def test_a_new_pack_proves_itself_and_leaves_the_learners_data_alone(starter, tmp_path, home, ecslab) -> None:
    status, out, err = ecslab(
        "pack", "test", starter.root, "--run-code", "--seeds", 1, "--jobs", 2, "--junit", tmp_path / "r.xml"
    )
    assert out.splitlines() == [
        "✔ keep-the-light-on: 7 of 7 proofs",
        "✔ quizzes/services: 1 of 1 proofs",
        "✔ lessons/services: 1 of 1 proofs",
    ]
    assert status == 0
    assert err.splitlines()[:2] == [
        "These scripts of the pack run on this machine, as you:",
        f"    {DIR}/solution/cli.sh",
    ]
    suite = ElementTree.parse(tmp_path / "r.xml").getroot()[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("keep-the-light-on", "7", "0")
    assert not home.exists()


def test_without_leave_no_code_of_the_pack_runs(starter, tmp_path, ecslab) -> None:
    mark = tmp_path / "mark"
    for name in ("cli.sh", "boto3.py"):
        (starter.root / DIR / "solution" / name).write_text(f"touch {mark}\nopen({str(mark)!r}, 'w')\n")
    status, out, err = ecslab("pack", "test", starter.root, "--seeds", 1, "--lab", "keep-the-light-on")
    assert status == 0
    assert out == "✔ keep-the-light-on: 1 of 7 proofs, 6 not run\n"
    assert err.startswith("Not run, because they are code of the pack; read them, then add --run-code:\n")
    assert f"{LAB}: 1 shell command of the mistake “deletes the service”" in err
    assert not mark.exists()


@pytest.mark.slow
def test_a_lab_that_is_solved_before_it_begins(changed, proved) -> None:
    changed(f"{DIR}/patch.yaml", "DesiredCount: 1", "DesiredCount: 2")
    without_mistakes(changed)
    status, report = proved("--lab", "keep-the-light-on")
    assert status == 1
    assert report["passed"] is False
    said = problems(report)
    assert "the goal 'two' is reached before anything is done" in said
    assert "the goal 'survives' is reached before anything is done" in said
    assert "the lab is solved before anything is done" in said


@pytest.mark.slow
def test_a_shallow_check_lets_a_mistake_pass_and_a_message_is_not_the_promised_one(changed, proved) -> None:
    """That the service wants tasks is not yet that they run: the check is satisfied by a wish."""
    changed(LAB, '"services[0].runningCount"\n      is: 2', '"services[0].deployments"\n      absent: false')
    changed(
        LAB,
        'query: "services[0].[status, createdAt]"\n      is: unchanged',
        'query: "services[0].status"\n      is: X',
    )
    status, report = proved("--lab", "keep-the-light-on")
    assert status == 1
    said = problems(report)
    assert any("the goal 'two' is pass, and should be fail" in line for line in said)
    assert any("the goal 'same-service' is fail, and should be pass" in line for line in said)


@pytest.mark.slow
def test_a_mistake_with_another_message_than_promised(changed, proved) -> None:
    changed(LAB, "when: {actual: 0}", "when: {actual: 7}")
    text = (changed("pack.yaml", "format: 1", "format: 1").root / LAB).read_text()
    changed(LAB, text[text.index("  - name: scales to zero") : text.index("  - name: stops all")], "")
    status, report = proved("--lab", "keep-the-light-on")
    assert status == 1
    assert [line.split(":")[0] for line in problems(report)] == [
        "the goal 'two' shows no feedback, and should show 'none'"
    ] * 2


@pytest.mark.slow
def test_a_solution_that_does_not_solve_and_one_that_fails(changed, proved) -> None:
    without_mistakes(changed)
    changed(f"{DIR}/solution/cli.sh", "--desired-count 2", "--desired-count 1")
    changed(f"{DIR}/solution/boto3.py", 'service="beacon", desired', 'service="bacon", desired')
    status, report = proved("--lab", "keep-the-light-on")
    assert status == 1
    said = problems(report)
    assert any(line.startswith("the solution by CLI does not reach 'two': fail, One task") for line in said)
    assert any(" failed: " in line and "ServiceNotFoundException" in line for line in said)


def test_usage(starter, ecslab) -> None:
    assert ecslab("pack", "test", starter.root, "--seeds", 0)[0] == 2
    status, _, err = ecslab("pack", "test", starter.root, "--lab", "keep-the-light")
    assert (status, err) == (
        2,
        "ecslab: there is no lab 'keep-the-light' in this pack; did you mean 'keep-the-light-on'?\n",
    )


@pytest.mark.parametrize(
    ("check", "may"),
    [
        ({"state": {"call": "ecs list-clusters", "unchanged": True}}, True),
        ({"state": {"call": "ecs list-clusters", "is": "unchanged"}}, True),
        ({"state": {"call": "ecs list-clusters", "is": 1}}, False),
        ({"state": {"call": "ecs list-clusters", "is": 1}, "optional": True}, True),
        ({"http": {"load_balancer": "a", "status": 200}}, False),
        ({"http": {"load_balancer": "a", "failed": 0}}, True),
        ({"called": {"operation": "StopTask", "count": {"at_most": 0}}}, True),
        ({"called": {"operation": "StopTask"}}, False),
    ],
    ids=str,
)
def test_which_goals_may_hold_from_the_start(check: dict, may: bool) -> None:
    assert may_pass_before(Check.model_validate({"id": "a", "goal": "A", **check})) is may
