"""CloudFormation's `AWS::SecretsManager::Secret`, which moto does not have."""

import json

from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends

from ecslab.cloud.ports.api import JSON
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.stacks import StackResource, register


def _backend() -> SecretsManagerBackend:
    here = world()
    backend: SecretsManagerBackend = secretsmanager_backends[here.account][here.region]
    return backend


def _text(properties: JSON) -> str:
    value = properties.get("SecretString", "")
    return value if isinstance(value, str) else json.dumps(value)


class Secret(StackResource):
    TYPE = "AWS::SecretsManager::Secret"
    NAME = "Name"
    REPLACES = frozenset({"Name"})
    ATTRIBUTES = frozenset({"Id"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "Secret":
        created = _backend().create_secret(
            name=name,
            secret_string=_text(properties),
            secret_binary=None,
            description=properties.get("Description"),
            tags=properties.get("Tags", []),
            kms_key_id=properties.get("KmsKeyId"),
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        arn = (created if isinstance(created, dict) else json.loads(created))["ARN"]
        return cls(arn, Id=arn)

    def change(self, properties: JSON) -> None:
        _backend().put_secret_value(
            secret_id=self.id,
            secret_string=_text(properties),
            secret_binary=None,
            client_request_token=None,
            version_stages=["AWSCURRENT"],
        )

    def remove(self) -> None:
        _backend().delete_secret(
            secret_id=self.id, recovery_window_in_days=None, force_delete_without_recovery=True
        )


def install() -> None:
    register(Secret)
