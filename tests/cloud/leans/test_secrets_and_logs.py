"""What `valueFrom` names, and what containers write to CloudWatch Logs."""

import json
from typing import Any

import pytest

from ecslab.cloud.ports.identity import SecretAnswer


def secret(world: Any, name: str = "db-password", value: str = "hunter2", **more: Any) -> str:
    return str(world.call("secretsmanager", "CreateSecret", Name=name, SecretString=value, **more)["ARN"])


def test_a_secret_by_its_full_arn(world: Any) -> None:
    arn = secret(world)
    assert world.secrets.fetch(arn) == SecretAnswer(
        "secretsmanager", "secretsmanager:GetSecretValue", arn, True, "hunter2"
    )


def test_a_secret_by_its_arn_without_the_suffix(world: Any) -> None:
    arn = secret(world)
    found = world.secrets.fetch(arn[:-7])
    assert (found.found, found.value, found.arn) == (True, "hunter2", arn)


def test_an_environment_file_is_an_object_in_s3(world: Any) -> None:
    world.call("s3", "CreateBucket", Bucket="settings")
    world.call("s3", "PutObject", Bucket="settings", Key="web/app.env", Body=b"MODE=dry\n")
    assert world.secrets.environment_file("arn:aws:s3:::settings/web/app.env") == "MODE=dry\n"
    assert world.secrets.environment_file("arn:aws:s3:::settings/web/other.env") is None
    assert world.secrets.environment_file("arn:aws:s3:::elsewhere/web/app.env") is None


def test_one_key_of_a_json_secret(world: Any) -> None:
    arn = secret(world, value=json.dumps({"user": "app", "port": 5432}))
    assert world.secrets.fetch(f"{arn}:user::").value == "app"
    assert world.secrets.fetch(f"{arn}:port::").value == "5432"
    missing = world.secrets.fetch(f"{arn}:password::")
    assert (missing.found, missing.missing_key, missing.value) == (True, "password", None)


def test_a_key_of_something_that_is_not_json(world: Any) -> None:
    assert world.secrets.fetch(f"{secret(world)}:user::").missing_key == "user"


def test_stages_and_versions(world: Any) -> None:
    arn = secret(world, value="old")
    world.call("secretsmanager", "PutSecretValue", SecretId=arn, SecretString="new")
    assert world.secrets.fetch(arn).value == "new"
    assert world.secrets.fetch(f"{arn}::AWSPREVIOUS:").value == "old"
    versions = world.read("secretsmanager", "DescribeSecret", SecretId=arn)["VersionIdsToStages"]
    old = next(version for version, stages in versions.items() if stages == ["AWSPREVIOUS"])
    assert world.secrets.fetch(f"{arn}:::{old}").value == "old"
    assert not world.secrets.fetch(f"{arn}::NOSUCH:").found


def test_a_deleted_secret_and_another_accounts_secret_are_not_found(world: Any) -> None:
    arn = secret(world)
    assert not world.secrets.fetch(arn.replace("123456789012", "999999999999")).found
    assert not world.secrets.fetch(arn.replace("us-east-1", "eu-west-1")).found
    world.call("secretsmanager", "DeleteSecret", SecretId=arn)
    assert not world.secrets.fetch(arn).found


def test_a_bare_name_is_a_parameter(world: Any) -> None:
    secret(world)
    answer = world.secrets.fetch("db-password")
    assert (answer.service, answer.action, answer.found) == ("ssm", "ssm:GetParameters", False)


@pytest.mark.parametrize("name", ["db-url", "/shop/db-url"])
def test_parameters_by_name_and_by_arn(world: Any, name: str) -> None:
    world.call("ssm", "PutParameter", Name=name, Value="db:5432", Type="String")
    arn = f"arn:aws:ssm:us-east-1:123456789012:parameter/{name.removeprefix('/')}"
    for value_from in (name, arn):
        answer = world.secrets.fetch(value_from)
        assert (answer.found, answer.value, answer.arn) == (True, "db:5432", arn)


def test_a_customer_key_must_be_decrypted_with(world: Any) -> None:
    key = world.call("kms", "CreateKey")["KeyMetadata"]["Arn"]
    world.call("ssm", "PutParameter", Name="own", Value="x", Type="SecureString", KeyId=key)
    world.call("ssm", "PutParameter", Name="plain", Value="y", Type="SecureString")
    assert world.secrets.fetch("own").kms_key_arn == key
    assert world.secrets.fetch("own").value == "x"
    assert world.secrets.fetch("plain").kms_key_arn is None
    arn = secret(world, KmsKeyId=key)
    assert world.secrets.fetch(arn).kms_key_arn == key


# --- logs ----------------------------------------------------------------------------------------


def test_lines_are_read_back_with_their_simulated_times(world: Any) -> None:
    world.call("logs", "CreateLogGroup", logGroupName="/ecs/app")
    assert world.logs.has_group("/ecs/app")
    world.advance(60_000)
    world.logs.create_stream("/ecs/app", "ecs/app/1")
    world.logs.put("/ecs/app", "ecs/app/1", [(59_000, "starting"), (60_000, "ready")])
    events = world.read("logs", "GetLogEvents", logGroupName="/ecs/app", logStreamName="ecs/app/1")["events"]
    assert [event["message"] for event in events] == ["starting", "ready"]
    assert events[0]["timestamp"] == round(world.epoch_seconds(59_000) * 1000)
    found = world.read("logs", "FilterLogEvents", logGroupName="/ecs/app", filterPattern="ready")["events"]
    assert [event["logStreamName"] for event in found] == ["ecs/app/1"]
    assert len(found[0]["eventId"]) == 56
    (stream,) = world.read("logs", "DescribeLogStreams", logGroupName="/ecs/app")["logStreams"]
    assert stream["lastEventTimestamp"] == round(world.epoch_seconds(60_000) * 1000)
    assert ("log", "/ecs/app/ecs/app/1", "ready") in [event[1:] for event in world.events]


def test_a_deleted_group_swallows_lines(world: Any) -> None:
    world.logs.create_group("/ecs/app")
    world.logs.create_stream("/ecs/app", "s")
    world.call("logs", "DeleteLogGroup", logGroupName="/ecs/app")
    world.logs.put("/ecs/app", "s", [(0, "lost")])
    world.logs.create_stream("/ecs/app", "s")
    assert not world.logs.has_group("/ecs/app")
    assert not world.events
