"""CloudFormation's ECS resources, played on our control plane with all their properties.

A stack's `AWS::ECS::Service` becomes a CreateService call: property names are the API's, with a capital.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.moto_api._internal import mock_random

from ecslab.cloud.ports import ApiError
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.stacks import StackResource, register

AS_WRITTEN = {"Options", "DockerLabels", "LogConfiguration.Options", "Environment.Value", "HookDetails"}
"""Properties whose keys are the author's own and keep their capitals."""


def api_spelling(value: Any, key: str = "") -> Any:
    """`{"LaunchType": …, "NetworkConfiguration": {"AwsvpcConfiguration": …}}` -> the API's lower camel."""
    if isinstance(value, CloudFormationModel):
        return value.physical_resource_id
    if isinstance(value, list):
        return [api_spelling(item, key) for item in value]
    if not isinstance(value, dict):
        return value
    if key in AS_WRITTEN:
        return {k: str(api_spelling(v)) for k, v in value.items()}
    return {_lower(k): api_spelling(v, k) for k, v in value.items() if v is not None}


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


NUMBERS = {
    "desiredCount", "containerPort", "hostPort", "healthCheckGracePeriodSeconds", "minimumHealthyPercent",
    "maximumPercent", "interval", "timeout", "retries", "startPeriod", "startTimeout", "stopTimeout", "weight",
    "base", "sizeInGiB", "memoryReservation", "bakeTimeInMinutes", "stepBakeTimeInMinutes",
    "canaryBakeTimeInMinutes", "timeoutInMinutes",
}  # fmt: skip
FRACTIONS = {"stepPercent", "canaryPercent"}
FLAGS = {
    "essential",
    "enable",
    "rollback",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "readonlyRootFilesystem",
}


def typed(value: Any, key: str = "", *, container: bool = False) -> Any:
    """Templates may write numbers and flags as text; the API wants them as they are."""
    if isinstance(value, dict):
        return {
            k: typed(v, k, container=container or key == "containerDefinitions") for k, v in value.items()
        }
    if isinstance(value, list):
        inside = container or key == "containerDefinitions"
        return [typed(item, key, container=inside) for item in value]
    if key in NUMBERS or (container and key in ("cpu", "memory")):
        return int(value)
    if key in FRACTIONS:
        return float(value)
    if key in FLAGS and isinstance(value, str):
        return value.lower() == "true"
    if key in ("cpu", "memory"):
        return str(value)
    return value


def call(operation: str, params: dict[str, Any]) -> dict[str, Any]:
    try:
        return world().ecs.call(operation, params)
    except ApiError as error:
        raise ValidationError(message=f"{error.code}: {error.message}") from None


class Cluster(StackResource):
    @staticmethod
    def cloudformation_name_type() -> str:
        return "ClusterName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ECS::Cluster"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> "Cluster":
        params = typed(api_spelling(cloudformation_json.get("Properties", {})))
        params["clusterName"] = resource_name
        params["settings"] = params.pop("clusterSettings", [])
        cluster = call("CreateCluster", params)["cluster"]
        return cls(cluster["clusterName"], Arn=cluster["clusterArn"])

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
        region_name: str,
    ) -> "Cluster":  # fmt: skip
        if original_resource.physical_resource_id == new_resource_name:
            return original_resource
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        call("DeleteCluster", {"cluster": resource_name})


class TaskDefinition(StackResource):
    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ECS::TaskDefinition"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> "TaskDefinition":
        params = typed(api_spelling(cloudformation_json.get("Properties", {})))
        params.setdefault("family", f"{resource_name}{mock_random.get_random_hex(4)}")
        arn = call("RegisterTaskDefinition", params)["taskDefinition"]["taskDefinitionArn"]
        return cls(arn, TaskDefinitionArn=arn)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
        region_name: str,
    ) -> "TaskDefinition":  # fmt: skip
        return cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        call("DeregisterTaskDefinition", {"taskDefinition": resource_name})


class Service(StackResource):
    @staticmethod
    def cloudformation_name_type() -> str:
        return "ServiceName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ECS::Service"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> "Service":
        params = typed(api_spelling(cloudformation_json.get("Properties", {})))
        params["serviceName"] = resource_name
        if params.get("schedulingStrategy") != "DAEMON":
            params.setdefault("desiredCount", 1)
        service = call("CreateService", params)["service"]
        arn = service["serviceArn"]
        return cls(arn, Name=service["serviceName"], ServiceArn=arn)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
        region_name: str,
    ) -> "Service":  # fmt: skip
        params = typed(api_spelling(cloudformation_json.get("Properties", {})))
        for fixed in ("serviceName", "launchType", "schedulingStrategy", "role", "deploymentController"):
            params.pop(fixed, None)
        params["service"] = original_resource.physical_resource_id
        call("UpdateService", params)
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        try:
            params = {"cluster": cluster_of(resource_name), "service": resource_name, "force": True}
            world().ecs.call("DeleteService", params)
        except ApiError as error:
            if error.code not in GONE:
                raise ValidationError(message=f"{error.code}: {error.message}") from None


GONE = ("ServiceNotFoundException", "ClusterNotFoundException")
"""A service that is not there any more is as good as deleted."""


def cluster_of(service_arn: str) -> str:
    return service_arn.split("/")[-2] if service_arn.count("/") > 1 else "default"


def install() -> None:
    register(Cluster, TaskDefinition, Service)
