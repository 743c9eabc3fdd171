"""Rules of clusters and task definitions that no lab turns on, one by one (reference, sections 1 and 2)."""

from typing import Any

import pytest

from tests.cloud.ecs.fakes import FakeWorld, world

CAPACITY = "PutClusterCapacityProviders"


@pytest.fixture
def made() -> FakeWorld:
    return FakeWorld()


def register(made: FakeWorld, **changes: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "nginx", "memory": 64, **changes.pop("container", {})}
    params = {"family": "web", "containerDefinitions": [container], **changes}
    return dict(made.call("RegisterTaskDefinition", **params)["taskDefinition"])


def refused(made: FakeWorld, **changes: Any) -> str:
    container = {"name": "app", "image": "nginx", "memory": 64, **changes.pop("container", {})}
    params = {"family": "web", "containerDefinitions": [container], **changes}
    code, message = made.refused("RegisterTaskDefinition", **params)
    assert code == "ClientException"
    return message


# --- clusters, section 1 --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a b", "a.b", "a" * 256, "é"])
def test_names_of_clusters_have_letters_digits_and_dashes(made: FakeWorld, name: str) -> None:
    assert made.refused("CreateCluster", clusterName=name)[0] == "InvalidParameterException"


def test_a_cluster_may_have_255_characters(made: FakeWorld) -> None:
    assert made.call("CreateCluster", clusterName="a" * 255)["cluster"]["status"] == "ACTIVE"


def test_no_cluster_is_there_before_it_is_made(made: FakeWorld) -> None:
    refusal = made.refused("CreateService", serviceName="web", taskDefinition="web")
    assert refusal == ("ClusterNotFoundException", "Cluster not found.")


def test_instances_count_while_they_are_active_or_draining(made: FakeWorld) -> None:
    made.call("CreateCluster")
    for _ in range(2):
        made.call("RegisterContainerInstance")
    first = made.call("ListContainerInstances")["containerInstanceArns"][0]
    made.call("UpdateContainerInstancesState", containerInstances=[first], status="DRAINING")
    assert made.call("DescribeClusters")["clusters"][0]["registeredContainerInstancesCount"] == 2
    made.call("DeregisterContainerInstance", containerInstance=first)
    assert made.call("DescribeClusters")["clusters"][0]["registeredContainerInstancesCount"] == 1


def test_statistics_name_every_kind_of_capacity(made: FakeWorld) -> None:
    made.call("CreateCluster")
    (cluster,) = made.call("DescribeClusters", include=["STATISTICS"])["clusters"]
    names = {item["name"] for item in cluster["statistics"]}
    assert names >= {
        "runningEC2TasksCount", "runningFargateTasksCount", "pendingEC2TasksCount", "pendingFargateTasksCount",
        "activeEC2ServiceCount", "activeFargateServiceCount", "drainingEC2ServiceCount",
        "drainingFargateServiceCount",
    }  # fmt: skip
    assert all(isinstance(item["value"], str) for item in cluster["statistics"])


