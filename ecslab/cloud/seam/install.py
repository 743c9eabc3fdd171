"""Puts our behaviour into moto, once a process, and resets moto's state between worlds."""

import importlib

import moto
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from ecslab.cloud.seam import (
    determinism,
    ecs,
    ecs_stacks,
    scaling_stacks,
    sealed,
    secret_stacks,
    settings,
    stack_plays,
    stacks,
)

LEANS = (
    "elbv2_overrides", "ec2_overrides", "ec2_instances", "iam", "logs", "ecr", "secrets", "cloudwatch_responses",
    "autoscaling",
)  # fmt: skip
"""Seam modules of the services around ECS; each has an `install()`."""

WARM = (
    "applicationautoscaling", "cloudformation", "cloudwatch", "ec2", "ecr", "ecs", "elbv2", "events", "iam", "kms",
    "logs", "s3", "secretsmanager", "ssm", "sts", "acm", "resourcegroupstaggingapi",
)  # fmt: skip

_installed = False


class UnknownMoto(Exception):
    """The installed moto is not the one the seam was written for."""


def install() -> None:
    """Idempotent. Raises UnknownMoto."""
    global _installed
    if _installed:
        return
    if moto.__version__ != settings.PINNED_MOTO:
        raise UnknownMoto(
            f"moto {moto.__version__} is installed, this ecslab needs {settings.PINNED_MOTO} exactly; "
            f"run pip install moto=={settings.PINNED_MOTO}"
        )
    for service in WARM:
        importlib.import_module(f"moto.{service}.models")
        importlib.import_module(f"moto.{service}.responses")
    sealed.install()
    determinism.install()
    ecs.install()
    ecs_stacks.install()
    secret_stacks.install()
    stacks.install()
    scaling_stacks.install()
    stack_plays.install()
    for name in LEANS:
        importlib.import_module(f"ecslab.cloud.seam.{name}").install()
    _installed = True


def reset() -> None:
    """moto as in a new process: no account, no resource.

    The backends go instead of being reset: one that is reset may make another one on the way (Auto Scaling makes
    EC2's), and the next world would then draw other ids than in a new process.
    """
    for backends in list(BackendDict._instances):
        backends.clear()
    BackendDict._instances.clear()
    reset_model_data()
