"""What all resources that we add to CloudFormation share, and templates read as fast as they can be."""

import json
from typing import Any

import moto.cloudformation.models
import moto.cloudformation.parsing as parsing
import yaml
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel
from moto.iam.models import Role, iam_backends


class StackResource(CloudFormationModel):
    """A physical id and the attributes that `Fn::GetAtt` may ask for."""

    attributes: dict[str, str] = {}

    def __init__(self, physical_id: str, **attributes: str) -> None:
        self.id = physical_id
        self.attributes = attributes

    @property
    def physical_resource_id(self) -> str:
        return self.id

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("Arn", "Name", "ServiceArn", "TaskDefinitionArn")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name in self.attributes:
            return self.attributes[attribute_name]
        raise UnformattedGetAttTemplateException()

    def is_created(self) -> bool:
        return True


class _Yaml:
    """The `yaml` module as moto's stacks see it: a template in JSON, as worlds have it, is read by json,
    which is a hundred times as fast."""

    def __getattr__(self, name: str) -> Any:
        return getattr(yaml, name)

    @staticmethod
    def load(text: str, Loader: Any) -> Any:  # noqa: N803
        if text.lstrip().startswith("{"):
            try:
                return json.loads(text)
            except ValueError:
                pass
        return yaml.load(text, Loader=Loader)


def register(*resources: type[StackResource]) -> None:
    """Makes stacks use these classes. moto finds a type's class and name property in cached maps."""
    for resource in resources:
        parsing.get_model_map()[resource.cloudformation_type()] = resource
        parsing.get_name_type_map()[resource.cloudformation_type()] = resource.cloudformation_name_type()


_plain_role = Role.create_from_cloudformation_json.__func__


def _role(
    cls: type[Role],
    /,
    resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
    **kwargs: Any,
) -> Role:
    """As moto's, with the managed policies attached and the inline ones as text."""
    properties = cloudformation_json["Properties"]
    inline = [
        {**policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])}
        for policy in properties.get("Policies", [])
    ]
    written = {**cloudformation_json, "Properties": {**properties, "Policies": inline}}
    role = _plain_role(cls, resource_name, written, account_id, region_name, **kwargs)
    for arn in properties.get("ManagedPolicyArns", []):
        iam_backends[account_id]["aws"].attach_role_policy(arn, role.name)
    return role


def install() -> None:
    moto.cloudformation.models.yaml = _Yaml()
    Role.create_from_cloudformation_json = classmethod(_role)
