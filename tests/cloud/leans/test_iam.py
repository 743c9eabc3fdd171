"""Roles: who may assume them, and what their policies allow."""

import json
from typing import Any

import pytest

from ecslab.cloud import iam_policy

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"


def role(world: Any, name: str = "app", trust: Any = None, path: str = "/") -> str:
    document = json.dumps(TRUST if trust is None else trust)
    made = world.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=document, Path=path)
    return str(made["Role"]["Arn"])


def statement(effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, **more}]}


# --- trust ---------------------------------------------------------------------------------------


def test_a_role_trusts_the_services_it_names(world: Any) -> None:
    arn = role(world)
    assert world.iam.can_assume(arn)
    assert not world.iam.can_assume(arn, "ecs.amazonaws.com")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:role/missing",
        "arn:aws:iam::role/app",
        "arn:aws:iam::999999999999:role/app",
        "app",
        "arn:aws:iam::123456789012:user/app",
        "",
    ],
)
def test_roles_that_cannot_be_assumed(world: Any, arn: str) -> None:
    role(world)
    assert not world.iam.can_assume(arn)


def test_the_path_is_part_of_the_arn(world: Any) -> None:
    arn = role(world, path="/service/")
    assert arn.endswith(":role/service/app")
    assert world.iam.can_assume(arn)
    assert not world.iam.can_assume(arn.replace("service/", ""))


def test_trust_for_another_service_is_none(world: Any) -> None:
    trust = json.loads(json.dumps(TRUST).replace("ecs-tasks", "ec2"))
    assert not world.iam.can_assume(role(world, trust=trust))


@pytest.mark.parametrize(("account", "trusted"), [("123456789012", True), ("999999999999", False)])
def test_trust_may_be_limited_to_an_account(world: Any, account: str, trusted: bool) -> None:
    trust = json.loads(json.dumps(TRUST))
    trust["Statement"][0]["Condition"] = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:*"},
    }
    assert world.iam.can_assume(role(world, trust=trust)) is trusted


# --- permissions ---------------------------------------------------------------------------------


def test_the_execution_role_policy_is_there_and_lacks_secrets(world: Any) -> None:
    arn = role(world)
    assert not world.iam.allows(arn, "ecr:GetAuthorizationToken")
    world.call("iam", "AttachRolePolicy", RoleName="app", PolicyArn=MANAGED)
    for granted in (
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents",
    ):  # fmt: skip
        assert world.iam.allows(arn, granted, "arn:aws:logs:us-east-1:123456789012:log-group:x"), granted
    for missing in (
        "logs:CreateLogGroup",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
        "kms:Decrypt",
    ):
        assert not world.iam.allows(arn, missing)
    world.call("iam", "DetachRolePolicy", RoleName="app", PolicyArn=MANAGED)
    assert not world.iam.allows(arn, "ecr:GetAuthorizationToken")


def test_any_aws_managed_policy_appears_when_named(world: Any) -> None:
    role(world)
    rare = "arn:aws:iam::aws:policy/AmazonTranscribeReadOnlyAccess"
    world.call("iam", "AttachRolePolicy", RoleName="app", PolicyArn=rare)
    shown = world.read("iam", "GetPolicy", PolicyArn=rare)
    assert shown["Policy"]["PolicyName"] == "AmazonTranscribeReadOnlyAccess"
    bad = "arn:aws:iam::aws:policy/NoSuchPolicy"
    assert world.error("iam", "AttachRolePolicy", RoleName="app", PolicyArn=bad) == "NoSuchEntity"


def test_inline_policies_count(world: Any) -> None:
    arn = role(world)
    document = statement(Action="secretsmanager:GetSecretValue", Resource=SECRET)
    world.call(
        "iam", "PutRolePolicy", RoleName="app", PolicyName="secret", PolicyDocument=json.dumps(document)
    )
    assert world.iam.allows(arn, "secretsmanager:GetSecretValue", SECRET)
    assert not world.iam.allows(arn, "secretsmanager:GetSecretValue", SECRET + "x")


def test_a_refusal_tells_a_missing_permission_from_an_explicit_deny(world: Any) -> None:
    arn, action = role(world), "ecr:BatchGetImage"
    assert world.iam.refusal(arn, action) == f"because no identity-based policy allows the {action} action"
    world.call("iam", "AttachRolePolicy", RoleName="app", PolicyArn=MANAGED)
    assert world.iam.refusal(arn, action) == ""
    deny = json.dumps(statement("Deny", Action=action, Resource="*"))
    world.call("iam", "PutRolePolicy", RoleName="app", PolicyName="deny", PolicyDocument=deny)
    assert world.iam.refusal(arn, action) == "with an explicit deny in an identity-based policy"
    assert not world.iam.allows(arn, action)


