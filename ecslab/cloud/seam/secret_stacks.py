"""CloudFormation's `AWS::SecretsManager::Secret`, which moto does not have."""

import json
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from ecslab.cloud.seam.stacks import StackResource, register


class Secret(StackResource):
    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SecretsManager::Secret"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Id"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> "Secret":
        properties = cloudformation_json.get("Properties", {})
        value = properties.get("SecretString", "")
        created = secretsmanager_backends[account_id][region_name].create_secret(
            name=resource_name,
            secret_string=value if isinstance(value, str) else json.dumps(value),
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

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> "Secret":
        value = cloudformation_json.get("Properties", {}).get("SecretString", "")
        secretsmanager_backends[account_id][region_name].put_secret_value(
            secret_id=original_resource.physical_resource_id,
            secret_string=value if isinstance(value, str) else json.dumps(value),
            secret_binary=None,
            client_request_token=None,
            version_stages=["AWSCURRENT"],
        )
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        secretsmanager_backends[account_id][region_name].delete_secret(
            secret_id=resource_name, recovery_window_in_days=None, force_delete_without_recovery=True
        )


def install() -> None:
    register(Secret)
