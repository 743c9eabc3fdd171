"""Takes moto's draws that do not come from its seeded generator, so that a replay is byte-identical."""

import os
from typing import Any
from uuid import UUID

import moto.cloudwatch.models
import moto.iam.models
import moto.kms.models
import moto.kms.responses
import moto.kms.utils
import moto.s3.models
import moto.ssm.models
import moto.sts.utils
from moto.moto_api._internal import mock_random


class _SeededOs:
    """The `os` module as seen by a moto module that draws from `os.urandom`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    @staticmethod
    def urandom(size: int) -> bytes:
        return mock_random.randbytes(size)


def _uuid4() -> UUID:
    return mock_random.uuid4()


def install() -> None:
    seeded = _SeededOs()
    for module in (
        moto.iam.models, moto.kms.models, moto.kms.responses, moto.kms.utils, moto.s3.models, moto.sts.utils,
    ):  # fmt: skip
        module.os = seeded
    moto.ssm.models.uuid4 = _uuid4
    moto.cloudwatch.models.uuid4 = _uuid4


def reseed(*key: object) -> None:
    """Called before each dispatch: what a request draws depends on the seed and on how many inputs
    changed something before it, and on nothing else."""
    mock_random.seed("/".join(str(part) for part in key))