@pytest.mark.parametrize(
    "strategy",
    [
        [{"capacityProvider": "FARGATE", "weight": 1001}],
        [{"capacityProvider": "FARGATE", "weight": -1}],
        [{"capacityProvider": "FARGATE", "weight": 1, "base": 100_001}],
        [
            {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
            {"capacityProvider": "FARGATE_SPOT", "base": 1},
        ],
    ],
)
def test_weights_and_bases_have_limits_and_one_provider_has_a_base(
    made: FakeWorld, strategy: list[dict[str, Any]]
) -> None:
    made.call("CreateCluster")
    params = {
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"], "defaultCapacityProviderStrategy": strategy,
    }  # fmt: skip
    assert made.refused(CAPACITY, cluster="default", **params)[0] == "InvalidParameterException"


def test_the_providers_of_fargate_cannot_be_deleted(made: FakeWorld) -> None:
    code, message = made.refused("DeleteCapacityProvider", capacityProvider="FARGATE")
    assert code == "ClientException" and "reserved" in message


def test_a_strategy_in_which_nothing_has_weight_starts_nothing(made: FakeWorld) -> None:
    made.call("CreateCluster", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    zero = [{"capacityProvider": "FARGATE", "weight": 0}]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    params = {
        "taskDefinition": made.register(),
        "capacityProviderStrategy": zero,
        "networkConfiguration": network,
    }
    assert made.refused("RunTask", **params)[0] == "InvalidParameterException"
    assert (
        made.refused("CreateService", serviceName="s", desiredCount=1, **params)[0]
        == "InvalidParameterException"
    )


def test_a_launch_type_and_a_strategy_exclude_each_other() -> None:
    made = world(count=1)
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    params = {"taskDefinition": "web-app", "launchType": "FARGATE", "capacityProviderStrategy": strategy}
    assert made.refused("RunTask", **params)[0] == "InvalidParameterException"
    assert made.refused("CreateService", serviceName="s", **params)[0] == "InvalidParameterException"


# --- task definitions, section 2 ------------------------------------------------------------------


def test_in_host_mode_a_port_is_the_same_outside(made: FakeWorld) -> None:
    ports = {"portMappings": [{"containerPort": 80, "hostPort": 8080}]}
    assert "networkMode=host" in refused(made, networkMode="host", container=ports)
    same = {"portMappings": [{"containerPort": 80}]}
    (container,) = register(made, networkMode="host", container=same)["containerDefinitions"]
    assert container["portMappings"][0]["hostPort"] == 80


def test_only_known_launch_types_can_be_required(made: FakeWorld) -> None:
    assert "requiresCompatibilities" in refused(made, requiresCompatibilities=["LAMBDA"])


@pytest.mark.parametrize(
    ("cpu", "memory", "stored"),
    [
        ("1 vCPU", "2 GB", ("1024", "2048")),
        (".5 vcpu", "1GB", ("512", "1024")),
        ("1024", "2048", ("1024", "2048")),
    ],
)
def test_sizes_in_words_are_stored_in_units_and_mib(
    made: FakeWorld, cpu: str, memory: str, stored: tuple[str, str]
) -> None:
    definition = register(made, cpu=cpu, memory=memory)
    assert (definition["cpu"], definition["memory"]) == stored


@pytest.mark.parametrize("cpu", ["127", "196609"])
def test_a_size_on_instances_has_limits_too(made: FakeWorld, cpu: str) -> None:
    assert refused(made, cpu=cpu, memory="1024").startswith("Invalid 'cpu' setting for task.")


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [("interval", 5, 300), ("timeout", 2, 60), ("retries", 1, 10), ("startPeriod", 0, 300)],
)
def test_a_health_check_keeps_to_its_limits(made: FakeWorld, key: str, low: int, high: int) -> None:
    def check(value: int) -> dict[str, Any]:
        return {"healthCheck": {"command": ["CMD-SHELL", "true"], key: value}}

    for value in (low, high):
        (container,) = register(made, container=check(value))["containerDefinitions"]
        assert container["healthCheck"][key] == value
    for value in (low - 1, high + 1):
        assert key in refused(made, container=check(value))


def test_the_words_of_a_health_check_are_not_judged_before_it_runs(made: FakeWorld) -> None:
    for words in (["CMD-SHELL"], ["/healthcheck"], ["NONE"]):
        (container,) = register(made, container={"healthCheck": {"command": words}})["containerDefinitions"]
        assert container["healthCheck"]["command"] == words
    assert "must not be empty" in refused(made, container={"healthCheck": {"command": []}})


@pytest.mark.parametrize(
    ("container", "word"),
    [
        ({"dnsServers": ["10.0.0.2"]}, "dnsServers"), ({"dnsSearchDomains": ["a"]}, "dnsSearchDomains"),
        ({"dockerSecurityOptions": ["a"]}, "dockerSecurityOptions"), ({"disableNetworking": True}, "disableNetworking"),
        ({"extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.1"}]}, "extraHosts"),
        ({"linuxParameters": {"maxSwap": 1}}, "maxSwap"), ({"linuxParameters": {"swappiness": 1}}, "swappiness"),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/a"}]}}, "devices"),
        ({"linuxParameters": {"sharedMemorySize": 1}}, "sharedMemorySize"),
        ({"linuxParameters": {"tmpfs": [{"containerPath": "/a", "size": 1}]}}, "tmpfs"),
    ],
)  # fmt: skip
def test_what_fargate_does_not_know_is_refused(made: FakeWorld, container: dict[str, Any], word: str) -> None:
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    assert word in refused(made, container=container, **size)


def test_an_inactive_revision_starts_nothing_new_and_what_runs_goes_on() -> None:
    made = world(count=1, balanced=False)
    made.advance(120_000)
    made.call("DeregisterTaskDefinition", taskDefinition="web-app:1")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    params = {"taskDefinition": "web-app:1", "launchType": "FARGATE", "networkConfiguration": network}
    assert made.refused("RunTask", **params) == ("InvalidParameterException", "TaskDefinition is inactive")
    assert made.refused("UpdateService", service="web", taskDefinition="web-app:1") == (
        "ClientException", "TaskDefinition is inactive",
    )  # fmt: skip
    made.call("UpdateService", service="web", desiredCount=2)
    made.advance(120_000)
    assert made.service()["runningCount"] == 2


def test_a_definition_that_is_not_there_is_not_found() -> None:
    made = world(count=1)
    unknown = ("ClientException", "TaskDefinition not found.")
    assert made.refused("UpdateService", service="web", taskDefinition="nope") == unknown
    assert made.refused("RunTask", taskDefinition="nope", launchType="FARGATE") == unknown
    assert made.refused("CreateService", serviceName="s", taskDefinition="nope") == unknown


def test_ten_revisions_are_deleted_at_once_at_most(made: FakeWorld) -> None:
    names = [f"web:{number}" for number in range(1, 12)]
    assert made.refused("DeleteTaskDefinitions", taskDefinitions=names)[0] == "InvalidParameterException"


def test_an_architecture_is_one_of_two(made: FakeWorld) -> None:
    assert "cpuArchitecture" in refused(made, runtimePlatform={"cpuArchitecture": "PPC"})
    kept = register(made, runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"})
    assert kept["runtimePlatform"]["cpuArchitecture"] == "ARM64"


def test_a_private_registry_needs_an_execution_role(made: FakeWorld) -> None:
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    credentials = {
        "repositoryCredentials": {"credentialsParameter": "arn:aws:secretsmanager:us-east-1:1:secret:a"}
    }
    message = refused(made, container=credentials, **size)
    assert "execution role ARN to support private registry authentication" in message
