"""Waiters that do not make the learner wait: botocore's own, with a short sleep between polls.

The world moves on by AWS's own delay at a waiter's every poll, so sleeping for it as well would be
time lost. What a waiter waits for and how often it asks stay as AWS wrote them. A directory named
in `AWS_DATA_PATH` overrides botocore's data, in the AWS CLI and in boto3 alike.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ecslab.sandbox import places
from ecslab.shell.shortwaits import DELAY

SERVICES = (
    "acm",
    "application-autoscaling",
    "autoscaling",
    "cloudformation",
    "cloudwatch",
    "ec2",
    "ecr",
    "ecs",
    "elb",
    "elbv2",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "route53",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "ssm",
)
"""Services that a world may hold; every further directory costs each boto3 program some time."""


def directory() -> Path:
    """The directory for `AWS_DATA_PATH`; made once for each version of the libraries."""
    sources = list(_sources())
    name = "-".join(["waiters", *(version for _, version in sources)])
    place = places.made(places.cache_dir()) / name
    if not place.exists():
        _make(place, [data for data, _ in sources])
    return place


def _sources() -> Iterator[tuple[Path, str]]:
    """Data directories and versions of boto3's botocore and of the one inside the AWS CLI."""
    for package, inside in (("botocore", "."), ("awscli", "botocore")):
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            root = Path(spec.origin).parent
            found = re.search(r"^__version__ = ['\"]([^'\"]+)", Path(spec.origin).read_text(), re.MULTILINE)
            yield root / inside / "data", found.group(1) if found else "0"


def _make(place: Path, sources: list[Path]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=place.parent))
    for data in sources:
        for service in SERVICES:
            for model in data.glob(f"{service}/*/waiters-2.json"):
                _shorten(model, draft / model.relative_to(data))
    draft.chmod(0o755)
    try:
        draft.rename(place)
    except OSError:  # somebody else was faster
        shutil.rmtree(draft, ignore_errors=True)


def _shorten(model: Path, target: Path) -> None:
    """Writes one model; waiters that an earlier source gave already stay."""
    document = json.loads(model.read_text())
    for waiter in document["waiters"].values():
        waiter["delay"] = min(DELAY, waiter["delay"])
    if target.exists():
        document["waiters"] |= json.loads(target.read_text())["waiters"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document))
