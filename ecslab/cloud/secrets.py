"""What a container secret's `valueFrom` names, and what it holds: Secrets Manager or Parameter Store; and
environment files in S3.

Permission and network are asked elsewhere; this only says what would be found.
"""

import json
import re

from ecslab.cloud.ports.identity import SecretAnswer
from ecslab.cloud.ports.world import World
from ecslab.cloud.seam import secrets

_ARN = re.compile(
    r"arn:aws:(?P<service>[a-z]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):(?P<rest>.+)", re.DOTALL
)


class SecretVault:
    def __init__(self, world: World) -> None:
        self._world = world

    def fetch(self, value_from: str) -> SecretAnswer:
        match = _ARN.fullmatch(value_from)
        if match and match["service"] == "secretsmanager":
            return self._secret(value_from)
        return self._parameter(value_from)

    def environment_file(self, arn: str) -> str | None:
        bucket, _, key = arn.partition(":::")[2].partition("/")
        return secrets.stored(bucket, key)

    def _here(self, arn: str) -> bool:
        match = _ARN.fullmatch(arn)
        return match is not None and (match["region"], match["account"]) == (
            self._world.region,
            self._world.account,
        )

    def _secret(self, value_from: str) -> SecretAnswer:
        """`arn:…:secret:NAME-SUFFIX[:json-key:version-stage:version-id]`."""
        parts = value_from.split(":")
        arn = ":".join(parts[:7])
        key, stage, version = [*parts[7:], "", "", ""][:3]
        default_stage = "" if version else "AWSCURRENT"
        found = secrets.secret(arn, stage or default_stage, version) if self._here(arn) else None
        action = "secretsmanager:GetSecretValue"
        if found is None or found.value is None:
            return SecretAnswer("secretsmanager", action, found.arn if found else arn, False)
        value, missing = _pick(found.value, key)
        return SecretAnswer(
            "secretsmanager", action, found.arn, True, value, missing_key=missing, kms_key_arn=found.kms_key
        )

    def _parameter(self, value_from: str) -> SecretAnswer:
        """A parameter's ARN or name; a bare name is always taken for a parameter."""
        action = "ssm:GetParameters"
        match = _ARN.fullmatch(value_from)
        if match:
            arn, name = value_from, match["rest"].removeprefix("parameter")
            known = self._here(value_from)
        else:
            name = value_from
            path = name if name.startswith("/") else f"/{name}"
            arn = f"arn:aws:ssm:{self._world.region}:{self._world.account}:parameter{path}"
            known = True
        found = secrets.parameter(name) if known else None
        if found is None and known and match:
            found = secrets.parameter(name.removeprefix("/"))
        if found is None:
            return SecretAnswer("ssm", action, arn, False)
        return SecretAnswer("ssm", action, arn, True, found.value, kms_key_arn=found.kms_key)


def _pick(text: str, key: str) -> tuple[str | None, str | None]:
    """The value, or of a JSON document one key: (value, missing key)."""
    if not key:
        return text, None
    try:
        document = json.loads(text)
    except ValueError:
        return None, key
    if not isinstance(document, dict) or key not in document:
        return None, key
    value = document[key]
    return (value if isinstance(value, str) else json.dumps(value)), None
