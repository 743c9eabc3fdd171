"""What all resources that we add to CloudFormation share, and templates read as fast as they can be."""

import json
from typing import Any

import moto.cloudformation.models
import yaml
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel


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


def install() -> None:
    moto.cloudformation.models.yaml = _Yaml()
