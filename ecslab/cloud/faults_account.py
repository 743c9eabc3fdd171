"""Faults of what services lean on: routes, security groups, permissions, images, log groups, the API itself.

Each is what a person with access to the account could have done; found and repaired with ordinary calls.
"""

import json
from collections.abc import Callable
from typing import Any

from ecslab.cloud import faults_find as find
from ecslab.cloud.faults_find import FaultyWorld
from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam import calls
from ecslab.terms.durations import parse_duration

ANYWHERE = "0.0.0.0/0"


def _named(world: FaultyWorld, operation: str, answer: str, key: str, name: str) -> JSON:
    """A resource of EC2 by its id, its Name tag or its group name."""
    for found in calls.read(world, "ec2", operation, {})[answer]:
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
        if name in (found[key], tags.get("Name"), found.get("GroupName")):
            return dict(found)
    raise ApiError("ValidationError", f"there is no {key.removesuffix('Id')} {name!r} in this world")


# --- network ---


def remove_route(world: FaultyWorld, argument: Any) -> None:
    given = find.spelled(argument, "route_table")
    table = _named(world, "DescribeRouteTables", "RouteTables", "RouteTableId", given["route_table"])
    calls.change(
        world, "ec2", "DeleteRoute",
        {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": given.get("to", ANYWHERE)},
    )  # fmt: skip


def close_security_group(world: FaultyWorld, argument: Any) -> None:
    """Takes away the rules that let something in (or out), all or those of one port."""
    given = find.spelled(argument, "group")
    group = _named(world, "DescribeSecurityGroups", "SecurityGroups", "GroupId", given["group"])
    out = given.get("direction") == "out"
    rules = group["IpPermissionsEgress" if out else "IpPermissions"]
    port = given.get("port")
    closed = [rule for rule in rules if port is None or _lets(rule, port)]
    if closed:
        operation = "RevokeSecurityGroupEgress" if out else "RevokeSecurityGroupIngress"
        calls.change(world, "ec2", operation, {"GroupId": group["GroupId"], "IpPermissions": closed})


def _lets(rule: JSON, port: int) -> bool:
    return bool(rule["IpProtocol"] == "-1") or rule.get("FromPort", 0) <= port <= rule.get("ToPort", 65535)


# --- permissions ---


def revoke_permission(world: FaultyWorld, argument: JSON) -> None:
    """Denies an action to a role or a user, or detaches one of its managed policies."""
    kind, name = ("Role", argument["role"]) if "role" in argument else ("User", argument["user"])
    who = {f"{kind}Name": name}
    if "policy" in argument:
        attached = calls.read(world, "iam", f"ListAttached{kind}Policies", who).get("AttachedPolicies", [])
        for policy in attached:
            if argument["policy"] in (policy["PolicyName"], policy["PolicyArn"]):
                calls.change(world, "iam", f"Detach{kind}Policy", {**who, "PolicyArn": policy["PolicyArn"]})
                return
        raise ApiError("NoSuchEntity", f"{name} has no policy {argument['policy']!r}")
    action = argument["action"]
    statement = {"Effect": "Deny", "Action": action, "Resource": argument.get("resource", "*")}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy_name = "deny-" + action.replace(":", "-").replace("*", "all")
    calls.change(
        world, "iam", f"Put{kind}Policy", {**who, "PolicyName": policy_name, "PolicyDocument": document}
    )


def distrust_role(world: FaultyWorld, argument: Any) -> None:
    """ECS tasks can assume the role no more: it trusts another service alone."""
    given = find.spelled(argument, "role")
    statement = {
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": given.get("trusts", "ec2.amazonaws.com")},
    }  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    calls.change(
        world, "iam", "UpdateAssumeRolePolicy", {"RoleName": given["role"], "PolicyDocument": document}
    )


def forget_service_linked_role(world: FaultyWorld, argument: Any) -> None:
    """As in an account that has never used ECS."""
    world.iam.forget_linked_role()


# --- images, log groups ---


def delete_image(world: FaultyWorld, argument: JSON) -> None:
    """The image with all its tags."""
    listed = calls.read(world, "ecr", "DescribeImages", {"repositoryName": argument["repository"]})
    images = listed.get("imageDetails", [])
    ids = [{"imageDigest": i["imageDigest"]} for i in images if argument["tag"] in i.get("imageTags", [])]
    _removed(world, argument["repository"], ids)


def delete_tag(world: FaultyWorld, argument: JSON) -> None:
    """The tag; an image with another one stays."""
    _removed(world, argument["repository"], [{"imageTag": argument["tag"]}])


def _removed(world: FaultyWorld, repository: str, ids: list[JSON]) -> None:
    answer: JSON = {"failures": [{"failureReason": "Requested image not found"}]}
    if ids:
        params = {"repositoryName": repository, "imageIds": ids}
        answer = calls.change(world, "ecr", "BatchDeleteImage", params)
    for failure in answer.get("failures", []):
        raise ApiError("ImageNotFoundException", f"{repository}: {failure['failureReason']}")


def delete_log_group(world: FaultyWorld, argument: Any) -> None:
    name = find.spelled(argument, "log_group")["log_group"]
    calls.change(world, "logs", "DeleteLogGroup", {"logGroupName": name})


# --- the API ---


def throttle_api(world: FaultyWorld, argument: JSON) -> None:
    """Requests of clients for one operation (`ecs:DescribeServices`, `ecs:*`) are refused for a while."""
    service, _, operation = argument["operation"].partition(":")
    world.refusals.throttle(service, operation or "*", world.now + parse_duration(argument.get("for", "1m")))


WORDS: dict[str, Callable[[FaultyWorld, Any], None]] = {
    "remove_route": remove_route,
    "close_security_group": close_security_group,
    "revoke_permission": revoke_permission,
    "distrust_role": distrust_role,
    "forget_service_linked_role": forget_service_linked_role,
    "delete_image": delete_image,
    "delete_tag": delete_tag,
    "delete_log_group": delete_log_group,
    "throttle_api": throttle_api,
}
