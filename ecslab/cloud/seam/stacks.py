"""What all resources that we add to CloudFormation share, and templates read as fast as they can be."""

import json
from typing import Any, ClassVar

import moto.cloudformation.models
import moto.cloudformation.parsing as parsing
import yaml
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.iam.models import Role, iam_backends

from ecslab.cloud.ports.api import JSON, ApiError


class HandlerRefused(ValidationError):
    """A service has refused what a stack asked of it."""

    def __init__(self, service: str, operation: str, error: ApiError) -> None:
        super().__init__(message=f"{error.code}: {error.message}")
        self.api_code = error.code
        self._service, self._operation, self._error = service, operation, error

    def said(self) -> str:
        """As the resource's handler passes it on."""
        where = f"Service: {self._service}, Status Code: {self._error.status}"
        return f"Invalid request provided: {self._operation} error: {self._error.message} ({where})"


class StackResource(CloudFormationModel):
    """A physical id and the attributes that `Fn::GetAtt` may ask for."""

    TYPE: ClassVar[str] = ""
    NAME: ClassVar[str] = ""
    """The property that names it."""
    REPLACES: ClassVar[frozenset[str]] = frozenset()
    """Properties that cannot be changed: another resource takes the place of this one."""
    ATTRIBUTES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, physical_id: str, **attributes: str) -> None:
        self.id = physical_id
        self.attributes = attributes
        self.properties: JSON = {}

    @classmethod
    def made(cls, name: str, properties: JSON) -> "StackResource":
        """Raises HandlerRefused."""
        raise NotImplementedError

    def change(self, properties: JSON) -> None:
        """From `self.properties` to these. What cannot be changed is replaced and does not come here."""
        raise NotImplementedError

    def remove(self) -> None:
        """Raises HandlerRefused. What is not there any more is as good as deleted."""
        raise NotImplementedError

    # --- as moto calls it ---

    @property
    def physical_resource_id(self) -> str:
        return self.id

    @classmethod
    def cloudformation_name_type(cls) -> str:
        return cls.NAME

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.TYPE

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.ATTRIBUTES

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name in self.attributes:
            return self.attributes[attribute_name]
        raise UnformattedGetAttTemplateException()

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> "StackResource":
        properties = cloudformation_json.get("Properties", {})
        resource = cls.made(resource_name, properties)
        resource.properties = properties
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
        region_name: str,
    ) -> Any:  # fmt: skip
        properties = cloudformation_json.get("Properties", {})
        original_resource.change(properties)
        original_resource.properties = properties
        return original_resource


def differing(old: JSON, new: JSON) -> set[str]:
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


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


def _text(document: Any) -> str:
    """A policy document; YAML reads an unquoted Version as a date."""
    return json.dumps(document, default=str)


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
        {**policy, "PolicyDocument": _text(policy["PolicyDocument"])}
        for policy in properties.get("Policies", [])
    ]
    written = {**cloudformation_json, "Properties": {**properties, "Policies": inline}}
    role = _plain_role(cls, resource_name, written, account_id, region_name, **kwargs)
    for arn in properties.get("ManagedPolicyArns", []):
        iam_backends[account_id]["aws"].attach_role_policy(arn, role.name)
    return role


_plain_role_update = Role.update_from_cloudformation_json.__func__


def _role_update(
    cls: type[Role],
    original_resource: Role,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Role:
    """As moto's, with what it forgets: who may assume the role and what it may do."""
    role: Role = _plain_role_update(
        cls, original_resource, new_resource_name,
        {**cloudformation_json, "Properties": {"RoleName": original_resource.name, **cloudformation_json["Properties"]}},
        account_id, region_name,
    )  # fmt: skip
    properties, backend = cloudformation_json["Properties"], iam_backends[account_id]["aws"]
    role.assume_role_policy_document = _text(properties["AssumeRolePolicyDocument"])
    role.policies = {p["PolicyName"]: _text(p["PolicyDocument"]) for p in properties.get("Policies", [])}
    wanted = properties.get("ManagedPolicyArns", [])
    for arn in [arn for arn in role.managed_policies if arn not in wanted]:
        backend.detach_role_policy(arn, role.name)
    for arn in [arn for arn in wanted if arn not in role.managed_policies]:
        backend.attach_role_policy(arn, role.name)
    return role


_plain_create = parsing.parse_and_create_resource


def _create(
    logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str
) -> Any:
    """As moto's, with what it drops of EC2's resources: their tags, and a subnet's public addresses."""
    resource = _plain_create(logical_id, resource_json, resources_map, account_id, region_name)
    if resource is None or not resource_json["Type"].startswith("AWS::EC2::"):
        return resource
    properties = parsing.clean_json(resource_json, resources_map).get("Properties", {})
    ec2 = ec2_backends[account_id][region_name]
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    if tags:
        ec2.create_tags([resource.id if hasattr(resource, "id") else resource.physical_resource_id], tags)
    if resource_json["Type"] == "AWS::EC2::Subnet" and "MapPublicIpOnLaunch" in properties:
        public = str(properties["MapPublicIpOnLaunch"]).lower() == "true"
        ec2.modify_subnet_attribute(resource.id, "map_public_ip_on_launch", public)
    return resource


def install() -> None:
    parsing.parse_and_create_resource = _create
    moto.cloudformation.models.yaml = _Yaml()
    Role.create_from_cloudformation_json = classmethod(_role)
    Role.update_from_cloudformation_json = classmethod(_role_update)
