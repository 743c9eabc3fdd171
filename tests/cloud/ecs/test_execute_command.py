"""ECS Exec: what it needs and how each missing piece shows.

Reference: 4.7 (error texts), 4.8 (permissions), 3.6 (managed agents); texts of real accounts.
"""

import pytest

from tests.cloud.ecs.fakes import APP_ROLE, FakeWorld, world

ROLE_MISSING = (
    "a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again."
)


def running(**changes: object) -> FakeWorld:
    made = world()
    definition = made.register(taskRoleArn=APP_ROLE, **changes)
    made.create(definition, balanced=False, enableExecuteCommand=True)
    made.advance(60_000)
    return made


def refused(made: FakeWorld, **params: object) -> tuple[str, str]:
    task = made.tasks()[0]["taskArn"]
    return made.refused("ExecuteCommand", **{"task": task, "command": "sh", "interactive": True, **params})


def agent(made: FakeWorld) -> dict[str, object]:
    (found,) = made.tasks()[0]["containers"][0]["managedAgents"]
    return dict(found)


def test_with_everything_in_place_only_the_session_is_missing() -> None:
    made = running()
    assert (agent(made)["name"], agent(made)["lastStatus"]) == ("ExecuteCommandAgent", "RUNNING")
    assert "lastStartedAt" in agent(made)
    assert refused(made)[0] == "UnsupportedFeatureException"


def test_a_task_role_is_asked_for_at_once() -> None:
    made = world(count=1, balanced=False)
    for operation, params, doing in (
        ("CreateService", {"serviceName": "b", "taskDefinition": "web-app:1", "desiredCount": 1}, "created"),
        ("UpdateService", {"service": "web"}, "updated"),
        ("RunTask", {"taskDefinition": "web-app:1"}, "started"),
    ):
        if operation != "UpdateService":
            params |= {"launchType": "FARGATE", "networkConfiguration": made.network()}
        code, message = made.refused(operation, **params, enableExecuteCommand=True)
        assert code == "InvalidParameterException"
        assert f"couldn't be {doing} because {ROLE_MISSING}" in message


@pytest.mark.parametrize("action", ["ssmmessages:OpenDataChannel", "ssmmessages:CreateControlChannel"])
def test_without_a_permission_of_the_task_role_the_target_is_not_connected(action: str) -> None:
    made = running()
    made.iam.denied = {action}
    assert refused(made) == (
        "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.",
    )  # fmt: skip


def test_without_a_way_to_session_manager_the_target_is_not_connected() -> None:
    made = running()
    made.vpc.unreachable = {"ssmmessages"}
    assert refused(made)[0] == "TargetNotConnectedException"


def test_the_agent_cannot_live_on_a_read_only_file_system() -> None:
    made = running(container={"readonlyRootFilesystem": True})
    assert agent(made)["lastStatus"] == "STOPPED"
    assert refused(made)[0] == "TargetNotConnectedException"


def test_a_task_from_before_it_was_enabled_has_no_agent() -> None:
    made = world()
    made.create(made.register(taskRoleArn=APP_ROLE), balanced=False)
    made.advance(60_000)
    made.call("UpdateService", service="web", enableExecuteCommand=True)
    code, message = refused(made)
    assert (
        code == "InvalidParameterException"
        and "execute command was not enabled when the task was run" in message
    )
    assert "managedAgents" not in made.tasks()[0]["containers"][0]


def test_the_request_itself() -> None:
    made = running()
    assert refused(made, interactive=False)[1] == "Interactive is the only mode supported currently."
    assert refused(made, container="nope")[0] == "InvalidParameterException"
    assert made.refused("ExecuteCommand", task="0" * 32, command="sh", interactive=True)[0] == (
        "InvalidParameterException"
    )
