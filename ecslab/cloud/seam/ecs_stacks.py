"""CloudFormation's ECS resources, played on our control plane with all their properties.

A stack's `AWS::ECS::Service` becomes a CreateService call. Which changes replace a resource: AWS CloudFormation
user guide, "Update requires" of each property.
"""

from typing import Any

from moto.moto_api._internal import mock_random

from ecslab.cloud.ports.api import JSON, ApiError
from ecslab.cloud.seam.binding import world
from ecslab.cloud.seam.stack_spelling import parameters
from ecslab.cloud.seam.stacks import HandlerRefused, StackResource, differing, register

GONE = ("ServiceNotFoundException", "ClusterNotFoundException", "ServiceNotActiveException")
"""What is not there any more is as good as deleted."""


def call(operation: str, params: JSON) -> JSON:
    try:
        return world().ecs.call(operation, params)
    except ApiError as error:
        raise HandlerRefused("Ecs", operation, error) from None


def renamed(properties: JSON, **names: str) -> JSON:
    """Properties whose parameter in the API has another name; empty: it has none."""
    out = {names.get(key, key): value for key, value in properties.items()}
    out.pop("", None)
    return out


def retag(arn: str, old: JSON, new: JSON) -> None:
    before = {tag["Key"]: tag["Value"] for tag in old.get("Tags") or []}
    after = {tag["Key"]: tag["Value"] for tag in new.get("Tags") or []}
    gone = [key for key in before if key not in after]
    if gone:
        call("UntagResource", {"resourceArn": arn, "tagKeys": gone})
    fresh = [{"key": key, "value": value} for key, value in after.items() if before.get(key) != value]
    if fresh:
        call("TagResource", {"resourceArn": arn, "tags": fresh})


class Cluster(StackResource):
    TYPE = "AWS::ECS::Cluster"
    NAME = "ClusterName"
    REPLACES = frozenset({"ClusterName"})
    ATTRIBUTES = frozenset({"Arn"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "Cluster":
        given = {**renamed(properties, ClusterSettings="Settings"), "ClusterName": name}
        cluster = call("CreateCluster", parameters("ecs", "CreateCluster", given))["cluster"]
        return cls(cluster["clusterName"], Arn=cluster["clusterArn"])

    def change(self, properties: JSON) -> None:
        changed = differing(self.properties, properties)
        given: JSON = {"Cluster": self.id}
        if "ClusterSettings" in changed:
            given["Settings"] = properties.get("ClusterSettings") or []
        for key in ("Configuration", "ServiceConnectDefaults"):
            if key in changed and properties.get(key):
                given[key] = properties[key]
        if len(given) > 1:
            call("UpdateCluster", parameters("ecs", "UpdateCluster", given))
        if changed & {"CapacityProviders", "DefaultCapacityProviderStrategy"}:
            put_providers(self.id, properties)
        retag(self.attributes["Arn"], self.properties, properties)

    def remove(self) -> None:
        call("DeleteCluster", {"cluster": self.id})


def put_providers(cluster: str, properties: JSON) -> None:
    given = {
        "Cluster": cluster,
        "CapacityProviders": properties.get("CapacityProviders") or [],
        "DefaultCapacityProviderStrategy": properties.get("DefaultCapacityProviderStrategy") or [],
    }
    operation = "PutClusterCapacityProviders"
    call(operation, parameters("ecs", operation, given))


class TaskDefinition(StackResource):
    """Every change makes a new revision; the old one is deregistered when the update is complete."""

    TYPE = "AWS::ECS::TaskDefinition"
    REPLACES = frozenset(
        {
            "ContainerDefinitions", "Cpu", "EnableFaultInjection", "EphemeralStorage", "ExecutionRoleArn",
            "Family", "InferenceAccelerators", "IpcMode", "Memory", "NetworkMode", "PidMode",
            "PlacementConstraints", "ProxyConfiguration", "RequiresCompatibilities", "RuntimePlatform",
            "TaskRoleArn", "Volumes",
        }
    )  # fmt: skip
    ATTRIBUTES = frozenset({"TaskDefinitionArn"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "TaskDefinition":
        given = parameters("ecs", "RegisterTaskDefinition", properties)
        if not given.get("family"):
            given["family"] = f"{name}{mock_random.get_random_hex(4)}"
        arn = call("RegisterTaskDefinition", given)["taskDefinition"]["taskDefinitionArn"]
        return cls(arn, TaskDefinitionArn=arn)

    def change(self, properties: JSON) -> None:
        retag(self.id, self.properties, properties)

    def remove(self) -> None:
        call("DeregisterTaskDefinition", {"taskDefinition": self.id})


class Service(StackResource):
    TYPE = "AWS::ECS::Service"
    NAME = "ServiceName"
    REPLACES = frozenset(
        {"Cluster", "DeploymentController", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"}
    )
    ATTRIBUTES = frozenset({"Name", "ServiceArn"})

    @classmethod
    def made(cls, name: str, properties: JSON) -> "Service":
        given = parameters("ecs", "CreateService", {**_spelt(properties), "ServiceName": name})
        if given.get("schedulingStrategy") != "DAEMON":
            given.setdefault("desiredCount", 1)
        service = call("CreateService", given)["service"]
        arn = service["serviceArn"]
        return cls(arn, Name=service["serviceName"], ServiceArn=arn)

    def change(self, properties: JSON) -> None:
        """Only what has changed is asked for: anything that makes a new deployment would make one."""
        changed = differing(self.properties, properties) - {"Tags"}
        given: JSON = {key: properties[key] for key in changed if properties.get(key) is not None}
        if "LoadBalancers" in changed:
            given.setdefault("LoadBalancers", [])
        forced = "ForceNewDeployment" in changed and _forces(properties)
        given = _spelt(given)
        if given or forced:
            where = {"Cluster": cluster_of(self.id), "Service": self.id}
            asked = parameters("ecs", "UpdateService", {**given, **where})
            call("UpdateService", {**asked, **({"forceNewDeployment": True} if forced else {})})
        retag(self.id, self.properties, properties)

    def remove(self) -> None:
        try:
            call("DeleteService", {"cluster": cluster_of(self.id), "service": self.id, "force": True})
        except HandlerRefused as refused:
            if refused.api_code not in GONE:
                raise


def _spelt(properties: JSON) -> JSON:
    return renamed(properties, PlacementStrategies="PlacementStrategy", ForceNewDeployment="")


def _forces(properties: JSON) -> bool:
    wish: Any = properties.get("ForceNewDeployment") or {}
    return str(wish.get("EnableForceNewDeployment")).lower() == "true"


def cluster_of(service_arn: str) -> str:
    return service_arn.split("/")[-2] if service_arn.count("/") > 1 else "default"


def install() -> None:
    register(Cluster, TaskDefinition, Service)
