"""moto's Secrets Manager, Parameter Store and S3: plain views of what is stored."""

from dataclasses import dataclass
from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from ecslab.cloud.seam.binding import world


@dataclass(frozen=True)
class SecretView:
    arn: str
    name: str
    value: str | None
    """None: no such version or stage."""
    kms_key: str | None


@dataclass(frozen=True)
class ParameterView:
    value: str
    kms_key: str | None


def _version(secret: Any, stage: str, version: str) -> str | None:
    for number, held in secret.versions.items():
        stages = held.get("version_stages") or []
        if (not version or number == version) and (stage in stages if stage else bool(version)):
            text = held.get("secret_string")
            return text if isinstance(text, str) else None
    return None


def secret(identifier: str, stage: str = "AWSCURRENT", version: str = "") -> SecretView | None:
    """By full ARN, or by ARN without the random suffix."""
    store = secretsmanager_backends[world().account][world().region].secrets
    for found in dict.values(store):
        if identifier in (found.arn, found.arn[:-7]) and not found.is_deleted():
            return SecretView(
                found.arn, found.name, _version(found, stage, version), _customer_key(found.kms_key_id)
            )
    return None


def parameter(name: str) -> ParameterView | None:
    found = ssm_backends[world().account][world().region].get_parameter(name)
    if found is None:
        return None
    secure = found.parameter_type == "SecureString"
    value = found.decrypt(found.value)
    return ParameterView(value or "", _customer_key(found.keyid) if secure else None)


def _customer_key(key: str | None) -> str | None:
    """The ARN of a customer managed key; AWS's own keys (`alias/aws/…`) need no permission."""
    if not key or "alias/aws/" in key:
        return None
    backend = kms_backends[world().account][world().region]
    wanted = key.rpartition("/")[2] if ":key/" in key else key.partition(":alias/")[2] or key
    alias = wanted if wanted.startswith("alias/") else f"alias/{wanted}"
    for number, held in backend.keys.items():
        if number == wanted or alias in held.aliases:
            return str(held.arn)
    return f"arn:aws:kms:{world().region}:{world().account}:key/{wanted}"


def install() -> None:
    """Nothing of moto's is replaced here: both stores behave."""


def stored(bucket: str, key: str) -> str | None:
    """The text of an S3 object of this account."""
    held = s3_backends[world().account]["aws"].buckets.get(bucket)
    found = held.keys.get(key) if held is not None else None
    value = getattr(found, "value", None)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None
