"""A world's template and its learner, made real: CloudFormation and IAM through moto's own dispatcher."""

import json
from typing import Protocol

from moto.iam.models import AccessKey, iam_backends

from ecslab.cloud.ports.api import ApiError
from ecslab.cloud.seam import calls
from ecslab.cloud.seam.dispatch import AnsweringWorld
from ecslab.cloud.seam.stack_plays import Stacks

STACK = "ecslab"
LEARNER = "learner"


class TemplateFailed(Exception):
    """The world's template cannot be built; the text says which resource and why."""


class BuildingWorld(AnsweringWorld, Protocol):
    """A world as it is built."""

    stacks: Stacks


def create_learner(world: BuildingWorld) -> None:
    """The IAM user whose keys the learner has; an administrator of this account."""
    calls.change(world, "iam", "CreateUser", {"UserName": LEARNER})
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    calls.change(
        world, "iam", "PutUserPolicy",
        {"UserName": LEARNER, "PolicyName": "everything", "PolicyDocument": json.dumps(policy)},
    )  # fmt: skip
    user = iam_backends[world.account]["aws"].get_user(LEARNER)
    key = AccessKey(user_name=LEARNER, prefix="AKIA", account_id=world.account)
    key.access_key_id = world.document["identity"]["access_key_id"]
    key.secret_access_key = world.document["identity"]["secret_access_key"]
    user.access_keys.append(key)
    iam_backends[world.account]["aws"].access_keys[key.physical_resource_id] = key


def create_stack(world: BuildingWorld) -> None:
    """Raises TemplateFailed."""
    body = world.document.get("template")
    if not body or not body.get("Resources"):
        return
    world.stacks.at_once = True
    try:
        calls.change(
            world, "cloudformation", "CreateStack",
            {"StackName": STACK, "TemplateBody": json.dumps(body), "Capabilities": ["CAPABILITY_NAMED_IAM"]},
        )  # fmt: skip
        stack = calls.read(world, "cloudformation", "DescribeStacks", {"StackName": STACK})
        status = stack["Stacks"][0]["StackStatus"] if "Stacks" in stack else str(stack)
    except ApiError as error:
        raise TemplateFailed(f"{error.code}: {error.message}") from None
    finally:
        world.stacks.at_once = False
    if status != "CREATE_COMPLETE":
        raise TemplateFailed(f"the stack is {status}")


def known_access_key(world: BuildingWorld, access_key: str) -> bool:
    """Whether this world issued the key: the learner's, another user's or a role session's."""
    from moto.sts.models import sts_backends

    identity = world.document["identity"]["access_key_id"]
    if access_key == identity or access_key in iam_backends[world.account]["aws"].access_keys:
        return True
    return sts_backends[world.account]["aws"].get_assumed_role_from_access_key(access_key) is not None
