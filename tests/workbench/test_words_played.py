"""Checks of files, roles and several parts in a lab that is played: what they see is kept with the attempt."""

import json
from collections.abc import Iterator

import pytest

from ecslab.grading.evidence import Evidence
from ecslab.grading.judge import judge
from ecslab.lab.evidence import files_seen
from ecslab.lab.session import Session
from ecslab.sandbox.warm import Warm

CHECKS = """
  - id: written
    goal: "plan.json wants two tasks"
    file: {path: plan.json, json: tasks, is: 2}
    feedback: [{id: none, when: {actual: {absent: true}}, say: There is no plan yet.}]
  - id: least
    goal: "The tasks cannot call ECS"
    allowed: {role: ecsAppRole, action: "ecs:UpdateService", is: false}
  - id: same-revision
    goal: "The revision that runs is as it was, but for its number"
    all:
      - state:
          call: ecs describe-services --cluster harbour --services beacon
          query: "services[0].taskDefinition"
          save: RUNS
      - state:
          call: ecs describe-task-definition --task-definition ${RUNS}
          query: taskDefinition
          unchanged: {except: [taskDefinitionArn, revision, registeredAt]}

hints:
"""


@pytest.fixture
def session(changed) -> Iterator[Session]:
    pack = changed("labs/keep-the-light-on/lab.yaml", "\nhints:\n", CHECKS)
    with Warm() as warm:
        session = Session.start("keep-the-light-on", seed=1, pack=pack, warm=warm)
        with session.attached():
            yield session
        session.stop()


def standing(session: Session) -> dict[str, str]:
    found = {verdict.id: verdict.verdict for verdict in session.verdicts()}
    return {name: found[name] for name in ("written", "least", "same-revision")}


def test_what_the_words_see_is_judged_as_it_changes_and_kept(session: Session) -> None:
    assert standing(session) == {"written": "fail", "least": "pass", "same-revision": "pass"}
    assert session.verdicts()[3].message == "There is no plan yet."
    plan = session.workspace / "plan.json"
    for content, verdict in (({"tasks": 1}, "fail"), ({"tasks": 2}, "pass")):
        plan.write_text(json.dumps(content))
        assert standing(session)["written"] == verdict
    session.reset()
    assert standing(session)["written"] == "pass", "the workspace is the learner's, and stays"
    plan.unlink()
    again = Session.resume("keep-the-light-on")
    assert standing(again)["written"] == "fail"
    lines = list(session.record.lines("file"))
    assert [line["value"] for line in lines] == [None, 1, 2, None]
    assert [line["sha256"] is None for line in lines] == [True, False, False, True]


def test_a_grader_judges_files_from_the_record_alone(session: Session) -> None:
    (session.workspace / "plan.json").write_text('{"tasks": 2}')
    session.verdicts()
    (session.workspace / "plan.json").unlink()
    evidence = Evidence.of(session.sandbox.history(), files=files_seen(session.record))
    assert {verdict.id: verdict.verdict for verdict in judge(session.lab.checks, evidence)}[
        "written"
    ] == "pass"