def test_the_default_version_of_a_customer_policy_counts(world: Any) -> None:
    arn = role(world)
    first = json.dumps(statement(Action="s3:GetObject", Resource="*"))
    second = json.dumps(statement(Action="s3:*", Resource="*"))
    policy = world.call("iam", "CreatePolicy", PolicyName="own", PolicyDocument=first)["Policy"]["Arn"]
    world.call("iam", "AttachRolePolicy", RoleName="app", PolicyArn=policy)
    assert not world.iam.allows(arn, "s3:PutObject")
    world.call("iam", "CreatePolicyVersion", PolicyArn=policy, PolicyDocument=second)
    assert not world.iam.allows(arn, "s3:PutObject")
    world.call("iam", "SetDefaultPolicyVersion", PolicyArn=policy, VersionId="v2")
    assert world.iam.allows(arn, "s3:PutObject")


def test_a_boundary_limits_what_policies_allow(world: Any) -> None:
    boundary = json.dumps(statement(Action="s3:*", Resource="*"))
    limit = world.call("iam", "CreatePolicy", PolicyName="limit", PolicyDocument=boundary)["Policy"]["Arn"]
    arn = role(world)
    everything = json.dumps(statement(Action="*", Resource="*"))
    world.call("iam", "PutRolePolicy", RoleName="app", PolicyName="all", PolicyDocument=everything)
    assert world.iam.allows(arn, "ssm:GetParameters")
    world.call("iam", "PutRolePermissionsBoundary", RoleName="app", PermissionsBoundary=limit)
    assert not world.iam.allows(arn, "ssm:GetParameters")
    assert world.iam.allows(arn, "s3:GetObject")


# --- evaluation, as a table ----------------------------------------------------------------------

BUCKET = "arn:aws:s3:::shop/orders/1"
EVALUATIONS = [
    (statement(Action="s3:GetObject", Resource="*"), "allow"),
    (statement(Action="S3:getobject", Resource="*"), "allow"),
    (statement(Action="s3:Get*", Resource="*"), "allow"),
    (statement(Action="s3:Get?bject", Resource="*"), "allow"),
    (statement(Action=["s3:PutObject", "s3:GetObject"], Resource=["x", BUCKET]), "allow"),
    (statement(Action="s3:PutObject", Resource="*"), "none"),
    (statement(Action="*", Resource="arn:aws:s3:::shop/*"), "allow"),
    (statement(Action="*", Resource="arn:aws:s3:::other/*"), "none"),
    (statement(NotAction="s3:*", Resource="*"), "none"),
    (statement(NotAction="iam:*", Resource="*"), "allow"),
    (statement(Action="s3:GetObject", NotResource="arn:aws:s3:::shop/*"), "none"),
    (statement(Action="s3:GetObject", NotResource="arn:aws:s3:::other/*"), "allow"),
    (statement("Deny", Action="s3:*", Resource="*"), "deny"),
]


@pytest.mark.parametrize(("document", "decision"), EVALUATIONS)
def test_statements(document: Any, decision: str) -> None:
    assert iam_policy.evaluate([document], "s3:GetObject", BUCKET, {}) == decision


def test_deny_wins_wherever_it_stands() -> None:
    allow = statement(Action="*", Resource="*")
    deny = statement("Deny", Action="s3:GetObject", Resource="*")
    for documents in ([allow, deny], [deny, allow]):
        assert iam_policy.evaluate(documents, "s3:GetObject", BUCKET, {}) == "deny"
        assert iam_policy.evaluate(documents, "s3:PutObject", BUCKET, {}) == "allow"


CONDITIONS = [
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
    ({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}, True),
    ({"StringEquals": {"AWS:requestedregion": "us-east-1"}}, True),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
    ({"StringEquals": {"aws:Missing": "x"}}, False),
    ({"StringEqualsIfExists": {"aws:Missing": "x"}}, True),
    ({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
    ({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}, False),
    ({"StringLike": {"aws:RequestedRegion": "us-*"}}, True),
    ({"StringNotLike": {"aws:RequestedRegion": "us-*"}}, False),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:123456789012:*"}}, True),
    ({"ArnEquals": {"aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:cluster/prod"}}, True),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:999999999999:*"}}, False),
    ({"Bool": {"aws:SecureTransport": True}}, True),
    ({"Null": {"aws:Missing": "true"}}, True),
    ({"Null": {"aws:RequestedRegion": "true"}}, False),
    ({"NumericLessThan": {"size": "10"}}, True),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
    ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}, "Bool": {"aws:SecureTransport": "false"}}, False),
    ({"SomethingNew": {"aws:RequestedRegion": "us-east-1"}}, False),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions(condition: Any, holds: bool) -> None:
    context = {
        "aws:RequestedRegion": "us-east-1",
        "aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:cluster/prod",
        "aws:SecureTransport": "true",
        "aws:SourceIp": "10.1.2.3",
        "size": "5",
    }
    document = statement(Action="*", Resource="*", Condition=condition)
    assert (iam_policy.evaluate([document], "s3:GetObject", BUCKET, context) == "allow") is holds
