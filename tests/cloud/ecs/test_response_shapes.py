"""The shapes of AWS, field by field: what the fully specified things show, and why a field is not there.

Walks botocore's models, so a new botocore with new fields fails here until they are filled or explained.
"""

from typing import Any

import botocore.session
import pytest

from tests.cloud.ecs.fakes import APP_ROLE, SECRET, FakeWorld, world
from tests.cloud.ecs.test_any_request import conforms

MODEL = botocore.session.Session().get_service_model("ecs")
EC2, DAEMON, NOT_GIVEN = "of the EC2 launch type", "not simulated: managed daemons", "only when it was given"
STRATEGY = "instead of launchType, when a capacity provider strategy was given"
CONNECT = "not simulated: Service Connect"
VOLUMES = "not simulated: volumes configured at launch"
LATTICE = "not simulated: VPC Lattice"
GATEWAYS = "not simulated: gateways"
EXPRESS = "not simulated: Express Mode"
GPU = "not simulated: GPUs and Neuron devices"
TRUSTED = "not simulated: trusted execution"
FARGATE = "refused on Fargate"
KEY = "only with a key of the account's own for Fargate storage"
OTHER = "another end of the same deployment shows it"

ABSENT: dict[str, dict[str, str]] = {
    "Service": {"capacityProviderStrategy": STRATEGY, "taskSets": "not simulated: task sets"},
    "Deployment": {
        "capacityProviderStrategy": STRATEGY, "serviceConnectConfiguration": CONNECT,
        "serviceConnectResources": CONNECT, "volumeConfigurations": VOLUMES, "fargateEphemeralStorage": KEY,
        "vpcLatticeConfigurations": LATTICE,
    },
    "Task": {
        "capacityProviderName": STRATEGY, "containerInstanceArn": EC2, "inferenceAccelerators": "ended by AWS",
        "trustedExecutionSummary": TRUSTED,
    },
    "Container": {
        "reason": "only when something went wrong", "gpuIds": GPU, "neuronDeviceIds": GPU, "gpuSharingStrategy": GPU,
    },
    "TaskDefinition": {
        "inferenceAccelerators": "ended by AWS", "ipcMode": FARGATE, "deregisteredAt": "of an INACTIVE one",
        "deleteRequestedAt": "of one that is being deleted", "trustedExecutionConfiguration": TRUSTED,
        "proxyConfiguration": NOT_GIVEN, "enableFaultInjection": NOT_GIVEN,
    },
    "ContainerDefinition": {
        "repositoryCredentials": NOT_GIVEN, "links": FARGATE, "hostname": FARGATE, "disableNetworking": FARGATE,
        "privileged": FARGATE, "dnsServers": FARGATE, "dnsSearchDomains": FARGATE, "extraHosts": FARGATE,
        "dockerSecurityOptions": FARGATE, "resourceRequirements": GPU, "firelensConfiguration": NOT_GIVEN,
        "credentialSpecs": "of Windows", "environmentFiles": NOT_GIVEN, "dependsOn": NOT_GIVEN,
    },
    "ServiceDeployment": {
        "stoppedAt": OTHER, "statusReason": OTHER, "lifecycleStage": "only while it goes on",
        "lifecycleHookDetails": "only while hooks run", "rollback": OTHER,
    },
    "ServiceRevision": {
        "capacityProviderStrategy": STRATEGY, "serviceConnectConfiguration": CONNECT, "fargateEphemeralStorage": KEY,
        "ecsManagedResources": EXPRESS, "overrides": "only when they differ from the task definition",
        "gatewayConnectors": GATEWAYS, "monitoring": NOT_GIVEN,
    },
    "Cluster": {
        "configuration": NOT_GIVEN, "attachmentsStatus": "only with attachments of capacity providers",
        "serviceConnectDefaults": CONNECT,
    },
}  # fmt: skip

CONTAINER = {
    "memory": 256, "memoryReservation": 128, "healthCheck": {"command": ["CMD-SHELL", "curl localhost"]},
    "command": ["serve"], "entryPoint": ["sh"], "secrets": [{"name": "S", "valueFrom": SECRET}],
    "restartPolicy": {"enabled": True}, "linuxParameters": {"initProcessEnabled": True}, "startTimeout": 30,
    "stopTimeout": 60, "versionConsistency": "enabled", "user": "app", "workingDirectory": "/app",
    "readonlyRootFilesystem": False, "interactive": False, "pseudoTerminal": False, "dockerLabels": {"a": "b"},
    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
}  # fmt: skip


@pytest.fixture(scope="module")
def things() -> dict[str, dict[str, Any]]:
    """One of each, specified as fully as Fargate allows; a task with all that it had from its start to its end."""
    made: FakeWorld = world()
    definition = made.register(
        container=CONTAINER, taskRoleArn=APP_ROLE, volumes=[{"name": "v"}], pidMode="task",
        runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        ephemeralStorage={"sizeInGiB": 30},
    )  # fmt: skip
    made.create(
        definition, tags=[{"key": "a", "value": "b"}], propagateTags="SERVICE", enableExecuteCommand=True
    )
    made.advance(200_000)
    service = made.call("DescribeServices", services=["web"], include=["TAGS"])["services"][0]
    (running,) = made.tasks()
    made.call("StopTask", task=running["taskArn"])
    made.advance(100_000)
    stopped = made.call("DescribeTasks", tasks=[running["taskArn"]])["tasks"][0]
    described = made.call("DescribeTaskDefinition", taskDefinition=definition)["taskDefinition"]
    brief = made.call("ListServiceDeployments", service="web")["serviceDeployments"][0]
    rollout = made.call("DescribeServiceDeployments", serviceDeploymentArns=[brief["serviceDeploymentArn"]])
    revision = made.call("DescribeServiceRevisions", serviceRevisionArns=[brief["targetServiceRevisionArn"]])
    everything = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"]
    return {
        "Service": service,
        "Deployment": service["deployments"][0],
        "Task": {**running, **stopped},
        "Container": {**running["containers"][0], **stopped["containers"][0]},
        "TaskDefinition": described,
        "ContainerDefinition": described["containerDefinitions"][0],
        "ServiceDeployment": rollout["serviceDeployments"][0],
        "ServiceRevision": revision["serviceRevisions"][0],
        "Cluster": made.call("DescribeClusters", include=everything)["clusters"][0],
    }


@pytest.mark.parametrize("name", list(ABSENT))
def test_every_field_is_there_or_has_a_reason(things: dict[str, dict[str, Any]], name: str) -> None:
    shape = MODEL.shape_for(name)
    thing = things[name]
    conforms(thing, shape, name)
    assert {member for member in shape.members if member not in thing} == set(ABSENT[name])  # type: ignore[attr-defined]
